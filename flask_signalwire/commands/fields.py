"""Exact JSON fields: the only fields that command schemas use.

marshmallow's own fields convert what looks alike ("yes", 1 and True are one boolean), and its major
versions differ in what they convert. The service converts nothing, so these fields accept exactly
one JSON type each, with the same verdicts on marshmallow 3 and 4. Each also knows how it reads in
an error (``expected``), in Python (``annotation``), in a log (``mask``), and whether the public
contract documents it (``documented=False``: accepted by the vendor's newest SDK only).
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

from marshmallow import RAISE, Schema, ValidationError, validates_schema
from marshmallow.fields import Field

from ..redaction import SECRET, Sensitivity, mask, scrub

MAPPING = (dict, Mapping)
"""For isinstance: dict first, since asking whether something is a Mapping takes long."""

MAX_INTEGER = 2**63
"""Where integers end: beyond, other JSON parsers lose digits, and Python refuses to print some."""

MAX_DEPTH = 64
"""Levels of nesting that a payload may have; deeper ones are mistakes, or cycles."""


class UnknownKey(str):
    """The message of a key that no schema knows; `extras` turns it into a permission."""

    __slots__ = ()


def suggest(word: object, known: Iterable[str]) -> str:
    """``; did you mean `to_lang`?``, or nothing when no known name is near."""
    near = difflib.get_close_matches(str(word), sorted(known), n=1, cutoff=0.6)
    return f"; did you mean `{near[0]}`?" if near else ""


def describe(value: Any, *, reveal: bool = True) -> str:
    """What was found, in JSON's words, short and scrubbed: ``5 (an integer)``."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"{str(value).lower()} (a boolean)"
    if isinstance(value, int):
        return f"{mask(value)} (an integer)" if reveal else "an integer"
    if isinstance(value, float):
        return f"{mask(value)} (a number)" if reveal else "a number"
    if isinstance(value, str):
        if not value.strip():
            return "blank text"
        if not reveal:
            return "text"
        text = scrub(str(value))
        return f'text "{text[:40]}…"' if len(text) > 40 else f'text "{text}"'
    if isinstance(value, MAPPING):
        return "an object"
    if isinstance(value, (list, tuple)):
        return "a list"
    return f"a Python {type(value).__name__}, which JSON does not have"


def check_json(value: Any, path: str = "", depth: int = 0) -> None:
    """Raise ValidationError unless the value is JSON through and through."""
    if isinstance(value, (Mapping, list, tuple)):
        if depth > MAX_DEPTH:
            raise ValidationError(f"more than {MAX_DEPTH} levels of nesting")
        pairs = value.items() if isinstance(value, MAPPING) else enumerate(value)
        for key, inner in pairs:
            if isinstance(value, MAPPING) and not (isinstance(key, str) and _encodable(key)):
                where = f" at {scrub(path)}" if path else ""
                raise ValidationError(f"key {scrub(repr(key))}{where} is not text")
            check_json(inner, f"{path}.{key}" if path else str(key), depth + 1)
        return
    where = f" at {scrub(path)}" if path else ""
    if isinstance(value, str):
        if not _encodable(value):
            raise ValidationError(f"text with a lone surrogate{where}; expected valid Unicode")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ValidationError(f"{value}{where}, which JSON does not have; expected a number")
    elif isinstance(value, int):
        if abs(value) >= MAX_INTEGER:
            raise ValidationError(f"an integer of more than 63 bits{where}; expected a smaller one")
    elif value is not None:
        raise ValidationError(f"{describe(value)}{where}; expected JSON")


def _encodable(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class JSONField(Field):  # type: ignore[type-arg]  # generic in marshmallow 4, not in 3
    """Base of all fields.

    :param required: whether the contract demands it.
    :param sensitivity: what it holds that must not show in text; see :mod:`..redaction`.
    :param documented: False where only the vendor's newest SDK knows it.
    :param example: a value for error messages, docs and the simulator's examples.
    :param help: one sentence for the reference.
    """

    expected = "a value"
    annotation = "Any"

    def __init__(
        self,
        *,
        required: bool = False,
        sensitivity: Sensitivity | None = None,
        documented: bool = True,
        example: Any = None,
        help: str = "",
        data_key: str | None = None,
    ) -> None:
        self.sensitivity = sensitivity
        self.documented = documented
        self.example = example
        self.help = help
        such_as = f", such as {example}" if isinstance(example, str) else ""
        super().__init__(
            required=required,
            data_key=data_key,
            # `from` is a keyword of Python: the attribute is `from_`, the key stays `from`.
            attribute=data_key,
            error_messages={
                "required": f"missing; expected {self.expected}{such_as}",
                "null": f"null; expected {self.expected}{such_as}",
            },
        )

    def check(self, value: Any) -> Any:
        """The value as it is sent.

        :raises marshmallow.ValidationError: where it is not what the field takes.
        """
        check_json(value)
        return value

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return self.check(value)

    def refuse(self, value: Any) -> ValidationError:
        """The error for a value of the wrong type, or outside of what is allowed."""
        such_as = f", such as {self.example}" if isinstance(self.example, str) else ""
        found = describe(value, reveal=self.sensitivity not in ("secret", "number"))
        return ValidationError(f"{found}; expected {self.expected}{such_as}")

    def mask(self, value: Any) -> Any:
        """The value as logs and journals show it."""
        return mask(value, self.sensitivity)


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
        if not _encodable(value):
            raise ValidationError("text with a lone surrogate; expected valid Unicode")
        return value


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
        text = super().check(value)
        if text in self.choices or (self.otherwise and self.otherwise.fullmatch(text)):
            return text
        error = self.refuse(value)
        raise ValidationError(f"{error.messages[0]}{suggest(text, self.choices)}")


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
        if not valid or any(character <= " " or character == "\x7f" for character in url):
            raise self.refuse(value)
        return url


_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Uuid(Text):
    """An RFC 4122 text: no braces, no ``urn:``. A :class:`uuid.UUID` is written out."""

    expected = "a uuid"

    def check(self, value: Any) -> str:
        if isinstance(value, UUID):
            return str(value)
        if not isinstance(value, str) or not _UUID.fullmatch(value):
            raise self.refuse(value)
        return value


# What a tag looks like when it is one; a service word such as "multi" passes through as it is.
_TAG = re.compile(
    r"(?P<lang>[A-Za-z]{2,3})(?:[-_](?P<script>[A-Za-z]{4}))?[-_](?P<region>[A-Za-z]{2}|\d{3})"
)


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
        if (
            isinstance(value, bool)
            or not isinstance(value, (int, float))
            or (self.whole and not isinstance(value, int))
            or not abs(value) < MAX_INTEGER  # nor infinite, nor no number at all
            or (self.minimum is not None and value < self.minimum)
            or (self.maximum is not None and value > self.maximum)
        ):
            raise self.refuse(value)
        return value


class Integer(Number):
    """A JSON integer: not 5.0, which JSON writes differently."""

    kind = "an integer"
    annotation = "int"
    whole = True


class ListOf(JSONField):
    """A JSON list of one kind of thing; tuples are written as lists."""

    def __init__(self, inner: JSONField, *, empty: bool = True, **options: Any) -> None:
        self.inner = inner
        self.empty = empty
        self.expected = f"a list, each item {inner.expected}"
        if not empty:
            self.expected = f"a list of at least one item, each {inner.expected}"
        self.annotation = f"Sequence[{inner.annotation}]"
        super().__init__(**options)

    def check(self, value: Any) -> list[Any]:
        if not isinstance(value, (list, tuple)) or not (value or self.empty):
            raise self.refuse(value)
        result, errors = [], {}
        for index, item in enumerate(value):
            try:
                result.append(self.inner.check(item))
            except ValidationError as error:
                errors[index] = error.messages
        if errors:
            raise ValidationError(errors)
        return result

    def mask(self, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return [self.inner.mask(item) for item in value]
        return super().mask(value)


class FreeObject(JSONField):
    """A JSON object whose keys are the application's own."""

    expected = "an object"
    annotation = "Mapping[str, Any]"

    def check(self, value: Any) -> Mapping[str, Any]:
        if not isinstance(value, MAPPING):
            raise self.refuse(value)
        check_json(value)
        return value


class Object(JSONField):
    """A JSON object with a schema of its own."""

    expected = "an object"
    annotation = "Mapping[str, Any]"

    def __init__(self, schema: type[PayloadSchema], **options: Any) -> None:
        self.schema = schema()
        super().__init__(**options)

    def check(self, value: Any) -> Any:
        if not isinstance(value, MAPPING):
            raise self.refuse(value)
        return self.schema.load(value)

    def mask(self, value: Any) -> Any:
        return self.schema.mask(value)


class Keyed(JSONField):
    """A union that its single key decides: ``{"start": {…}}``; or one of a few plain words."""

    def __init__(
        self, choices: Mapping[str, JSONField], *, words: Sequence[str] = (), **options: Any
    ) -> None:
        self.choices = dict(choices)
        self.words = tuple(words)
        keys = ", ".join(f"`{key}`" for key in self.choices)
        literal = ", ".join(f'"{word}"' for word in self.words)
        self.expected = f"an object with exactly one of the keys {keys}"
        self.annotation = "Mapping[str, Any]"
        if words:
            self.expected = f"{literal}, or {self.expected}"
            self.annotation = f"Literal[{literal}] | {self.annotation}"
        super().__init__(**options)

    def check(self, value: Any) -> Any:
        if isinstance(value, str) and value in self.words:
            return value
        if not isinstance(value, MAPPING):
            raise self.refuse(value)
        unknown = {
            key: [UnknownKey(f"unknown key{suggest(key, self.choices)}")]
            for key in value
            if key not in self.choices
        }
        if unknown:
            raise ValidationError(unknown)
        if len(value) != 1:
            found = " and ".join(f"`{key}`" for key in value) or "no key"
            raise ValidationError(f"{found}; expected {self.expected}")
        ((key, inner),) = value.items()
        try:
            return {key: self.choices[key].check(inner)}
        except ValidationError as error:
            raise ValidationError({key: error.messages}) from None

    def mask(self, value: Any) -> Any:
        if not isinstance(value, MAPPING):
            return super().mask(value)
        return {
            **{key: self.choices[key].mask(value[key]) for key in self.choices if key in value},
            **mask({key: inner for key, inner in value.items() if key not in self.choices}),
        }


class Either(JSONField):
    """Text, or else something that is no text: the JSON type decides."""

    def __init__(self, text: Text, other: JSONField, **options: Any) -> None:
        self.text = text
        self.other = other
        self.expected = f"{text.expected}, or {other.expected}"
        self.annotation = f"{text.annotation} | {other.annotation}"
        super().__init__(**options)

    def check(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text.check(value)
        if isinstance(value, (Mapping, list, tuple)):
            return self.other.check(value)
        raise self.refuse(value)

    def mask(self, value: Any) -> Any:
        return (self.text if isinstance(value, str) else self.other).mask(value)


class PayloadSchema(Schema):
    """Base of all command schemas: unknown keys are refused at every depth, with the nearest
    name.
    """

    class Meta:
        unknown = RAISE

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.keys: dict[str, JSONField] = {
            field.data_key or name: cast(JSONField, field) for name, field in self.fields.items()
        }
        """The fields by their key in JSON."""
        self._required = {key for key, field in self.keys.items() if field.required}
        # A field that is not ours, and a hook that a subclass adds, want marshmallow's whole way.
        self._direct = _used(self._hooks) == _used(PayloadSchema._hooks) and all(
            getattr(type(field), "_deserialize", None) is JSONField._deserialize  # noqa: SLF001
            for field in self.keys.values()
        )

    def between(self, payload: Mapping[str, Any]) -> dict[str, list[str]]:
        """Rules between keys: the errors by key, under ``_schema`` where they are of no single one.

        :param payload: as it came; its values may be wrong.
        """
        return {}

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _check_between(self, data: Any, original: Any, **kwargs: Any) -> None:
        errors = self.between(original)
        if errors:
            raise ValidationError(errors)

    def load(self, data: Any, **options: Any) -> Any:
        """The payload as it is sent.

        marshmallow visits every field that a schema declares; a payload that is right is told by
        the fields that it has, in a fraction of the time. Everything else goes marshmallow's way,
        which reports all that is wrong.

        :raises marshmallow.ValidationError: with nested messages.
        """
        if self._direct and not options and isinstance(data, MAPPING):
            loaded = self._load_present(data)
            if loaded is not None:
                return loaded
        return super().load(data, **options)

    def _load_present(self, data: Mapping[str, Any]) -> dict[str, Any] | None:
        """The payload where all of it is right, else None."""
        if not self._required <= data.keys():
            return None
        known = self.keys
        loaded: dict[str, Any] = {}
        try:
            for key, value in data.items():
                if key not in known:
                    return None
                loaded[key] = known[key].check(value)
        except ValidationError:
            return None
        return None if self.between(data) else loaded

    def handle_error(self, error: ValidationError, data: Any, **kwargs: Any) -> None:
        """Name near misses, and report in the payload's order whatever Python's hashes say."""
        messages = error.messages
        if not isinstance(messages, dict) or not isinstance(data, MAPPING):
            return
        known = self.keys
        ordered: dict[Any, Any] = {}
        for key in (*data, *messages):
            if key not in messages or key in ordered:
                continue
            if key in known or key == "_schema":
                ordered[key] = messages[key]
            else:
                ordered[key] = [UnknownKey(f"unknown key{suggest(key, known)}")]
        error.messages = ordered

    def mask(self, payload: Any) -> Any:
        """The payload as logs and journals show it; anything that is no object becomes a mask."""
        if not isinstance(payload, Mapping):
            return payload if payload is None else SECRET
        masked: dict[str, Any] = {}
        for key, value in payload.items():
            near = self.keys.get(key) or self._near(key)
            if near is not None:
                masked[scrub(str(key))] = near.mask(value)
            else:
                masked.update(mask({key: value}))
        return masked

    def _near(self, key: object) -> JSONField | None:
        """The field that a misspelt key was meant for: `pasword` holds a password, too."""
        near = difflib.get_close_matches(str(key), self.keys, n=1, cutoff=0.6)
        return self.keys[near[0]] if near and self.keys[near[0]].sensitivity else None


def _used(hooks: Mapping[Any, Any]) -> dict[Any, Any]:
    return {tag: names for tag, names in hooks.items() if names}
