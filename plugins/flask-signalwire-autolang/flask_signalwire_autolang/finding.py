"""From a telephone number to a language, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping

from .decision import Finding, masked
from .numbers import place_of
from .regions import language_of

CALLING_CODE_DISCOUNT = 0.8
"""A number that is not assigned says less of its owner than one that is."""


def find(number: object, regions: Mapping[str, str]) -> Finding:
    """The language that a remote party's number speaks for.

    :param number: in international form; anything else is undecided, and says why.
    :param regions: languages by region that the application vouches for.
    """
    if not isinstance(number, str):
        reason = f"the number is a {type(number).__name__}; expected text in international form"
        return Finding(None, "", 0.0, reason)
    shown = masked(number)
    place = place_of(number)
    if place.region is None:
        return Finding(None, shown, 0.0, f"the number does not say: {place.reason}")
    evidence = f"{shown}, {place.region}"
    if place.region in regions:
        reason = f"SIGNALWIRE_AUTOLANG_REGIONS, by {place.reason}"
        return Finding(regions[place.region], evidence, 1.0, reason)
    spoken = language_of(place.region)
    if spoken.tag is None:
        reason = f"{spoken.reason}; set SIGNALWIRE_AUTOLANG_REGIONS[{place.region!r}] if you know"
        return Finding(None, evidence, 0.0, reason)
    certain = spoken.share * (1 if place.assigned else CALLING_CODE_DISCOUNT)
    return Finding(spoken.tag, evidence, certain, f"{spoken.reason}, by {place.reason}")
