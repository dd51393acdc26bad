"""Writes the tables of telephone prefixes and of regions' languages.

``python tools/tables.py`` needs phonenumbers and babel; the plugin itself needs neither.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

import phonenumbers
from babel.core import get_global
from babel.languages import get_territory_language_info

DATA = Path(__file__).resolve().parent.parent / "flask_signalwire_autolang" / "data"
NON_GEOGRAPHIC = "001"
SAME = {"no": "nb"}  # CLDR lists a language and a form of it as two, with the same people
DEEPEST = 7
SAMPLES = 60


def region_of(digits: str) -> str | None:
    """The region of a number, ``""`` where it is nobody's in particular, None where invalid."""
    try:
        number = phonenumbers.parse(f"+{digits}", None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    if phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.TOLL_FREE:
        return ""
    region = phonenumbers.region_code_for_number(number)
    return "" if region in (None, NON_GEOGRAPHIC) else region


def seen(prefix: str, lengths: tuple[int, ...], dice: random.Random) -> Counter[str]:
    """How often random numbers behind a prefix are a region's."""
    found: Counter[str] = Counter()
    for _ in range(SAMPLES):
        rest = dice.choice(lengths) - len(prefix)
        if rest > 0:
            region = region_of(prefix + "".join(dice.choices("0123456789", k=rest)))
            if region is not None:
                found[region] += 1
    return found


def shared(code: int, dice: random.Random) -> dict[str, str]:
    """The prefixes of a calling code that several regions share."""
    rows: dict[str, str] = {}
    regions = phonenumbers.region_codes_for_country_code(code)
    lengths = tuple(
        {
            len(str(code)) + length
            for region in regions
            for length in phonenumbers.PhoneMetadata.metadata_for_region(
                region
            ).general_desc.possible_length
        }
    )

    def split(prefix: str, inherited: str) -> None:
        found = seen(prefix, lengths, dice)
        if not found:
            return
        first = found.most_common(1)[0][0]
        if first != inherited:
            rows[prefix] = first
        if len(found) > 1 and len(prefix) < len(str(code)) + DEEPEST:
            for digit in "0123456789":
                split(prefix + digit, first)

    if code == 1:  # the plan's unit is the area code
        for area in range(200, 1000):
            found = seen(f"1{area}", lengths, dice)
            if found:
                rows[f"1{area}"] = found.most_common(1)[0][0]
    else:
        # Too rare for the dice at the first digit: ask deeper at once.
        first = phonenumbers.region_code_for_country_code(code)
        rows[str(code)] = first
        for head in range(1000):
            split(f"{code}{head:03}", first)
    return rows


def prefixes() -> dict[str, str]:
    """Every prefix that tells a region; the longest that fits a number counts."""
    dice = random.Random(7)  # noqa: S311  # samples, no secrets
    rows: dict[str, str] = {}
    for code, regions in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()):
        if NON_GEOGRAPHIC in regions:
            rows[str(code)] = ""
        elif len(regions) == 1:
            rows[str(code)] = regions[0]
        else:
            rows |= shared(code, dice)
    return merged(rows)


def merged(rows: dict[str, str]) -> dict[str, str]:
    """Without the rows that a shorter one already implies."""
    return {
        prefix: region
        for prefix, region in rows.items()
        if next((rows[prefix[:n]] for n in range(len(prefix) - 1, 0, -1) if prefix[:n] in rows), 0)
        != region
    }


def regions() -> dict[str, dict[str, float]]:
    """The official languages of each region, by the per cent of people who speak them."""
    table: dict[str, dict[str, float]] = {}
    for region in sorted(get_global("territory_languages")):
        shares: dict[str, float] = {}
        for code, facts in get_territory_language_info(region).items():
            if facts["official_status"] in ("official", "de_facto_official"):
                language = code.partition("_")[0]  # zh_Hant: the region says which script it is
                language = SAME.get(language, language)
                share = float(facts["population_percent"] or 0)
                shares[language] = max(shares.get(language, 0.0), share)
        if shares:
            table[region] = dict(sorted(shares.items(), key=lambda row: (-row[1], row[0])))
    return table


def write(name: str, source: str, key: str, rows: dict[str, Any]) -> None:
    """One JSON file, a row a line."""
    today = datetime.now(tz=timezone.utc).date().isoformat()
    body = ",\n".join(f"  {json.dumps(row)}: {json.dumps(value)}" for row, value in rows.items())
    head = f'{{\n "source": {json.dumps(source)},\n "date": "{today}",\n "{key}": {{\n'
    text = f"{head}{body}\n }}\n}}\n"
    (DATA / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(
        "prefixes.json",
        f"libphonenumber's metadata, through phonenumbers {version('phonenumbers')} (Apache-2.0)",
        "prefixes",
        prefixes(),
    )
    write(
        "regions.json",
        f"Unicode CLDR's territory information, through babel {version('babel')} (Unicode-3.0)",
        "regions",
        regions(),
    )
