"""Faults on request: what a client gets, and whether the command took effect."""

from __future__ import annotations

import errno
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta, timezone

import pytest
import requests
import urllib3

from flask_signalwire.simulator import (
    AnswerLost,
    Fault,
    ManualClock,
    SimulatorAdapter,
    SystemClock,
    serve,
)

PATH = "/api/calling/calls"
DIAL = {
    "command": "dial",
    "params": {"from": "+12025550100", "to": "+34911234567", "url": "https://example.com"},
}


@pytest.fixture(params=["in process", "on a port"])
def url(request, space, session):
    """Where the simulator is reached: both ways have to show the same faults."""
    if request.param == "in process":
        session.mount("https://", SimulatorAdapter(space.simulator))
        yield f"https://acme.signalwire.com{PATH}"
    else:
        with serve(space.simulator) as server:
            yield server.url + PATH


@pytest.fixture
def ask(url, session):
    def ask(fault=None, body=DIAL, timeout=10):
        headers = {} if fault is None else {"X-Simulator-Fault": fault}
        return session.post(url, json=body, headers=headers, timeout=timeout)

    return ask


def test_nothing_fails_unless_it_is_asked_for(space, ask):
    assert ask().status_code == 200
    assert space.simulator.journal[0].fault is None
    assert repr(space.simulator.faults) == "<Faults none>"


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        ("status=500", 500, "Internal Server Error"),
        ("status=503; retry_after=2", 503, "Service Unavailable"),
        ("STATUS=429;retry_after=0".lower(), 429, "Too Many Requests"),
        ("status=599", 599, "Unknown"),
    ],
)
@pytest.mark.parametrize("after", [False, True])
def test_a_status_takes_the_place_of_the_answer(space, ask, fault, status, error, after):
    answer = ask(f"{fault}; after" if after else fault)
    assert (answer.status_code, answer.json()) == (status, {"error": error})
    assert ("Retry-After" in answer.headers) == ("retry_after" in fault)
    assert len(space.simulator.calls) == after
    (entry,) = space.simulator.journal
    assert (entry.command, entry.status) == ("dial", status)
    assert entry.fault.startswith(f"status={status}")
    assert entry.call_id == (next(iter(space.simulator.calls)) if after else None)
    assert ask().status_code == 200


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_has_none(ask, status):
    answer = ask(f"status={status}")
    assert (answer.status_code, answer.content) == (status, b"")
    assert ask().status_code == 200


def test_retry_after_may_be_a_date(ask):
    date = "Wed, 21 Oct 2026 07:28:00 GMT"
    assert ask(f"status=503; retry_after={date}").headers["Retry-After"] == date


@pytest.mark.parametrize("after", ["", "; after"])
def test_a_reset_is_what_requests_makes_of_one(space, ask, after):
    with pytest.raises(requests.ConnectionError) as caught:
        ask(f"reset{after}")
    (inner,) = caught.value.args
    assert isinstance(inner, urllib3.exceptions.ProtocolError)
    assert inner.args[0] == "Connection aborted."
    assert isinstance(inner.args[1], ConnectionResetError)
    # A proper end would be http.client's RemoteDisconnected, which has no errno.
    assert inner.args[1].errno == errno.ECONNRESET
    assert len(space.simulator.calls) == bool(after)
    (entry,) = space.simulator.journal
    assert (entry.status, entry.fault) == (None, f"reset{after}")
    assert ask().status_code == 200


@pytest.mark.parametrize("before", ["", "; before"])
def test_half_an_answer_breaks_off(space, url, session, ask, before):
    headers = {"X-Simulator-Fault": f"half{before}"}
    with session.post(url, json=DIAL, headers=headers, stream=True, timeout=10) as answer:
        assert answer.status_code == 200
        with pytest.raises(urllib3.exceptions.ProtocolError, match="IncompleteRead") as caught:
            answer.raw.read()
        assert "more expected" in str(caught.value)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        ask(f"half{before}")
    assert len(space.simulator.calls) == (0 if before else 2)
    assert ask().status_code == 200


@pytest.mark.parametrize(
    ("fault", "status", "content", "dialled"),
    [
        ("empty", 200, b"", 1),
        ("empty; before", 200, b"", 0),
        ("empty; status=502", 502, b"", 0),
        ("garbage", 200, b'\x00{"id": \xff', 1),
        ("html; after", 502, None, 1),
        ("html; status=200", 200, None, 0),
    ],
)
def test_what_is_no_leg(space, ask, fault, status, content, dialled):
    answer = ask(fault)
    assert answer.status_code == status
    if content is None:
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert f"<h1>{status} " in answer.text
    else:
        assert answer.content == content
    assert len(space.simulator.calls) == dialled
    assert ask().status_code == 200


def test_latency_advances_a_manual_clock(space, ask):
    began = time.monotonic()
    before = space.clock.now()
    assert ask("latency=3", timeout=None).json()["status"] == "queued"
    assert space.clock.now() == before + 3
    assert time.monotonic() - began < 2.5
    (call,) = space.simulator.calls.values()
    assert call.status == "answered"


@pytest.mark.parametrize("in_process", [True, False])
def test_latency_is_waited_for_by_the_time_of_day(space, session, in_process):
    space.simulator.clock = SystemClock()
    session.mount("https://", SimulatorAdapter(space.simulator))
    with serve(space.simulator) as server:
        target = ("https://x.test" if in_process else server.url) + PATH
        began = time.monotonic()
        for fault, patience in (("latency=0.2", 10), ("latency=0.2; status=500", 10)):
            headers = {"X-Simulator-Fault": fault}
            session.post(target, json=DIAL, headers=headers, timeout=patience)
        assert time.monotonic() - began >= 0.4
        with pytest.raises(requests.ReadTimeout) as caught:
            session.post(
                target, json=DIAL, headers={"X-Simulator-Fault": "latency=30"}, timeout=(9, 0.1)
            )
        assert isinstance(caught.value.args[0], urllib3.exceptions.ReadTimeoutError)
        assert "Read timed out" in str(caught.value)
        assert "None" not in str(caught.value)
    # Neither the client nor the server's end waited for it, and the command took effect.
    assert time.monotonic() - began < 10
    assert len(space.simulator.calls) == 2


def test_a_server_that_closes_does_not_wait_for_late_answers(space, session):
    space.simulator.clock = SystemClock()
    server = serve(space.simulator)
    late = {"X-Simulator-Fault": "latency=600"}

    def wait():
        with suppress(requests.RequestException):
            session.post(server.url + PATH, json=DIAL, headers=late, timeout=60)

    client = threading.Thread(target=wait)
    client.start()
    deadline = time.monotonic() + 10
    while not space.simulator.journal and time.monotonic() < deadline:
        time.sleep(0.01)
    server.close()
    client.join(10)
    assert not client.is_alive()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("", "unknown word"),
        ("resett", "did you mean `reset`?"),
        ("resett", "expected reset, half, empty, garbage, html, after"),
        ("reset; half", "`half` where damage was given already"),
        ("after; before", "`before` where after was given already"),
        ("after", "a fault that does nothing"),
        ("latency=0", "a fault that does nothing"),
        ("latency=1; before", "a command that took effect"),
        ("latency=soon", "expected seconds"),
        ("latency=nan", "expected seconds from 0 to 600"),
        ("latency=601", "expected seconds from 0 to 600"),
        ("status", "unknown word"),
        ("status=199", "expected an integer from 200 to 599"),
        ("status=²", "expected an integer"),
        ("status=500=500", "expected an integer"),
        ("reset=yes", "unknown word"),
        ("retry_after=2", "retry_after without a status"),
        ("status=503; retry_after=soon", "expected seconds, or a date"),
        ("status=503; retry_after=1.5", "expected an integer"),
        ("status=503;; after", "unknown word"),
        ("+34911234567", "unknown word"),
    ],
)
def test_words_that_nobody_knows_are_a_bad_request(space, fault, said):
    answer = space.post(DIAL, headers={"X-Simulator-Fault": fault.encode().decode("latin-1")})
    assert answer.status_code == 400
    assert answer.json["error"].startswith("X-Simulator-Fault: ")
    assert said in answer.json["error"]
    assert "34911234567" not in answer.text
    assert not space.simulator.calls
    assert [(entry.status, entry.fault) for entry in space.simulator.journal] == [(400, None)]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("reset", after=True),
        Fault("html", 503, retry_after=7, latency=0.25, after=False),
        Fault(status=429, retry_after=datetime(2026, 10, 21, 7, 28, tzinfo=timezone.utc)),
        Fault(latency=600),
    ],
)
def test_a_fault_is_written_as_the_header_has_it(space, fault):
    from flask_signalwire.simulator.faults import from_header

    assert from_header(str(fault)) == fault


def test_a_date_of_another_zone_is_sent_in_gmt(space):
    moment = datetime(2026, 10, 21, 9, 28, tzinfo=timezone(timedelta(hours=2)))
    space.simulator.faults.add("dial", status=503, retry_after=moment)
    assert space.post(DIAL).headers["Retry-After"] == "Wed, 21 Oct 2026 07:28:00 GMT"


def test_what_is_no_command_does_not_fail(make_space):
    space = make_space(credentials={"project": "token"})
    space.simulator.faults.add(status=500)
    fault = {"X-Simulator-Fault": "status=500"}
    right = {"Authorization": "Basic cHJvamVjdDp0b2tlbg==", **fault}
    assert space.post(DIAL, headers=fault).status_code == 401
    assert space.client.post("/elsewhere", headers=right).status_code == 404
    assert space.client.get(PATH, headers=right).status_code == 405
    assert space.post(b"{", headers=right).status_code == 400
    assert len(space.simulator.faults) == 1
    assert space.post(DIAL, headers=right).status_code == 500
    assert [entry.fault for entry in space.simulator.journal] == [*[None] * 4, "status=500"]


def test_a_refused_command_may_fail_too(space, ask):
    body = {**DIAL, "nonsense": 1}
    assert ask("status=503", body).status_code == 503
    assert ask("empty", body).status_code == 422
    assert ask("status=503; after", body).status_code == 503
    assert not space.simulator.calls


def test_queued_faults_befall_in_turn(space):
    faults = space.simulator.faults
    faults.add("dial", status=503, times=2)
    faults.add("calling.end", damage="garbage")
    faults.add(status=500)
    faults.add("dial", status=429, retry_after=1, times=None)
    assert len(faults) == 4
    assert repr(faults) == (
        "<Faults dial: status=503, calling.end: garbage, any: status=500, "
        "dial: status=429; retry_after=1>"
    )
    assert [space.post(DIAL).status_code for _ in range(5)] == [503, 503, 500, 429, 429]
    call = space.simulator.inbound(from_="+34911234567", to="+12025550100")
    assert space.command("calling.end", call.id).data == b'\x00{"id": \xff'
    assert call.status == "ended"
    assert len(faults) == 1
    faults.clear()
    assert space.post(DIAL).status_code == 200


def test_a_header_goes_before_the_queue_and_leaves_it(space):
    space.simulator.faults.add("dial", status=503)
    headers = {"X-Simulator-Fault": "status=429"}
    assert space.post(DIAL, headers=headers).status_code == 429
    assert space.post(DIAL).status_code == 503


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "a fault that does nothing"),
        ({"damage": "halff"}, "did you mean `half`?"),
        ({"damage": 5}, "expected reset, half"),
        ({"status": "503"}, "expected an integer from 200 to 599"),
        ({"status": True}, "expected an integer from 200 to 599"),
        ({"status": 200}, "status=200 alone is no failure; expected another"),
        ({"status": 503, "latency": -1}, "expected seconds from 0 to 600"),
        ({"status": 503, "latency": "1"}, "expected seconds from 0 to 600"),
        ({"status": 503, "retry_after": 1.5}, "whole seconds, or a datetime with a timezone"),
        ({"status": 503, "retry_after": datetime(2026, 1, 1)}, "with a timezone"),  # noqa: DTZ001
        ({"status": 503, "times": 0}, "expected an integer from 1, or None"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_where_it_is_added(space, options, said):
    with pytest.raises(ValueError, match=r"expected|does nothing") as caught:
        space.simulator.faults.add("dial", **options)
    assert said in str(caught.value)
    assert not len(space.simulator.faults)


def test_a_fault_of_an_unknown_command_is_refused(space):
    with pytest.raises(LookupError, match=r"did you mean `calling\.play`\?"):
        space.simulator.faults.add("calling.plya", status=503)


def test_behind_another_server_a_reset_is_an_exception(space):
    with pytest.raises(AnswerLost):
        space.post(DIAL, headers={"X-Simulator-Fault": "reset"})


def test_of_fifty_who_come_at_once_as_many_fail_as_asked_for(space, session):
    session.mount("https://", SimulatorAdapter(space.simulator))
    space.simulator.faults.add("dial", status=503, times=20)
    target = f"https://x.test{PATH}"
    with ThreadPoolExecutor(50) as pool:
        statuses = list(pool.map(lambda _: session.post(target, json=DIAL).status_code, range(50)))
    assert sorted(statuses) == [200] * 30 + [503] * 20
    assert len(space.simulator.calls) == 30


def test_a_manual_clock_sleeps_by_advancing():
    clock = ManualClock(start=5)
    clock.sleep(600)
    assert clock.now() == 605
