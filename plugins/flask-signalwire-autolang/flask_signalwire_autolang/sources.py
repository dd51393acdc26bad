"""The built-in sources of evidence: small classes with one hook each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from . import headers, numbers, texts
from .decision import Evidence, masked
from .hookspecs import hookimpl
from .regions import language_of
from .tags import base

if TYPE_CHECKING:
    from .decision import Step
    from .detectors import Detector
    from .inquiry import Inquiry
    from .memory import CallMemory, Facts
    from .settings import AutolangSettings

UNASSIGNED = 0.8
"""What a number that nobody was given counts for: it says less of its owner than one that is."""

ENOUGH_UTTERANCES = 2
"""One utterance may be a name, or a greeting that somebody learnt."""

MAJORITY = 0.6


class Profile:
    """What the application knows of the person."""

    def __init__(self, lookup: Callable[[Inquiry], Any] | None) -> None:
        self._lookup = lookup

    @hookimpl(trylast=True)
    def signalwire_language_from_profile(self, inquiry: Inquiry) -> Evidence | str | None:
        given = inquiry.context.get("language")
        if isinstance(given, str) and given:
            return Evidence(given, 1.0, "context['language']", "the application said so")
        profile = inquiry.context.get("profile")
        if isinstance(profile, Mapping):
            given = profile.get("language")
            if isinstance(given, str) and given:
                return Evidence(given, 1.0, "context['profile']", "the profile's language")
        found = self._lookup(inquiry) if self._lookup is not None else None
        if isinstance(found, str) and found:
            return Evidence(
                found, 1.0, "SIGNALWIRE_AUTOLANG_PROFILE", "the application's look-up knows it"
            )
        return found or None


class Call:
    """What this call told: who spoke what, and what an earlier session was started with."""

    def __init__(self, memory: CallMemory) -> None:
        self._memory = memory

    @hookimpl(trylast=True)
    def signalwire_language_from_call(self, inquiry: Inquiry) -> Evidence | None:
        return self._memory.ask(inquiry.call_id, self._read)

    def _read(self, facts: Facts) -> Evidence | None:
        total = sum(heard.utterances for heard in facts.heard.values())
        if total >= ENOUGH_UTTERANCES:
            tag, most = max(facts.heard.items(), key=lambda row: row[1].utterances)
            if most.utterances >= max(ENOUGH_UTTERANCES, MAJORITY * total):
                share = most.utterances / total
                shown = f"{most.utterances} of {total} utterances"
                return Evidence(tag, share * most.mean, shown, "heard in this call")
        if facts.choice is None:
            return None
        who = "the application" if facts.choice.given else "this plugin"
        return Evidence(
            facts.choice.tag,
            facts.choice.confidence,
            "an earlier session of this call",
            f"{who} chose it then",
        )


class Text:
    """What the remote party wrote."""

    def __init__(self, detector: Detector | None, missing: str) -> None:
        self._detector = detector
        self._missing = missing

    @hookimpl(trylast=True)
    def signalwire_language_from_text(self, inquiry: Inquiry) -> Evidence | None:
        if not inquiry.texts:
            return None
        text = texts.clean(sample for kind in inquiry.texts.values() for sample in kind)
        shown = f"{' and '.join(inquiry.texts)}, {texts.counted(len(text.split()), 'word')}"
        script = texts.script_language(text)
        if script is not None:
            return Evidence(script, 1.0, shown, "no other language is written so")
        little = texts.too_little(text)
        if little is not None:
            return Evidence(None, 0.0, shown, little)
        if self._detector is None:
            return Evidence(None, 0.0, shown, self._missing)
        implied = {base(tag) for tag in inquiry.hints()}
        guess = self._detector.guess(text, implied)
        return Evidence(guess.language, guess.confidence, shown, guess.reason)


class Header:
    """The languages that the remote party's browser asks for."""

    @hookimpl(trylast=True)
    def signalwire_language_from_header(self, inquiry: Inquiry) -> Evidence | None:
        if inquiry.header is None:
            return None
        return headers.read_header(inquiry.header, inquiry.match)


class Number:
    """Where the remote party's number is at home."""

    def __init__(self, regions: Mapping[str, str]) -> None:
        self._regions = regions

    @hookimpl(trylast=True)
    def signalwire_language_from_number(self, inquiry: Inquiry) -> Evidence | None:
        number = inquiry.number
        if number is None:
            return None
        if not isinstance(number, str):
            kind = type(number).__name__
            return Evidence(
                None, 0.0, "", f"the number is of type {kind}; expected text in international form"
            )
        shown = masked(number)
        place = numbers.place_of(number)
        if place.region is None:
            return Evidence(None, 0.0, shown, f"the number does not say: {place.reason}")
        shown = f"{shown}, {place.region}"
        if place.region in self._regions:
            reason = f"SIGNALWIRE_AUTOLANG_REGIONS, by {place.reason}"
            return Evidence(self._regions[place.region], 1.0, shown, reason)
        certain = 1.0 if place.assigned else UNASSIGNED
        area = numbers.area_of(number)
        if area is not None:
            reason = f"the area code of {area.name}"
            return Evidence(area.tag, area.share * certain, f"{shown}, {area.name}", reason)
        spoken = language_of(place.region, inquiry.match)
        reason = f"{spoken.reason}, by {place.reason}"
        if inquiry.remembered:
            reason += " that an earlier answer named"
        if spoken.tag is None or spoken.share < 0.5:
            reason += f"; set SIGNALWIRE_AUTOLANG_REGIONS[{place.region!r}] if you know better"
        return Evidence(spoken.tag, spoken.share * certain, shown, reason)


class Asks:
    """Somebody who can be asked."""

    def __init__(self, ask: Callable[..., Any] | None) -> None:
        self._ask = ask

    @hookimpl(trylast=True)
    def signalwire_language_unknown(self, inquiry: Inquiry, steps: tuple[Step, ...]) -> Any:
        found = self._ask(inquiry, steps) if self._ask is not None else None
        return found or None


def built_in(
    settings: AutolangSettings, memory: CallMemory, detector: Detector | None
) -> dict[str, Any]:
    """The built-in sources, by the names that they are registered under."""
    missing = (
        f"no text detector: {settings.detector} is not installed; "
        "pip install 'flask-signalwire-autolang[text]'"
        if settings.detector
        else "SIGNALWIRE_AUTOLANG_DETECTOR is None"
    )
    return {
        "profile": Profile(settings.profile),
        "call": Call(memory),
        "text": Text(detector, missing),
        "header": Header(),
        "number": Number(settings.regions),
        "ask": Asks(settings.ask),
    }


def warm_up(detector: Detector | None) -> None:
    """Load the tables and the detector: what the first translation would wait for otherwise."""
    numbers.warm_up()
    language_of("ES", str)
    base("es-ES")
    if detector is not None:
        detector.warm_up()
