"""Faults on request: what an outage does to an answer, so that it can be rehearsed.

Nothing fails unless it is asked for: by :attr:`Simulator.faults`, or by the header
``X-Simulator-Fault``, which the simulator alone knows.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, Literal, get_args

from flask_signalwire.commands import CommandTable
from flask_signalwire.commands.fields import describe, suggest

from .answers import Answer
from .refusals import Refusal

HEADER = "X-Simulator-Fault"
MAX_LATENCY = 600.0
"""The longest latency, in seconds."""

Damage = Literal["reset", "half", "empty", "garbage", "html"]
_DAMAGES: tuple[str, ...] = get_args(Damage)
_WORDS = (*_DAMAGES, "after", "before", "status", "retry_after", "latency")
_EXPECTED = f"{', '.join(_DAMAGES)}, after, before, status=…, retry_after=… and latency=…"

_HTML = "<!doctype html>\n<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n"


class AnswerLost(ConnectionResetError):
    """The connection is to be reset in place of an answer; for who runs the WSGI application.

    The simulator's own server and adapter do so. Behind another server it is a crash of the
    application.
    """


class AnswerLate(TimeoutError):
    """The answer takes longer than who waits for it said that it would wait."""


@dataclass(frozen=True)
class Fault:
    """What happens to one answer.

    :param damage: ``reset``: the connection is reset in place of an answer. ``half``: half of the
        body comes. ``empty``: a body of no bytes. ``garbage``: a body that is no JSON. ``html``:
        an HTML page as proxies have it, with status 502 where none is given. None: it is whole.
    :param status: answered in place of the service's own, 200 to 599.
    :param retry_after: the header of that name: whole seconds, or a datetime with a timezone.
    :param latency: seconds that the answer takes longer, 0 to 600, by the simulator's clock: a
        :class:`SystemClock` sleeps, a :class:`ManualClock` is advanced.
    :param after: whether the command takes effect, and only its answer is lost; else the fault
        comes before the service. Left out: yes where there is no other fault than latency, and for
        ``half``, ``empty`` and ``garbage`` without a status, which say that it was accepted; no
        for the others.
    :raises ValueError: with all that does not fit.
    """

    damage: Damage | None = None
    status: int | None = None
    retry_after: int | datetime | None = None
    latency: float = 0.0
    after: bool | None = None

    def __post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise ValueError("; ".join(problems))

    def _problems(self) -> Iterator[str]:
        damage: Any = self.damage
        if damage is not None and damage not in _DAMAGES:
            hint = suggest(damage, _DAMAGES) if isinstance(damage, str) else ""
            yield f"damage={describe(damage)}{hint}; expected {', '.join(_DAMAGES)}, or None"
        if self.status is not None and not (_whole(self.status) and 200 <= self.status <= 599):
            yield f"status={describe(self.status)}; expected an integer from 200 to 599"
        elif damage is None and self.status == 200:
            yield "status=200 alone is no failure; expected another one, or a damage beside it"
        latency: Any = self.latency
        if not (isinstance(latency, (int, float)) and 0 <= latency <= MAX_LATENCY):
            yield f"latency={describe(latency)}; expected seconds from 0 to {MAX_LATENCY:.0f}"
        if damage is None and self.status is None:
            if not latency:
                yield f"a fault that does nothing; expected some of {_EXPECTED}"
            if self.after is False:
                yield "an answer that only comes late is that of a command that took effect"
        asked = self.retry_after
        if asked is not None:
            fits = asked.tzinfo is not None if isinstance(asked, datetime) else _whole(asked)
            if not fits:
                yield "retry_after: expected whole seconds, or a datetime with a timezone"
            if self.status is None and damage != "html":
                yield "retry_after without a status; expected one beside it, such as status=503"

    @property
    def acts(self) -> bool:
        """Whether the command takes effect."""
        if self.after is not None:
            return self.after
        return self.status is None and self.damage not in ("reset", "html")

    def befall(self, answer: Answer) -> Answer | None:
        """What becomes of an answer; None: nothing comes.

        :param answer: the service's own where the command took effect, else a 200 without content.
        """
        if self.damage == "reset":
            return None
        status = 502 if self.damage == "html" and self.status is None else self.status
        if status is not None:
            answer = answer.with_status(status)
        if self.retry_after is not None:
            answer = replace(
                answer, headers=(*answer.headers, ("Retry-After", _stamp(self.retry_after)))
            )
        if self.damage == "half":
            whole = answer.content
            return replace(answer, content=whole[: len(whole) // 2], length=len(whole))
        if self.damage == "empty":
            return replace(answer, content=b"")
        if self.damage == "garbage":
            return replace(answer, content=b'\x00{"id": \xff')
        if self.damage == "html":
            page = _HTML.format(answer.wsgi_status).encode()
            return replace(answer, content=page, content_type="text/html; charset=utf-8")
        return answer

    def __str__(self) -> str:
        """As the header has it."""
        words: list[str] = [] if self.damage is None else [self.damage]
        if self.status is not None:
            words.append(f"status={self.status}")
        if self.retry_after is not None:
            words.append(f"retry_after={_stamp(self.retry_after)}")
        if self.latency:
            words.append(f"latency={self.latency:g}")
        if self.after is not None:
            words.append("after" if self.after else "before")
        return "; ".join(words)


def from_header(text: str) -> Fault:
    """The fault that a request asks for.

    :param text: the header's value: words of :class:`Fault` between semicolons, such as
        ``reset; after`` or ``status=429; retry_after=2``.
    :raises Refusal: 400 that says which word can't be read.
    """
    options: dict[str, Any] = {}
    try:
        for part in text.split(";"):
            word, equals, value = (piece.strip() for piece in part.partition("="))
            _take(options, word, value if equals else None)
        return Fault(**options)
    except ValueError as error:
        raise Refusal(400, {"error": f"{HEADER}: {error}"}) from None


def _take(options: dict[str, Any], word: str, value: str | None) -> None:
    key = word
    taken: Any
    if word in _DAMAGES and value is None:
        key, taken = "damage", word
    elif word in ("after", "before") and value is None:
        key, taken = "after", word == "after"
    elif word == "status" and value is not None:
        taken = _number(word, value)
    elif word == "retry_after" and value is not None:
        taken = _when(value)
    elif word == "latency" and value is not None:
        try:
            taken = float(value)
        except ValueError:
            raise ValueError(f"latency={describe(value)}; expected seconds") from None
    else:
        hint = suggest(word, _WORDS)
        raise ValueError(f"unknown word {describe(word)}{hint}; expected {_EXPECTED}")
    if key in options:
        raise ValueError(f"`{word}` where {key} was given already; expected each once")
    options[key] = taken


def _number(word: str, value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise ValueError(f"{word}={describe(value)}; expected an integer")
    return int(value)


def _when(value: str) -> int | datetime:
    if value[:1].isdigit():
        return _number("retry_after", value)
    try:
        moment = parsedate_to_datetime(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    # The standard library's parser of dates has its own ways to fail on what is none.
    except (ValueError, OverflowError, TypeError, IndexError):
        raise ValueError(
            f"retry_after={describe(value)}; expected seconds, or a date of HTTP"
        ) from None


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _stamp(moment: int | datetime) -> str:
    if isinstance(moment, datetime):
        return format_datetime(moment.astimezone(timezone.utc), usegmt=True)
    return str(moment)


@dataclass
class _Waiting:
    command: str | None
    fault: Fault
    times: int | None


class Faults:
    """The faults that wait for their commands; the first that fits befalls. Thread-safe.

    .. code-block:: python

        simulator.faults.add("dial", status=503, retry_after=2)
        simulator.faults.add("calling.play", damage="reset", after=True, times=2)

    :param table: the commands that there are.
    """

    def __init__(self, table: CommandTable) -> None:
        self._table = table
        self._waiting: list[_Waiting] = []
        self._lock = threading.Lock()

    def add(
        self,
        command: str | None = None,
        *,
        damage: Damage | None = None,
        status: int | None = None,
        retry_after: int | datetime | None = None,
        latency: float = 0.0,
        after: bool | None = None,
        times: int | None = 1,
    ) -> Fault:
        """Let the next such commands fail.

        Requests that are no command (another path, no JSON, wrong credentials) never do.

        :param command: a wire name, such as ``calling.play``; None for whichever comes.
        :param times: how many commands it befalls; None: all, until :meth:`clear`.
        :returns: the fault; the other params are its own.
        :raises LookupError: where there is no such command.
        :raises ValueError: where a param does not fit.
        """
        if command is not None:
            self._table[command]
        if times is not None and not (_whole(times) and times):
            raise ValueError(f"times={describe(times)}; expected an integer from 1, or None")
        fault = Fault(damage, status, retry_after, latency, after)
        with self._lock:
            self._waiting.append(_Waiting(command, fault, times))
        return fault

    def take(self, command: Any) -> Fault | None:
        """The fault of a command that came, used up by that; None where it has none.

        :param command: what was received for its wire name.
        """
        with self._lock:
            for index, waiting in enumerate(self._waiting):
                if waiting.command is None or waiting.command == command:
                    if waiting.times is not None:
                        waiting.times -= 1
                        if not waiting.times:
                            del self._waiting[index]
                    return waiting.fault
        return None

    def clear(self) -> None:
        """Let nothing fail any more."""
        with self._lock:
            self._waiting.clear()

    def __len__(self) -> int:
        """How many wait; one that befalls several times is one."""
        return len(self._waiting)

    def __repr__(self) -> str:
        with self._lock:
            shown = [f"{known.command or 'any'}: {known.fault}" for known in self._waiting]
        return f"<Faults {', '.join(shown) or 'none'}>"
