"""Example payloads, made from the schemas: what the CLI and the reference show.

A field's own ``example`` comes first; without one its type, its choices and its bounds give one.
Whatever is made here passes the schema that it was made from.
"""

from __future__ import annotations

import contextlib
import json
import keyword
from collections.abc import Callable, Iterator
from typing import Any

from marshmallow import ValidationError

from ..readonly import thaw
from .command import CommandSpec
from .fields import (
    Choice,
    Either,
    JSONField,
    Keyed,
    ListOf,
    Number,
    Object,
    PayloadSchema,
    Tagged,
    Url,
    Uuid,
)

CALL_ID = "8f8d0a3c-5a3b-4b6c-9f0e-2d1c0b9a8f7e"
"""The call that examples act on."""

_BY_SENSITIVITY = {
    "number": "+12025550100",
    "secret": "a secret",
    "url": "https://example.com/signalwire",
}


def example(spec: CommandSpec, *, full: bool = False) -> dict[str, Any]:
    """A payload that the command takes.

    :param full: with every field that the contract documents and that can stand beside the others;
        else with what is needed only.
    :returns: params as they are sent; ``spec.load`` passes them.
    :raises LookupError: naming the field, where one of a plugin's can't be guessed; it needs an
        ``example``.
    """
    try:
        return _payload(spec.payload, full)
    except LookupError as error:
        raise LookupError(f"{spec.name}: {error}") from error


def python_call(spec: CommandSpec, params: dict[str, Any]) -> str:
    """The same as Python: a line, or several, that send these params by the command's method.

    >>> from flask_signalwire.commands import CommandTable
    >>> print(python_call(CommandTable()["calling.end"], {"reason": "hangup"}))
    calling.end(call_id, reason="hangup")
    """
    arguments = ["call_id"] if spec.takes_id else []
    arguments += [f"{python_name(key)}={python_text(value)}" for key, value in params.items()]
    line = f"calling.{spec.method}({', '.join(arguments)})"
    if len(line) <= 88 and "\n" not in line:
        return line
    body = "".join(f"    {_indented(argument)},\n" for argument in arguments)
    return f"calling.{spec.method}(\n{body})"


def python_name(key: str) -> str:
    """How Python spells a key of the service that is a word of its own: ``from`` is ``from_``."""
    return f"{key}_" if keyword.iskeyword(key) else key


def python_text(value: Any) -> str:
    """JSON as Python writes it, over several lines where one is too long."""
    short = _python(value)
    if len(short) <= 72:
        return short
    if isinstance(value, dict):
        inner = [f"{json.dumps(key)}: {python_text(item)}" for key, item in value.items()]
        left, right = "{}"
    elif isinstance(value, list):
        inner = [python_text(item) for item in value]
        left, right = "[]"
    else:
        return short
    return f"{left}\n" + "".join(f"    {_indented(line)},\n" for line in inner) + right


def _python(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {_python(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_python, value)) + "]"
    if value is None or isinstance(value, bool):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")


# -- making values ------------------------------------------------------------------------------


def _payload(schema: PayloadSchema, full: bool) -> dict[str, Any]:
    payload = {
        key: _value(field, key, full) for key, field in schema.keys.items() if field.required
    }
    # Rules between keys say which ones they miss; of a rule for the whole, any key may help.
    while errors := schema.between(payload):
        missing = [key for key in errors if key in schema.keys and key not in payload]
        candidates = missing or [key for key in schema.keys if key not in payload]
        if not candidates:
            raise LookupError(f"no example fits: {errors}")
        payload[candidates[0]] = _value(schema.keys[candidates[0]], candidates[0], full)
    for key, field in schema.keys.items() if full else ():
        if key in payload or not field.documented or schema.instead_of.get(key) in payload:
            continue
        with contextlib.suppress(LookupError):  # it can be left out
            more = {**payload, key: _value(field, key, full)}
            if not schema.between(more):
                payload = more
    return {key: payload[key] for key in schema.keys if key in payload}


def _value(field: JSONField, key: str, full: bool) -> Any:
    if field.example is not None:
        return thaw(field.example)
    for kind, make in _MAKERS:
        if isinstance(field, kind):
            return make(field, key, full)
    for candidate in _guesses(field):
        try:
            return field.check(candidate)
        except ValidationError:
            continue
    raise LookupError(f"no example of `{key}` can be guessed; give the field an `example`")


def _guesses(field: JSONField) -> Iterator[Any]:
    if isinstance(field, Number):
        low = 1 if field.minimum is None else max(1, field.minimum)
        yield low if field.maximum is None else min(low, field.maximum)
    if isinstance(field, Uuid):
        yield CALL_ID
    if isinstance(field, Url):
        yield from (f"{scheme}://example.com/signalwire" for scheme in field.schemes)
    if field.sensitivity:
        yield _BY_SENSITIVITY.get(field.sensitivity)
    yield True
    # Of no use to a reader, so only where there has to be something.
    if field.required:
        yield from ("text", CALL_ID, 1, {"key": "value"}, ["text"], [{"key": "value"}])


def _tagged(field: Any, key: str, full: bool) -> dict[str, Any]:
    return _one_tagged(field, next(iter(field.choices)), full)


def _one_tagged(field: Tagged, tag: str, full: bool) -> dict[str, Any]:
    params = _payload(field.choices[tag].schema, full)
    return {"type": tag, "params": params} if params or field.params_required else {"type": tag}


def _list(field: Any, key: str, full: bool) -> list[Any]:
    inner = field.inner
    if full and isinstance(inner, Tagged):  # one of each kind
        return [_one_tagged(inner, tag, full) for tag in inner.choices]
    return [_value(inner, key, full)]


def _keyed(field: Any, key: str, full: bool) -> dict[str, Any]:
    first, inner = next(iter(field.choices.items()))
    return {first: _value(inner, first, full)}


_Maker = Callable[[Any, str, bool], Any]
_MAKERS: tuple[tuple[type[JSONField], _Maker], ...] = (
    (Object, lambda field, key, full: _payload(field.schema, full)),
    (Keyed, _keyed),
    (Tagged, _tagged),
    (ListOf, _list),
    (Either, lambda field, key, full: _value(field.text, key, full)),
    (Choice, lambda field, key, full: field.choices[0]),
)
