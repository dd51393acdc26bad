"""The fields of a command at every depth, in lines: what the CLI and the reference print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .command import CommandSpec, always, never
from .fields import Either, JSONField, Keyed, ListOf, Object, PayloadSchema, Tagged


@dataclass(frozen=True)
class Line:
    """One field.

    :param path: ``action.start.to_lang``; ``play[].params.text`` inside of a list.
    :param field: what it takes.
    :param required: whether it must be there wherever what it stands in is there.
    :param within: the ``type`` that it belongs to, where a ``type`` beside it decides.
    """

    path: str
    field: JSONField
    required: bool
    within: str | None = None


def outline(spec: CommandSpec) -> Iterator[Line]:
    """Every field of a command, each before what stands in it."""
    return _schema(spec.payload, "", None)


def repeatable(spec: CommandSpec) -> str:
    """``yes``, ``no``, or ``by its params``: whether sending it twice does what once does."""
    if spec.repeatable is always:
        return "yes"
    return "no" if spec.repeatable is never else "by its params"


def _schema(schema: PayloadSchema, way: str, within: str | None) -> Iterator[Line]:
    for key, field in schema.keys.items():
        yield Line(f"{way}{key}", field, field.required, within)
        yield from _inside(field, f"{way}{key}", within)


def _inside(field: JSONField, path: str, within: str | None) -> Iterator[Line]:
    if isinstance(field, Object):
        yield from _schema(field.schema, f"{path}.", within)
    elif isinstance(field, ListOf):
        yield from _inside(field.inner, f"{path}[]", within)
    elif isinstance(field, Either):
        yield from _inside(field.other, path, within)
    elif isinstance(field, Keyed):
        for key, inner in field.choices.items():
            yield Line(f"{path}.{key}", inner, False, within)
            yield from _inside(inner, f"{path}.{key}", within)
    elif isinstance(field, Tagged):
        yield Line(f"{path}.type", field.tag, True, within)
        for tag, params in field.choices.items():
            if params.schema.keys:
                yield Line(f"{path}.params", params, field.params_required, tag)
            yield from _schema(params.schema, f"{path}.params.", tag)
