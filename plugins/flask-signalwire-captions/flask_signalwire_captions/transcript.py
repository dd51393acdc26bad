"""A call's transcript: which line an event belongs to, and what is to be told of it.

A line is what one role says between two pauses. It is open while partials come, and a final ends
it. The service does not say whether an utterance's time is that of its beginning or of the partial
(inferred: either), so a role has one open line, and times are only compared:

- a partial continues the role's open line, unless it is older than what is there;
- a final ends it, unless that is newer: then it is a line of its own;
- a final translation belongs to the final of its role with its time or its original text, and
  waits for that where it came first. One of a partial belongs to the open line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from flask_signalwire.events import CallState, ConversationSummary, Event, Translation, Utterance

from .messages import Kind, Message

LINES = 64
"""Lines of a call that a translation still finds, and translations that wait for their line."""
ROLES = 16
"""Roles of a call whose lines are told apart."""
LONGEST = 10_000
"""Characters of a text that are kept."""
_VERSION = 1


@dataclass
class Line:
    """What one role says between two pauses.

    :param at: the time that it is compared by, in microseconds since 1970.
    :param timestamp: the same as the service told it (ISO 8601), None where it told none.
    :param seq: the number of its last message.
    """

    id: str
    role: str | None
    lang: str | None
    content: str
    final: bool
    at: int
    timestamp: str | None
    seq: int
    translations: dict[str, str] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """It as a browser gets it."""
        data = asdict(self)
        del data["at"], data["seq"]
        return data


@dataclass
class Waiting:
    """A final translation whose line is still to come."""

    role: str | None
    lang: str
    content: str
    original: str | None
    at: int

    def fits(self, line: Line) -> int:
        """How well a line fits: 0 where it does not."""
        if self.role is not None and self.role != line.role:
            return 0
        same_time = self.at == line.at
        if self.original is not None and self.original == line.content:
            # The same words may be said again: without its time, it is another line's that has one.
            return 3 if same_time else 2 * (self.lang not in line.translations)
        return 1 if same_time else 0


class Transcript:
    """What is known of one call. Not thread-safe; the same events in the same order give the same.

    :param base: when its numbering began, see :class:`~.messages.Cursor`.
    """

    def __init__(self, base: int) -> None:
        self.base = base
        self.ended_at: float | None = None
        self._seq = 0
        self._durable = 0
        self._state: str | None = None
        self._summaries: dict[str, tuple[str, bool]] = {}
        self._heard: dict[str, int] = {}
        self._lines: list[Line] = []
        self._waiting: list[Waiting] = []

    def take(self, event: Event, now: float) -> list[tuple[Message, int | None]]:
        """What is to be told of an event, with the number of the partial that each replaces.

        :param now: seconds since 1970.
        """
        told: list[tuple[Message, int | None]] = []
        self._now, self._told = now, told
        if isinstance(event, Utterance):
            content = _cut(event.content)
            if content and event.final:
                self._final(event, content)
            elif content:
                self._partial(event, content)
        elif isinstance(event, Translation):
            self._translated(event)
        elif isinstance(event, ConversationSummary):
            self._summarized(event)
        elif isinstance(event, CallState):
            self._entered(event)
        if isinstance(event, (Utterance, ConversationSummary)) and event.call_end_date:
            # An inbound call may tell of no states.
            self._enter("ended", event.call_end_date, over=True)
        return told

    # -- lines ----------------------------------------------------------------------------------

    def _partial(self, event: Utterance, content: str) -> None:
        at = _time(event)
        line = self._open(event.role)
        if at <= self._heard.get(event.role or "", -1) or (line is not None and at < line.at):
            return
        if line is None:
            line = self._begin(event, content, at)
        elif (line.content, line.lang) == (content, event.lang):
            line.at = at
            return
        self._say(line, event, content, at)
        self._tell_line(line)

    def _final(self, event: Utterance, content: str) -> None:
        at = _time(event)
        if any(
            (line.role, line.at, line.content) == (event.role, at, content)
            for line in self._lines
            if line.final
        ):
            return
        line = self._open(event.role)
        if line is None or line.at > at:
            line = self._begin(event, content, at)
        self._say(line, event, content, at)
        line.final = True
        line.translations.clear()  # those of a part
        self._heard[event.role or ""] = max(at, self._heard.pop(event.role or "", at))
        if len(self._heard) > ROLES:
            del self._heard[next(iter(self._heard))]
        for waiting in [waiting for waiting in self._waiting if waiting.fits(line)]:
            self._waiting.remove(waiting)
            line.translations[waiting.lang] = waiting.content
        self._tell_line(line)

    def _translated(self, event: Translation) -> None:
        content = _cut(event.content)
        if not content:
            return
        found = Waiting(event.role, event.lang or "", content, _cut(event.original), _time(event))
        fitting = [line for line in reversed(self._lines) if line.final == event.final]
        line = max(fitting, key=found.fits, default=None)
        if line is None or not found.fits(line):
            if event.final:
                self._waiting = [*self._waiting[1 - LINES :], found]
            return
        if line.translations.get(found.lang) != content:
            line.translations[found.lang] = content
            self._tell_line(line)

    def _open(self, role: str | None) -> Line | None:
        return next((x for x in reversed(self._lines) if x.role == role and not x.final), None)

    def _begin(self, event: Utterance, content: str, at: int) -> Line:
        name = f"{self.base}-{self._seq + 1}"
        line = Line(name, event.role, event.lang, content, False, at, None, 0)
        self._lines = [*self._lines[1 - LINES :], line]
        return line

    def _say(self, line: Line, event: Utterance, content: str, at: int) -> None:
        line.content, line.lang, line.at = content, event.lang, at
        line.timestamp = _iso(event.timestamp)

    def _tell_line(self, line: Line) -> None:
        # `seq` of a line whose last message was durable is no partial's: nothing is replaced.
        replaced = line.seq if line.seq > 0 else None
        message = self._tell("utterance", line.as_data(), durable=line.final, line=line.id)
        self._told.append((message, replaced))
        line.seq = -1 if line.final else message.seq

    # -- the call -------------------------------------------------------------------------------

    def _summarized(self, event: ConversationSummary) -> None:
        text, lang = _cut(event.text), event.lang or ""
        known = self._summaries.get(lang)
        if (
            not text
            or known == (text, bool(event.final))
            or (known and known[1] > bool(event.final))
        ):
            return
        self._summaries[lang] = (text, bool(event.final))
        if len(self._summaries) > ROLES:
            del self._summaries[next(iter(self._summaries))]
        data = {"text": text, "lang": event.lang, "final": bool(event.final)}
        self._told.append((self._tell("summary", data), None))

    def _entered(self, event: CallState) -> None:
        if event.state and not event.late:
            self._enter(event.state, event.timestamp, over=event.over)

    def _enter(self, state: str, at: datetime | None, *, over: bool) -> None:
        if self.ended_at is not None or state == self._state:
            return
        self._state = state
        if over:
            self.ended_at = self._now
        data = {"state": state, "timestamp": _iso(at), "over": over}
        self._told.append((self._tell("state", data), None))

    def _tell(
        self, kind: Kind, data: dict[str, Any], *, durable: bool = True, line: str | None = None
    ) -> Message:
        self._seq += 1
        after = self._durable
        if durable:
            self._durable = self._seq
        return Message(self.base, self._seq, kind, data, self._now, durable, after, line)

    # -- for a Redis ----------------------------------------------------------------------------

    def to_json(self) -> str:
        """It for a Redis: small, whatever was said."""
        return json.dumps(dict(self._parts()), separators=(",", ":"))

    def _parts(self) -> Iterator[tuple[str, Any]]:
        yield from (("version", _VERSION), ("base", self.base), ("ended_at", self.ended_at))
        yield from (("seq", self._seq), ("durable", self._durable), ("state", self._state))
        yield from (("summaries", self._summaries), ("heard", self._heard))
        yield "lines", [asdict(line) for line in self._lines]
        yield "waiting", [asdict(waiting) for waiting in self._waiting]

    @classmethod
    def from_json(cls, text: str | bytes) -> Transcript:
        """Read what :meth:`to_json` wrote.

        :raises ValueError: for something else, or for what another version wrote.
        """
        try:
            found = json.loads(text)
            if found["version"] != _VERSION:
                raise ValueError("written by another version")
            made = cls(found["base"])
            made.ended_at, made._state = found["ended_at"], found["state"]
            made._seq, made._durable, made._heard = found["seq"], found["durable"], found["heard"]
            made._summaries = {
                lang: (text, final) for lang, (text, final) in found["summaries"].items()
            }
            made._lines = [Line(**line) for line in found["lines"]]
            made._waiting = [Waiting(**waiting) for waiting in found["waiting"]]
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("no transcript of ours") from error
        return made


def _time(event: Utterance | Translation) -> int:
    return round((event.timestamp or event.received_at).timestamp() * 1_000_000)


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _cut(text: str | None) -> str | None:
    if text is None or len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1] + "…"
