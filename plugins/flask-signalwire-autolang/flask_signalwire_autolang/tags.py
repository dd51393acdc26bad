"""Language tags: read as people and libraries write them, compared as people understand them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

FARTHEST = 10
"""langcodes' distance up to which one tag stands for another: regions are 3 to 5 apart, Swiss
German and German 8, Catalan and Spanish 20."""

_LONGEST = 64
_POSIX = re.compile(r"[.@].*")


@lru_cache(maxsize=1024)
def normalise(text: str) -> str | None:
    """``en_US.UTF-8`` as ``en-US``, ``iw`` as ``he``; None for what is no language's tag."""
    # Half of an app's commands translate nothing: they need not wait for the tables.
    from langcodes import standardize_tag, tag_is_valid

    text = _POSIX.sub("", text.strip())
    if not text or len(text) > _LONGEST or not text.isascii():
        return None
    try:
        tag = standardize_tag(text)
    except ValueError:
        return None
    return tag if tag_is_valid(tag) and not tag.startswith(("und", "mul", "zxx")) else None


@lru_cache(maxsize=1024)
def base(tag: str) -> str:
    """The language of a tag without regions, scripts and forms: ``no`` for ``nb-NO``, ``zh`` for
    ``cmn-CN``.
    """
    from langcodes import standardize_tag

    known = normalise(tag)
    if known is None:
        return tag.lower()
    language = standardize_tag(known, macro=True).partition("-")[0]
    return "no" if language in ("nb", "nn") else language


def region_of(tag: str) -> str | None:
    """The region of a tag, if it names one."""
    parts = (normalise(tag) or "").split("-")[1:]
    return next((part for part in parts if len(part) == 2 or part.isdigit()), None)


def same_language(one: str, other: str) -> bool:
    """Whether two tags are of one language: ``en-US`` and ``en-GB``, ``zh-CN`` and ``cmn-TW``."""
    return base(one) == base(other)


def closest(tag: str, supported: Sequence[str]) -> str | None:
    """The supported tag that is nearest to one, or None where none is near.

    Ties are broken by the list's order.
    """
    from langcodes import closest_match

    known = normalise(tag)
    if known is None:
        return None
    found, distance = closest_match(known, list(supported), max_distance=FARTHEST)
    return found if distance <= FARTHEST else None
