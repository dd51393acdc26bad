"""From a telephone number to a region, by libphonenumber's tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

NON_GEOGRAPHIC = "001"
"""libphonenumber's region of numbers that belong to no country, such as +800."""


@dataclass(frozen=True)
class Place:
    """Where a number is at home.

    :param region: an ISO 3166 code, such as ``ES``; None where it can't be told.
    :param reason: how it was told, or why not.
    :param assigned: whether the number is one that the region has handed out.
    """

    region: str | None
    reason: str
    assigned: bool = True


def place_of(number: str) -> Place:
    """The region of a telephone number in international form (``+34911234567``)."""
    # Loading the tables takes time that apps without a translation need not spend.
    import phonenumbers

    if "@" in number:
        return Place(None, "it is a SIP address, not a telephone number")
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return Place(None, "it is not in international form: a plus sign, the country's code, …")
    region = phonenumbers.region_code_for_number(parsed)
    if region == NON_GEOGRAPHIC:
        return Place(None, "it belongs to no country")
    # Where one country alone has a calling code, libphonenumber names it for any number at all.
    if region is None or not phonenumbers.is_valid_number(parsed):
        return _by_calling_code(parsed)
    if phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.TOLL_FREE:
        return Place(None, "it is toll-free, and such numbers are at home in many countries")
    return Place(region, "the number's region")


def _by_calling_code(parsed: PhoneNumber) -> Place:
    """Numbering plans grow faster than tables, so an unknown number may still be somebody's."""
    import phonenumbers

    code = parsed.country_code or 0
    length = phonenumbers.is_possible_number_with_reason(parsed)
    if length != phonenumbers.ValidationResult.IS_POSSIBLE:
        return Place(None, "no country has numbers like it")
    regions = phonenumbers.region_codes_for_country_code(code)
    if len(regions) != 1:
        return Place(None, f"it is not assigned, and +{code} is shared by several countries")
    reason = f"the calling code +{code}; the number itself is not assigned"
    return Place(regions[0], reason, assigned=False)
