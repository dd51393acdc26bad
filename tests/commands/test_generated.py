"""Payloads that nobody wrote: the table's own judge, and the contract's, over made-up payloads.

``HYPOTHESIS_PROFILE=thorough pytest tests/commands/test_generated.py`` tries more than a usual run.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from flask_signalwire import Client, SignalWire
from flask_signalwire.commands import TABLE, Command, CommandSpec
from flask_signalwire.exceptions import PayloadError

from .contract import CONTRACT
from .corpus import ALLOWED, CALL
from .strategies import JSON, breakages, payload_of

some = settings(
    max_examples=settings.default.max_examples // 2,  # of each of 42 commands
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
every_command = pytest.mark.parametrize("spec", TABLE, ids=lambda spec: spec.name)


@pytest.fixture(scope="module")
def dry() -> Iterator[Client]:
    """A client that sends nothing, and says what would have gone."""
    app = Flask("dry")
    app.config.update(
        SIGNALWIRE_SPACE="acme.signalwire.com",
        SIGNALWIRE_PROJECT_ID="p",
        SIGNALWIRE_API_TOKEN="t",
        SIGNALWIRE_DRY_RUN=True,
        SIGNALWIRE_PLUGINS_BLOCKED=["audit", "autolang"],
    )
    SignalWire(app)
    client: Client = app.extensions["signalwire"]
    with app.app_context():
        yield client
    client.close()


def _envelope(spec: CommandSpec, params: dict[str, Any]) -> dict[str, Any]:
    return {"command": spec.name, **({"id": CALL} if spec.takes_id else {}), "params": params}


def _call(client: Client, spec: CommandSpec, params: dict[str, Any]) -> bytes:
    """What a command's method would have sent: keywords as Python spells them."""
    keywords = {f"{key}_" if key in ("from", "continue") else key: params[key] for key in params}
    method = getattr(client.calling, spec.method)
    leg = method(CALL, **keywords) if spec.takes_id else method(**keywords)
    return leg.command.body


def _refused(spec: CommandSpec, params: Any) -> list[str]:
    """Where a payload is wrong; nothing where it is right."""
    command = Command(spec, CALL if spec.takes_id else None, params)
    try:
        spec.validate(command)
    except PayloadError as error:
        return [path for path, _ in error.problems]
    return []


@every_command
def test_an_allowed_payload_is_sent_as_it_is(spec: CommandSpec, dry: Client) -> None:
    @some
    @given(params=payload_of(spec.payload))
    def check(params: dict[str, Any]) -> None:
        assert CONTRACT[spec.name](params), "the table allows what the contract does not"
        sent = _call(dry, spec, params)
        assert sent == json.dumps(_envelope(spec, _ordered(spec, params))).encode()

    check()


@every_command
def test_a_new_operation_without_a_control_id_gets_a_fresh_one(
    spec: CommandSpec, dry: Client
) -> None:
    if not any(field.fill for field in spec.payload.keys.values()):
        return
    seen = set()

    @some
    @given(params=payload_of(spec.payload))
    def check(params: dict[str, Any]) -> None:
        del params["control_id"]
        sent = json.loads(_call(dry, spec, params))["params"]
        control_id = sent.pop("control_id")
        assert UUID(control_id).version == 4
        assert control_id not in seen
        seen.add(control_id)
        assert sent == params

    check()


@every_command
def test_one_thing_broken_is_refused_where_it_is_broken(spec: CommandSpec) -> None:
    @some
    @given(params=payload_of(spec.payload), data=st.data())
    def check(params: dict[str, Any], data: st.DataObject) -> None:
        choices = list(breakages(spec.payload, params))
        kind, at, do = data.draw(st.sampled_from(choices))
        broken = do(copy.deepcopy(params))
        note(f"{kind} at {at}: {broken}")
        assert not CONTRACT[spec.name](broken), "the table forbids what the contract allows"
        assert ".".join(map(str, ("params", *at))) in _refused(spec, broken)

    check()


def _places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if at:
        yield at
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, inner in pairs:
        yield from _places(inner, (*at, key))


@every_command
def test_the_table_and_the_contract_judge_alike(spec: CommandSpec) -> None:
    """Allowed payloads of the hand-written corpus, with anything put anywhere."""
    cases = [params for name, params in ALLOWED if name == spec.name]
    edges = [-1, 0, 1, 0.0, 1e-9, 5, 100, 10**6, 2**63, "", " ", "1", "stop", [], {}, None, True]
    words = sorted(set(re.findall(r"\w[\w.-]*", json.dumps(cases))))
    anything = st.sampled_from(edges) | JSON | (st.sampled_from(words) if words else st.nothing())

    @some
    @given(params=st.sampled_from(cases), data=st.data())
    def check(params: dict[str, Any], data: st.DataObject) -> None:
        changed = copy.deepcopy(params)
        places = list(_places(changed))
        if places and data.draw(st.booleans()):
            *way, last = data.draw(st.sampled_from(places))
            container = changed
            for key in way:
                container = container[key]
            if data.draw(st.booleans()):
                container[last] = data.draw(anything)
            else:
                del container[last]
        else:
            keys = st.sampled_from(sorted({*spec.payload.keys, "type", "id"}))
            changed[data.draw(keys | st.text(max_size=5))] = data.draw(anything)
        problems = _refused(spec, changed)
        note(f"{changed}: {problems}")
        assert CONTRACT[spec.name](changed) is not bool(problems)

    check()


def _ordered(spec: CommandSpec, params: dict[str, Any]) -> dict[str, Any]:
    """The params in the order in which a method names its keywords, as the SDK sends them."""
    return {key: params[key] for key in spec.payload.keys if key in params}
