"""Fields for one value: text, choices, URLs, ids, language tags, numbers, booleans."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from marshmallow import ValidationError

from .base import MAX_INTEGER, JSONField, encodable, suggest

_STARTS_VISIBLE = re.compile(r"[!-~][ -~]*")


class Text(JSONField):
    """A JSON string.

    :param blank: whether blank text is allowed; set it False where blank text can't mean anything.
    :param pattern: what the whole text must match, with ``expected`` saying it in words.
    """

    expected = "text"
    annotation = "str"

    def __init__(
        self,
        *,
        blank: bool = True,
        pattern: str | None = None,
        expected: str | None = None,
        **options: Any,
    ) -> None:
        self.blank = blank
        self.pattern = re.compile(pattern) if pattern else None
        if expected:
            self.expected = expected
        super().__init__(**options)

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or not (self.blank or value.strip()):
            raise self.refuse(value)
        if self.pattern and not self.pattern.fullmatch(value):
            raise self.refuse(value)
        if not (value.isascii() or encodable(value)):
            raise ValidationError("text with a lone surrogate; expected valid Unicode")
        return value

    def quick(self) -> Callable[[Any], object] | None:
        if self.pattern:
            return None
        # What can be encoded has no lone surrogate.
        return str.encode if self.blank else _STARTS_VISIBLE.fullmatch


class Choice(Text):
    """One of a few words, or text of a pattern beside them."""

    def __init__(
        self, *choices: str, otherwise: str | None = None, hint: str = "", **options: Any
    ) -> None:
        self.choices = choices
        self.otherwise = re.compile(otherwise, re.DOTALL) if otherwise else None
        words = ", ".join(f'"{choice}"' for choice in choices)
        self.expected = f"one of {words}{hint}"
        literal = f"Literal[{words}]"
        self.annotation = f"{literal} | str" if otherwise else literal
        super().__init__(**options)

    def check(self, value: Any) -> str:
        if isinstance(value, str) and value in self.choices:
            return value
        text = super().check(value)
        if self.otherwise and self.otherwise.fullmatch(text):
            return text
        error = self.refuse(value)
        raise ValidationError(f"{error.messages[0]}{suggest(text, self.choices)}")

    def quick(self) -> Callable[[Any], object]:
        return frozenset(self.choices).__contains__


_NOT_IN_URLS = re.compile(r"[\x00- \x7f]")


class Url(Text):
    """An absolute http or https URL; hosts without a dot (``http://web:8000``) are allowed."""

    expected = "an http or https URL"
    schemes: Collection[str] = ("http", "https")

    def __init__(self, **options: Any) -> None:
        options.setdefault("sensitivity", "url")
        super().__init__(**options)

    def check(self, value: Any) -> str:
        url = super().check(value)
        try:
            parts = urlsplit(url)
            valid = parts.scheme.lower() in self.schemes and bool(parts.hostname)
            _ = parts.port  # raises where it is no port
        except ValueError:
            valid = False
        if not valid or _NOT_IN_URLS.search(url):
            raise self.refuse(value)
        return url

    def quick(self) -> Callable[[Any], object]:
        # What most look like: a parser would find nothing wrong with these.
        schemes = "|".join(self.schemes)
        host, port = "[A-Za-z0-9.-]+", "(:[0-9]{1,4})?"
        return re.compile(f"({schemes})://{host}{port}([/?#][!-~]*)?").fullmatch


_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def new_uuid() -> str:
    """A random uuid as :func:`uuid.uuid4` makes it (RFC 4122, version 4), in less time."""
    digits = os.urandom(16).hex()
    variant = "89ab"[int(digits[16], 16) % 4]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


class Uuid(Text):
    """An RFC 4122 text: no braces, no ``urn:``. A :class:`uuid.UUID` is written out."""

    expected = "a uuid"

    def check(self, value: Any) -> str:
        if isinstance(value, UUID):
            return str(value)
        if not isinstance(value, str) or not _UUID.fullmatch(value):
            raise self.refuse(value)
        return value

    def quick(self) -> Callable[[Any], object]:
        return _UUID.fullmatch


# What a tag looks like when it is one; a service word such as "multi" passes through as it is.
_TAG = re.compile(
    r"(?P<lang>[A-Za-z]{2,3})(?:[-_](?P<script>[A-Za-z]{4}))?[-_](?P<region>[A-Za-z]{2}|\d{3})"
)


_NORMAL_TAG = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


class LanguageTag(Text):
    """A language as the service takes it: any text, by convention a BCP 47 tag.

    ``es_ES``, ``es-es`` and ``ES_es`` are written ``es-ES``: the separator and the case of a tag
    carry no meaning. Nothing else is changed, and a region is never invented: ``es`` stays ``es``.
    """

    expected = "a language tag"

    def __init__(self, **options: Any) -> None:
        options.setdefault("example", "es-ES")
        super().__init__(blank=False, **options)

    def check(self, value: Any) -> str:
        text = super().check(value)
        tag = _TAG.fullmatch(text)
        if not tag:
            return text
        script = f"-{tag['script'].title()}" if tag["script"] else ""
        return f"{tag['lang'].lower()}{script}-{tag['region'].upper()}"

    def quick(self) -> Callable[[Any], object]:
        return _NORMAL_TAG.fullmatch


class Boolean(JSONField):
    """``true`` or ``false``; not 1, not "yes"."""

    expected = "true or false"
    annotation = "bool"

    def check(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.refuse(value)
        return value


class Number(JSONField):
    """A JSON number (an integer is one, a boolean is not), within bounds that are allowed
    themselves.
    """

    kind = "a number"
    annotation = "float"
    whole = False

    def __init__(
        self, minimum: float | None = None, maximum: float | None = None, **options: Any
    ) -> None:
        self.minimum = minimum
        self.maximum = maximum
        if minimum is not None and maximum is not None:
            self.expected = f"{self.kind} from {minimum} to {maximum}"
        elif minimum is not None:
            self.expected = f"{self.kind} of at least {minimum}"
        elif maximum is not None:
            self.expected = f"{self.kind} of at most {maximum}"
        else:
            self.expected = self.kind
        super().__init__(**options)

    def check(self, value: Any) -> int | float:
        if not self.fits(value):
            raise self.refuse(value)
        number: int | float = value
        return number

    def fits(self, value: Any) -> bool:
        """Whether it is a number of the right kind, and within the bounds."""
        return (
            isinstance(value, int if self.whole else (int, float))
            and not isinstance(value, bool)
            and abs(value) < MAX_INTEGER  # nor infinite, nor no number at all
            and (self.minimum is None or value >= self.minimum)
            and (self.maximum is None or value <= self.maximum)
        )

    def quick(self) -> Callable[[Any], object]:
        return self.fits


class Integer(Number):
    """A JSON integer: not 5.0, which JSON writes differently."""

    kind = "an integer"
    annotation = "int"
    whole = True
    quick = Number.quick
