"""Handles and sessions: they remember what runs, and stop what they started."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from flask_signalwire import Call, CallLeg, Client, Command, hookimpl
from flask_signalwire.commands import TABLE
from flask_signalwire.exceptions import (
    CommandRejected,
    HandleError,
    NotFound,
    OutcomeUnknown,
    PayloadError,
)
from flask_signalwire.handles import OPERATIONS

NUMBERS = {"from_": "+12025550100", "to": "+34911234567", "url": "https://e.org/swml"}
LANGS = {"from_lang": "en-US", "to_lang": "es-ES"}


class Spy:
    """Sees every command that is sent, and can lose or refuse one before it goes."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any]] = []
        self.contexts: list[Any] = []
        self.fail: dict[str, Exception] = {}

    @hookimpl
    def signalwire_send_command(self, command: Command) -> CallLeg | None:
        action = command.params.get("action", dict(command.params))
        word = action if isinstance(action, str) else next(iter(action), "")
        self.sent.append((command.spec.method, action))
        self.contexts.append(dict(command.context))
        if word in self.fail:
            error = self.fail.pop(word)
            error.command = command  # type: ignore[attr-defined]
            raise error
        return None if command.name == "dial" else CallLeg({"id": command.call_id})

    def words(self) -> list[str]:
        """What live commands did: start, stop, …"""
        live = [action for name, action in self.sent if name.startswith("live_")]
        return [action if isinstance(action, str) else next(iter(action)) for action in live]


@pytest.fixture
def spy() -> Spy:
    return Spy()


@pytest.fixture
def call(make_app: Callable[..., Flask], spy: Spy) -> Call:
    client: Client = make_app(spy).extensions["signalwire"]
    return client.calling.call(client.calling.dial(**NUMBERS))


# -- operations ---------------------------------------------------------------------------------


def test_a_playback_is_paused_resumed_changed_and_stopped(call: Call, spy: Spy) -> None:
    leg = call.play(play=[{"type": "silence", "params": {"duration": 5}}])
    playback = call.playback(leg)
    assert playback.control_id == leg.control_id
    playback.pause()
    playback.resume()
    playback.volume(-3.5)
    assert playback.running
    playback.stop()
    assert not playback.running
    assert [name for name, _ in spy.sent[2:]] == [
        "play_pause",
        "play_resume",
        "play_volume",
        "play_stop",
    ]
    assert all(params["control_id"] == leg.control_id for _, params in spy.sent[2:])
    assert spy.sent[4][1]["volume"] == -3.5


def test_a_recording_stops_when_its_block_raises(call: Call, spy: Spy) -> None:
    recording = call.recording(call.record(audio={"beep": True}))
    with pytest.raises(ZeroDivisionError), recording:
        _ = recording.pause("silence").status or 1 / 0
    assert [name for name, _ in spy.sent[1:]] == ["record", "record_pause", "record_stop"]


def test_a_control_id_in_store_makes_a_handle_too(call: Call, spy: Spy) -> None:
    call.recording("rec-1").stop()
    assert spy.sent[-1] == ("record_stop", {"control_id": "rec-1"})


def test_a_leg_of_another_command_makes_no_handle(call: Call) -> None:
    leg = call.record(audio={})
    with pytest.raises(HandleError, match=r"a Playback is what play\(\) starts.*calling\.record"):
        call.playback(leg)


def test_handles_have_every_verb_of_the_table() -> None:
    verbs: dict[str, set[str]] = {}
    for spec in TABLE:
        _, _, rest = spec.name.partition("calling.")
        kind, _, verb = rest.partition(".")
        if verb and kind not in ("ai", "ai_sidecar", "send_fax", "receive_fax", "denoise"):
            verbs.setdefault(kind, set()).add(verb)
    assert {kind.kind for kind in OPERATIONS} == verbs.keys()
    for operation in OPERATIONS:
        for verb in verbs[operation.kind]:
            assert callable(getattr(operation, verb)), (operation, verb)


def test_a_call_is_made_of_a_leg_with_an_id(call: Call) -> None:
    with pytest.raises(ValueError, match="the leg has no id"):
        call._calling.call(CallLeg({}))


# -- sessions -----------------------------------------------------------------------------------


def test_a_translation_starts_and_stops_around_its_block(call: Call, spy: Spy) -> None:
    with call.translation(**LANGS, context={"user": "ana"}) as session:
        assert session.running
        session.inject("Un momento")
        session.summarize(prompt="In a line")
    assert not session.running
    assert spy.words() == ["start", "inject", "summarize", "stop"]
    assert spy.contexts[1:] == [{"user": "ana"}] * 4
    start = dict(spy.sent[1][1]["start"])
    del start["webhook"]  # filled in
    assert start == {**LANGS, "direction": ["local-caller", "remote-caller"]}


def test_it_stops_when_the_block_raises_and_the_blocks_error_wins(call: Call, spy: Spy) -> None:
    spy.fail["stop"] = OutcomeUnknown("lost")
    with pytest.raises(KeyError, match="mine"), call.translation(**LANGS):
        raise KeyError("mine")
    assert spy.words() == ["start", "stop"]


def test_an_error_of_stopping_is_raised_where_the_block_was_fine(call: Call, spy: Spy) -> None:
    spy.fail["stop"] = OutcomeUnknown("lost")
    with pytest.raises(OutcomeUnknown), call.translation(**LANGS):
        pass


def test_a_call_that_ended_meanwhile_has_nothing_to_stop(call: Call, spy: Spy) -> None:
    spy.fail["stop"] = NotFound("ended", status=404)
    with call.translation(**LANGS) as session:
        pass
    assert not session.running


def test_a_leg_has_one_live_session_and_says_so_before_the_network(call: Call, spy: Spy) -> None:
    first = call.translation(**LANGS)
    first.start()
    for second in (first, call.translation(**LANGS), call.live_transcription(lang="en-US")):
        with pytest.raises(HandleError, match="one transcriber or translator at most"):
            second.start()
    assert spy.words() == ["start"]
    first.stop()
    call.live_transcription(lang="en-US").start()
    assert spy.words() == ["start", "stop", "start"]


@pytest.mark.parametrize("method", ["stop", "summarize", "inject", "switch"])
def test_what_does_not_run_can_not_be_used(call: Call, spy: Spy, method: str) -> None:
    session = call.translation(**LANGS)
    arguments = ["Hola"] if method == "inject" else []
    with pytest.raises(HandleError, match="does not run"):
        getattr(session, method)(*arguments)
    assert spy.words() == []


@pytest.mark.parametrize("error", [NotFound("gone", status=404), CommandRejected("closed"), None])
def test_a_start_that_did_not_happen_leaves_the_leg_free(
    call: Call, spy: Spy, error: Exception | None
) -> None:
    if error is not None:
        spy.fail["start"] = error
    session = call.translation(from_lang="en-US", to_lang="es-ES" if error else "")
    with pytest.raises(PayloadError if error is None else type(error)):
        session.start()
    assert not session.running
    call.translation(**LANGS).start()


def test_a_start_whose_outcome_is_unknown_is_stopped_where_the_block_is_not_entered(
    call: Call, spy: Spy
) -> None:
    spy.fail["start"] = OutcomeUnknown("lost")
    with pytest.raises(OutcomeUnknown), call.translation(**LANGS):
        raise AssertionError("entered")
    assert spy.words() == ["start", "stop"]


def test_a_language_is_switched_by_stopping_and_starting(call: Call, spy: Spy) -> None:
    with call.translation(**LANGS, webhook="https://e.org/w") as session:
        session.switch(to_lang="fr-FR")
        assert (session.from_lang, session.to_lang) == ("en-US", "fr-FR")
    assert spy.words() == ["start", "stop", "start", "stop"]
    again = spy.sent[3][1]["start"]
    assert (again["to_lang"], again["webhook"]) == ("fr-FR", "https://e.org/w")
    with pytest.raises(HandleError, match="does not run"):
        session.switch(to_lang="de-DE")


def test_a_switch_to_nothing_is_refused_before_anything_stops(call: Call, spy: Spy) -> None:
    with call.translation(**LANGS) as session:
        with pytest.raises(HandleError, match="changes nothing"):
            session.switch()
        assert spy.words() == ["start"]


def test_what_a_plugin_picked_stays_picked(make_app: Callable[..., Flask], spy: Spy) -> None:
    class Picks:
        @hookimpl
        def signalwire_prepare_command(self, command: Command) -> Command | None:
            if command.param("action.start") and not command.param("action.start.to_lang"):
                return command.with_param("action.start.to_lang", "es-ES")
            return None

    client: Client = make_app(spy, Picks).extensions["signalwire"]
    call = client.calling.call(client.calling.dial(**NUMBERS))
    with call.translation(from_lang="en-US") as session:
        assert session.to_lang == "es-ES"


@pytest.mark.parametrize("known", ["told", "seen"])
def test_a_restart_is_refused_where_an_ai_agent_runs(call: Call, spy: Spy, known: str) -> None:
    if known == "told":
        call = call._calling.call(call.id, runs_ai_agent=True)
    else:
        call.ai_message(role="system", message_text="A human takes over")
    assert call.runs_ai_agent
    with call.translation(**LANGS) as session:
        with pytest.raises(HandleError, match="AI agent runs on the leg"):
            session.switch(to_lang="fr-FR")
        session.switch(to_lang="fr-FR", force=True)
        call.ai_stop()
        session.switch(to_lang="de-DE")
    assert spy.words().count("start") == 3


def test_a_dry_run_tells_nothing_of_an_ai_agent(call: Call) -> None:
    call.ai_message(role="system", message_text="A human takes over", dry_run=True)
    assert not call.runs_ai_agent
