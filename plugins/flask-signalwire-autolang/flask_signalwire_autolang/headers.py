"""From an Accept-Language header to a language."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from .decision import Evidence

FIRST, LATER = 0.8, 0.6
"""A browser's language is often that of its installer; one further down is understood at least."""

_LONGEST = 1000


def read_header(value: str, match: Callable[[str], str | None]) -> Evidence:
    """The first language of a header that is supported.

    werkzeug's own ``best_match`` takes ``*`` for the first supported language, and knows neither
    old codes nor related regions; so its parser is used, and not that.

    :param match: gives the supported tag for a tag, or None.
    """
    if len(value) > _LONGEST:
        return Evidence(None, 0.0, "", f"the header has more than {_LONGEST} characters")
    wanted = [
        tag
        for tag, quality in parse_accept_header(value, LanguageAccept)
        if tag != "*" and quality > 0
    ]
    for place, tag in enumerate(wanted):
        if match(tag) is not None:
            where = "the first language" if place == 0 else f"language {place + 1}"
            return Evidence(
                tag,
                LATER if place else FIRST,
                f"Accept-Language, {place + 1} of {len(wanted)}",
                f"{where} of the header that is supported",
            )
    reason = "none of its languages is supported" if wanted else "it names no language"
    return Evidence(None, 0.0, "Accept-Language", reason)
