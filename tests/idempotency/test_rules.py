"""One key, one call: what each end of the first attempt means for the next one."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Generator
from typing import Any

import pytest
from flask import Flask

from flask_signalwire import CallLeg, Command, CommandRejected, hookimpl, signals
from flask_signalwire.exceptions import (
    IdempotencyConflict,
    OutcomeUnknown,
    PluginError,
    ServerError,
    TransportError,
    Unprocessable,
    UnreadableAnswer,
)

from ..transport.servers import Server, answer, hangs, raw, reads_and_resets, replies
from .conftest import dial, received


def _conflict(app: Flask, reason: str, **given: Any) -> IdempotencyConflict:
    """Dial again, and be told why not."""
    with pytest.raises(IdempotencyConflict) as caught:
        dial(app, **given)
    error = caught.value
    assert (error.reason, error.outcome) == (reason, "not_sent")
    assert error.command is not None
    assert error.first_command_id in str(error)
    assert error.first_command_id != error.command.id
    return error


def _store(app: Flask) -> Any:
    return app.extensions["signalwire"]._idempotency


# -- answered -------------------------------------------------------------------------------------


def test_the_same_key_gives_the_first_leg(app: Flask, log: pytest.LogCaptureFixture) -> None:
    first = dial(app)
    again = dial(app)
    assert received(app) == ["dial"]
    assert again == first
    assert (first.replayed, again.replayed) == (False, True)
    assert again.command is not None
    assert again.command_id != first.command_id
    assert f"command {again.command_id} dial not sent (replayed)" in log.text
    assert f"its idempotency key was answered: command {first.command_id}" in log.text


def test_the_leg_is_what_it_was_then(app: Flask) -> None:
    first = dial(app)
    app.extensions["signalwire"].simulator.calls[first.id].ring()
    assert dial(app).status == first.status == "queued"


def test_what_a_caller_does_to_its_leg_is_not_what_the_next_one_gets(app: Flask) -> None:
    before = dict(leg := dial(app))
    leg.clear()
    assert dial(app) == before


def test_the_services_id_of_the_request_is_kept(serve: Any, desk: Any) -> None:
    app = desk(serve(replies(X_Request_Id="r-1")))
    assert dial(app).request_id == dial(app).request_id == "r-1"


def test_wrappers_observers_and_receivers_see_a_replay_and_can_tell(
    make_app: Callable[..., Flask],
) -> None:
    seen: list[Any] = []

    class Watching:
        @hookimpl(wrapper=True)
        def signalwire_send_command(self, command: Command) -> Generator[None, CallLeg, CallLeg]:
            leg = yield
            seen.append(("wrapper", leg.replayed))
            return leg

        @hookimpl
        def signalwire_command_succeeded(self, leg: CallLeg) -> None:
            seen.append(("observer", leg.replayed))

    app = make_app(Watching)

    def receive(sender: Flask, command: Command, leg: CallLeg) -> None:
        seen.append(("receiver", leg.replayed))

    with signals.command_succeeded.connected_to(receive, sender=app):
        dial(app)
        dial(app)
    assert seen[3:] == [("wrapper", True), ("observer", True), ("receiver", True)]
    assert not any(replayed for _, replayed in seen[:3])


def test_a_plugin_that_sends_by_itself_is_asked_once(make_app: Callable[..., Flask]) -> None:
    sent: list[str] = []

    class Sending:
        @hookimpl(tryfirst=True)
        def signalwire_send_command(self, command: Command) -> CallLeg:
            sent.append(command.id)
            return CallLeg({"id": "made"})

    app = make_app(Sending)
    assert dial(app).id == dial(app).id == "made"
    assert len(sent) == 1


def test_other_params_are_not_answered_with_the_first_leg(
    app: Flask, log: pytest.LogCaptureFixture
) -> None:
    first = dial(app)
    error = _conflict(app, "other_params", to="+34911234568")
    assert error.first_command_id == first.command_id
    assert "a new key for a new call" in str(error)
    assert "911234568" not in str(error) + log.text
    assert received(app) == ["dial"]
    assert dial(app).id == first.id


def test_what_differs_in_spelling_alone_is_the_same(app: Flask) -> None:
    variables = {"a": "1", "b": "2"}
    first = dial(app, custom_variables=variables, context={"user": 1}, deadline=9)
    again = dial(app, custom_variables=dict(reversed(variables.items())), context={"user": 2})
    assert again.id == first.id


def test_what_plugins_choose_tells_dials_apart(make_app: Callable[..., Flask]) -> None:
    class Choosing:
        @hookimpl
        def signalwire_prepare_command(self, command: Command) -> Command:
            return command.with_param("to", command.context["number"])

    app = make_app(Choosing)
    dial(app, context={"number": "+34911234567"})
    _conflict(app, "other_params", context={"number": "+34911234568"})


def test_a_status_url_that_a_plugin_signs_anew_is_no_other_param(
    make_app: Callable[..., Flask],
) -> None:
    class Signing:
        @hookimpl
        def signalwire_prepare_command(self, command: Command) -> Command | None:
            if command.param("status_url"):
                return None
            return command.with_param("status_url", f"https://e.org/{command.id}")

    app = make_app(Signing)
    assert dial(app).id == dial(app).id
    _conflict(app, "other_params", status_url="https://e.org/mine")


def test_a_key_belongs_to_a_project(make_app: Callable[..., Flask]) -> None:
    eu = {"project_id": "eu"}
    app = make_app(project_id="us", accounts={"eu": eu, "too": {"project_id": "us"}})
    client = app.extensions["signalwire"]
    first = dial(app)
    numbers = {"from_": "+12025550100", "to": "+34911234567", "url": "https://e.org/swml"}
    other = client.account("eu").calling.dial(**numbers, idempotency_key="order-42")
    assert other.id != first.id
    same = client.account("too").calling.dial(**numbers, idempotency_key="order-42")
    assert same.id == first.id


# -- refused, not sent: the key is free again -----------------------------------------------------


def test_after_a_refusal_the_key_is_free(serve: Any, desk: Any) -> None:
    server = serve(replies({"errors": []}, "422 Unprocessable Entity"))
    app = desk(server)
    with pytest.raises(Unprocessable):
        dial(app)
    assert len(_store(app)) == 0
    leg = dial(app, to="+34911234568")  # and may be used for something else
    assert not leg.replayed
    assert server.commands == ["dial", "dial"]


def test_after_a_refused_connection_the_key_is_free(serve: Any, desk: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    app = desk(f"127.0.0.1:{port}")
    with pytest.raises(TransportError) as caught:
        dial(app)
    assert caught.value.outcome == "not_sent"
    server = serve(port=port)
    assert not dial(app).replayed
    assert server.commands == ["dial"]


def test_a_veto_reserves_nothing(make_app: Callable[..., Flask]) -> None:
    closed = [True, True]

    class Office:
        @hookimpl
        def signalwire_authorize_command(self) -> None:
            if closed[0]:
                raise CommandRejected("closed")

    class Breaker:
        @hookimpl(wrapper=True)
        def signalwire_send_command(self) -> Generator[None, CallLeg, CallLeg]:
            if closed[1]:
                raise CommandRejected("open circuit")
            return (yield)

    app = make_app(Office, Breaker)
    for number in range(2):
        with pytest.raises(CommandRejected):
            dial(app)
        assert len(_store(app)) == 0
        closed[number] = False
    assert not dial(app).replayed


def test_dry_runs_reserve_nothing(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    assert dial(app, dry_run=True).dry_run
    assert len(_store(app)) == 0
    assert not dial(app).replayed
    app = make_app(dry_run=True)
    assert dial(app).id != dial(app).id


def test_a_leg_that_a_plugin_calls_a_dry_run_frees_the_key(make_app: Callable[..., Flask]) -> None:
    class Rehearsing:
        @hookimpl
        def signalwire_send_command(self, command: Command) -> CallLeg:
            return CallLeg({"id": command.id}, dry_run=True)

    app = make_app(Rehearsing)
    assert dial(app).id != dial(app).id


# -- nobody knows: the key is kept ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (hangs(), OutcomeUnknown),
        (hangs(answer()[:-5]), OutcomeUnknown),
        (reads_and_resets, OutcomeUnknown),
        (replies({"error": "x"}, "500 Internal Server Error"), ServerError),
        (replies({"error": "x"}, "503 Service Unavailable", Retry_After="0"), ServerError),
        (replies(b"no leg"), UnreadableAnswer),
        (raw(b"HTTP/1.1 "), OutcomeUnknown),
    ],
)
def test_after_an_unknown_outcome_the_key_never_dials_again(
    serve: Any, desk: Any, script: Any, error: type[Exception]
) -> None:
    server: Server = serve(script)
    app = desk(server, timeout=0.5, retries=2)
    with pytest.raises(error) as caught:
        dial(app)
    assert caught.value.outcome in ("unknown", "accepted")  # type: ignore[attr-defined]
    for _ in range(2):
        conflict = _conflict(app, "unknown_outcome")
        assert conflict.first_command_id == caught.value.command.id  # type: ignore[attr-defined]
    _conflict(app, "other_params", to="+34911234568")
    assert server.commands == ["dial"]


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
def test_an_interruption_is_an_unknown_outcome(
    make_app: Callable[..., Flask], interruption: type[BaseException]
) -> None:
    class Interrupted:
        @hookimpl
        def signalwire_send_command(self) -> CallLeg:
            raise interruption

    app = make_app(Interrupted)
    with pytest.raises(interruption):
        dial(app)
    _conflict(app, "unknown_outcome")


def test_an_interruption_before_the_store_answered_frees_the_key(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = _store(app)
    reserve = store.reserve

    def interrupted(*given: Any) -> None:
        reserve(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store, "reserve", interrupted)
        with pytest.raises(KeyboardInterrupt):
            dial(app)
    assert not dial(app).replayed
    assert received(app) == ["dial"]


def test_a_wrapper_that_crashes_after_the_answer_leaves_the_leg(
    make_app: Callable[..., Flask],
) -> None:
    class Crashing:
        @hookimpl(wrapper=True)
        def signalwire_send_command(self) -> Generator[None, CallLeg, CallLeg]:
            leg = yield
            if not leg.replayed:
                raise ZeroDivisionError
            return leg

    app = make_app(Crashing)
    with pytest.raises(PluginError) as caught:
        dial(app)
    assert caught.value.leg is not None
    assert dial(app).id == caught.value.leg.id
    assert received(app) == ["dial"]


def test_another_observers_crash_keeps_nothing_from_being_written_down(
    make_app: Callable[..., Flask],
) -> None:
    class Crashing:
        @hookimpl(tryfirst=True)
        def signalwire_command_succeeded(self) -> None:
            raise ZeroDivisionError

    app = make_app(Crashing)
    assert dial(app).id == dial(app).id


def test_an_observer_that_dials_again_gets_the_leg(make_app: Callable[..., Flask]) -> None:
    """It is written down before anybody hears of it."""
    found: list[CallLeg] = []

    class Again:
        @hookimpl(tryfirst=True)
        def signalwire_command_succeeded(self, leg: CallLeg) -> None:
            if not leg.replayed:
                found.append(dial(app))

    app = make_app(Again)
    assert [dial(app)] == found
    assert found[0].replayed
    assert received(app) == ["dial"]


# -- in progress ----------------------------------------------------------------------------------


def test_while_the_first_is_sent_the_second_is_told_so(make_app: Callable[..., Flask]) -> None:
    entered, leave = threading.Event(), threading.Event()

    class Slow:
        @hookimpl
        def signalwire_send_command(self, command: Command) -> None:
            entered.set()
            assert leave.wait(10)

    app = make_app(Slow)
    first: list[CallLeg] = []
    thread = threading.Thread(target=lambda: first.append(dial(app)))
    thread.start()
    assert entered.wait(10)
    error = _conflict(app, "in_progress")
    assert " UTC, and has not ended" in str(error)
    _conflict(app, "other_params", to="+34911234568")
    leave.set()
    thread.join(10)
    assert dial(app).id == first[0].id
    assert error.first_command_id == first[0].command_id


def test_fifty_threads_with_one_key_make_one_call(serve: Any, desk: Any) -> None:
    server: Server = serve()
    app = desk(server)
    start = threading.Barrier(50)
    ends: list[Any] = []

    def work() -> None:
        start.wait(10)
        try:
            ends.append(dial(app))
        except IdempotencyConflict as error:
            ends.append(error.reason)

    threads = [threading.Thread(target=work) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert server.commands == ["dial"]
    legs = [end for end in ends if isinstance(end, CallLeg)]
    assert len(ends) == 50
    assert [leg.replayed for leg in legs].count(False) == 1
    assert len({leg.id for leg in legs}) == 1
    assert {end for end in ends if isinstance(end, str)} <= {"in_progress"}
