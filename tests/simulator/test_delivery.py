"""How callbacks travel: over HTTP or in process, by which clock, and what becomes of failures."""

from __future__ import annotations

import hashlib
import hmac
import logging
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import trustme

from flask_signalwire.simulator import ManualClock, Simulator

from .receivers import HOST, Receiver, on_a_port

STATUS = f"{HOST}/status"
ALL = ["created", "ringing", "answered", "ended"]


# Simulators of other tests, whose threads end by themselves.
OTHERS = []


@pytest.fixture(autouse=True)
def _only_threads_of_this_test():
    OTHERS[:] = threading.enumerate()


def callback_threads():
    new = [each for each in threading.enumerate() if each not in OTHERS]
    return [each for each in new if "simulator-callbacks" in each.name]


def log(space):
    return [
        (entry.event.rpartition(" ")[2], entry.status, entry.attempts)
        for entry in space.simulator.callbacks.log
    ]


# -- clocks and threads ----------------------------------------------------------------------------


def test_on_a_clock_that_stands_still_nothing_is_sent_by_itself(space, receiver):
    before = callback_threads()
    space.dial(status_url=STATUS, status_events=ALL)
    space.clock.advance(2)
    assert receiver.bodies == []
    assert callback_threads() == before
    here = threading.get_ident()
    threads = []
    space.simulator.callbacks.route(
        HOST, lambda *request: threads.append(threading.get_ident()) or receiver(*request)
    )
    assert space.simulator.deliver() > 0
    assert [params["call_state"] for params in receiver.params] == ["created", "ringing"]
    assert threads == [here, here]


def test_a_receiver_acts_at_the_time_of_what_it_was_told(space, receiver):
    """An app that starts something when the call is answered does so then, and not at the end."""

    def app(environ, start_response):
        answer = receiver(environ, start_response)
        if receiver.params[-1].get("call_state") == "answered":
            silence = [{"type": "silence", "params": {"duration": 5}}]
            call_id = receiver.params[-1]["call_id"]
            space.command("calling.play", call_id, control_id="x", play=silence, status_url=STATUS)
        return answer

    space.simulator.callbacks.route(HOST, app)
    space.dial(status_url=STATUS, status_events=["answered"])
    began = space.clock.now()
    space.simulator.advance(60)
    assert [body["timestamp"] - began for body in receiver.bodies] == [3, 3, 8]
    assert space.clock.now() == began + 60


def test_a_receiver_that_moves_the_clock_itself_is_no_deadlock(space, receiver):
    def app(environ, start_response):
        space.simulator.advance(1)
        space.simulator.deliver()
        return receiver(environ, start_response)

    space.simulator.callbacks.route(HOST, app)
    space.dial(status_url=STATUS, status_events=ALL[:3])
    space.simulator.advance(3)
    states = [params["call_state"] for params in receiver.params]
    assert states == ["created", "ringing", "answered"]


def test_a_running_clock_has_a_thread_that_ends(space):
    receiver = Receiver()
    simulator = Simulator(ring_after=0.01, answer_after=0.05)
    space.simulator, space.client.application = simulator, simulator
    with on_a_port(receiver) as url:
        leg = space.dial(status_url=f"{url}/status", status_events=ALL)
        receiver.wait(3)
        space.command("calling.end", leg["id"])
        receiver.wait(4)
    assert [params["call_state"] for params in receiver.params] == ALL
    simulator.close()
    assert callback_threads() == []


def test_a_jump_of_a_running_clock_is_noticed(space):
    receiver = Receiver()
    simulator = Simulator(ring_after=100, answer_after=1000)
    space.simulator, space.client.application = simulator, simulator
    with on_a_port(receiver) as url:
        space.dial(status_url=url, status_events=["ringing", "answered"])
        assert len(callback_threads()) == 1
        simulator.clock.advance(200)
        receiver.wait(1)
        simulator.advance(1000)
        receiver.wait(2)
    simulator.close()
    assert callback_threads() == []


def test_closing_forgets_what_is_to_come_and_a_later_command_begins_anew(space):
    receiver = Receiver()
    simulator = Simulator()
    space.simulator, space.client.application = simulator, simulator
    simulator.callbacks.route(HOST, receiver)
    space.dial(status_url=STATUS, status_events=["answered"])
    simulator.close()
    simulator.close()
    assert callback_threads() == []
    simulator.advance(10)
    assert receiver.bodies == []
    space.dial(status_url=STATUS, status_events=["answered"])
    simulator.advance(10)
    assert len(receiver.bodies) == 1
    simulator.close()


def test_commands_do_not_wait_for_a_receiver_that_hangs(space):
    free, entered = threading.Event(), threading.Event()

    def app(environ, start_response):
        entered.set()
        free.wait(20)
        start_response("200 OK", [])
        return [b""]

    simulator = Simulator()
    space.simulator, space.client.application = simulator, simulator
    simulator.callbacks.route(HOST, app)
    try:
        space.dial(status_url=STATUS, status_events=ALL)
        assert entered.wait(20)
        for _ in range(20):
            leg = space.dial(status_url=STATUS, status_events=ALL)
            space.command("calling.end", leg["id"])
    finally:
        free.set()
        simulator.close()
    assert len(simulator.calls) == 21


def test_fifty_calls_at_once_get_each_state_once_and_in_order():
    receiver = Receiver()
    simulator = Simulator(ring_after=0.01, answer_after=0.02)
    simulator.callbacks.route(HOST, receiver)
    params = {"from": "+1", "to": "+2", "url": "https://e.test", "status_url": STATUS}
    command = {"command": "dial", "params": {**params, "status_events": ALL}}

    from werkzeug.test import Client

    def conversation(_):
        client = Client(simulator)
        leg = client.post("/api/calling/calls", json=command).json
        simulator.calls[leg["id"]].answer()
        end = {"command": "calling.end", "id": leg["id"], "params": {}}
        assert client.post("/api/calling/calls", json=end).status_code == 200

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(conversation, range(50)))
    receiver.wait(50, "ended")
    simulator.close()
    states: dict[str, list[str]] = {}
    for told in receiver.params:
        states.setdefault(told["call_id"], []).append(told["call_state"])
    assert len(states) == 50
    for seen in states.values():
        assert [state for state in seen if state != "ringing"] == ["created", "answered", "ended"]
        assert seen == sorted(seen, key=ALL.index)


# -- over HTTP -------------------------------------------------------------------------------------


def test_a_signature_is_over_the_url_without_credentials_and_the_body(make_space):
    space = make_space(signing_key="signing-key")
    receiver = Receiver()
    with on_a_port(receiver) as url:
        place = f"{url.removeprefix('http://')}/status?token=a%2Bb"
        space.dial(status_url=f"http://ana:p%40ss@{place}", status_events=["created"])
        space.simulator.deliver()
    [request] = receiver.requests
    message = f"http://{place}".encode() + request.get_data()
    for header, digest in (
        ("X-SignalWire-Signature", hashlib.sha1),
        ("X-SignalWire-SHA256-Signature", hashlib.sha256),
    ):
        assert request.headers[header] == hmac.new(b"signing-key", message, digest).hexdigest()
    assert (request.authorization.username, request.authorization.password) == ("ana", "p@ss")
    assert "p%40ss" not in repr(space.simulator.callbacks.log[0])
    assert "a%2Bb" not in repr(space.simulator.callbacks.log[0])


def test_without_a_key_nothing_is_signed(space, receiver):
    space.dial(status_url=STATUS, status_events=["created"])
    space.simulator.deliver()
    assert not [name for name, _ in receiver.requests[0].headers if "Signature" in name]


def test_nothing_leaves_this_machine_unless_it_is_asked_to(space, caplog):
    caplog.set_level(logging.INFO, "flask_signalwire.simulator")
    for url in ("https://example.com/status?token=correct-horse", "http://10.0.0.1/", "nonsense"):
        call = space.simulator.inbound(from_="+1", to="+2")
        start = {"lang": "es-ES", "direction": ["remote-caller"], "webhook": url}
        start["ai_summary"] = True
        space.command("calling.live_transcribe", call.id, action={"start": start})
        call.end()
    space.simulator.advance(60)
    assert [(entry.status, entry.attempts) for entry in space.simulator.callbacks.log] == [
        (None, 0)
    ] * 3
    problems = [entry.problem for entry in space.simulator.callbacks.log]
    assert "example.com is not this machine" in problems[0]
    assert "reach='anywhere'" in problems[0]
    assert "no http or https URL" in problems[2]
    assert "example.com is not this machine" in caplog.text
    assert "correct-horse" not in caplog.text + repr(list(space.simulator.callbacks.log))


def test_an_https_receiver_is_checked_by_the_authorities_that_are_named(make_space, tmp_path):
    authority, stranger = trustme.CA(), trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    receiver = Receiver()
    for number, trusted in enumerate((authority, stranger)):
        file = tmp_path / f"{number}.pem"
        trusted.cert_pem.write_to_path(str(file))
        space = make_space(ca_file=str(file))
        with on_a_port(receiver, context) as url:
            space.dial(status_url=f"{url}/status", status_events=["created"])
            space.simulator.advance(60)
        (sent,) = space.simulator.callbacks.log
        if trusted is authority:
            assert sent.delivered
        else:
            assert "SSLError" in sent.problem
    assert len(receiver.requests) == 1


def test_a_route_is_of_one_origin_and_below_one_path(space):
    receiver = Receiver()
    space.simulator.callbacks.route("https://desk.test/app/", receiver)
    reached = "https://desk.test/app/status", "https://desk.test:443/app"
    others = "https://desk.test/apple", "http://desk.test/app/x", "https://desk.test.evil.test/app/"
    for url in (*reached, *others):
        space.dial(status_url=url, status_events=["created"])
    space.simulator.deliver()
    assert [(request.root_path, request.path) for request in receiver.requests] == [
        ("/app", "/status"),
        ("/app", "/"),
    ]
    for wrong in ("desk.test", "ftp://desk.test", "https://", "http://[::1"):
        with pytest.raises(ValueError, match="http"):
            space.simulator.callbacks.route(wrong, receiver)


# -- failures --------------------------------------------------------------------------------------


def test_a_receiver_that_fails_gets_it_again(space, receiver):
    receiver.answers = [503, 500]
    space.dial(status_url=STATUS, status_events=["created"])
    space.simulator.advance(0.5)
    assert log(space) == []
    space.simulator.advance(60)
    assert log(space) == [("created", 200, 3)]
    assert receiver.bodies[0] == receiver.bodies[1] == receiver.bodies[2]


def test_in_the_end_it_is_given_up(space, receiver, caplog):
    receiver.answers = [503] * 99
    space.dial(status_url=STATUS, status_events=["created"])
    space.simulator.advance(600)
    assert log(space) == [("created", 503, 4)]
    [entry] = space.simulator.callbacks.log
    assert not entry.delivered
    assert "503" in entry.problem
    assert "503" in caplog.text


@pytest.mark.parametrize("status", [400, 403, 404, 302])
def test_what_is_refused_is_not_sent_again(space, receiver, status):
    receiver.answers = [status]
    space.dial(status_url=STATUS, status_events=["created"])
    space.simulator.advance(600)
    assert log(space) == [("created", status, 1)]


def test_nobody_listens_and_others_get_theirs(space, receiver):
    with on_a_port(Receiver()) as url:
        pass  # the port is free again
    space.dial(status_url=url, status_events=["created"])
    space.dial(status_url=STATUS, status_events=["created"])
    space.simulator.advance(600)
    assert sorted(log(space), key=str) == [("created", 200, 1), ("created", None, 4)]


def test_an_application_that_crashes_is_a_receiver_that_fails(space):
    def app(environ, start_response):
        raise RuntimeError("+34911234567")

    space.simulator.callbacks.route(HOST, app)
    space.dial(status_url=STATUS, status_events=["created"])
    space.simulator.advance(600)
    [entry] = space.simulator.callbacks.log
    assert (entry.attempts, entry.problem) == (4, "the application raised RuntimeError")


# -- disturbances ----------------------------------------------------------------------------------


def disturbed(**how):
    receiver = Receiver()
    simulator = Simulator(clock=ManualClock())
    simulator.callbacks.route(HOST, receiver)
    simulator.callbacks.disturb(**how)
    call = simulator.inbound(from_="+1", to="+2")
    for number in range(100):
        params = {"control_id": f"op-{number:03}", "status_url": STATUS}
        call.start_operation("transcribe", f"op-{number:03}", params).finish()
        call.start_operation("tap", f"op-{number:03}", {**params, "tap": {}, "device": {}})
        simulator.advance(0.1)
    began = simulator.clock.now()
    simulator.advance(60)
    told = [body["params"]["control_id"] for body in receiver.bodies if "tap" in body["params"]]
    return told, receiver, began


ORDERED = [f"op-{number:03}" for number in range(100)]


def test_a_good_line_keeps_the_order():
    assert disturbed()[0] == ORDERED


def test_everything_is_lost():
    told, receiver, _ = disturbed(lost=1)
    assert receiver.bodies == []
    assert told == []


def test_everything_comes_twice():
    told, _, _ = disturbed(duplicated=1)
    assert sorted(told) == sorted(ORDERED * 2)


def test_some_overtake_others():
    told, _, _ = disturbed(reordered=0.2, seed=5)
    assert sorted(told) == ORDERED
    assert told != ORDERED


def test_a_delay_keeps_the_order():
    told, receiver, began = disturbed(delay=10)
    assert told == ORDERED
    assert began  # none of the last had come by then
    assert len(receiver.bodies) == 200


def test_a_seed_befalls_the_same_callbacks():
    how = {"lost": 0.3, "duplicated": 0.3, "reordered": 0.3}
    assert disturbed(**how, seed=1)[0] == disturbed(**how, seed=1)[0]
    assert disturbed(**how, seed=1)[0] != disturbed(**how, seed=2)[0]


def test_what_was_lost_is_in_the_log(space, receiver):
    space.simulator.callbacks.disturb(lost=1)
    space.dial(status_url=STATUS, status_events=["created"])
    space.simulator.callbacks.disturb()
    space.dial(status_url=STATUS, status_events=["created"])
    space.simulator.deliver()
    assert log(space) == [("created", None, 0), ("created", 200, 1)]


@pytest.mark.parametrize("how", [{"lost": 2}, {"delay": -1}, {"duplicated": True}, {"lost": "x"}])
def test_disturbances_that_cannot_be(space, how):
    with pytest.raises(ValueError, match=f"{next(iter(how))}=.*expected"):
        space.simulator.callbacks.disturb(**how)
