"""Callbacks that a test posts come as the service's do: through the receiver, once, in order."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from flask import Flask

from flask_signalwire import SignalWire, events, exceptions, hookimpl
from flask_signalwire.testing import Tester

MOMENT = datetime(2026, 3, 1, 12, 30, tzinfo=timezone.utc)

FIELDS = {
    events.CallState: {"state": "ended", "end_reason": "busy", "from_": "+12025550100"},
    events.Dial: {"state": "failed", "tag": "first"},
    events.Connect: {"state": "connected", "peer_call_id": "another", "peer_device": {"a": 1}},
    events.Queue: {"state": "enqueue", "position": 3, "enqueue_ts": MOMENT},
    events.Conference: {"state": "participant-join", "muted": True, "recording_duration": 2.5},
    events.Playback: {"state": "paused", "control_id": "p"},
    events.Recording: {
        "url": "https://e.example/a.mp3",
        "duration": 3.5,
        "size": 9,
        "stereo": True,
    },
    events.Collect: {"text": "yes", "confidence": 0.5, "final": False},
    events.Detect: {"event": "MACHINE", "beep": True},
    events.Tap: {"state": "finished", "port": 5000, "device_type": "rtp"},
    events.Stream: {"state": "finished", "name": "agent", "url": "wss://e.example/"},
    events.Transcription: {"state": "failed", "text": "", "start_time": MOMENT},
    events.Refer: {"state": "failed", "sip_notify_response_code": "486"},
    events.Fax: {"type": "page", "number": 1, "success": True},
    events.RelayOperation: {"operation": "denoise", "denoised": True},
    events.Utterance: {"content": "Hola", "timestamp": MOMENT, "final": False, "confidence": 0.25},
    events.Translation: {"content": "Hi", "lang": "en-US", "original": "Hola", "final": False},
    events.ConversationSummary: {"text": "All is well", "lang": "de-DE", "final": True},
    events.Sidecar: {"type": "final", "duration": 2.5, "timestamp": MOMENT, "stats": {"n": 1}},
    events.ServiceError: {"code": "404", "message": "gone"},
    events.UnknownEvent: {"tag": "x", "timestamp": MOMENT},
}


@pytest.mark.parametrize("kind", events.KINDS, ids=lambda kind: kind.kind)
def test_every_kind_arrives_with_its_fields(signalwire, kind):
    answer = signalwire.post(kind, **FIELDS[kind])
    assert answer.status_code == 200
    event = signalwire.assert_received(kind, **FIELDS[kind])
    [call] = signalwire.simulator.calls
    assert event.call_id == call
    assert event.known
    assert signalwire.post(kind.kind).status_code == 200
    assert signalwire.events[-1].kind == kind.kind
    assert len([found for found in signalwire.events if type(found) is kind]) == 2


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (events.CallState, {"state": 5}),
        (events.Recording, {"size": "large"}),
        (events.Utterance, {"timestamp": "yesterday"}),
    ],
)
def test_what_would_not_arrive_as_it_was_given_is_an_error(signalwire, kind, fields):
    with pytest.raises(ValueError, match=rf"{kind.__name__}\.\w+=.* would be read as"):
        signalwire.post(kind, **fields)
    assert signalwire.events == []


@pytest.mark.parametrize("name", ["account", "purpose", "late", "known", "command_id"])
def test_what_the_receiver_sets_is_not_posted(signalwire, name):
    if name in ("account", "purpose"):  # which say where it is posted to
        with pytest.raises((ValueError, exceptions.ConfigurationError)):
            signalwire.post(events.Utterance, **{name: "nowhere"})
    else:
        with pytest.raises(TypeError, match="the receiver sets it"):
            signalwire.post(events.Utterance, **{name: "x"})


def test_a_repetition_reaches_nobody_and_the_same_words_again_do(signalwire):
    signalwire.post(events.Utterance, content="yes", duplicate=3)
    assert len(signalwire.events) == 1
    signalwire.post(events.Utterance, content="yes")
    assert len(signalwire.events) == 2
    assert signalwire.client.webhooks.counts.duplicate == 2


def test_an_operation_is_that_of_the_app(signalwire):
    call = signalwire.simulator.inbound(from_="+34911234567", to="+12025550100")
    leg = signalwire.calling.play(call.id, play=[{"type": "silence", "params": {"duration": 1}}])
    signalwire.post(events.Playback, state="paused")
    signalwire.assert_received(events.Playback, state="paused", control_id=leg.control_id)


def test_events_of_a_dial_carry_the_commands_id(signalwire):
    leg = signalwire.calling.dial(
        from_="+12025550100", to="+34911234567", url="https://e.example/swml"
    )
    signalwire.post(events.CallState, state="ringing")
    event = signalwire.assert_received(events.CallState, call_id=leg.id)
    assert event.command_id == leg.command.id
    assert (event.from_, event.to) == ("+12025550100", "+34911234567")


def test_time_that_passes_brings_the_callbacks_that_are_due(signalwire):
    leg = signalwire.calling.dial(
        from_="+12025550100", to="+34911234567", url="https://e.example/swml", timeout=2
    )
    begun = signalwire.clock.now()
    signalwire.clock.advance(1)
    signalwire.assert_received(events.CallState, call_id=leg.id, state="ringing")
    with pytest.raises(AssertionError):
        signalwire.assert_received(events.CallState, state="ended")
    signalwire.clock.advance(1)
    signalwire.assert_received(events.CallState, call_id=leg.id, state="ended")
    assert signalwire.clock.now() == begun + 2
    with pytest.raises(ValueError, match="-1"):
        signalwire.clock.advance(-1)


class Crashes:
    @hookimpl
    def signalwire_event_received(self, event):
        raise RuntimeError(f"crashed on {event.kind}")


def made(*plugins, name="desk", **settings):
    app = Flask(name)
    app.config.from_mapping(
        TESTING=True, SIGNALWIRE_SPACE="simulator", SIGNALWIRE_PLUGINS_BLOCKED=["audit", "autolang"]
    )
    app.config.from_mapping({f"SIGNALWIRE_{key.upper()}": value for key, value in settings.items()})
    SignalWire(app, plugins=plugins)
    return app


def test_what_a_receiver_raises_ends_the_test():
    with Tester(made(Crashes)) as tester:
        with pytest.raises(RuntimeError, match="crashed on playback"):
            tester.post(events.Playback)
        assert tester.post(events.Playback, propagate=False).status_code == 200
        tester.calling.dial(from_="+12025550100", to="+34911234567", url="https://e.example/swml")
        with pytest.raises(RuntimeError, match="crashed on call_state"):
            tester.clock.advance(5)
    with Tester(made(Crashes, webhook_on_error="retry")) as tester:
        assert tester.post(events.Playback, propagate=False).status_code == 503


def test_two_apps_are_two_testers():
    with Tester(made(name="one")) as one, Tester(made(name="two")) as two:
        one.post(events.Playback)
        two.calling.dial(from_="+12025550100", to="+34911234567", url="https://e.example/swml")
        assert (len(one.events), len(one.outbox)) == (1, 0)
        assert len(two.outbox) == 1


ENDPOINTS = ("calls", "operations", "live", "sidecar")
SECURED = {
    "signing_key": "PSK_1234567890",
    "webhook_user": "service",
    "webhook_password": "p@ss/word",
    "public_url": "https://desk.example.com/below/here",
}


@pytest.mark.parametrize("auth", ["token", "signature", "basic", "token+signature+basic"])
def test_every_proof_is_given(auth):
    with Tester(made(**SECURED, webhook_auth=dict.fromkeys(ENDPOINTS, auth))) as tester:
        assert tester.post(events.Utterance, content="Grüß Gott").status_code == 200
        tester.assert_received(events.Utterance, content="Grüß Gott")


@pytest.mark.parametrize(
    ("flaw", "status"),
    [
        ("missing", 401),
        ("malformed", 401),
        ("another purpose", 403),
        ("another call", 403),
        ("no signature", 401),
        ("wrong signature", 401),
        ("no credentials", 401),
        ("wrong credentials", 401),
    ],
)
@pytest.mark.parametrize("kind", [events.CallState, events.Sidecar, events.Utterance])
def test_forgeries_are_refused_for_what_is_wrong_with_them(flaw, status, kind, log):
    auth = dict.fromkeys(ENDPOINTS, "token+signature+basic")
    with Tester(made(**SECURED, webhook_auth=auth)) as tester:
        assert tester.forge(kind, flaw).status_code == status
        assert tester.events == []
        assert f"({status}, {flaw})" in log.text
        assert tester.post(kind).status_code == 200


def test_a_flaw_that_the_endpoint_does_not_mind_is_an_error(signalwire):
    with pytest.raises(ValueError, match="operations may do without a signature"):
        signalwire.forge(events.Playback, "no signature")
    with pytest.raises(ValueError, match="expected one of missing"):
        signalwire.forge(events.Playback, "expired")


def test_payloads_of_ones_own(signalwire):
    assert signalwire.post_raw("calls", {"event_type": "calling.call.new"}).status_code == 200
    assert signalwire.events[-1].raw["event_type"] == "calling.call.new"
    assert signalwire.post_raw("calls", b"{broken").status_code == 400
    form = {"content_type": "application/x-www-form-urlencoded"}
    call = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
    signalwire.post_raw("calls", f"CallSid={call}&CallStatus=ringing", **form)
    signalwire.assert_received(events.CallState, call_id=call, state="ringing")
    answer = signalwire.post_raw("calls", {"call_id": call, "call_state": "ended"}, call_id="other")
    assert answer.status_code == 403


# -- views of SWML --------------------------------------------------------------------------------


def greeting(**settings):
    app, signalwire = Flask("desk"), SignalWire()
    app.config.from_mapping(TESTING=True, SIGNALWIRE_SPACE="simulator")
    app.config.from_mapping({f"SIGNALWIRE_{key.upper()}": value for key, value in settings.items()})
    signalwire.init_app(app)
    asked = []

    @app.post("/greeting/<name>")
    @signalwire.swml
    def greet(request, name):
        asked.append(request)
        return {"sections": {"main": [{"play": f"say:Hello {name}, {request.from_number}"}]}}

    return app, asked


@pytest.mark.parametrize("settings", [{}, SECURED, {"space": "127.0.0.1:9"}])
@pytest.mark.parametrize("auth", ["token", "signature", "token+signature+basic", "unauthenticated"])
def test_a_view_of_swml_is_asked_as_the_service_asks(settings, auth):
    secured = {**SECURED, **settings, "webhook_auth": {"swml": auth}}
    app, _ = greeting(**{**secured, "accounts": {"eu": {"space": "simulator"}}})
    app.secret_key = "a key that only tests have"
    with Tester(app) as tester:
        answer = tester.fetch_swml("/greeting/Ana", from_="+34911234567")
        assert answer.json["sections"]["main"] == [{"play": "say:Hello Ana, +34911234567"}]
        assert tester.fetch_swml("/greeting/Ana?x=1").status_code == 200


def test_a_view_of_swml_is_told_what_the_test_says_and_else_of_the_call():
    app, asked = greeting()
    with Tester(app) as tester:
        call = tester.simulator.inbound(from_="+34911234567", to="+12025550100")
        tester.fetch_swml("/greeting/Ana", vars={"a": 1}, headers=[("X-A", "b")], dial_winner=True)
    (request,) = asked
    assert (request.call_id, request.from_, request.to_number) == (call.id, call.from_, call.to)
    assert (request.direction, request.call_state) == ("inbound", "created")
    assert (request.vars, request.headers, request.dial_winner) == (
        {"a": 1},
        (("X-A", "b"),),
        True,
    )


def test_a_view_of_swml_in_the_next_test_is_asked_anew():
    app, asked = greeting()
    for _ in range(2):
        with Tester(app) as tester:
            tester.fetch_swml("/greeting/Ana", call_id="3fa85f64-5717-4562-b3fc-2c963f66afa6")
    assert len(asked) == 2


def test_a_field_that_a_request_for_swml_does_not_have(signalwire):
    with pytest.raises(TypeError, match="no field `form_`; did you mean `from_`"):
        signalwire.fetch_swml("/greeting/Ana", form_="+34911234567")
