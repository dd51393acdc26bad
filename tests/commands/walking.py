"""Schemas and payloads, walked side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_signalwire.commands import PayloadSchema, fields
from flask_signalwire.commands.fields import JSONField

Path = tuple[str, ...]


def declared(schema: PayloadSchema, path: Path = ()) -> Iterator[tuple[Path, JSONField]]:
    """Every field of a schema, at every depth, by where it stands.

    A list's items stand at ``[]``, a tagged union's at ``<its type>``.
    """
    for key, field in schema.keys.items():
        yield from _field((*path, key), field)


def _field(path: Path, field: JSONField) -> Iterator[tuple[Path, JSONField]]:
    yield path, field
    if isinstance(field, fields.Object):
        yield from declared(field.schema, path)
    for step, inner in _inner(field):
        yield from _field((*path, step), inner)


def _inner(field: JSONField) -> Iterator[tuple[str, JSONField]]:
    if isinstance(field, fields.ListOf):
        yield "[]", field.inner
    elif isinstance(field, fields.Keyed):
        yield from field.choices.items()
    elif isinstance(field, fields.Tagged):
        yield "type", field.tag
        for tag, inner in field.choices.items():
            yield f"<{tag}>", inner
    elif isinstance(field, fields.Either):
        yield "text", field.text
        yield "other", field.other


def found(schema: PayloadSchema, payload: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of a payload whose field the schema declares, under the same paths."""
    if isinstance(payload, dict):
        for key, value in payload.items():
            if key in schema.keys:
                yield from _value((*path, key), schema.keys[key], value)


def _value(path: Path, field: JSONField, value: Any) -> Iterator[tuple[Path, Any]]:
    yield path, value
    if isinstance(field, fields.Object):
        yield from found(field.schema, value, path)
    elif isinstance(field, fields.ListOf) and isinstance(value, list):
        for item in value:
            yield from _value((*path, "[]"), field.inner, item)
    elif isinstance(field, fields.Keyed) and isinstance(value, dict):
        for key in value.keys() & field.choices.keys():
            yield from _value((*path, key), field.choices[key], value[key])
    elif isinstance(field, fields.Tagged) and isinstance(value, dict):
        tag = value.get("type")
        yield (*path, "type"), tag
        if isinstance(tag, str) and tag in field.choices and "params" in value:
            yield from _value((*path, f"<{tag}>"), field.choices[tag], value["params"])
    elif isinstance(field, fields.Either):
        step = "text" if isinstance(value, str) else "other"
        yield from _value((*path, step), getattr(field, step), value)
