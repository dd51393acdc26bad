"""What misbehaving plugins, servers, logs and callers must not be able to do."""

from __future__ import annotations

import copy
import logging
import pickle
from collections.abc import Callable, Generator
from typing import Any

import pytest
from flask import Flask

from flask_signalwire import (
    CallLeg,
    Command,
    CommandRejected,
    CommandSpec,
    PayloadSchema,
    fields,
    hookimpl,
    scrub,
    signals,
)
from flask_signalwire.commands import CommandTable
from flask_signalwire.exceptions import (
    CommandError,
    ConfigurationError,
    NotFound,
    PayloadError,
    PluginError,
    RateLimited,
    SignalWireError,
    TransportError,
    UnreadableAnswer,
)
from tests.test_pipeline import Diary

NUMBERS = {"from_": "+12025550100", "to": "+34911234567", "url": "https://e.org/swml"}


def _received(app: Flask) -> list[str]:
    return [entry.command for entry in app.extensions["signalwire"].simulator.journal]


# -- outcomes -----------------------------------------------------------------------------------


def test_a_number_as_a_key_changes_no_outcome(make_app: Callable[..., Flask]) -> None:
    swml = {"version": "1.0.0", "sections": {"main": [{"set": {"34911234567": "a text"}}]}}
    app = make_app(space="127.0.0.1:9", project_id="p", api_token="token", retries=0)
    with pytest.raises(TransportError) as caught:
        app.extensions["signalwire"].calling.dial(from_="+1", to="+2", swml=swml)
    assert caught.value.outcome == "not_sent"


def test_a_lost_failure_is_not_called_accepted(make_app: Callable[..., Flask]) -> None:
    class Loses:
        @hookimpl(wrapper=True)
        def signalwire_send_command(self, command: Command) -> Generator[None, CallLeg, Any]:
            try:
                return (yield)
            except CommandError:
                return None

    calling = make_app(Loses).extensions["signalwire"].calling
    with pytest.raises(PluginError) as caught:
        calling.end("9d2f0c1e-5c58-4c0c-8d9c-6a8f3b0f2a11")
    assert (caught.value.outcome, caught.value.plugin) == ("refused", "Loses")
    assert isinstance(caught.value.__cause__, NotFound)
    assert "accepted" not in str(caught.value)


def test_an_interruption_after_the_answer_keeps_the_leg(
    make_app: Callable[..., Flask],
) -> None:
    class Interrupts:
        @hookimpl(wrapper=True)
        def signalwire_send_command(self, command: Command) -> Generator[None, CallLeg, Any]:
            yield
            raise KeyboardInterrupt

    diary = Diary()
    app = make_app(diary, Interrupts)
    with pytest.raises(KeyboardInterrupt):
        app.extensions["signalwire"].calling.dial(**NUMBERS)
    error, _ = diary.failure()
    assert isinstance(error, PluginError)
    assert error.outcome == "accepted"
    assert error.leg is not None


def test_an_interruption_before_the_sender_is_asked_was_not_sent(app: Flask) -> None:
    def interrupt(sender: Flask, **given: Any) -> None:
        raise KeyboardInterrupt

    outcomes: list[str] = []

    def failed(sender: Flask, error: CommandError, **given: Any) -> None:
        outcomes.append(error.outcome)

    with (
        signals.command_failed.connected_to(failed, sender=app),
        signals.command_sending.connected_to(interrupt, sender=app),
        pytest.raises(KeyboardInterrupt),
    ):
        app.extensions["signalwire"].calling.dial(**NUMBERS)
    assert outcomes == ["not_sent"]
    assert _received(app) == []


def test_a_shutdown_in_one_observer_starves_no_other(make_app: Callable[..., Flask]) -> None:
    class ShutsDown:
        @hookimpl(tryfirst=True)
        def signalwire_command_succeeded(self) -> None:
            raise SystemExit

    diary = Diary()
    heard: list[str] = []

    def receive(sender: Flask, **given: Any) -> None:
        heard.append("signal")

    app = make_app(diary, ShutsDown)
    with (
        signals.command_succeeded.connected_to(receive, sender=app),
        pytest.raises(SystemExit),
    ):
        app.extensions["signalwire"].calling.dial(**NUMBERS)
    assert [end[0] for end in diary.ends] == ["succeeded"]
    assert heard == ["signal"]


def test_a_broken_log_undoes_no_call(make_app: Callable[..., Flask]) -> None:
    class Broken(logging.Filter):
        def filter(self, record: logging.LogRecord) -> bool:
            raise RuntimeError("the log is broken")

    broken = Broken()
    logger = logging.getLogger("flask_signalwire.command")
    logger.addFilter(broken)
    logger.setLevel(logging.INFO)
    diary = Diary()
    try:
        calling = make_app(diary).extensions["signalwire"].calling
        assert calling.dial(**NUMBERS).status == "queued"
        with pytest.raises(PayloadError):
            calling.dial(from_="")
    finally:
        logger.removeFilter(broken)
        logger.setLevel(logging.NOTSET)
    assert [end[0] for end in diary.ends] == ["succeeded", "failed"]


@pytest.mark.parametrize("params", [None, 5, [1], "x"])
def test_params_that_are_no_dict_are_the_plugins_fault(
    make_app: Callable[..., Flask], params: Any
) -> None:
    class Careless:
        @hookimpl
        def signalwire_prepare_command(self, command: Command) -> Command:
            return command.replace(params=params)

    with pytest.raises(PluginError, match="Careless made params of a") as caught:
        make_app(Careless).extensions["signalwire"].calling.dial(**NUMBERS)
    assert caught.value.outcome == "not_sent"


def test_a_schema_of_a_plugin_that_crashes_is_no_mystery(make_app: Callable[..., Flask]) -> None:
    class Crashing(PayloadSchema):
        text = fields.Text()

        def between(self, payload: Any) -> dict[str, list[str]]:
            raise KeyError("mine")

    class Adds:
        @hookimpl
        def signalwire_register_commands(self) -> list[CommandSpec]:
            return [CommandSpec("calling.x", "x", Crashing, False, "X.")]

    calling = make_app(Adds).extensions["signalwire"].calling
    with pytest.raises(PluginError, match="x crashed on KeyError at validate") as caught:
        calling.send("calling.x", params={"text": "a"})
    assert caught.value.outcome == "not_sent"
    assert "Crashing" in caught.value.plugin


def test_an_error_that_can_not_be_printed_is_an_error_all_the_same(
    make_app: Callable[..., Flask],
) -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise TypeError

    class Crashes:
        @hookimpl
        def signalwire_authorize_command(self) -> None:
            raise Mute

    with pytest.raises(PluginError, match="Mute: <Mute>"):
        make_app(Crashes).extensions["signalwire"].calling.dial(**NUMBERS)


def test_a_veto_may_name_its_command_and_may_be_raised_again(
    make_app: Callable[..., Flask],
) -> None:
    closed = CommandRejected("closed")

    class Policy:
        @hookimpl
        def signalwire_authorize_command(self, command: Command) -> None:
            if command.name == "dial":
                raise closed
            raise CommandRejected("no", command=command)

    calling = make_app(Policy).extensions["signalwire"].calling
    for _ in range(2):
        with pytest.raises(CommandRejected, match="closed") as caught:
            calling.dial(**NUMBERS)
        assert caught.value.plugin == "Policy"
    assert closed.command is None
    with pytest.raises(CommandRejected, match="no"):
        calling.end("9d2f0c1e-5c58-4c0c-8d9c-6a8f3b0f2a11")


def test_no_observer_sees_what_another_one_did_to_the_leg(make_app: Callable[..., Flask]) -> None:
    class Meddles:
        @hookimpl(tryfirst=True)
        def signalwire_command_succeeded(self, leg: CallLeg) -> None:
            leg["charge_details"].append("x")
            leg["id"] = None

    diary = Diary()
    leg = make_app(diary, Meddles).extensions["signalwire"].calling.dial(**NUMBERS)
    assert diary.ends[0][2] == leg
    assert leg["charge_details"] == []


def test_a_dry_run_asks_no_other_sender(make_app: Callable[..., Flask]) -> None:
    class Sends:
        @hookimpl(tryfirst=True)
        def signalwire_send_command(self, command: Command) -> CallLeg:
            raise AssertionError("sent")

    leg = make_app(Sends, dry_run=True).extensions["signalwire"].calling.dial(**NUMBERS)
    assert leg.dry_run


def test_the_deadline_covers_what_plugins_take(make_app: Callable[..., Flask]) -> None:
    import time

    class Slow:
        @hookimpl
        def signalwire_prepare_command(self, command: Command) -> None:
            time.sleep(0.05)

    app = make_app(Slow)
    with pytest.raises(TransportError, match="its deadline has passed") as caught:
        app.extensions["signalwire"].calling.dial(**NUMBERS, deadline=0.01)
    assert caught.value.outcome == "not_sent"
    assert _received(app) == []


# -- plugins that are broken --------------------------------------------------------------------


def test_a_wrapper_without_a_yield_is_found_at_once(make_app: Callable[..., Flask]) -> None:
    class Forgot:
        @hookimpl(wrapper=True)
        def signalwire_send_command(self, command: Command) -> None:
            return None

    with pytest.raises(ConfigurationError, match="is a wrapper without a yield"):
        make_app(Forgot)


def test_a_plugin_may_be_called_pipeline_or_nothing(make_app: Callable[..., Flask]) -> None:
    class Policy:
        name = "pipeline"

        @hookimpl
        def signalwire_authorize_command(self) -> None: ...

    class Nameless(Policy):
        name = ""

    names = {info.name for info in make_app(Policy, Nameless).extensions["signalwire"].plugins}
    assert {"pipeline", "Nameless"} <= names


def test_one_object_is_one_plugin(make_app: Callable[..., Flask]) -> None:
    class Policy:
        name = "one"

        @hookimpl
        def signalwire_authorize_command(self) -> None: ...

    policy = Policy()
    other = lambda: policy  # noqa: E731  # a factory with a name of its own
    other.__name__ = "two"
    policy.name = "one"
    with pytest.raises(ConfigurationError, match="one"):
        make_app(policy, other)


def test_a_plugin_that_was_taken_out_leaves_no_commands(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    import flask_signalwire.plugins.manager as manager

    class Broken:
        @hookimpl
        def signalwire_register_commands(self) -> list[CommandSpec]:
            return [CommandSpec("calling.x", "x", PayloadSchema, False, "X.")]

        @hookimpl
        def signalwire_setup(self) -> None:
            raise SystemExit(1)

    class Entry:
        name = "broken"
        dist = None

        def load(self) -> Any:
            return Broken

    monkeypatch.setattr(manager, "entry_points", lambda group: [Entry()])
    client = make_app().extensions["signalwire"]
    assert client.plugins["broken"].status == "broken"
    assert "calling.x" not in client.commands


# -- what leaves the process --------------------------------------------------------------------


def test_a_returned_verdict_is_not_printed(
    make_app: Callable[..., Flask], log: pytest.LogCaptureFixture
) -> None:
    class Policy:
        @hookimpl
        def signalwire_authorize_command(self, command: Command) -> Any:
            return command.params

    with pytest.raises(PluginError) as caught:
        make_app(Policy).extensions["signalwire"].calling.dial(**NUMBERS, password="hunter2x")
    assert "hunter2x" not in f"{caught.value} {log.text}"


def test_what_a_service_answers_forges_no_log_line(
    make_app: Callable[..., Flask], log: pytest.LogCaptureFixture
) -> None:
    class Answers:
        @hookimpl
        def signalwire_send_command(self, command: Command) -> CallLeg:
            return CallLeg({"id": "x", "status": "x\nFAKE +34911234567 https://u:p4ss@h"})

    make_app(Answers).extensions["signalwire"].calling.dial(**NUMBERS)
    (line,) = [record.getMessage() for record in log.records if "accepted" in record.getMessage()]
    assert "\n" not in line
    assert "911234567" not in line
    assert "p4ss" not in line


@pytest.mark.parametrize(
    "url",
    ["https://u:p@ssW0rd@h.org/x", "https://u:pa/ssW0rd@h.org", "https://u:pa#ssW0rd@h.org/y"],
)
def test_a_password_with_signs_in_it_is_masked_whole(url: str) -> None:
    assert "ssW0rd" not in scrub(f"see {url} now")


def test_misspelt_secrets_and_values_of_headers_are_masked() -> None:
    command = Command(
        CommandTable()["dial"],
        None,
        {
            "pasword": "hunter2x",
            "headers": [{"name": "Authorization", "value": "Bearer zzz9"}, "hunter3x"],
            "privateKey": "hunter4x",
        },
    )
    text = repr(command)
    for secret in ("hunter2x", "zzz9", "hunter3x", "hunter4x"):
        assert secret not in text
    assert "Authorization" in text


def test_a_number_in_the_place_of_an_id_is_masked(app: Flask) -> None:
    calling = app.extensions["signalwire"].calling
    with pytest.raises(PayloadError) as caught:
        calling.end("+34911234567")
    text = f"{caught.value!r} {caught.value.command!r} {calling.call('+34911234567')!r}"
    assert "911234567" not in text


# -- pickling and copying -----------------------------------------------------------------------


def _errors() -> list[SignalWireError]:
    command = Command(CommandTable()["dial"], None, {"password": "hunter2x"})
    leg = CallLeg({"id": "x"}, command=command)
    return [
        RateLimited("slow", status=429, retry_after=2.0, body={"error": "x"}, command=command),
        UnreadableAnswer("what", status=200, request_id="r"),
        PluginError("crash", plugin="p", hook="h", leg=leg, outcome="accepted", command=command),
        PayloadError({"to": ["missing"]}, name="dial", command=command),
        CommandRejected("no", command=command, plugin="p"),
        ConfigurationError("bad", [("KEY", "is wrong")]),
    ]


@pytest.mark.parametrize("error", _errors(), ids=lambda error: type(error).__name__)
def test_errors_survive_pickling_and_copying_without_their_command(error: SignalWireError) -> None:
    pickled = pickle.dumps(error)
    assert b"hunter2x" not in pickled
    for again in (pickle.loads(pickled), copy.copy(error)):
        assert type(again) is type(error)
        assert str(again) == str(error)
        kept = {k: v for k, v in error.__dict__.items() if k != "command"}
        assert {k: v for k, v in again.__dict__.items() if k != "command"} == kept
        assert getattr(again, "command", None) is None
        assert getattr(again, "outcome", None) == getattr(error, "outcome", None)


def test_a_leg_is_copied_with_its_command() -> None:
    command = Command(CommandTable()["dial"], None, {})
    leg = CallLeg({"id": "x", "list": [1], "__html__": 1}, command=command, request_id="r")
    again = copy.copy(leg)
    assert (again, again.command, again.request_id) == (leg, command, "r")
    assert again["list"] is not leg["list"]
    assert not hasattr(leg, "__html__")
    assert hash(command) == hash(command)
