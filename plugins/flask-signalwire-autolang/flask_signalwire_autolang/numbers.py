"""From a telephone number to a region or an area of one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
NON_GEOGRAPHIC = "001"
"""libphonenumber's region of numbers that belong to no country, such as +800."""

_INTERNATIONAL = re.compile(r"(?:tel:)?\s*\+([\d\s().\-/]{7,30})", re.ASCII)
_LONGEST = 64


@dataclass(frozen=True)
class Place:
    """Where a number is at home.

    :param region: an ISO 3166 code, such as ``ES``; None where it can't be told.
    :param reason: how it was told, or why not.
    :param assigned: False where the number is known to be one that nobody was given.
    """

    region: str | None
    reason: str
    assigned: bool = True


@dataclass(frozen=True)
class Area:
    """A part of a region whose people speak another language than most of the region."""

    tag: str
    share: float
    name: str


@lru_cache(maxsize=1)
def _prefixes() -> dict[str, str]:
    table: dict[str, str] = json.loads((DATA / "prefixes.json").read_text("utf-8"))["prefixes"]
    return table


@lru_cache(maxsize=1)
def _areas() -> dict[str, list[Any]]:
    table: dict[str, list[Any]] = json.loads((DATA / "areas.json").read_text("utf-8"))["areas"]
    return table


@lru_cache(maxsize=1)
def has_phonenumbers() -> bool:
    """Whether the package is installed; it is not loaded by asking."""
    return find_spec("phonenumbers") is not None


def warm_up() -> None:
    """Load the tables."""
    area_of("+15145550100")
    place_of("+15145550100")


def looks_international(text: str) -> bool:
    """Whether a text reads as a number in international form, whoever it may belong to."""
    return len(text) <= _LONGEST and _INTERNATIONAL.fullmatch(text.strip()) is not None


def place_of(number: str) -> Place:
    """The region of a telephone number in international form (``+34911234567``)."""
    if "@" in number:
        return Place(None, "it is a SIP address, not a telephone number")
    return _by_phonenumbers(number) if has_phonenumbers() else _by_prefix(number)


def area_of(number: str) -> Area | None:
    """The area of a fixed line, where the area is known to speak otherwise than its country."""
    digits = _digits(number)
    for length in (4, 3):
        row = _areas().get(digits[:length])
        if row is not None:
            return Area(*row)
    return None


def _digits(number: str) -> str:
    found = _INTERNATIONAL.fullmatch(number.strip()) if len(number) <= _LONGEST else None
    return re.sub(r"\D", "", found[1]) if found else ""


def _by_prefix(number: str) -> Place:
    digits = _digits(number)
    if not digits:
        return Place(None, "it is not in international form: a plus sign, the country's code, …")
    if not 7 <= len(digits) <= 15:
        return Place(None, "no country has numbers like it")
    table = _prefixes()
    for length in range(len(digits), 0, -1):
        region = table.get(digits[:length])
        if region == "":
            return Place(None, "it belongs to no country, or is toll-free")
        if region is not None:
            return Place(region, f"the prefix +{digits[:length]}")
    if digits.startswith("1"):
        return Place(None, "it is not assigned, and +1 is shared by several countries")
    return Place(None, "no country has numbers like it")


def _by_phonenumbers(number: str) -> Place:
    phonenumbers: Any = import_module("phonenumbers")
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return Place(None, "it is not in international form: a plus sign, the country's code, …")
    region = phonenumbers.region_code_for_number(parsed)
    if region == NON_GEOGRAPHIC:
        return Place(None, "it belongs to no country")
    # Where one country alone has a calling code, libphonenumber names it for any number at all.
    if region is None or not phonenumbers.is_valid_number(parsed):
        return _by_calling_code(phonenumbers, parsed)
    if phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.TOLL_FREE:
        return Place(None, "it is toll-free, and such numbers are at home in many countries")
    return Place(region, "the number's region")


def _by_calling_code(phonenumbers: Any, parsed: Any) -> Place:
    """Numbering plans grow faster than tables, so an unknown number may still be somebody's."""
    code = parsed.country_code or 0
    length = phonenumbers.is_possible_number_with_reason(parsed)
    if length != phonenumbers.ValidationResult.IS_POSSIBLE:
        return Place(None, "no country has numbers like it")
    regions = phonenumbers.region_codes_for_country_code(code)
    if len(regions) != 1:
        return Place(None, f"it is not assigned, and +{code} is shared by several countries")
    reason = f"the calling code +{code}; the number itself is not assigned"
    return Place(regions[0], reason, assigned=False)
