"""Whether the remote party speaks what their session was started with."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from .signals import language_differs, send
from .tags import base, normalise, same_language
from .texts import clean, script_language, too_little

if TYPE_CHECKING:
    from flask import Flask

    from flask_signalwire.events import Utterance

    from .catalogue import Catalogue
    from .detectors import Detector
    from .memory import CallMemory, Facts
    from .settings import AutolangSettings

logger = logging.getLogger("flask_signalwire_autolang")

REMOTE = "remote-caller"
CERTAIN = 0.8
"""Mean confidence that a difference needs: to switch in the middle of a call is a nuisance."""
FEWEST_WORDS = 4
"""Words of an utterance that is judged by its text."""


class Listener:
    """Listens to one app's utterances."""

    def __init__(
        self,
        app: Flask,
        settings: AutolangSettings,
        catalogue: Catalogue,
        memory: CallMemory,
        detector: Detector | None,
    ) -> None:
        self._app = app
        self._settings = settings
        self._catalogue = catalogue
        self._memory = memory
        self._detector = detector

    def hear(self, utterance: Utterance) -> None:
        """Learn from an utterance, and signal a difference that it completes."""
        if utterance.role != REMOTE or utterance.final is False:
            return
        spoken = self._spoken(utterance)
        if spoken is None:
            return
        tag, certain = spoken
        self._memory.hear(utterance.call_id, tag, certain)
        told = self._memory.update(
            utterance.call_id, lambda facts: self._differs(facts, tag, certain)
        )
        if told is None:
            return
        assumed, count, mean = told
        evidence = f"{count} utterances in a row"
        logger.info(
            "call %s: the remote party speaks %s, not %s (%s, confidence %.2f)",
            utterance.call_id,
            tag,
            assumed,
            evidence,
            mean,
        )
        send(
            language_differs,
            self._app,
            call_id=utterance.call_id,
            assumed=assumed,
            heard=tag,
            confidence=mean,
            evidence=evidence,
        )

    def _spoken(self, utterance: Utterance) -> tuple[str, float] | None:
        """What an utterance is in, as the app's list has it, and how certain that is."""
        given = utterance.lang if isinstance(utterance.lang, str) else ""
        tag, certain = normalise(given), _share(utterance.confidence)
        read = self._read(utterance.content)
        # A recogniser that was told a language may well say that one whatever it hears: where the
        # words themselves are in another language, they count.
        if read is not None and (tag is None or not same_language(tag, read[0])):
            tag, certain = read
        supported = self._catalogue.match(tag) if tag else None
        return None if supported is None else (supported, certain)

    def _read(self, content: Any) -> tuple[str, float] | None:
        text = clean([content]) if isinstance(content, str) else ""
        script = script_language(text)
        if script is not None:
            return script, 1.0
        if self._detector is None or len(text.split()) < FEWEST_WORDS or too_little(text):
            return None
        guess = self._detector.guess(text)
        if guess.language is None or guess.confidence < CERTAIN:
            return None
        return guess.language, guess.confidence

    def _differs(self, facts: Facts, tag: str, certain: float) -> tuple[str, int, float] | None:
        """The language that was assumed, the utterances in a row in another, and how certain they
        are on average; None where there is nothing to tell.
        """
        if facts.choice is None:
            return None
        assumed, spoken = facts.choice.tag, base(tag)
        if spoken == base(assumed):
            facts.row = ("", 0, 0.0)
            return None
        before, count, total = facts.row
        count, total = (count + 1, total + certain) if before == spoken else (1, certain)
        facts.row = (spoken, count, total)
        pair = (base(assumed), spoken)
        if count < self._settings.switch_after or total / count < CERTAIN or pair in facts.told:
            return None
        facts.told.add(pair)
        return assumed, count, total / count


def _share(confidence: Any) -> float:
    """A recogniser's confidence; without one the utterance counts in full, with nonsense not."""
    if confidence is None:
        return 1.0
    if isinstance(confidence, bool) or not isinstance(confidence, (int, float)):
        return 0.0
    return float(confidence) if 0 <= confidence <= 1 else 0.0
