"""What was said in each call, in both languages, as the service told it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from typing import Any

from flask import Flask

from flask_signalwire import events, signals

from .book import CallBook
from .shelf import Shelf


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

    def sentence(self, at: datetime | None, who: str | None) -> Caption:
        """The sentence that somebody said at that time; a new one, where there is none."""
        moment = "" if at is None else at.isoformat()
        return self.sentences.setdefault((moment, who), Caption(moment, who))


class Captions:
    """The captions by call. Events may come late and in any order; repeated ones don't get here.

    :param shelf: where they are kept.
    """

    def __init__(self, book: CallBook, shelf: Shelf) -> None:
        self._book = book
        self._shelf = shelf

    def of(self, call_id: str) -> dict[str, Any]:
        """What is known of a call, in the order in which it was said."""
        known = _read(self._shelf.get(call_id))
        sentences = [known.sentences[key].as_json() for key in sorted(known.sentences, key=str)]
        return {
            "call": call_id,
            "captions": sentences,
            "summary": known.summary,
            "final": known.final,
        }

    def said(self, call_id: str, text: str, user: str) -> None:
        """Keep what the desk has said into a call."""
        said = Said(datetime.now(timezone.utc).isoformat(), text, user)
        self._change(call_id, lambda known: known.said.append(said))

    def said_in(self, call_id: str) -> list[Said]:
        """What the desk has said into a call, the oldest first."""
        return _read(self._shelf.get(call_id)).said

    # Receivers of signals. One may gain arguments in a later version, so each takes `extra`.

    def heard(self, app: Flask, event: events.Utterance, **extra: Any) -> None:
        """Somebody said something; what is still being said is not kept."""

        def change(known: CallCaptions) -> None:
            caption = known.sentence(event.timestamp, event.role)
            caption.lang, caption.text = event.lang, event.content

        if event.call_id is not None and event.final:
            self._change(event.call_id, change)

    def translated(self, app: Flask, event: events.Translation, **extra: Any) -> None:
        """And this is what it means."""

        def change(known: CallCaptions) -> None:
            caption = known.sentence(event.timestamp, event.role)
            caption.translations[event.lang or ""] = event.content or ""

        if event.call_id is not None and event.final:
            self._change(event.call_id, change)

    def summarized(self, app: Flask, event: events.ConversationSummary, **extra: Any) -> None:
        """The final summary stands, whatever comes after it."""

        def change(known: CallCaptions) -> None:
            if known.final and not event.final:
                return
            if event.final and not known.final:
                known.summary, known.final = {}, True
            known.summary[event.lang or ""] = event.text or ""

        if event.call_id is not None:
            self._change(event.call_id, change)

    def entered(self, app: Flask, event: events.CallState, **extra: Any) -> None:
        """The call is in another state.

        One that comes too late says nothing new, nor does ``created``: the desk has placed it.
        """
        if event.call_id and event.state not in (None, "created") and not event.late:
            self._book.entered(event.call_id, event.state, event.end_reason)

    def _change(self, call_id: str, change: Callable[[CallCaptions], None]) -> None:
        def rewrite(text: str | None) -> str:
            known = _read(text)
            change(known)
            sentences = [caption.as_json() for caption in known.sentences.values()]
            return json.dumps({**asdict(known), "sentences": sentences})

        self._shelf.change(call_id, rewrite)


def _read(text: str | None) -> CallCaptions:
    if text is None:
        return CallCaptions()
    found = json.loads(text)
    captions = [Caption(**each) for each in found.pop("sentences")]
    said = [Said(**each) for each in found.pop("said")]
    return CallCaptions({(each.at, each.who): each for each in captions}, said, **found)


def init_app(app: Flask, book: CallBook, shelf: Shelf) -> None:
    """Keep the captions of this app's calls: signals hold receivers weakly, the app holds this."""
    captions = app.extensions["call_desk_captions"] = Captions(book, shelf)
    signals.utterance_received.connect(captions.heard, sender=app)
    signals.translation_received.connect(captions.translated, sender=app)
    signals.conversation_summary_received.connect(captions.summarized, sender=app)
    signals.call_state_received.connect(captions.entered, sender=app)
