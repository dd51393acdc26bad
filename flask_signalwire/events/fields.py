"""How a kind of event declares its fields: where in a payload each stands, and what it becomes.

A path is dotted; of several the first that holds the documented type counts. Whether a field is
documented, or was seen in use only, is said here too, and the reference is made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import Any, Literal

from ..redaction import Sensitivity
from . import values

Certainty = Literal["documented", "seen", "inferred"]
"""Documented by the service; seen in use, with no word of documentation; inferred from either."""


@dataclass(frozen=True)
class Source:
    """Where a field of an event comes from.

    :param read: makes the documented type of a value, or None.
    :param paths: where to look, in this order.
    :param help: what it is, with its unit.
    :param sensitivity: what it holds, for the masks.
    :param sure: how certain path and meaning are.
    """

    read: Callable[[Any], Any]
    paths: tuple[str, ...]
    help: str
    sensitivity: Sensitivity | None
    sure: Certainty


def _from(
    read: Callable[[Any], Any],
    paths: tuple[str, ...],
    help: str,
    sensitivity: Sensitivity | None = None,
    sure: Certainty = "documented",
    default: Any = None,
) -> Any:
    source = Source(read, paths, help, sensitivity, sure)
    # Hashed is what is always hashable.
    hashed = read not in (values.mapping, values.anything)
    return field(default=default, hash=hashed, metadata={"source": source})


def text(*paths: str, help: str, **options: Any) -> str | None:
    """Text as it came."""
    found: str | None = _from(values.text, paths, help, **options)
    return found


def name(*paths: str, help: str, **options: Any) -> str | None:
    """An id or a name."""
    found: str | None = _from(values.name, paths, help, **options)
    return found


def code(*paths: str, help: str, **options: Any) -> str | None:
    """A code: text."""
    found: str | None = _from(values.code, paths, help, **options)
    return found


def folded(*paths: str, help: str, **options: Any) -> str | None:
    """A word of a vocabulary, in small letters with underscores."""
    found: str | None = _from(values.folded, paths, help, **options)
    return found


def reason(*paths: str, help: str, **options: Any) -> str | None:
    """Why a call ended."""
    found: str | None = _from(values.reason, paths, help, **options)
    return found


def number(*paths: str, help: str, **options: Any) -> float | None:
    """A number; a span is one of seconds."""
    found: float | None = _from(values.number, paths, help, **options)
    return found


def milliseconds(*paths: str, help: str, **options: Any) -> float | None:
    """A span that comes in milliseconds, in seconds."""
    found: float | None = _from(values.milliseconds, paths, help, **options)
    return found


def integer(*paths: str, help: str, **options: Any) -> int | None:
    """An integer; a size is one of bytes."""
    found: int | None = _from(values.integer, paths, help, **options)
    return found


def flag(*paths: str, help: str, **options: Any) -> bool | None:
    """A boolean."""
    found: bool | None = _from(values.flag, paths, help, **options)
    return found


def true_unless_said(*paths: str, help: str, **options: Any) -> bool:
    """A boolean that is left out where it is true."""
    found: bool = _from(values.flag, paths, help, default=True, **options)
    return found


def false_unless_said(*paths: str, help: str, **options: Any) -> bool:
    """A boolean that is left out where it is false."""
    found: bool = _from(values.flag, paths, help, default=False, **options)
    return found


def moment(*paths: str, help: str, **options: Any) -> datetime | None:
    """A time, in UTC; None where it is 0."""
    found: datetime | None = _from(values.moment, paths, help, **options)
    return found


def mapping(*paths: str, help: str, **options: Any) -> Mapping[str, Any] | None:
    """An object, read-only."""
    found: Mapping[str, Any] | None = _from(values.mapping, paths, help, **options)
    return found


def anything(*paths: str, help: str, **options: Any) -> Any:
    """A value of any type."""
    return _from(values.anything, paths, help, **options)


_Plan = tuple[tuple[str, Callable[[Any], Any], tuple[tuple[str, ...], ...]], ...]


@cache
def _plan(kind: type) -> _Plan:
    """A kind's fields, ready to be looked up."""
    return tuple(
        (item.name, source.read, tuple(tuple(path.split(".")) for path in source.paths))
        for item in fields(kind)
        if (source := item.metadata.get("source")) is not None
    )


def read(kind: type, scopes: tuple[Mapping[str, Any], ...]) -> dict[str, Any]:
    """The fields of a kind of event that are found in a payload.

    :param scopes: where paths begin: the event's body, then the whole payload around it.
    """
    found = {}
    for field_name, convert, paths in _plan(kind):
        for scope in scopes:
            value = _first(scope, paths, convert)
            if value is not None:
                found[field_name] = value
                break
    return found


def _first(scope: Any, paths: tuple[tuple[str, ...], ...], convert: Callable[[Any], Any]) -> Any:
    for path in paths:
        value = scope
        for key in path:
            if not isinstance(value, dict) or key not in value:
                break
            value = value[key]
        else:
            value = convert(value)
            if value is not None:
                return value
    return None
