"""Whatever a JSON object holds, it becomes events that can be read, shown, copied and compared."""

from __future__ import annotations

import json
import pickle
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_signalwire import events
from flask_signalwire.events.base import TOO_DEEP
from flask_signalwire.webhooks.parsing import parse

from .corpus import CALLER, CORPUS

PURPOSES = st.sampled_from([None, "calls", "operations", "live", "sidecar"])


def words_of(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from words_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from words_of(inner)
    elif isinstance(value, str):
        yield value


WORDS = st.sampled_from(sorted({word for sample in CORPUS for word in words_of(sample.payload)}))
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(10**4000), max_value=10**4000)
    | st.floats()
    | st.text()
    | st.text(st.characters(categories=["Cs", "Nd", "So"]))
    | st.sampled_from(["0", "1e400", "1785578400", "2026-08-01T10:00:00Z", "0000-00-00", "٣"])
    | WORDS
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(), inner, max_size=6)
    ),
    max_leaves=25,
)
OBJECTS = st.dictionaries(WORDS | st.text(), JSON, max_size=8)


@st.composite
def mutated(draw):
    """A sample in which some values are replaced, doubled or gone."""

    def mutate(value, depth=0):
        chance = draw(st.integers(0, 9))
        if chance == 0 and depth:
            return draw(JSON)
        if isinstance(value, dict):
            found = {key: mutate(inner, depth + 1) for key, inner in value.items()}
            if chance == 1 and found:
                del found[draw(st.sampled_from(sorted(found)))]
            if chance == 2:
                found[draw(WORDS)] = draw(JSON)
            return found
        if isinstance(value, list):
            return [mutate(inner, depth + 1) for inner in value] * (2 if chance == 3 else 1)
        return value

    return mutate(draw(st.sampled_from(CORPUS)).payload)


def check(payload, purpose):
    made = parse(payload, purpose=purpose)
    assert made
    for event in made:
        assert isinstance(event, events.KINDS)
        assert len(repr(event)) < 20_000
        assert event.key == pickle.loads(pickle.dumps(event)).key
        assert event.stamped is (event.timestamp is not None)
        assert event.timestamp is None or isinstance(event.timestamp, datetime)
        hash(event)


@given(OBJECTS, PURPOSES)
def test_any_object(payload, purpose):
    check(payload, purpose)


@given(mutated(), PURPOSES)
def test_mutated_samples(payload, purpose):
    check(payload, purpose)


@given(mutated())
def test_keys_depend_on_content_alone(payload):
    again = json.loads(json.dumps(dict(reversed(payload.items())), indent=1))
    # Texts by language come in the order of their languages, so the order may differ.
    assert {event.key for event in parse(again)} == {event.key for event in parse(payload)}


@given(st.sampled_from(CORPUS), st.sampled_from(events.KINDS), JSON)
def test_a_number_is_never_shown(sample, kind, value):
    for event in parse({**sample.payload, "more": value, "from": CALLER, "to": CALLER}):
        assert CALLER not in repr(event)


@pytest.mark.parametrize("depth", [10, 63, 64, 65, 20_000])
@pytest.mark.parametrize(
    "key",
    ["params", "utterance", "translation", "ai_summary", "sidecar_event", "call", "device", "more"],
)
@pytest.mark.parametrize("inner", ["list", "object", "translation"])
def test_nesting(depth, key, inner):
    value = "x"
    for _ in range(depth):
        value = [value] if inner == "list" else {"en" if inner == "object" else inner: value}
    check({key: value}, None)
    (event, *_) = parse({key: value, "first": 1})
    assert event.raw["first"] == 1
    text = json.dumps(event.raw)
    assert (TOO_DEEP in text) is (depth > 64)
    while isinstance(value, (list, dict)):  # taken apart by hand: the interpreter would recurse
        value = value.popitem()[1] if isinstance(value, dict) else value.pop()
