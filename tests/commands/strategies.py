"""Payloads made up from the table: allowed ones, and allowed ones with one thing broken."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from flask_signalwire.commands import PayloadSchema, fields
from flask_signalwire.commands.fields import JSONField
from flask_signalwire.commands.schemas import ai, calls, media, shared

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
NAME = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
LEAF = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
JSON = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
OBJECT = st.dictionaries(TEXT, JSON, max_size=3)
METHOD = NAME | st.dictionaries(TEXT, JSON, min_size=1, max_size=1)
SWML = st.fixed_dictionaries(
    {
        "sections": st.dictionaries(NAME, st.lists(METHOD, max_size=2), max_size=2).map(
            lambda sections: {"main": [], **sections}
        )
    },
    optional={"version": st.just("1.0.0")},
)


def _url(*schemes: str) -> SearchStrategy[str]:
    return st.builds(
        "{}://{}{}{}".format,
        st.sampled_from(schemes),
        st.sampled_from(["e.org", "web", "user:pw@e.org", "127.0.0.1", "[::1]", "bücher.example"]),
        st.sampled_from(["", ":1", ":8443", ":65535"]),
        st.sampled_from(["", "/", "/a/b?x=1&y=%20#z", "?q"]),
    )


def _number(field: fields.Number) -> SearchStrategy[float]:
    low = -(10**9) if field.minimum is None else field.minimum
    high = 10**9 if field.maximum is None else field.maximum
    edges = st.sampled_from([low, high])
    whole = st.integers(int(low), int(high))
    return edges | whole | st.floats(low, high)


def _above(field: media.Above) -> SearchStrategy[float]:
    return st.floats(field.bound, 1e9, exclude_min=True) | st.integers(int(field.bound) + 1, 10**9)


def _integer(field: fields.Integer) -> SearchStrategy[int]:
    low = int(-(10**9) if field.minimum is None else field.minimum)
    high = int(10**9 if field.maximum is None else field.maximum)
    return st.sampled_from([low, high]) | st.integers(low, high)


def _text(field: fields.Text) -> SearchStrategy[str]:
    if field.pattern:
        return st.from_regex(field.pattern, fullmatch=True)
    return TEXT if field.blank else TEXT.filter(str.strip)


def _choice(field: fields.Choice) -> SearchStrategy[str]:
    words = st.sampled_from(field.choices)
    if field.otherwise:
        return words | st.from_regex(field.otherwise, fullmatch=True)
    return words


def _list(field: fields.ListOf) -> SearchStrategy[list[Any]]:
    return st.lists(value_of(field.inner), min_size=not field.empty, max_size=3)


def _keyed(field: fields.Keyed) -> SearchStrategy[Any]:
    objects = [
        st.fixed_dictionaries({key: value_of(inner)}) for key, inner in field.choices.items()
    ]
    return st.one_of(*objects, *map(st.just, field.words))


def _tagged(field: fields.Tagged) -> SearchStrategy[Any]:
    kinds = []
    for tag, inner in field.choices.items():
        params = {"params": value_of(inner)}
        kind = {"type": st.just(tag)}
        if field.params_required:
            kinds.append(st.fixed_dictionaries({**kind, **params}))
        else:
            kinds.append(st.fixed_dictionaries(kind, optional=params))
    return st.one_of(kinds)


_HOW: dict[type[JSONField], Callable[[Any], SearchStrategy[Any]]] = {
    fields.Boolean: lambda field: st.booleans(),
    fields.Choice: _choice,
    fields.Either: lambda field: value_of(field.text) | value_of(field.other),
    fields.FreeObject: lambda field: OBJECT,
    fields.Integer: _integer,
    fields.Keyed: _keyed,
    # As they are sent: how other spellings are normalised is tested by itself.
    fields.LanguageTag: lambda field: st.sampled_from(["en-US", "es", "multi", "zh-Hant-TW", "日"]),
    fields.ListOf: _list,
    fields.Number: _number,
    fields.Object: lambda field: payload_of(field.schema),
    fields.Tagged: _tagged,
    fields.Text: _text,
    fields.Url: lambda field: _url("http", "https"),
    fields.Uuid: lambda field: st.uuids().map(str) | st.uuids().map(lambda u: str(u).upper()),
    ai.BothLegs: lambda field: st.permutations(shared.LEGS),
    calls.CodecList: lambda field: st.lists(st.sampled_from(calls.CODECS), min_size=1).map(
        ",".join
    ),
    calls.CustomVariables: lambda field: st.dictionaries(
        st.from_regex(r"[a-zA-Z_][a-zA-Z0-9]{0,8}", fullmatch=True), TEXT.filter(bool), max_size=20
    ),
    media.Above: _above,
    media.PacketTime: lambda field: st.integers(1, 12).map(lambda tens: tens * 10),
    media.PublicIpv4: lambda field: st.sampled_from(["8.8.8.8", "203.0.114.7", "1.1.1.1"]),
    media.SecureWebSocketUrl: lambda field: _url("wss"),
    media.WebSocketUrl: lambda field: _url("ws", "wss"),
    shared.Headers: lambda field: st.lists(OBJECT, max_size=2),
    shared.Swml: lambda field: SWML,
}


def value_of(field: JSONField) -> SearchStrategy[Any]:
    """Values that a field takes. A new kind of field has to be told to `_HOW`."""
    return _HOW[type(field)](field)


def payload_of(schema: PayloadSchema) -> SearchStrategy[dict[str, Any]]:
    """Payloads that a schema takes; rules between keys are met by what they are drawn from."""
    needed = {key: value_of(field) for key, field in schema.keys.items() if field.required}
    rest = {key: value_of(field) for key, field in schema.keys.items() if not field.required}
    between = _BETWEEN.get(type(schema))
    if between is None:
        return st.fixed_dictionaries(needed, optional=rest)
    return st.one_of(
        st.fixed_dictionaries(
            {**needed, **{key: rest[key] for key in together}},
            optional={key: rest[key] for key in rest.keys() - together - without},
        )
        for together, without in between
    )


# Keys that stand together, and those that do not stand beside them.
_BETWEEN: dict[type[PayloadSchema], list[tuple[set[str], set[str]]]] = {
    calls.Dial: [
        ({to, by}, {"url", "swml"} - {by}) for to in ("to", "to_script") for by in ("url", "swml")
    ],
    calls.Update: [({key}, set()) for key in ("url", "swml", "status")],
    media.Collect: [({"digits"}, set()), ({"speech"}, set())],
    ai.Sidecar: [({"lang"}, {"action"}), ({"action"}, set(ai.Sidecar().keys))],
}

# -- breaking ------------------------------------------------------------------------------------

Place = tuple[Any, ...]
Breakage = tuple[str, Place, Callable[[Any], Any]]
"""What is done, the path that the error must have, and how it is done to a payload."""

_TYPES: tuple[tuple[type, Any], ...] = (
    (str, "x"),
    (bool, True),
    (int, 5),
    (float, 0.5),
    (list, [{"x": 1}]),
    (dict, {"x": 1}),
    (type(None), None),
)


def breakages(schema: PayloadSchema, payload: dict[str, Any], at: Place = ()) -> Iterator[Breakage]:
    """Everything that can be broken in an allowed payload, one thing at a time."""
    yield _add(at)
    for key, field in schema.keys.items():
        if key in payload:
            if field.required:
                yield "missing", (*at, key), _without((*at, key))
            yield from _of_field(field, payload[key], (*at, key))


def _of_field(field: JSONField, value: Any, at: Place) -> Iterator[Breakage]:
    for kind, wrong in _TYPES:
        if kind not in _taken(field):
            yield "type", at, _put(at, wrong)
    if isinstance(field, fields.Number):
        for bound, step in ((field.minimum, -1), (field.maximum, 1)):
            if bound is not None:
                yield "range", at, _put(at, bound + step)
        yield "range", at, _put(at, 2**63)
    if isinstance(field, media.Above):
        yield "range", at, _put(at, field.bound)
    if isinstance(field, fields.Choice):
        yield "word", at, _put(at, f"{field.choices[0]}x")
    if isinstance(field, fields.Text) and not field.blank:
        yield "empty", at, _put(at, " ")
    if isinstance(field, fields.ListOf) and not field.empty:
        yield "empty", at, _put(at, [])
    yield from _inside(field, value, at)


def _inside(field: JSONField, value: Any, at: Place) -> Iterator[Breakage]:
    if isinstance(field, fields.Object):
        yield from breakages(field.schema, value, at)
    elif isinstance(field, fields.ListOf):
        for index, item in enumerate(value):
            # One leg in place of the other leaves the list of both legs wrong, not its item.
            if not isinstance(field, ai.BothLegs):
                yield from _of_field(field.inner, item, (*at, index))
    elif isinstance(field, fields.Keyed) and isinstance(value, dict):
        yield _add(at)
        yield "empty", at, _put(at, {})
        for key, inner in value.items():
            yield from _of_field(field.choices[key], inner, (*at, key))
    elif isinstance(field, fields.Tagged):
        yield _add(at)
        yield "missing", (*at, "type"), _without((*at, "type"))
        yield from _of_field(field.tag, value["type"], (*at, "type"))
        if field.params_required:
            yield "missing", (*at, "params"), _without((*at, "params"))
        if "params" in value:
            yield from _of_field(field.choices[value["type"]], value["params"], (*at, "params"))
    elif isinstance(field, fields.Either):
        inner = field.text if isinstance(value, str) else field.other
        yield from _inside(inner, value, at)


def _taken(field: JSONField) -> tuple[type, ...]:
    """The Python types of what a field may take."""
    if isinstance(field, fields.Either):
        return (*_taken(field.text), *_taken(field.other))
    if isinstance(field, fields.Keyed):
        return (dict, str) if field.words else (dict,)
    if isinstance(field, fields.Number):
        return (int,) if field.whole else (int, float)
    if isinstance(field, fields.Boolean):
        return (bool,)
    if isinstance(field, fields.Text):
        return (str,)
    lists = isinstance(field, (fields.ListOf, shared.Headers))
    return (list,) if lists else (dict,)


def _at(payload: Any, at: Place) -> Any:
    for key in at:
        payload = payload[key]
    return payload


def _add(at: Place) -> Breakage:
    def do(payload: Any) -> Any:
        _at(payload, at)["not_a_key"] = 1
        return payload

    return "unknown", (*at, "not_a_key"), do


def _without(at: Place) -> Callable[[Any], Any]:
    def do(payload: Any) -> Any:
        del _at(payload, at[:-1])[at[-1]]
        return payload

    return do


def _put(at: Place, value: Any) -> Callable[[Any], Any]:
    def do(payload: Any) -> Any:
        _at(payload, at[:-1])[at[-1]] = copy.deepcopy(value)
        return payload

    return do
