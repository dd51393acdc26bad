"""What earlier answers and events told of a call: who the remote party is, and what they speak."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask_signalwire import CallLeg

CAPACITY = 4096
"""Calls that are remembered; the one that was longest out of sight is forgotten first."""

LANGUAGES = 8
"""Languages that are counted for one call; more are noise."""

T = TypeVar("T")


@dataclass(frozen=True)
class Choice:
    """A language that a session of this call was started with.

    :param given: True where the application named it itself.
    """

    tag: str
    confidence: float
    given: bool


@dataclass
class Heard:
    """One language in one call's utterances."""

    utterances: int = 0
    confidence: float = 0.0

    @property
    def mean(self) -> float:
        """The mean confidence."""
        return self.confidence / self.utterances if self.utterances else 0.0


@dataclass
class Facts:
    """What is known of one call.

    :ivar row: the language of the latest utterances in a row, and how many.
    :ivar told: pairs of languages that a difference was signalled for.
    """

    number: str | None = None
    choice: Choice | None = None
    heard: dict[str, Heard] = field(default_factory=dict)
    row: tuple[str, int, float] = ("", 0, 0.0)
    told: set[tuple[str, str]] = field(default_factory=set)


class CallMemory:
    """The facts by call, of one app in one process."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._calls: OrderedDict[str, Facts] = OrderedDict()
        self._lock = threading.Lock()

    def learn(self, leg: CallLeg) -> None:
        """Remember the remote party of a leg, where it says who that is."""
        # `direction` is the service's point of view: we called, or somebody called us.
        if leg.direction in ("outbound", "outbound-api"):
            number = leg.to
        elif leg.direction == "inbound":
            number = leg.from_
        else:
            return
        if isinstance(number, str) and number:
            self.update(leg.id, lambda facts: setattr(facts, "number", number))

    def choose(self, call_id: object, choice: Choice) -> None:
        """Remember what a session was started with."""

        def change(facts: Facts) -> None:
            facts.choice, facts.row = choice, ("", 0, 0.0)

        self.update(call_id, change)

    def hear(self, call_id: object, language: str, confidence: float) -> None:
        """Count an utterance of the remote party."""

        def change(facts: Facts) -> None:
            if language in facts.heard or len(facts.heard) < LANGUAGES:
                heard = facts.heard.setdefault(language, Heard())
                heard.utterances += 1
                heard.confidence += confidence

        self.update(call_id, change)

    def update(self, call_id: object, change: Callable[[Facts], T]) -> T | None:
        """Change what is known of a call, alone; None where the id is none."""
        if not isinstance(call_id, str) or not call_id:
            return None
        with self._lock:
            facts = self._calls.setdefault(call_id.lower(), Facts())
            self._calls.move_to_end(call_id.lower())
            while len(self._calls) > self._capacity:
                self._calls.popitem(last=False)
            return change(facts)

    def ask(self, call_id: object, question: Callable[[Facts], T]) -> T | None:
        """Something that is known of a call; None where nothing is."""
        if not isinstance(call_id, str):
            return None
        with self._lock:
            facts = self._calls.get(call_id.lower())
            return None if facts is None else question(facts)

    def number(self, call_id: object) -> Any:
        """The remote party's number of a call, or None."""
        return self.ask(call_id, lambda facts: facts.number)
