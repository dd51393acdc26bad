"""The table: who may be repeated and why, what the corpus says of each row, and who reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import Client

from flask_signalwire.commands import TABLE, Command, CommandSpec, CommandTable, fields
from flask_signalwire.commands.schemas import media
from flask_signalwire.simulator import Simulator

from .contract import CONTRACT
from .corpus import ALLOWED, CALL, FORBIDDEN, dial, start
from .walking import declared, found

COMMANDS = CommandTable()
every_command = pytest.mark.parametrize("spec", TABLE, ids=lambda spec: spec.name)

STOPPED = "what is stopped already stays stopped"
SET = "the same value, set again, changes nothing"
REPEATABLE: dict[str, str] = {
    "calling.end": "a call ends once",
    "calling.disconnect": "a call that is connected to nobody can't be parted from anybody",
    "calling.play.pause": "what is paused stays paused",
    "calling.play.resume": "what plays goes on playing",
    "calling.play.stop": STOPPED,
    "calling.play.volume": SET,
    "calling.record.pause": "what is paused stays paused",
    "calling.record.resume": "what records goes on recording",
    "calling.record.stop": STOPPED,
    "calling.collect.stop": STOPPED,
    "calling.detect.stop": STOPPED,
    "calling.tap.stop": STOPPED,
    "calling.stream.stop": STOPPED,
    "calling.denoise": SET,
    "calling.denoise.stop": SET,
    "calling.transcribe.stop": STOPPED,
    "calling.ai.stop": STOPPED,
    "calling.ai_sidecar.stop": STOPPED,
    "calling.ai_sidecar.status": "a question changes nothing",
    "calling.send_fax.stop": STOPPED,
    "calling.receive_fax.stop": STOPPED,
}
# These look at their params: (why, params that may be repeated, params that may not).
END_BY_STATUS = {"id": CALL, "status": "completed"}
SOMETIMES: dict[str, tuple[str, list[dict[str, Any]], list[dict[str, Any]]]] = {
    "update": (
        "ending by status ends once; a redirect would run its SWML from the start again",
        [END_BY_STATUS, {"id": CALL, "status": "canceled", "status_url": "https://e.org"}],
        [{"id": CALL, "url": "https://e.org"}, {**END_BY_STATUS, "url": "https://e.org"}],
    ),
    "calling.live_transcribe": (
        "a second start does nothing, nor does a second stop; a summary would come twice",
        [{"action": "stop"}, {"action": {"start": {"lang": "en", "direction": ["local-caller"]}}}],
        [{"action": {"summarize": {}}}, {}],
    ),
    "calling.live_translate": (
        "a second start does nothing, nor does a second stop; inject would speak twice",
        [{"action": "stop"}, start()],
        [
            {"action": {"inject": {"message": "a", "direction": "local-caller"}}},
            {"action": {"summarize": {}}},
            {},
        ],
    ),
}


def _repeatable(spec: CommandSpec, params: dict[str, Any]) -> bool:
    return spec.repeatable(Command(spec, CALL if spec.takes_id else None, params))


@every_command
def test_only_what_acts_once_when_it_arrives_twice_is_repeatable(spec: CommandSpec) -> None:
    if spec.name in SOMETIMES:
        _, may, may_not = SOMETIMES[spec.name]
        assert [_repeatable(spec, params) for params in may] == [True] * len(may)
        assert [_repeatable(spec, params) for params in may_not] == [False] * len(may_not)
        return
    for name, params in ALLOWED:
        if name == spec.name:
            assert _repeatable(spec, params) is (spec.name in REPEATABLE)


def test_the_reasons_speak_of_commands_that_exist() -> None:
    names = {spec.name for spec in TABLE}
    assert names >= REPEATABLE.keys() | SOMETIMES.keys()
    assert not REPEATABLE.keys() & SOMETIMES.keys()
    assert not any(spec.starts_call for spec in TABLE if spec.name in REPEATABLE)


def test_the_table_has_the_commands_of_the_contract() -> None:
    assert [spec.name for spec in TABLE] == list(CONTRACT)
    assert len(TABLE) == 42


def test_methods_are_named_after_their_commands() -> None:
    for spec in TABLE:
        assert spec.method == spec.name.removeprefix("calling.").replace(".", "_")
        assert spec.takes_id is spec.name.startswith("calling.")


# -- what the corpus says of each field ----------------------------------------------------------


def _said(spec: CommandSpec, cases: Iterator[dict[str, Any]]) -> dict[tuple[str, ...], list[Any]]:
    said: dict[tuple[str, ...], list[Any]] = {}
    for params in cases:
        for path, value in found(spec.payload, params):
            said.setdefault(path, []).append(value)
    return said


def _allowed(spec: CommandSpec) -> dict[tuple[str, ...], list[Any]]:
    return _said(spec, (params for name, params in ALLOWED if name == spec.name))


def _forbidden(spec: CommandSpec) -> dict[tuple[str, ...], list[Any]]:
    return _said(spec, (params for name, params, _ in FORBIDDEN if name == spec.name))


@every_command
def test_the_corpus_speaks_of_every_field_at_every_depth(spec: CommandSpec) -> None:
    paths = {path for path, _ in declared(spec.payload)}
    assert {name for name, _ in ALLOWED} >= {spec.name}
    assert not paths - _allowed(spec).keys()


@every_command
def test_the_corpus_speaks_of_every_word_and_of_both_edges(spec: CommandSpec) -> None:
    said = _allowed(spec)
    for path, field in declared(spec.payload):
        values = said[path]
        if isinstance(field, fields.Choice):
            assert not {*field.choices} - {*values}, path
        elif isinstance(field, fields.Boolean):
            assert True in values or False in values, path
        elif isinstance(field, fields.Keyed):
            assert not {*field.words} - {value for value in values if isinstance(value, str)}, path
        elif isinstance(field, fields.Number):
            edges = [edge for edge in (field.minimum, field.maximum) if edge is not None]
            assert all(edge in values for edge in edges), path


@every_command
def test_the_corpus_breaks_every_rule(spec: CommandSpec) -> None:
    said = _forbidden(spec)
    mistakes = [path for name, _, path in FORBIDDEN if name == spec.name]
    assert mistakes
    for path, field in declared(spec.payload):
        if path[-1].startswith("<") or path[-1] in ("text", "other"):
            continue  # no key of their own
        assert any(_points_at(mistake, path) for mistake in mistakes), path
        if isinstance(field, fields.Number):
            numbers = [value for value in said[path] if type(value) in (int, float)]
            low = 0 if isinstance(field, media.Above) else field.minimum
            assert low is None or any(value < low for value in numbers), path
            assert field.maximum is None or any(value > field.maximum for value in numbers), path
        if isinstance(field, media.Above):
            assert 0 in said[path], path


def _points_at(mistake: str, path: tuple[str, ...]) -> bool:
    """Whether a mistake's path is that of a declared field: `play.0.params.url` is."""
    steps = ["[]" if step.isdigit() else step for step in mistake.split(".")]
    ours = ["params" if step.startswith("<") else step for step in path]
    return steps == ours or steps == [step for step in ours if step not in ("text", "other")]


# -- who reads the table -------------------------------------------------------------------------


@every_command
def test_the_simulator_accepts_every_command(spec: CommandSpec) -> None:
    """Whatever it answers, it has nothing against the payload."""
    simulator = Simulator()
    call = simulator.inbound(from_="+12025550100", to="+12025550101")
    for name, params in ALLOWED:
        if name == spec.name:
            if "id" in params:
                params = {**params, "id": call.id}
            body = {"command": name, "params": params, **({"id": call.id} if spec.takes_id else {})}
            answer = Client(simulator).post(
                "/api/calling/calls", data=json.dumps(body), content_type="application/json"
            )
            codes = {error["code"] for error in (answer.json or {}).get("errors", ())}
            assert answer.status_code in (200, 404, 409, 422), params
            assert not codes & {"missing", "unknown_key", "invalid"}, params


@every_command
def test_the_simulator_refuses_what_the_contract_forbids(spec: CommandSpec) -> None:
    simulator = Simulator()
    call = simulator.inbound(from_="+12025550100", to="+12025550101")
    refused = 0
    for name, params, path in FORBIDDEN:
        if name != spec.name:
            continue
        try:
            body = json.dumps(
                {"command": name, "params": params, **({"id": call.id} if spec.takes_id else {})},
                allow_nan=False,
            )
            body.encode("ascii")
        except (TypeError, ValueError):
            continue  # what JSON does not have never arrives
        if json.loads(body)["params"] != params:
            continue  # nor do keys that are no text
        answer = Client(simulator).post(
            "/api/calling/calls", data=body, content_type="application/json"
        )
        if answer.status_code == 400:
            continue  # a number that no other parser reads
        assert answer.status_code == 422, params
        attributes = [error["attribute"] for error in answer.json["errors"]]
        assert any(attribute == (path or "params") for attribute in attributes), (params, path)
        refused += 1
    assert refused


def test_a_dial_beside_the_others_is_the_only_one_that_starts_a_call() -> None:
    assert [spec.name for spec in TABLE if spec.starts_call] == ["dial"]
    assert not _repeatable(COMMANDS["dial"], dial())
