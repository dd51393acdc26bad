"""The path of a command: what each step may do, and how each failure ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask import Flask

from flask_signalwire import CallLeg, Command, CommandRejected, hookimpl, signals
from flask_signalwire.exceptions import (
    CommandError,
    NotFound,
    OutcomeUnknown,
    PayloadError,
    PluginError,
)

NUMBERS = {"from_": "+12025550100", "to": "+34911234567", "url": "https://e.org/swml"}
START = {"start": {"from_lang": "en-US", "to_lang": "es-ES", "direction": ["remote-caller"]}}


@dataclass
class Diary:
    """Observes; every test reads from it how a command ended."""

    ends: list[tuple[Any, ...]] = field(default_factory=list)

    @hookimpl
    def signalwire_command_succeeded(self, command: Command, leg: CallLeg, elapsed: float) -> None:
        self.ends.append(("succeeded", command, leg, elapsed))

    @hookimpl
    def signalwire_command_failed(
        self, command: Command, error: CommandError, stage: str, elapsed: float
    ) -> None:
        self.ends.append(("failed", command, error, stage, elapsed))

    def failure(self) -> tuple[CommandError, str]:
        ((kind, _, error, stage, _),) = self.ends
        assert kind == "failed"
        return error, stage


@pytest.fixture
def diary() -> Diary:
    return Diary()


def _hook(name: str, function: Callable[..., Any], **options: Any) -> Any:
    """A plugin of one hook."""
    function.__name__ = name
    plugin = type(f"Plugin_{name}", (), {name: staticmethod(hookimpl(**options)(function))})()
    plugin.name = "wrapper" if options else f"Plugin_{name}"
    return plugin


def _prepare(function: Callable[[Command], Any]) -> Any:
    return _hook("signalwire_prepare_command", lambda command: function(command))


def _authorize(function: Callable[[Command], Any]) -> Any:
    return _hook("signalwire_authorize_command", lambda command: function(command))


def _raise(error: BaseException) -> Any:
    raise error


def _dial(app: Flask, **options: Any) -> CallLeg:
    return app.extensions["signalwire"].calling.dial(**NUMBERS, **options)


def _received(app: Flask) -> list[str]:
    return [entry.command for entry in app.extensions["signalwire"].simulator.journal]


# -- prepare ------------------------------------------------------------------------------------


def test_each_plugin_sees_what_the_one_before_it_made(
    make_app: Callable[..., Flask], diary: Diary
) -> None:
    class First:
        @hookimpl(tryfirst=True)
        def signalwire_prepare_command(self, command: Command) -> Command:
            return command.with_param("timeout", 10)

    class Second:
        @hookimpl
        def signalwire_prepare_command(self, command: Command) -> Command:
            return command.with_param("timeout", command.param("timeout") + 1)

    app = make_app(diary, First, Second)
    _dial(app)
    assert diary.ends[0][1].param("timeout") == 11


def test_what_plugins_make_is_validated_before_it_is_sent(
    make_app: Callable[..., Flask], diary: Diary
) -> None:
    app = make_app(diary, _prepare(lambda command: command.with_param("timeout", "long")))
    with pytest.raises(PayloadError, match=r"params.timeout"):
        _dial(app)
    assert diary.failure()[1] == "validate"
    assert _received(app) == []


def test_a_plugin_can_mend_what_would_be_invalid(make_app: Callable[..., Flask]) -> None:
    app = make_app(_prepare(lambda command: command.with_param("timeout", 30)))
    assert _dial(app, timeout=9999).status == "queued"


def test_params_are_all_that_a_plugin_can_change(
    make_app: Callable[..., Flask], diary: Diary
) -> None:
    def meddle(command: Command) -> Command:
        return replace(command, id="other", account="other", call_id="x", deadline=0.0001)

    app = make_app(diary, _prepare(meddle))
    leg = _dial(app)
    command = diary.ends[0][1]
    assert leg.command_id == command.id != "other"
    assert (command.account, command.call_id, command.deadline) == ("default", None, None)


@pytest.mark.parametrize("result", [{"to": "+1"}, False, "x"])
def test_anything_but_a_command_stops_it(
    make_app: Callable[..., Flask], diary: Diary, result: Any
) -> None:
    app = make_app(diary, _prepare(lambda command: result))
    with pytest.raises(PluginError, match="expected a Command or None") as caught:
        _dial(app)
    assert (caught.value.outcome, caught.value.hook) == ("not_sent", "signalwire_prepare_command")
    assert _received(app) == []


@pytest.mark.parametrize(("step", "stage"), [(_prepare, "prepare"), (_authorize, "authorize")])
def test_a_crash_before_sending_fails_closed(
    make_app: Callable[..., Flask], diary: Diary, step: Any, stage: str
) -> None:
    crash = ZeroDivisionError("no +34911234567")
    app = make_app(diary, step(lambda command: _raise(crash)))
    with pytest.raises(PluginError) as caught:
        _dial(app)
    error = caught.value
    assert (error.outcome, error.hook) == ("not_sent", f"signalwire_{stage}_command")
    assert error.plugin == f"Plugin_signalwire_{stage}_command"
    assert error.__cause__ is crash
    assert "911234567" not in str(error)
    assert diary.failure() == (error, stage)
    assert _received(app) == []


@pytest.mark.parametrize(("step", "stage"), [(_prepare, "prepare"), (_authorize, "authorize")])
def test_a_veto_stops_it_and_says_who(
    make_app: Callable[..., Flask], diary: Diary, step: Any, stage: str
) -> None:
    app = make_app(diary, step(lambda command: _raise(CommandRejected("office is closed"))))
    with pytest.raises(CommandRejected, match="office is closed") as caught:
        _dial(app)
    assert (caught.value.outcome, caught.value.plugin) == (
        "not_sent",
        f"Plugin_signalwire_{stage}_command",
    )
    assert caught.value.command is not None
    assert diary.failure() == (caught.value, stage)
    assert _received(app) == []


def test_a_policy_that_says_false_is_no_policy(make_app: Callable[..., Flask]) -> None:
    app = make_app(_authorize(lambda command: False))
    with pytest.raises(PluginError, match="a veto is raised: CommandRejected"):
        _dial(app)
    assert _received(app) == []


def test_authorize_sees_what_will_be_sent_and_can_not_change_it(
    make_app: Callable[..., Flask],
) -> None:
    seen: list[bytes] = []

    def look(command: Command) -> None:
        seen.append(command.body)
        command.params["to"] = "+19005550100"  # type: ignore[index]

    app = make_app(_authorize(look))
    with pytest.raises(PluginError, match="read-only"):
        _dial(app)
    assert b"+34911234567" in seen[0]


def test_another_commands_failure_inside_of_a_plugin_is_a_crash_of_the_plugin(
    make_app: Callable[..., Flask],
) -> None:
    holder: list[Flask] = []

    def veto_of_another(command: Command) -> None:
        if command.name == "dial":
            holder[0].extensions["signalwire"].calling.end("9d2f0c1e-5c58-4c0c-8d9c-6a8f3b0f2a11")

    app = make_app(_authorize(veto_of_another))
    holder.append(app)
    with pytest.raises(PluginError, match="NotFound") as caught:
        _dial(app)
    assert caught.value.outcome == "not_sent"
    assert _received(app) == ["calling.end"]


# -- send ---------------------------------------------------------------------------------------


def _wrapper(function: Callable[[Command], Generator[None, CallLeg, Any]]) -> Any:
    def signalwire_send_command(command: Command) -> Generator[None, CallLeg, Any]:
        return (yield from function(command))

    return _hook("signalwire_send_command", signalwire_send_command, wrapper=True)


def test_a_wrapper_that_crashes_before_sending_stops_the_command(
    make_app: Callable[..., Flask], diary: Diary
) -> None:
    def wrap(command: Command) -> Generator[None, CallLeg, CallLeg]:
        _raise(OSError("disk full"))
        return (yield)

    app = make_app(diary, _wrapper(wrap))
    with pytest.raises(PluginError, match="Nothing was sent") as caught:
        _dial(app)
    assert (caught.value.outcome, caught.value.leg) == ("not_sent", None)
    assert caught.value.plugin == "wrapper"
    assert diary.failure()[1] == "send"
    assert _received(app) == []


def test_a_wrapper_that_crashes_after_the_answer_hands_over_the_leg(
    make_app: Callable[..., Flask], diary: Diary
) -> None:
    def wrap(command: Command) -> Generator[None, CallLeg, CallLeg]:
        yield
        raise KeyError("oops")

    app = make_app(diary, _wrapper(wrap))
    with pytest.raises(PluginError, match="do not send it again") as caught:
        _dial(app)
    assert caught.value.outcome == "accepted"
    assert caught.value.leg is not None
    assert caught.value.leg.id in app.extensions["signalwire"].simulator.calls
    assert _received(app) == ["dial"]
    assert diary.failure()[0] is caught.value


@pytest.mark.parametrize("result", [None, {"id": "x"}])
def test_a_wrapper_that_loses_the_answer_hands_over_the_leg(
    make_app: Callable[..., Flask], result: Any
) -> None:
    def wrap(command: Command) -> Generator[None, CallLeg, Any]:
        yield
        return result

    app = make_app(_wrapper(wrap))
    with pytest.raises(PluginError, match="lost the service's answer") as caught:
        _dial(app)
    assert (caught.value.outcome, caught.value.plugin) == ("accepted", "wrapper")
    assert caught.value.leg is not None
    assert _received(app) == ["dial"]


def test_a_wrapper_that_crashes_over_a_failure_keeps_its_outcome(
    make_app: Callable[..., Flask],
) -> None:
    def lost(command: Command) -> CallLeg:
        raise OutcomeUnknown("no answer", command=command)

    def wrap(command: Command) -> Generator[None, CallLeg, CallLeg]:
        try:
            return (yield)
        except OutcomeUnknown:
            raise CommandRejected("circuit is open") from None

    sender = _hook("signalwire_send_command", lambda command: lost(command))
    app = make_app(sender, _wrapper(wrap))
    with pytest.raises(PluginError) as caught:
        _dial(app)
    assert caught.value.outcome == "unknown"


def test_a_circuit_breaker_may_veto_around_sending(
    make_app: Callable[..., Flask], diary: Diary
) -> None:
    def wrap(command: Command) -> Generator[None, CallLeg, CallLeg]:
        _raise(CommandRejected("circuit is open"))
        return (yield)

    app = make_app(diary, _wrapper(wrap))
    with pytest.raises(CommandRejected, match="circuit is open") as caught:
        _dial(app)
    assert caught.value.plugin == "wrapper"
    assert diary.failure() == (caught.value, "send")


def test_the_services_refusal_passes_through_wrappers_as_it_is(
    make_app: Callable[..., Flask], diary: Diary
) -> None:
    def wrap(command: Command) -> Generator[None, CallLeg, CallLeg]:
        return (yield)

    app = make_app(diary, _wrapper(wrap))
    with pytest.raises(NotFound) as caught:
        app.extensions["signalwire"].calling.end("9d2f0c1e-5c58-4c0c-8d9c-6a8f3b0f2a11")
    assert diary.failure() == (caught.value, "send")


def test_a_plugin_may_answer_in_place_of_the_service(make_app: Callable[..., Flask]) -> None:
    def answer(command: Command) -> CallLeg | None:
        return CallLeg({"id": "recorded"}) if command.name == "dial" else None

    app = make_app(_hook("signalwire_send_command", lambda command: answer(command)))
    assert _dial(app).id == "recorded"
    assert _received(app) == []
    with pytest.raises(NotFound):
        app.extensions["signalwire"].calling.end("9d2f0c1e-5c58-4c0c-8d9c-6a8f3b0f2a11")


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
def test_an_interruption_goes_on_but_not_unrecorded(
    make_app: Callable[..., Flask], diary: Diary, interruption: type[BaseException]
) -> None:
    app = make_app(diary, _hook("signalwire_send_command", lambda command: _raise(interruption())))
    with pytest.raises(interruption):
        _dial(app)
    error, stage = diary.failure()
    assert (error.outcome, stage) == ("unknown", "send")
    assert isinstance(error, OutcomeUnknown)


def test_an_interruption_before_sending_was_not_sent(
    make_app: Callable[..., Flask], diary: Diary
) -> None:
    app = make_app(diary, _authorize(lambda command: _raise(KeyboardInterrupt())))
    with pytest.raises(KeyboardInterrupt):
        _dial(app)
    error, stage = diary.failure()
    assert (error.outcome, stage) == ("not_sent", "authorize")


# -- observe ------------------------------------------------------------------------------------


def test_an_observers_crash_changes_nothing_and_starves_nobody(
    make_app: Callable[..., Flask], diary: Diary, log: pytest.LogCaptureFixture
) -> None:
    class Crashing:
        @hookimpl(tryfirst=True)
        def signalwire_command_succeeded(self, command: Command) -> None:
            raise ValueError("no +34911234567")

    app = make_app(diary, Crashing)
    told: list[Any] = []

    def tell(sender: Flask, plugin: str, hook: str, error: Exception) -> None:
        told.append((sender, plugin, hook, str(error)))

    with signals.plugin_failed.connected_to(tell, sender=app):
        leg = _dial(app)
    assert leg.status == "queued"
    assert diary.ends[0][0] == "succeeded"
    assert told == [(app, "Crashing", "signalwire_command_succeeded", "no +34911234567")]
    failure = app.extensions["signalwire"].plugins.failures[0]
    assert (failure.plugin, failure.hook) == ("Crashing", "signalwire_command_succeeded")
    assert f"command {leg.command_id} dial: Crashing crashed" in log.text
    assert "911234567" not in log.text


def test_what_an_observer_does_to_the_leg_is_not_what_the_caller_gets(
    make_app: Callable[..., Flask],
) -> None:
    class Meddling:
        @hookimpl
        def signalwire_command_succeeded(self, leg: CallLeg) -> None:
            leg.clear()

    assert _dial(make_app(Meddling)).status == "queued"


def test_every_command_ends_exactly_once(make_app: Callable[..., Flask], diary: Diary) -> None:
    app = make_app(diary)
    calling = app.extensions["signalwire"].calling
    leg = _dial(app)
    calling.live_translate(leg.id, action=START)
    with pytest.raises(PayloadError):
        calling.live_translate(leg.id, action={"start": {}})
    calling.end(leg.id)
    with pytest.raises(CommandError):
        calling.end(leg.id)
    assert [(end[0], end[1].name) for end in diary.ends] == [
        ("succeeded", "dial"),
        ("succeeded", "calling.live_translate"),
        ("failed", "calling.live_translate"),
        ("succeeded", "calling.end"),
        ("failed", "calling.end"),
    ]
    assert all(0 <= end[-1] < 60 for end in diary.ends)


# -- signals ------------------------------------------------------------------------------------


@pytest.fixture
def heard(app: Flask) -> Any:
    """What the four signals told, in order; disconnected at the end."""
    heard: list[tuple[str, Any, dict[str, Any]]] = []
    receivers = []
    for name in ("command_sending", "command_succeeded", "command_failed", "command_rejected"):

        def receive(sender: Flask, _name: str = name, **given: Any) -> None:
            heard.append((_name, sender, given))

        getattr(signals, name).connect(receive, sender=app)
        receivers.append((name, receive))
    yield heard
    for name, receive in receivers:
        getattr(signals, name).disconnect(receive, sender=app)


def test_signals_tell_the_whole_story_and_come_from_the_real_app(app: Flask, heard: Any) -> None:
    with app.app_context():
        leg = _dial(app)
        with pytest.raises(NotFound):
            app.extensions["signalwire"].calling.end("9d2f0c1e-5c58-4c0c-8d9c-6a8f3b0f2a11")
    assert [name for name, *_ in heard] == [
        "command_sending",
        "command_succeeded",
        "command_sending",
        "command_failed",
    ]
    assert all(sender is app for _, sender, _ in heard)
    assert heard[1][2]["leg"] == leg
    assert heard[0][2]["command"] == heard[1][2]["command"]
    assert (heard[3][2]["stage"], heard[3][2]["error"].outcome) == ("send", "refused")


def test_a_veto_is_signalled_as_such_and_as_a_failure(make_app: Callable[..., Flask]) -> None:
    app = make_app(_authorize(lambda command: _raise(CommandRejected("no"))))
    heard: list[str] = []

    def rejected(sender: Flask, command: Command, error: CommandRejected) -> None:
        heard.append(f"rejected: {error}")

    def failed(sender: Flask, command: Command, error: CommandError, stage: str) -> None:
        heard.append(f"failed at {stage}: {error}")

    with (
        signals.command_rejected.connected_to(rejected, sender=app),
        signals.command_failed.connected_to(failed, sender=app),
        pytest.raises(CommandRejected),
    ):
        _dial(app)
    assert heard == ["rejected: no", "failed at authorize: no"]


@pytest.mark.parametrize("name", ["command_sending", "command_succeeded"])
def test_a_receiver_that_raises_stops_neither_the_others_nor_the_command(
    app: Flask, name: str, log: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []
    told: list[tuple[str, str]] = []

    def crash(sender: Flask, **given: Any) -> None:
        raise ValueError("receiver is broken")

    def one(sender: Flask, **given: Any) -> None:
        heard.append("one")

    def two(sender: Flask, **given: Any) -> None:
        heard.append("two")

    def tell(sender: Flask, plugin: str, hook: str, error: Exception) -> None:
        told.append((plugin.rpartition(".")[2], hook))

    signal = getattr(signals, name)
    with (
        signal.connected_to(one, sender=app),
        signal.connected_to(crash, sender=app),
        signal.connected_to(two, sender=app),
        signals.plugin_failed.connected_to(tell, sender=app),
    ):
        assert _dial(app).status == "queued"
    assert sorted(heard) == ["one", "two"]
    assert told == [("crash", signal.name)]
    assert "receiver is broken" in log.text


def test_a_receiver_of_plugin_failed_that_raises_is_logged_and_no_more(
    app: Flask, log: pytest.LogCaptureFixture
) -> None:
    def crash(sender: Flask, **given: Any) -> None:
        raise ValueError("broken again")

    with (
        signals.command_succeeded.connected_to(crash, sender=app),
        signals.plugin_failed.connected_to(crash, sender=app),
    ):
        assert _dial(app).status == "queued"
    assert log.text.count("ValueError: broken again") == 2


def test_another_apps_receiver_hears_nothing(make_app: Callable[..., Flask]) -> None:
    one, two = make_app(name="one"), make_app(name="two")
    heard: list[str] = []

    def receive(sender: Flask, **given: Any) -> None:
        heard.append(sender.name)

    with signals.command_succeeded.connected_to(receive, sender=one):
        _dial(two)
        _dial(one)
    assert heard == ["one"]


# -- all at once --------------------------------------------------------------------------------


def test_fifty_threads_do_not_mix_up_their_commands(
    make_app: Callable[..., Flask], diary: Diary
) -> None:
    def mark(command: Command) -> Command:
        command.state["mark"] = command.context["thread"]
        return command.with_param("timeout", command.context["thread"] + 1)

    app = make_app(diary, _prepare(mark))
    answers: dict[int, CallLeg] = {}

    def work(number: int) -> None:
        with app.app_context():
            answers[number] = _dial(app, context={"thread": number})

    threads = [threading.Thread(target=work, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(answers) == 50
    for _, command, leg, _ in diary.ends:
        number = command.context["thread"]
        assert command.state == {"mark": number}
        assert command.param("timeout") == number + 1
        assert leg == answers[number]
        assert answers[number].command_id == command.id
