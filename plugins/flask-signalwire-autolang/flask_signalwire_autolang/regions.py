"""From a region to its language, by CLDR's figures of who speaks what where."""

from __future__ import annotations

from dataclasses import dataclass

SHARE = 50
"""Per cent of a region's people who must speak an official language, or it is not assumed."""

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

# CLDR lists a language and a form of it as two, with the same people.
_SAME = {"no": "nb"}


@dataclass(frozen=True)
class Spoken:
    """The language to assume in a region.

    :param tag: such as ``es-ES``; None where none is to be assumed.
    :param share: of the region's people, 0 to 1.
    """

    tag: str | None
    share: float
    reason: str


def language_of(region: str) -> Spoken:
    """The official language that most people of a region speak, if at least half of them do."""
    if region in OVERRIDES:
        language = OVERRIDES[region]
        return Spoken(
            f"{language}-{region}", OVERRIDE_CONFIDENCE, f"{language} by a rule of this plugin"
        )
    shares = _official(region)
    ranked = sorted(shares, key=lambda language: (-shares[language], language))
    if not ranked:
        return Spoken(None, 0.0, "CLDR knows no official language there")
    first = ranked[0]
    if shares[first] < SHARE:
        known = f"{first} {shares[first]:g} %"
        return Spoken(None, 0.0, f"no official language is spoken by half of the people ({known})")
    if len(ranked) > 1 and shares[ranked[1]] == shares[first]:
        return Spoken(None, 0.0, f"{first} and {ranked[1]} are spoken by equally many people")
    reason = f"{first} is official and spoken by {shares[first]:g} % of the people"
    return Spoken(f"{first}-{region}", min(shares[first] / 100, 1.0), reason)


def _official(region: str) -> dict[str, float]:
    """Official languages and the per cent of people who speak them, whatever script they use.

    Languages that are official in a part of the region only say nothing about the whole.
    """
    from babel.languages import get_territory_language_info

    shares: dict[str, float] = {}
    for code, facts in get_territory_language_info(region).items():
        if facts["official_status"] in ("official", "de_facto_official"):
            language = code.partition("_")[0]  # zh_Hant: the region says which script it is
            if language in _SAME:
                language = _SAME[language]
            share = float(facts["population_percent"] or 0)
            shares[language] = max(shares.get(language, 0.0), share)
    return shares
