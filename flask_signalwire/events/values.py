"""What a payload's values become: the type that is documented, or None.

Nothing here raises, whatever JSON (or a form, where everything is text) holds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# What the service counts since 1970 is told by its size: a number of seconds below the first of
# these is a date before the year 5138, and as many milliseconds are one of March 1973.
_MILLISECONDS, _MICROSECONDS, _NANOSECONDS, _END = 10**11, 10**14, 10**17, 10**20
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,9}))?\s*([Zz]|[+-]\d\d:?\d\d)?",
    re.ASCII,
)
_NUMERAL = re.compile(r"[+-]?(?:\d{1,20}(?:\.\d{1,20})?|\.\d{1,20})(?:[eE][+-]?\d{1,3})?", re.ASCII)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def text(value: Any) -> str | None:
    """Text as it came, an empty one too."""
    return value if isinstance(value, str) else None


def name(value: Any) -> str | None:
    """An id or a name: text that is not empty."""
    return value if isinstance(value, str) and value else None


def code(value: Any) -> str | None:
    """A code, which is text also where a number came."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _END:
        return str(value)
    return None


def folded(value: Any) -> str | None:
    """A word of a vocabulary, without the spellings: ``noAnswer`` and ``no-answer`` are
    ``no_answer``.
    """
    if not isinstance(value, str) or not value:
        return None
    return re.sub(r"[\s-]+", "_", _CAMEL.sub("_", value.strip())).lower()


_REASONS = {"declined": "decline", "canceled": "cancel", "cancelled": "cancel"}


def reason(value: Any) -> str | None:
    """Why a call ended; the service's vocabularies disagree, ours is RELAY's."""
    found = folded(value)
    return _REASONS.get(found, found) if found else None


def number(value: Any) -> float | None:
    """A finite number, or a numeral."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        if not _NUMERAL.fullmatch(value):
            return None
    elif not isinstance(value, (int, float)):
        return None
    try:
        found = float(value)
    except OverflowError:  # an integer of hundreds of digits
        return None
    return found if math.isfinite(found) else None


def milliseconds(value: Any) -> float | None:
    """Milliseconds as seconds."""
    found = number(value)
    return None if found is None else found / 1000


def integer(value: Any) -> int | None:
    """An integer, or the numeral of one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = number(value)
    return int(found) if found is not None and found.is_integer() else None


def flag(value: Any) -> bool | None:
    """A boolean, or the word for one in a form."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return {"true": True, "1": True, "false": False, "0": False}.get(value.strip().lower())
    return {0: False, 1: True}.get(value) if isinstance(value, int) else None


def moment(value: Any) -> datetime | None:
    """A time in UTC, of seconds, milliseconds, microseconds or nanoseconds since 1970, as a number
    or a numeral, or of ISO 8601 (UTC where it names no zone). 0 is how the service says "not yet".
    """
    if isinstance(value, str):
        if not _NUMERAL.fullmatch(value):
            return _iso(value)
        value = float(value) if not value.isdecimal() else int(value)
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if not 0 < value < _END:  # NaN is not either
        return None
    if value < _MILLISECONDS:
        # Apart, since a float of microseconds has its last digits from rounding.
        whole = int(value)
        span = timedelta(seconds=whole, microseconds=round((value - whole) * 10**6))
    elif value < _MICROSECONDS:
        span = timedelta(milliseconds=value)
    elif value < _NANOSECONDS:
        span = timedelta(microseconds=value)
    else:
        span = timedelta(microseconds=value // 1000)
    return _EPOCH + span


def _iso(value: str) -> datetime | None:
    found = _ISO.fullmatch(value.strip())
    if not found:
        return None
    day, minutes, seconds, fraction, zone = found.groups()
    offset = "+00:00" if zone in (None, "Z", "z") else f"{zone[:3]}:{zone[-2:]}"
    try:
        return datetime.fromisoformat(
            f"{day}T{minutes}{seconds or ':00'}.{(fraction or '')[:6]:0<6}{offset}"
        ).astimezone(timezone.utc)
    except (ValueError, OverflowError):  # no such day; one before the year 1
        return None


def mapping(value: Any) -> Mapping[str, Any] | None:
    """An object, read-only."""
    return value if isinstance(value, dict) else None


def anything(value: Any) -> Any:
    """Whatever it is, read-only."""
    return value
