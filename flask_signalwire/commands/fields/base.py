"""What all fields share: their errors, their words, and what JSON is."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from marshmallow import ValidationError
from marshmallow.fields import Field

from ...readonly import MAPPING, MAX_DEPTH
from ...redaction import Sensitivity, Show, mask, scrub

MAX_INTEGER = 2**63
"""Where integers end: beyond, other JSON parsers lose digits, and Python refuses to print some."""


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
    if not _is_plain_json(value, MAX_DEPTH - depth):
        _find_what_is_no_json(value, path, depth)


_CONSTANTS = frozenset({bool, type(None)})


def _is_plain_json(value: Any, levels: int) -> bool:
    """Whether it surely is JSON, of Python's own types: told in a fraction of the time that finding
    out takes what is wrong, and where.
    """
    kind = type(value)
    if kind is str:
        return value.isascii() or encodable(value)
    if isinstance(value, dict):
        if levels < 0:
            return False
        for key, inner in value.items():
            if not (type(key) is str and (key.isascii() or encodable(key))):
                return False
            if not ((type(inner) is str and inner.isascii()) or _is_plain_json(inner, levels - 1)):
                return False
        return True
    if isinstance(value, list):
        if levels < 0:
            return False
        for inner in value:
            if not ((type(inner) is str and inner.isascii()) or _is_plain_json(inner, levels - 1)):
                return False
        return True
    if kind is int or kind is float:
        return bool(abs(value) < MAX_INTEGER)  # nor infinite, nor no number at all
    return kind in _CONSTANTS


def _find_what_is_no_json(value: Any, path: str, depth: int) -> None:
    if isinstance(value, (Mapping, list, tuple)):
        if depth > MAX_DEPTH:
            raise ValidationError(f"more than {MAX_DEPTH} levels of nesting")
        pairs = value.items() if isinstance(value, MAPPING) else enumerate(value)
        for key, inner in pairs:
            if isinstance(value, MAPPING) and not (isinstance(key, str) and encodable(key)):
                where = f" at {scrub(path)}" if path else ""
                raise ValidationError(f"key {scrub(repr(key))}{where} is not text")
            _find_what_is_no_json(inner, f"{path}.{key}" if path else str(key), depth + 1)
        return
    where = f" at {scrub(path)}" if path else ""
    if isinstance(value, str):
        if not encodable(value):
            raise ValidationError(f"text with a lone surrogate{where}; expected valid Unicode")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ValidationError(f"{value}{where}, which JSON does not have; expected a number")
    elif isinstance(value, int):
        if abs(value) >= MAX_INTEGER:
            raise ValidationError(f"an integer of more than 63 bits{where}; expected a smaller one")
    elif value is not None:
        raise ValidationError(f"{describe(value)}{where}; expected JSON")


def encodable(text: str) -> bool:
    """Whether it is Unicode through and through: no half of a surrogate pair stands alone."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


DOUBTS = (ValidationError, TypeError, ValueError, LookupError)
"""What a quick test may raise where a value is not what it looks for."""


class JSONField(Field):  # type: ignore[type-arg]  # generic in marshmallow 4, not in 3
    """Base of all fields.

    :param required: whether the contract demands it.
    :param sensitivity: what it holds that must not show in text; see :mod:`..redaction`.
    :param documented: False where only the vendor's newest SDK knows it.
    :param example: a value for error messages, docs and the simulator's examples.
    :param help: one sentence for the reference.
    :param annotation: the Python type of the method's keyword, where it takes more than is sent.
    :param fill: makes the value where the caller gives none; the service demands it all the same.
    :param callback: for a URL to which the service posts: the purpose, which is the endpoint of
        ours that a URL filled in leads to.
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
        annotation: str | None = None,
        fill: Callable[[], Any] | None = None,
        callback: str | None = None,
    ) -> None:
        self.fill = fill
        self.callback = callback
        if annotation:
            self.annotation = annotation
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

    def quick(self) -> Callable[[Any], object] | None:
        """A test in C, or in few steps, or None: what passes is right, and is sent as it is.

        It may raise any of :data:`DOUBTS`. What does not pass is for :meth:`check` to judge. It
        goes with the `check` of the same class: a subclass that has another one has no such test
        unless it makes one.
        """
        return None

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return self.check(value)

    def refuse(self, value: Any) -> ValidationError:
        """The error for a value of the wrong type, or outside of what is allowed."""
        such_as = f", such as {self.example}" if isinstance(self.example, str) else ""
        found = describe(value, reveal=self.sensitivity not in ("secret", "number"))
        return ValidationError(f"{found}; expected {self.expected}{such_as}")

    def mask(self, value: Any, show: Show | None = None) -> Any:
        """The value as logs and journals show it; see :meth:`.Command.masked_params`."""
        return mask(value, self.sensitivity, show=show)
