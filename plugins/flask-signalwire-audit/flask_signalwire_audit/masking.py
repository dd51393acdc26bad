"""What is stored of a command: masked, of bounded length, and such that any database takes it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_signalwire import Command, scrub

from .keys import Key, normalise


def clean(value: Any, limit: int = 255) -> str | None:
    """A text with telephone numbers and credentials masked; None stays None."""
    if value is None:
        return None
    text = storable(scrub(str(value)))
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def storable(text: str) -> str:
    """Without lone surrogates and NUL, which are text in Python, but not in databases."""
    text = text.encode("utf-8", "replace").decode()
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def user(who: Any) -> str | None:
    """Who sent a command, where that is an id or a name.

    Other objects are recorded by their type alone: nobody knows what their text would reveal.
    """
    if isinstance(who, int) and not isinstance(who, bool) and abs(who) < 2**63:
        return str(who)  # an id: masked, users could not be told apart
    if who is None or isinstance(who, (str, UUID)):
        return clean(who)
    return clean(f"<{type(who).__qualname__}>")


class Params:
    """A command's params as they are stored, and the numbers that were met in them.

    :param text: how many characters of words are kept; None for all.
    :param hashed: the key, where numbers are shown as digests.
    """

    def __init__(self, command: Command, text: int | None, hashed: Key | None) -> None:
        self._text = text
        self._hashed = hashed
        self.numbers: set[str] = set()
        # They may be invalid, so anything can be in them.
        self.masked = plain(command.masked_params(self._show))
        remote = command.context.get("remote_number")
        if isinstance(remote, str) and remote.strip():
            self.numbers.add(normalise(remote))

    def _show(self, kind: str, text: str) -> str | None:
        if kind == "words":
            return self._words(text)
        if not text.strip():
            return None
        number = normalise(text)
        self.numbers.add(number)
        return f"number:{self._hashed.number(number)}" if self._hashed else None

    def _words(self, text: str) -> str | None:
        if self._text is None:
            return None
        if self._text == 0:
            return f"[{len(text)} characters]"
        shown = scrub(text[: self._text])
        return shown if len(text) <= self._text else f"{shown}… [{len(text)} characters]"


def plain(value: Any) -> Any:
    """Anything as JSON that every database takes."""
    if isinstance(value, Mapping):
        return {clean(key, 1000) or "null": plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no NaN
    if value is None or isinstance(value, float):
        return value
    if isinstance(value, int) and abs(value) < 2**64:  # Python refuses to write out the longest
        return value
    return f"<{type(value).__qualname__}>"
