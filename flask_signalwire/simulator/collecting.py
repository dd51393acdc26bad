"""What a collection makes of digits and speech."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .payloads import derived_partials, digits, speech
from .scenarios import Input


def hear(given: Input, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The result of a collection.

    :param given: what the other party does.
    :param params: of ``calling.collect``: what it listens for, and when digits end.
    """
    if given.digits is not None and "digits" in params:
        wanted = params["digits"]
        typed = ""
        for digit in given.digits:
            if digit in wanted.get("terminators", ""):
                return digits(typed, digit)
            typed += digit
            if len(typed) == wanted["max"]:
                break
        return digits(typed)
    if given.speech is not None and "speech" in params:
        return speech(given.speech, given.confidence)
    return {"type": "no_match"}


def understood(given: Input, params: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The partial results that come before, where they are asked for."""
    if given.speech is None or "speech" not in params or not params.get("partial_results"):
        return []
    return [speech(text, given.confidence) for text in derived_partials(given.speech)]
