"""Text as it is stored: masked, of bounded length, and such that any database takes it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_signalwire import Command, scrub


def clean(value: Any, limit: int = 255) -> str | None:
    """A text with telephone numbers and credentials masked; None stays None."""
    if value is None:
        return None
    text = scrub(str(value))
    # Lone surrogates and NUL are text in Python, but not in databases.
    text = text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def user(command: Command) -> str | None:
    """Who sent it: ``context={"user": …}``, where that is an id or a name.

    Other objects are recorded by their type alone: nobody knows what their text would reveal.
    """
    who = command.context.get("user")
    if isinstance(who, int) and not isinstance(who, bool) and abs(who) < 2**63:
        return str(who)  # an id: masked, users could not be told apart
    if who is None or isinstance(who, (str, UUID)):
        return clean(who)
    return clean(f"<{type(who).__qualname__}>")


def params(command: Command) -> Any:
    """The masked params as JSON. They may be invalid, so anything can be in them."""
    return _json(command.masked_params())


def _json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {clean(key, 1000) or "null": _json(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no NaN, and PostgreSQL refuses it
    if value is None or isinstance(value, (str, float)):
        return value
    if isinstance(value, int) and abs(value) < 2**64:  # Python refuses to write out the longest
        return value
    return f"<{type(value).__qualname__}>"
