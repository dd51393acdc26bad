"""How the parts of an app are: what a readiness probe asks, through ``client.check_health()``."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from .redaction import scrub, text_of


@dataclass(frozen=True)
class Health:
    """How one part of an app is.

    :param status: ``fail`` where the app can't do its work without the part; ``warn`` where it
        does, with less than was promised; else ``ok``.
    :param text: what is wrong, for operators. Secrets and telephone numbers are masked.
    """

    status: Literal["ok", "warn", "fail"]
    text: str = ""


Check = Callable[[], Health | None]
"""Says how a part is; None where there is nothing to say. What it raises is a failure."""


class Examiner:
    """Asks all parts at once, each in a thread of its own, and waits no longer than it may.

    A part that hangs is waited for again the next time, and not asked twice.
    """

    def __init__(self) -> None:
        self._asked: dict[str, _Question] = {}

    def ask(self, checks: Mapping[str, Check], deadline: float) -> dict[str, Health]:
        """What the parts say, by their names.

        :param deadline: seconds for all of them together.
        """
        until = time.monotonic() + deadline
        questions = {name: self._begin(name, check) for name, check in checks.items()}
        found: dict[str, Health] = {}
        for name, question in questions.items():
            question.join(max(0.0, until - time.monotonic()))
            if question.is_alive():
                found[name] = Health("fail", f"no answer within {deadline:g} s")
            elif question.answer is not None:
                found[name] = question.answer
        return found

    def _begin(self, name: str, check: Check) -> _Question:
        # A parent's thread is not alive in its forked child, so nothing is inherited here.
        question = self._asked.get(name)
        if question is None or not question.is_alive():
            question = self._asked[name] = _Question(name, check)
            question.start()
        return question


class _Question(threading.Thread):
    def __init__(self, name: str, check: Check) -> None:
        super().__init__(name=f"signalwire-health-{name}", daemon=True)
        self.answer: Health | None = None
        self._check = check

    def run(self) -> None:
        try:
            answer = self._check()
            if answer is not None:
                self.answer = replace(answer, text=scrub(answer.text))
        except Exception as error:  # noqa: BLE001  # somebody else's code, or any of a client's errors
            self.answer = Health("fail", f"{type(error).__name__}: {text_of(error)}")
