"""What was said in each call, in both languages, as the service told it.

It is kept in this process and forgotten with it, as the book of calls is.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from flask import Flask

from flask_signalwire import events, signals

from .book import CallBook


@dataclass
class Caption:
    """A sentence, and what it means in the other language.

    :param at: when it was said (ISO 8601, UTC).
    :param who: ``local-caller`` or ``remote-caller``.
    """

    at: str
    who: str | None
    lang: str | None = None
    text: str | None = None
    translations: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """What the desk answers with."""
        return dict(vars(self))


@dataclass(frozen=True)
class Said:
    """What the desk had said into a call. The service tells nothing of it: this is our own line.

    :param at: when the service had accepted it (ISO 8601, UTC).
    """

    at: str
    text: str
    user: str


@dataclass
class CallCaptions:
    """Of one call: the sentences, what the desk had said, and the summary by language."""

    sentences: dict[tuple[str, str | None], Caption] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    summary: dict[str, str] = field(default_factory=dict)
    final: bool = False


class Captions:
    """The captions by call. Events may come late and in any order; repeated ones don't get here.

    :param limit: how many calls are kept; the oldest make room.
    """

    def __init__(self, book: CallBook, limit: int = 1000) -> None:
        self._book = book
        self._calls: dict[str, CallCaptions] = {}
        self._lock = threading.Lock()
        self._limit = limit

    def of(self, call_id: str) -> dict[str, Any]:
        """What is known of a call, in the order in which it was said."""
        with self._lock:
            known = self._calls.get(call_id, CallCaptions())
            sentences = [known.sentences[key].as_json() for key in sorted(known.sentences, key=str)]
            return {
                "call": call_id,
                "captions": sentences,
                "summary": dict(known.summary),
                "final": known.final,
            }

    def said(self, call_id: str, text: str, user: str) -> None:
        """Keep what the desk has said into a call."""
        at = datetime.now(timezone.utc).isoformat()
        with self._lock:
            self._of(call_id).said.append(Said(at, text, user))

    def said_in(self, call_id: str) -> list[Said]:
        """What the desk has said into a call, the oldest first."""
        with self._lock:
            known = self._calls.get(call_id)
            return list(known.said) if known else []

    # Receivers of signals. One may gain arguments in a later version, so each takes `extra`.

    def heard(self, app: Flask, event: events.Utterance, **extra: Any) -> None:
        """Somebody said something; what is still being said is not kept."""
        if event.call_id is not None and event.final:
            with self._lock:
                caption = self._caption(event.call_id, event.timestamp, event.role)
                caption.lang, caption.text = event.lang, event.content

    def translated(self, app: Flask, event: events.Translation, **extra: Any) -> None:
        """And this is what it means."""
        if event.call_id is not None and event.final:
            with self._lock:
                caption = self._caption(event.call_id, event.timestamp, event.role)
                caption.translations[event.lang or ""] = event.content or ""

    def summarized(self, app: Flask, event: events.ConversationSummary, **extra: Any) -> None:
        """The final summary stands, whatever comes after it."""
        if event.call_id is None:
            return
        with self._lock:
            known = self._of(event.call_id)
            if known.final and not event.final:
                return
            if event.final and not known.final:
                known.summary, known.final = {}, True
            known.summary[event.lang or ""] = event.text or ""

    def entered(self, app: Flask, event: events.CallState, **extra: Any) -> None:
        """The call is in another state.

        One that comes too late says nothing new, nor does ``created``: the desk has placed it.
        """
        if event.call_id and event.state not in (None, "created") and not event.late:
            self._book.entered(event.call_id, event.state, event.end_reason)

    def _caption(self, call_id: str, at: datetime | None, who: str | None) -> Caption:
        moment = "" if at is None else at.isoformat()
        return self._of(call_id).sentences.setdefault((moment, who), Caption(moment, who))

    def _of(self, call_id: str) -> CallCaptions:
        if call_id not in self._calls and len(self._calls) >= self._limit:
            del self._calls[next(iter(self._calls))]
        return self._calls.setdefault(call_id, CallCaptions())


def init_app(app: Flask, book: CallBook) -> None:
    """Keep the captions of this app's calls: signals hold receivers weakly, the app holds this."""
    captions = app.extensions["call_desk_captions"] = Captions(book)
    signals.utterance_received.connect(captions.heard, sender=app)
    signals.translation_received.connect(captions.translated, sender=app)
    signals.conversation_summary_received.connect(captions.summarized, sender=app)
    signals.call_state_received.connect(captions.entered, sender=app)
