"""A rehearsed outage, as an app sees it: nothing dials twice, and what may be repeated is."""

from __future__ import annotations

import pytest

from flask_signalwire import exceptions
from flask_signalwire.simulator import ManualClock, Simulator, serve

ERRORS = {
    "refused": (exceptions.RateLimited, exceptions.RemoteError),
    "unknown": (exceptions.OutcomeUnknown,),
    "accepted": (exceptions.UnreadableAnswer,),
}


@pytest.fixture(params=["in process", "on a port"])
def desk(request, make_app):
    """A client of the simulator, and the simulator."""
    if request.param == "in process":
        client = make_app().extensions["signalwire"]
        client.simulator.clock = ManualClock()
        yield client, client.simulator
    else:
        simulator = Simulator(clock=ManualClock())
        with serve(simulator) as server:
            app = make_app(
                space=f"127.0.0.1:{server.port}", project_id="project", api_token="token"
            )
            yield app.extensions["signalwire"], simulator
            app.extensions["signalwire"].close()


def dial(client):
    return client.calling.dial(
        from_="+12025550100", to="+34911234567", url="https://example.com/swml"
    )


@pytest.mark.parametrize(
    ("fault", "outcome", "dialled"),
    [
        ({"damage": "reset", "after": True}, "unknown", 1),
        ({"damage": "reset"}, "unknown", 0),
        ({"damage": "half"}, "unknown", 1),
        ({"status": 503, "retry_after": 1}, "unknown", 0),
        ({"status": 500, "after": True}, "unknown", 1),
        ({"damage": "html", "after": True}, "unknown", 1),
        ({"damage": "html", "status": 200}, "accepted", 0),
        ({"damage": "empty"}, "accepted", 1),
        ({"damage": "garbage"}, "accepted", 1),
    ],
)
def test_a_dial_is_sent_once_whatever_happens(desk, fault, outcome, dialled):
    client, simulator = desk
    simulator.faults.add("dial", **fault)
    with pytest.raises(ERRORS[outcome]) as caught:
        dial(client)
    assert caught.value.outcome == outcome
    assert len(simulator.calls) == dialled
    assert len(simulator.journal.commands("dial")) == 1
    assert dial(client).status == "queued"
    assert len(simulator.calls) == dialled + 1


def test_a_dial_that_was_turned_away_unread_is_repeated(desk):
    client, simulator = desk
    simulator.faults.add("dial", status=429, retry_after=0)
    assert dial(client).status == "queued"
    assert [entry.status for entry in simulator.journal] == [429, 200]
    assert len(simulator.calls) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"damage": "reset", "after": True},
        {"damage": "reset"},
        {"damage": "half"},
        {"damage": "html"},
        {"status": 503, "retry_after": 0, "after": True},
    ],
)
def test_what_may_be_repeated_gets_through(desk, fault):
    client, simulator = desk
    call = simulator.inbound(from_="+34911234567", to="+12025550100")
    simulator.faults.add("calling.denoise", **fault)
    assert client.calling.denoise(call.id).id == call.id
    assert call.denoise is True
    assert len(simulator.journal) == 2
    assert [entry.fault for entry in simulator.journal][1] is None


def test_a_stop_whose_answer_was_lost_may_have_stopped(desk):
    client, simulator = desk
    call = simulator.inbound(from_="+34911234567", to="+12025550100")
    leg = client.calling.play(call.id, play=[{"type": "silence", "params": {"duration": 60}}])
    simulator.faults.add("calling.play.stop", damage="reset", after=True)
    with pytest.raises(exceptions.NotFound) as caught:
        client.calling.play_stop(call.id, control_id=leg.control_id)
    assert caught.value.outcome == "unknown"
    assert call.operations[leg.control_id].end_reason == "stopped"


def test_an_answer_that_is_late_is_unknown_and_costs_no_time(make_app):
    client = make_app(timeout=5).extensions["signalwire"]
    clock = client.simulator.clock = ManualClock()
    began = clock.now()
    client.simulator.faults.add("dial", latency=60)
    with pytest.raises(exceptions.OutcomeUnknown, match="ReadTimeoutError"):
        dial(client)
    assert clock.now() == pytest.approx(began + 5, abs=0.5)
    assert len(client.simulator.calls) == 1


def test_an_outage_lasts_until_it_is_cleared(desk):
    client, simulator = desk
    simulator.faults.add(status=500, times=None)
    call = simulator.inbound(from_="+34911234567", to="+12025550100")
    for command in (lambda: dial(client), lambda: client.calling.denoise(call.id)):
        with pytest.raises(exceptions.ServerError):
            command()
    simulator.faults.clear()
    assert dial(client).status == "queued"
    assert [entry.status for entry in simulator.journal.commands("dial")] == [500, 200]
    assert {entry.status for entry in simulator.journal.commands("calling.denoise")} == {500}
