"""A scenario: who says what in a call, when, and what goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..disturbances import Disturbance

CHARACTERS_PER_SECOND = 15.0
"""How fast people speak, and speech is synthesised."""


@dataclass(frozen=True)
class Line:
    """Something that somebody says.

    :param at: seconds after the live session started, when the sentence begins.
    :param who: ``remote-caller`` or ``local-caller``.
    :param lang: what it is said in.
    :param text: the sentence.
    :param translations: of it, by language.
    :param confidence: of who recognises it, 0 to 1.
    :param partials: what is recognised before its end; None: they are made from the text.
    """

    at: float
    who: str
    lang: str
    text: str
    translations: Mapping[str, str] = field(default_factory=dict)
    confidence: float = 0.9
    partials: tuple[str, ...] | None = None

    @property
    def seconds(self) -> float:
        """How long it takes to say it."""
        return max(1.0, len(self.text) / CHARACTERS_PER_SECOND)


@dataclass(frozen=True)
class Input:
    """What the other party answers to one collection: digits, or speech.

    :param after: seconds after the collection's start.
    """

    after: float = 2.0
    digits: str | None = None
    speech: str | None = None
    confidence: float = 0.9


@dataclass(frozen=True)
class Machine:
    """Who answers, for the detection of machines.

    :param result: ``HUMAN``, ``MACHINE`` or ``UNKNOWN``.
    :param after: seconds after the detection's start.
    :param ready_after: seconds until a machine has said its greeting; None: it goes on for ever.
    :param beep: whether it then beeps.
    """

    result: str
    after: float = 1.0
    ready_after: float | None = None
    beep: bool = False


@dataclass(frozen=True)
class Advice:
    """What an AI sidecar makes of the call.

    :param insights: each with the seconds after its start.
    :param answers: to what it is asked, in turn.
    :param summary: at its end.
    """

    insights: tuple[tuple[float, str], ...] = ()
    answers: tuple[str, ...] = ()
    summary: str | None = None


@dataclass(frozen=True)
class Scenario:
    """What happens in the calls that it matches.

    :param name: of its file, or its own.
    :param to: the number that must be called for it; None: whichever.
    :param from_: the number that must call.
    :param rings_after: seconds from the dial; None: as the simulator has it.
    :param answers_after: seconds from the dial, likewise.
    :param refuses: the reason with which it ends at that time instead of being answered: ``busy``,
        ``decline``, ``noAnswer``, ``error``.
    :param hangs_up_after: seconds after the answer when the other party hangs up; None: never.
    :param lines: what is said, in order.
    :param summary: by language.
    :param inputs: for the call's collections, in turn.
    :param faults: the arguments of :meth:`Faults.add`, one each.
    """

    name: str
    description: str = ""
    to: str | None = None
    from_: str | None = None
    rings_after: float | None = None
    answers_after: float | None = None
    refuses: str | None = None
    hangs_up_after: float | None = None
    lines: tuple[Line, ...] = ()
    summary: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[Input, ...] = ()
    machine: Machine | None = None
    sidecar: Advice = Advice()
    faults: tuple[Mapping[str, Any], ...] = ()
    disturbance: Disturbance | None = None

    @property
    def languages(self) -> tuple[str, ...]:
        """What is spoken in it, in order."""
        return tuple(dict.fromkeys(line.lang for line in self.lines))

    def matches(self, from_: str | None, to: str | None) -> bool:
        """Whether it is for a call between these numbers."""
        return self.to in (None, to) and self.from_ in (None, from_)
