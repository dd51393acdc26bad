"""From a region to its language, by CLDR's figures of who speaks what where."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from .numbers import DATA

OVERRIDES = {
    # CLDR counts Spanish as the second language of 3 % of Paraguay. It is what most people there
    # use on the telephone with strangers; Guaraní is not what a translator is asked for.
    "PY": "es",
    # Swahili became official in Uganda by law; administration and business are in English.
    "UG": "en",
    # Wolof is what most people speak in Senegal, and French what they read, write and learn.
    "SN": "fr",
}
"""Official languages where CLDR's largest one is not the one to assume."""

OVERRIDE_CONFIDENCE = 0.5
"""No figure stands behind an override, so it counts as little as what is just assumed."""

STEP_DOWN = 50
"""Per cent who must speak an official language that stands in for one that is not supported."""


@dataclass(frozen=True)
class Spoken:
    """The language to assume in a region.

    :param tag: such as ``es-ES``; None where none is to be assumed.
    :param share: of the region's people, 0 to 1.
    """

    tag: str | None
    share: float
    reason: str


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, float]]:
    table: dict[str, dict[str, float]] = json.loads((DATA / "regions.json").read_text("utf-8"))[
        "regions"
    ]
    return table


def language_of(region: str, supports: Callable[[str], object]) -> Spoken:
    """The official language that most people of a region speak.

    Languages that are official in a part of the region only say nothing about the whole. Where the
    largest is not supported, the next one that half of the people speak stands in.

    :param supports: whether a tag is one that can be translated.
    """
    if region in OVERRIDES:
        language = OVERRIDES[region]
        reason = f"{language} by a rule of this plugin"
        return Spoken(f"{language}-{region}", OVERRIDE_CONFIDENCE, reason)
    shares = _table().get(region, {})
    ranked = list(shares)  # the largest first
    if not ranked:
        return Spoken(None, 0.0, "CLDR knows no official language there")
    first = ranked[0]
    if len(ranked) > 1 and shares[ranked[1]] == shares[first]:
        return Spoken(None, 0.0, f"{first} and {ranked[1]} are spoken by equally many people")
    if not supports(f"{first}-{region}"):
        for other in ranked[1:]:
            if shares[other] >= STEP_DOWN and supports(f"{other}-{region}"):
                reason = f"{first} is not supported; {other} is official and spoken by"
                return _spoken(other, region, shares[other], reason)
    return _spoken(first, region, shares[first], f"{first} is official and spoken by")


def _spoken(language: str, region: str, share: float, reason: str) -> Spoken:
    return Spoken(
        f"{language}-{region}", min(share / 100, 1.0), f"{reason} {share:g} % of the people"
    )
