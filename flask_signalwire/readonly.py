"""JSON that nobody can change: a command's params, an event's payload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

MAX_DEPTH = 64
"""Levels of objects and lists within each other; the service's own need no more than ten."""


def _refuse(self: Any, *args: Any, **kwargs: Any) -> NoReturn:
    raise TypeError(
        "this is read-only; to change a command's params, return command.with_param(path, value) "
        "or command.replace(params=...) from signalwire_prepare_command; of an event's payload, "
        "edit a copy: copy.deepcopy(event.raw)"
    )


class ReadOnlyDict(dict[str, Any]):
    """A dict that refuses changes; ``dict(it)`` and :func:`thaw` make one that takes them."""

    __slots__ = ()

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __deepcopy__(self, memo: Any) -> dict[str, Any]:
        thawed: dict[str, Any] = thaw(self)
        return thawed

    def __reduce__(self) -> tuple[Any, ...]:
        return freeze, (thaw(self),)


class ReadOnlyList(list[Any]):
    """A list that refuses changes."""

    __slots__ = ()

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = clear = extend = insert = pop = remove = _refuse
    reverse = sort = _refuse

    def __deepcopy__(self, memo: Any) -> list[Any]:
        thawed: list[Any] = thaw(self)
        return thawed

    def __reduce__(self) -> tuple[Any, ...]:
        return freeze, (thaw(self),)


_SCALARS = frozenset({str, int, float, bool, type(None)})
MAPPING = (dict, Mapping)
"""For ``isinstance``: a dict, which is what it nearly always is, is recognised at once."""


def freeze(value: Any, depth: int = 0) -> Any:
    """A deep, read-only copy of JSON, which nothing done to the caller's own dicts changes.

    :raises ValueError: where it is nested too deeply, or inside of itself.
    """
    if type(value) in _SCALARS:
        return value
    if depth > MAX_DEPTH:
        raise ValueError(f"more than {MAX_DEPTH} levels of nesting, or something inside of itself")
    # Lists first: to ask whether one is a Mapping takes longer than to copy it.
    if isinstance(value, (list, tuple)):
        items = ReadOnlyList(value)
        for index, inner in enumerate(value):
            if type(inner) not in _SCALARS:
                list.__setitem__(items, index, freeze(inner, depth + 1))
        return items
    if isinstance(value, MAPPING):
        frozen = ReadOnlyDict(value)
        for key, inner in value.items():
            if type(inner) not in _SCALARS:
                dict.__setitem__(frozen, key, freeze(inner, depth + 1))
        return frozen
    return value


def thaw(value: Any) -> Any:
    """A deep copy in plain dicts and lists, to be edited."""
    if isinstance(value, Mapping):
        return {key: thaw(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [thaw(inner) for inner in value]
    return value
