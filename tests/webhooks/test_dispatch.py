"""Who gets an event, in which order, and what a failure of one means for the others."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from typing import Any

import pytest
from flask import Flask, current_app, g, request

from flask_signalwire import SignalWire, current_signalwire, events, hookimpl, signals

from .conftest import CALL, Seen, call_state, post, utterance, webhooks


@pytest.fixture
def signalwire() -> SignalWire:
    return SignalWire()


@pytest.fixture
def app(signalwire: SignalWire) -> Any:
    app = Flask("desk")
    app.testing = True
    app.config.update(
        SIGNALWIRE_SPACE="simulator", SIGNALWIRE_PLUGINS_BLOCKED=["audit", "autolang"]
    )
    signalwire.init_app(app)
    yield app
    app.extensions["signalwire"].close()


# -- handlers -------------------------------------------------------------------------------------


def test_a_handler_gets_the_kinds_that_it_asked_for(app: Flask, signalwire: SignalWire) -> None:
    got: dict[str, list[str]] = {"states": [], "two": [], "all": []}

    @signalwire.on(events.CallState)
    def states(event: events.CallState) -> None:
        got["states"].append(event.kind)

    @signalwire.on(events.CallState, events.Utterance)
    def two(event: events.Event) -> None:
        got["two"].append(event.kind)

    @signalwire.on(events.Event)
    def everything(event: events.Event) -> None:
        got["all"].append(event.kind)

    post(app, call_state())
    post(app, utterance(), purpose="live")
    post(app, {"something": "new"}, purpose="sidecar")
    assert got == {
        "states": ["call_state"],
        "two": ["call_state", "utterance"],
        "all": ["call_state", "utterance", "unknown_event"],
    }


def test_a_local_function_is_held_strongly_and_may_come_late(
    app: Flask, signalwire: SignalWire
) -> None:
    got: list[str] = []

    def connect() -> None:
        @signalwire.on(events.CallState)
        def local(event: events.CallState) -> None:
            got.append("local")

    post(app, call_state(at=1))
    connect()
    post(app, call_state(at=2))
    assert got == ["local"]


def test_handlers_are_called_in_the_order_of_their_registration(
    app: Flask, signalwire: SignalWire
) -> None:
    got: list[int] = []
    for number in range(3):
        signalwire.on(events.CallState)(lambda event, number=number: got.append(number))
    post(app, call_state())
    assert got == [0, 1, 2]


def test_the_decorator_leaves_the_function_as_it_is(signalwire: SignalWire) -> None:
    def handle(event: events.Event) -> None: ...

    assert signalwire.on(events.Dial)(handle) is handle


@pytest.mark.parametrize("kinds", [(), ("utterance",), (str,), (events.Utterance, None)])
def test_what_is_no_kind_of_event_is_refused(signalwire: SignalWire, kinds: Any) -> None:
    with pytest.raises(TypeError, match=r"events\.Utterance"):
        signalwire.on(*kinds)


def test_what_can_not_be_called_is_refused(signalwire: SignalWire) -> None:
    with pytest.raises(TypeError, match="can't be called"):
        signalwire.on(events.Event)("handle")  # type: ignore[type-var]


def nothing() -> None: ...


def two(app: Any, event: Any) -> None: ...


def named(*, event: Any) -> None: ...


class Desk:
    def heard(self, event: Any) -> None: ...

    def __call__(self) -> None: ...


@pytest.mark.parametrize("handler", [nothing, two, named, Desk.heard, Desk()])
def test_a_handler_that_can_t_be_called_with_an_event_is_refused_at_once(handler: Any) -> None:
    with pytest.raises(TypeError, match=r"can't be called with an event .*expected one argument"):
        SignalWire().on(events.CallState)(handler)


def several(event: Any, more: int = 1, **rest: Any) -> None: ...


def any_number(*given: Any) -> None: ...


@pytest.mark.parametrize(
    # Of some functions in C nobody knows what they take.
    "handler",
    [several, any_number, Desk().heard, [].append, print, min, partial(two, "app")],
)
def test_whatever_takes_one_argument_is_a_handler(handler: Any) -> None:
    assert SignalWire().on(events.CallState)(handler) == handler


def test_several_kinds_in_a_list_are_told_to_come_without() -> None:
    with pytest.raises(TypeError, match=r"several without a list: on\(A, B\)"):
        SignalWire().on([events.CallState, events.Dial])  # type: ignore[arg-type]


def test_one_extension_serves_two_apps(app: Flask, signalwire: SignalWire) -> None:
    got: list[str] = []

    @signalwire.on(events.CallState)
    def handle(event: events.CallState) -> None:
        got.append(current_app.name)

    other = Flask("other")
    other.config.update(app.config)
    signalwire.init_app(other)
    for each in (app, other):
        post(each, call_state())
    assert got == ["desk", "other"]
    other.extensions["signalwire"].close()


def test_coroutines_run_to_their_end(app: Flask, signalwire: SignalWire) -> None:
    got: list[str] = []

    @signalwire.on(events.CallState)
    async def handle(event: events.CallState) -> None:
        await asyncio.sleep(0)
        got.append(f"handler in {current_app.name}")

    @signals.call_state_received.connect_via(app)
    async def receive(sender: Flask, event: events.CallState, **extra: Any) -> None:
        await asyncio.sleep(0)
        got.append("receiver")

    post(app, call_state())
    assert got == ["handler in desk", "receiver"]


def test_handlers_run_in_the_context_of_the_request(app: Flask, signalwire: SignalWire) -> None:
    got: list[Any] = []

    @app.before_request
    def mark() -> None:
        g.mark = 42

    @signalwire.on(events.CallState)
    def handle(event: events.CallState) -> None:
        got.append((g.mark, request.endpoint, current_signalwire.webhooks.counts.received))

    post(app, call_state())
    assert got == [(42, "signalwire.calls", 1)]


def test_a_payload_that_was_received_elsewhere_gets_a_context(
    app: Flask, signalwire: SignalWire
) -> None:
    got: list[str] = []

    @signalwire.on(events.CallState)
    def handle(event: events.CallState) -> None:
        got.append(current_app.name)

    (receipt,) = webhooks(app).receive(call_state(), purpose="calls")
    with Flask("another").app_context():
        webhooks(app).receive(call_state(at=2), purpose="calls")
    assert got == ["desk", "desk"]
    assert receipt.outcome == "delivered"
    assert not receipt.event.known


# -- failures -------------------------------------------------------------------------------------


def test_one_that_raises_starves_nobody(make_app: Any, log: pytest.LogCaptureFixture) -> None:
    class Broken:
        @hookimpl
        def signalwire_event_received(self, event: events.Event) -> None:
            raise RuntimeError("call +34911234567 back")

    last = Seen()
    app = make_app(last, Broken)  # the last one is called first
    heard: list[str] = []
    failures: list[tuple[str, str, str]] = []

    @signals.event_received.connect_via(app)
    def broken(sender: Flask, event: events.Event, **extra: Any) -> None:
        raise KeyError("x")

    @signals.call_state_received.connect_via(app)
    def receive(sender: Flask, event: events.Event, **extra: Any) -> None:
        heard.append(event.kind)

    @signals.plugin_failed.connect_via(app)
    def failed(sender: Flask, plugin: str, hook: str, error: Exception, **extra: Any) -> None:
        failures.append((plugin.rpartition(".")[2], hook, type(error).__name__))

    assert post(app, call_state()).status_code == 200
    assert len(last.events) == 1
    assert heard == ["call_state"]
    assert failures == [
        ("Broken", "signalwire_event_received", "RuntimeError"),
        ("broken", "signalwire-event-received", "KeyError"),
    ]
    kept = app.extensions["signalwire"].plugins.failures
    assert [failure.hook for failure in kept] == [hook for _, hook, _ in failures]
    assert webhooks(app).counts.failed == 1
    assert f"event call_state of call {CALL}: Broken crashed" in log.text
    assert "911234567" not in log.text


def test_a_handler_that_raises_is_named(app: Flask, signalwire: SignalWire) -> None:
    @signalwire.on(events.CallState)
    def breaks(event: events.CallState) -> None:
        raise ValueError("no")

    post(app, call_state())
    (failure,) = app.extensions["signalwire"].plugins.failures
    assert failure.plugin.endswith("breaks")
    assert (failure.hook, type(failure.error)) == ("on", ValueError)


def test_a_receiver_of_failures_that_raises_is_only_logged(
    app: Flask, signalwire: SignalWire, log: pytest.LogCaptureFixture
) -> None:
    @signalwire.on(events.CallState)
    def breaks(event: events.CallState) -> None:
        raise ValueError("no")

    @signals.plugin_failed.connect_via(app)
    def breaks_too(sender: Flask, **extra: Any) -> None:
        raise ValueError("no, no")

    assert post(app, call_state()).status_code == 200
    assert "breaks_too crashed in signalwire-plugin-failed" in log.text


def test_nobody_can_change_an_event_for_the_others(app: Flask, signalwire: SignalWire) -> None:
    @signalwire.on(events.CallState)
    def changes(event: Any) -> None:
        event.raw["params"]["call_state"] = "ended"

    got: list[Any] = []
    signalwire.on(events.CallState)(lambda event: got.append(event.raw["params"]["call_state"]))
    post(app, call_state("answered"))
    assert got == ["answered"]
    assert webhooks(app).counts.failed == 1


def test_two_events_of_one_call_may_be_handled_at_once(app: Flask, signalwire: SignalWire) -> None:
    meet = threading.Barrier(2)

    @signalwire.on(events.CallState)
    def wait(event: events.CallState) -> None:
        meet.wait(10)

    threads = [threading.Thread(target=post, args=(app, call_state(at=at))) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert webhooks(app).counts.failed == 0


def test_every_kind_has_a_signal() -> None:
    kinds = {
        kind
        for kind in vars(events).values()
        if isinstance(kind, type) and issubclass(kind, events.Event) and kind is not events.Event
    }
    assert len(kinds) > 15
    missing = [kind.__name__ for kind in kinds if signals.of_kind(kind.kind) is None]
    assert missing == []


def test_a_payload_and_an_endpoint_that_are_none_are_refused(app: Flask) -> None:
    with pytest.raises(ValueError, match="purpose='operation'; expected one of calls, operations"):
        webhooks(app).receive(call_state(), purpose="operation")
    with pytest.raises(TypeError, match="the payload is a str; expected a dict"):
        webhooks(app).receive("abc")  # type: ignore[arg-type]
    assert webhooks(app).counts.received == 0
