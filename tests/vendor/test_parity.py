"""Code for the vendor's SDK runs unchanged: same methods, same JSON, and more of it accepted."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from signalwire.rest._base import SignalWireRestError
from signalwire.rest._request_options import RequestOptions
from signalwire.rest.client import RestClient
from signalwire.rest.namespaces.calling_resources_generated import Calling as VendorCalling

from flask_signalwire import Call, Calling, Client
from flask_signalwire.exceptions import PayloadError
from flask_signalwire.simulator import Simulator, SimulatorServer

from .cases import CASES, Case
from .conftest import CALL, Recorder

Vendor = Callable[[SimulatorServer], RestClient]
Ours = Callable[[SimulatorServer], Client]

METHODS = sorted(name for name, method in vars(VendorCalling).items() if not name.startswith("_"))
BESIDE = ("self", "call_id", "extras", "request_options")
each_case = pytest.mark.parametrize("case", CASES, ids=str)


def _call(calling: Any, method: str, call_id: str, keywords: dict[str, Any]) -> Any:
    if method == "dial":
        return calling.dial(**keywords)
    if method == "update":
        return calling.update(id=call_id, **keywords)
    return getattr(calling, method)(call_id, **keywords)


def _prepare(simulator: Simulator, calling: Any, case: Case) -> str:
    """A call with what has to run on it; a fax is nothing that a command starts."""
    call = simulator.inbound(from_="+12025550100", to="+12025550101")
    if case.method == "send_fax_stop":
        call.start_operation("send_fax", "a")
    elif case.method == "receive_fax_stop":
        call.start_operation("receive_fax", "a")
    for method, keywords in case.before:
        _call(calling, method, call.id, keywords)
    return call.id


def test_every_method_of_the_sdk_has_its_case() -> None:
    assert len(METHODS) == 37
    assert sorted({case.method for case in CASES}) == METHODS


@pytest.mark.parametrize("method", METHODS)
def test_keywords_and_their_order_are_the_sdks(method: str) -> None:
    theirs = inspect.signature(getattr(VendorCalling, method)).parameters
    ours = inspect.signature(getattr(Calling, method)).parameters
    assert theirs.keys() - {*BESIDE} <= ours.keys()

    def positional(parameters: Any) -> list[str]:
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        return [name for name, parameter in parameters.items() if parameter.kind is kind]

    assert positional(theirs) == positional(ours)
    for name in theirs.keys() - {*BESIDE}:
        if theirs[name].default is not inspect.Parameter.empty:
            assert ours[name].default is None, name


@each_case
def test_the_service_accepts_what_the_contract_allows_of_the_sdk(
    case: Case, space: SimulatorServer, simulator: Simulator, vendor: Vendor
) -> None:
    calling = vendor(space).calling
    call_id = _prepare(simulator, calling, case)
    if not case.refused:
        answer = _call(calling, case.method, call_id, case.keywords)
        assert answer["id"] in simulator.calls
        return
    with pytest.raises(SignalWireRestError) as caught:
        _call(calling, case.method, call_id, case.keywords)
    assert caught.value.status_code == 422
    assert case.refused in [error["attribute"] for error in caught.value.body["errors"]]


@each_case
def test_the_service_accepts_from_us_what_it_refuses_from_the_sdk(
    case: Case, space: SimulatorServer, simulator: Simulator, ours: Ours
) -> None:
    calling = ours(space).calling
    call_id = _prepare(simulator, calling, case)
    if case.refused and not case.corrected:
        with pytest.raises(PayloadError) as caught:
            _call(calling, case.method, call_id, case.keywords)
        assert f"params.{case.refused}" in [path for path, _ in caught.value.problems]
        assert simulator.journal.commands(f"calling.{case.method}") == ()
        return
    leg = _call(calling, case.method, call_id, case.keywords)
    assert leg["id"] in simulator.calls


@each_case
def test_the_same_arguments_put_the_same_json_on_the_wire(
    case: Case, recording: SimulatorServer, recorder: Recorder, vendor: Vendor, ours: Ours
) -> None:
    if case.refused and not case.corrected:
        return
    _call(vendor(recording).calling, case.method, CALL, case.keywords)
    _call(ours(recording).calling, case.method, CALL, case.keywords)
    theirs, mine = recorder.bodies
    assert recorder.targets == ["POST /api/calling/calls"] * 2
    if "control_id" in case.corrected:
        assert UUID(mine["params"].pop("control_id")).version == 4
        assert "control_id" not in theirs["params"]
    corrected = {key: value for key, value in case.corrected.items() if value is not None}
    kept = {key: theirs["params"][key] for key in theirs["params"] if key not in case.without}
    assert mine == {**theirs, "params": {**kept, **corrected}}


@each_case
def test_a_call_bound_to_its_id_sends_the_same(
    case: Case, recording: SimulatorServer, recorder: Recorder, ours: Ours
) -> None:
    if case.method == "dial" or (case.refused and not case.corrected):
        return
    calling = ours(recording).calling
    _call(calling, case.method, CALL, case.keywords)
    call = calling.call(CALL)
    assert isinstance(call, Call)
    getattr(call, case.method)(**case.keywords)
    first, second = recorder.bodies
    if "control_id" in case.corrected:
        assert first["params"].pop("control_id") != second["params"].pop("control_id")
    assert first == second


@pytest.mark.parametrize("method", ["disconnect", "denoise", "denoise_stop"])
def test_extras_of_commands_without_params_are_sent_where_the_sdk_drops_them(
    method: str, recording: SimulatorServer, recorder: Recorder, vendor: Vendor, ours: Ours
) -> None:
    for calling in (vendor(recording).calling, ours(recording).calling):
        getattr(calling, method)(CALL, extras={"newer": 1})
    assert [body["params"] for body in recorder.bodies] == [{}, {"newer": 1}]


def test_extras_are_merged_over_the_params_as_by_the_sdk(
    recording: SimulatorServer, recorder: Recorder, vendor: Vendor, ours: Ours
) -> None:
    for calling in (vendor(recording).calling, ours(recording).calling):
        calling.end(CALL, reason="busy", extras={"reason": "error", "newer": {"a": [None]}})
    theirs, mine = recorder.bodies
    assert theirs == mine
    assert mine["params"] == {"reason": "error", "newer": {"a": [None]}}


def test_the_sdks_request_options_are_taken(
    recording: SimulatorServer, recorder: Recorder, vendor: Vendor, ours: Ours
) -> None:
    options = RequestOptions(timeout=5, retries=0)
    for calling in (vendor(recording).calling, ours(recording).calling):
        answer = calling.end(CALL, request_options=options)
        assert answer["id"] == CALL
        assert isinstance(answer, dict)
    assert recorder.bodies[0] == recorder.bodies[1]
