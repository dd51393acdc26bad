"""Live transcription, AI agents and sidecars, and handing a call over."""

from __future__ import annotations

from uuid import UUID

import pytest

TRANSCRIBE = {"start": {"lang": "es-ES", "direction": ["remote-caller"]}}


@pytest.fixture
def call(space):
    return space.simulator.inbound(from_="+34911234567", to="+12025550100")


@pytest.fixture
def run(space, call):
    def run(name, **params):
        return space.command(f"calling.{name}", call.id, **params)

    return run


def test_a_live_transcription_is_a_session(space, call, run):
    for action in ("stop", {"summarize": {}}):
        assert run("live_transcribe", action=action).status_code == 404
    assert run("live_transcribe", action=TRANSCRIBE).json == call.leg()
    session = call.transcription
    assert (session.lang, session.direction) == ("es-ES", ("remote-caller",))
    assert repr(session) == "<TranscriptionSession es-ES>"
    other = {"start": {**TRANSCRIBE["start"], "lang": "fr-FR"}}
    assert run("live_transcribe", action=other).status_code == 200
    assert run("live_transcribe", action={"summarize": {"prompt": "Short"}}).status_code == 200
    assert call.transcriptions == [session]
    assert session.summaries == [{"prompt": "Short"}]
    assert run("live_transcribe", action="stop").status_code == 200
    assert (call.transcription, call.transcriptions) == (None, [session])


def test_a_leg_has_one_transcriber_or_translator(call, run, start):
    run("live_translate", action=start)
    assert run("live_transcribe", action=TRANSCRIBE).status_code == 200
    assert (call.transcription, call.transcriptions) == (None, [])
    assert run("live_transcribe", action="stop").status_code == 404
    assert call.translation is not None
    run("live_translate", action="stop")
    run("live_transcribe", action=TRANSCRIBE)
    assert run("live_translate", action=start).status_code == 200
    assert run("live_translate", action="stop").status_code == 404
    assert (call.translation, call.transcription.lang) == (None, "es-ES")
    call.end()
    assert call.transcription is None


def test_an_agent_is_held_and_comes_back(space, call, run):
    agent = call.agent
    assert agent.state == "active"
    assert run("ai_hold", timeout="30", prompt="One moment").json == call.leg()
    assert agent.state == "held"
    space.clock.advance(30)
    assert agent.state == "active"
    run("ai_hold")
    space.clock.advance(10**6)
    assert repr(agent) == "<SimulatedAgent held>"
    assert run("ai_unhold").status_code == run("ai_unhold").status_code == 200
    assert agent.state == "active"
    run("ai_hold", timeout="9" * 5000)
    assert agent.state == "held"


def test_an_agent_keeps_its_messages_until_it_is_stopped(space, call, run):
    message = {"role": "system", "message_text": "Be brief"}
    assert run("ai_message", **message).status_code == 200
    assert call.agent.messages == [message]
    assert run("ai.stop", control_id="ignored").status_code == 200
    assert call.agent.state == "stopped"
    for name in ("ai.stop", "ai_hold", "ai_unhold", "ai_message"):
        assert run(name).status_code == 404
    run("transfer", dest="https://example.com/other")
    assert (call.agent.state, call.agent.messages) == ("active", [])
    call.end()
    assert call.agent.state == "stopped"


def test_a_sidecar_from_start_to_stop(call, run):
    for name, params in (
        ("", {"action": {"summarize": {}}}),
        (".poke", {"text": "x"}),
        (".ask", {"text": "x"}),
        (".status", {}),
        (".stop", {}),
    ):
        assert run(f"ai_sidecar{name}", **params).status_code == 404
    assert run("ai_sidecar", lang="es-ES", prompt="Advise").json == call.leg()
    sidecar = call.sidecar
    assert sidecar.start == {"lang": "es-ES", "prompt": "Advise"}
    assert run("ai_sidecar", lang="fr-FR").status_code == 409
    assert run("ai_sidecar.poke", text="Look").json == call.leg()
    assert run("ai_sidecar", action={"summarize": {"prompt": "Short"}}).status_code == 200
    assert (sidecar.pokes, sidecar.summaries) == (["Look"], [{"prompt": "Short"}])
    assert repr(sidecar) == "<Sidecar of 1 pokes and 0 asks>"
    assert run("ai_sidecar.stop").status_code == 200
    assert (call.sidecar, call.sidecars) == (None, [sidecar])
    run("ai_sidecar", lang="fr-FR")
    call.end()
    assert call.sidecar is None
    assert [known.start["lang"] for known in call.sidecars] == ["es-ES", "fr-FR"]


def test_a_question_is_answered_with_an_id_and_a_status_with_a_line(call, run):
    run("ai_sidecar", lang="es-ES")
    answers = [run("ai_sidecar.ask", text=text).json for text in ("Why?", "How?")]
    ids = [answer.pop("ask_id") for answer in answers]
    assert answers == [call.leg()] * 2
    assert {UUID(ask_id).version for ask_id in ids} == {4}
    assert call.sidecar.asks == dict(zip(ids, ("Why?", "How?"), strict=True))
    assert run("ai_sidecar.status").json == {
        "id": call.id,
        "result": "+OK status=running pokes=0 asks=2 summaries=0",
    }


def test_an_app_reads_the_answers_of_a_sidecar(app):
    client = app.extensions["signalwire"]
    call = client.simulator.inbound(from_="+34911234567", to="+12025550100")
    client.calling.ai_sidecar(call.id, lang="es-ES")
    leg = client.calling.ai_sidecar_ask(call.id, text="Why?")
    assert call.sidecar.asks == {leg.ask_id: "Why?"}
    assert client.calling.ai_sidecar_status(call.id).result.startswith("+OK status=running ")


def test_a_call_is_transferred(call, run):
    swml = {"version": "1.0.0", "sections": {"main": ["answer"]}}
    assert run("transfer", dest="sip:ana@example.com").json == call.leg()
    assert (call.connected_to, call.url) == ("sip:ana@example.com", None)
    assert run("disconnect").status_code == run("disconnect").status_code == 200
    assert call.connected_to is None
    assert run("transfer", dest="https://example.com/other").json["url"] == call.url
    assert call.url == "https://example.com/other"
    run("transfer", dest=swml)
    assert (call.url, call.swml) == (None, swml)
    assert call.transfers == ["sip:ana@example.com", "https://example.com/other", swml]
    assert call.status == "answered"


def test_referrals_and_events_are_kept(call, run):
    device = {"type": "sip", "params": {"to": "sip:ana@example.com"}}
    assert run("refer", device=device).json == call.leg()
    assert run("user_event", event={"type": "ready"}).json == call.leg()
    assert (call.referrals, call.user_events) == ([device], [{"type": "ready"}])
