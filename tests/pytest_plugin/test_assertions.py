"""What fails, and what it says."""

from __future__ import annotations

from unittest.mock import ANY

import pytest

from flask_signalwire import events, exceptions

DIAL = {"from_": "+12025550100", "to": "+34911234567", "url": "https://e.example/swml"}


@pytest.fixture
def call(signalwire):
    return signalwire.simulator.inbound(from_="+34911234567", to="+12025550100")


def speech(text):
    return [{"type": "tts", "params": {"text": text}}]


def failure(assertion, *given, **expected):
    with pytest.raises(AssertionError) as caught:
        assertion(*given, **expected)
    return str(caught.value).splitlines()


def test_the_outbox_has_what_was_sent_in_order(signalwire, call):
    signalwire.calling.play(call.id, play=speech("one"))
    leg = signalwire.calling.dial(**DIAL)
    with pytest.raises(exceptions.PayloadError):
        signalwire.calling.play(call.id, play=speech("one"), volume=99)
    signalwire.fail_next("play", status=503)
    with pytest.raises(exceptions.ServerError):
        signalwire.calling.play(call.id, play=speech("two"))
    assert [(sent.name, sent.call_id, sent.outcome) for sent in signalwire.outbox] == [
        ("calling.play", call.id, "accepted"),
        ("dial", leg.id, "accepted"),
        ("calling.play", call.id, "not_sent"),
        ("calling.play", call.id, "unknown"),
    ]
    assert signalwire.outbox[1].leg.id == leg.id
    assert signalwire.outbox[1].params["to"] == DIAL["to"]
    assert isinstance(signalwire.outbox[3].error, exceptions.ServerError)


def test_a_dry_run_and_a_replay_are_not_sent(signalwire):
    signalwire.calling.dial(**DIAL, dry_run=True)
    signalwire.assert_nothing_sent()
    for _ in range(2):
        signalwire.calling.dial(**DIAL, idempotency_key="order-1")
    assert signalwire.assert_sent_once("dial").outcome == "accepted"


def test_params_are_compared_as_far_as_they_are_given(signalwire, call):
    signalwire.calling.play(call.id, play=[*speech("one"), *speech("two")], volume=2)
    found = signalwire.assert_sent("play", call_id=call.id, volume=ANY)
    assert found is signalwire.assert_sent("calling.play", volume=pytest.approx(2.0))
    signalwire.assert_sent("play", play=[{"params": {"text": "one"}}, {"type": "tts"}])
    signalwire.assert_sent_once("play", play=[{}, {}])
    signalwire.assert_not_sent("play", play=[{}])
    signalwire.assert_not_sent("play", play=[{"params": {"text": "two"}}, {}])
    signalwire.assert_not_sent("play", volume=3)
    signalwire.assert_not_sent("play", call_id="another")


def test_the_nearest_comes_first(signalwire, call):
    signalwire.calling.end(call.id)
    other = signalwire.calling.dial(**DIAL)
    signalwire.simulator.calls[other.id].answer()
    for text in ("Good morning", "Good night"):
        signalwire.calling.play(other.id, play=speech(text))
    lines = failure(
        signalwire.assert_sent, "play", play=[{"params": {"text": "Good nigth"}}], call_id=call.id
    )
    params = "{'play': [{'params': {'text': 'Good nigth'}}]}"
    assert lines == [
        f"expected calling.play to call {call.id} with {params} to be sent.",
        "What was sent instead, the nearest first:",
        f"  1. calling.play to call {other.id}, accepted:",
        f"       call_id is '{other.id}', expected '{call.id}'",
        "       play[0].params.text is 'Good night', expected 'Good nigth'",
        f"  2. calling.play to call {other.id}, accepted:",
        f"       call_id is '{other.id}', expected '{call.id}'",
        "       play[0].params.text is 'Good morning', expected 'Good nigth'",
        f"  3. dial to call {other.id}, accepted: another command",
        f"  4. calling.end to call {call.id}, accepted: another command",
    ]


def test_what_was_not_sent_says_why(signalwire, call):
    with pytest.raises(exceptions.PayloadError):
        signalwire.calling.play(call.id, play=speech("one"), volume=99)
    lines = failure(signalwire.assert_sent, "play")
    assert "not_sent" in lines[2]
    assert "it was not sent" in lines[3]
    assert "volume" in "".join(lines[3:])


def test_nothing_was_sent_at_all(signalwire):
    assert failure(signalwire.assert_sent, "dial", to="+34911234567") == [
        "expected dial with {'to': '+34911234567'} to be sent.",
        "Nothing was sent instead.",
    ]


def test_too_many_and_too_much(signalwire, call):
    for _ in range(2):
        signalwire.calling.play(call.id, play=speech("one"))
    assert failure(signalwire.assert_sent_once, "play")[0].endswith("it was sent 2 times:")
    assert "not to be sent, it was:" in failure(signalwire.assert_not_sent, "play")[0]
    assert len(failure(signalwire.assert_nothing_sent)) == 3
    for _ in range(20):
        signalwire.calling.play(call.id, play=speech("one"))
    assert failure(signalwire.assert_sent, "dial")[-1] == "  and 17 more"


def test_what_does_not_exist_is_an_error_and_no_assertion_that_holds(signalwire):
    with pytest.raises(LookupError, match=r"no command 'plai'; did you mean"):
        signalwire.assert_not_sent("plai")
    with pytest.raises(TypeError, match="has no param `too`; did you mean `to`"):
        signalwire.assert_not_sent("dial", too="+34911234567")
    with pytest.raises(LookupError, match=r"no kind of event 'uterance'; did you mean `utterance`"):
        signalwire.post("uterance")
    with pytest.raises(TypeError, match="Utterance has no field `contnt`; did you mean `content`"):
        signalwire.post(events.Utterance, contnt="Hola")
    with pytest.raises(TypeError, match="did you mean `content`"):
        signalwire.assert_received(events.Utterance, contnt="Hola")
    with pytest.raises(ValueError, match="duplicate=0"):
        signalwire.post(events.Utterance, duplicate=0)
    with pytest.raises(LookupError):
        signalwire.fail_next("plai", status=503)
    with pytest.raises(LookupError):
        signalwire.post(events.Event)
    assert signalwire.events == []


def test_an_event_that_did_not_come(signalwire, call):
    signalwire.post(events.Playback, state="paused")
    signalwire.post(events.Utterance, content="Good night")
    signalwire.post(events.Utterance, content="Good morning", lang="en-GB")
    lines = failure(
        signalwire.assert_received, events.Utterance, content="Good morning", lang="es-ES"
    )
    assert lines == [
        "expected Utterance(content='Good morning', lang='es-ES') to be received.",
        "What was received, the nearest first:",
        f"  1. Utterance of call {call.id}:",
        "       lang is 'en-GB', expected 'es-ES'",
        f"  2. Utterance of call {call.id}:",
        "       content is 'Good night', expected 'Good morning'",
        "       lang is 'en-US', expected 'es-ES'",
        f"  3. Playback of call {call.id}: another kind",
    ]
    assert failure(signalwire.assert_received, "fax")[0] == "expected Fax() to be received."


def test_numbers_are_shown_and_secrets_are_not(signalwire, call):
    signalwire.calling.dial(**DIAL, status_url="https://user:hunter2@e.example/?token=hunter3")
    signalwire.calling.tap(
        call.id,
        tap={"type": "audio", "params": {"direction": "both"}},
        device={"type": "ws", "params": {"uri": "wss://user:hunter4@e.example/"}},
    )
    signalwire.post(events.Collect, digits="24680")
    shown = [
        *failure(signalwire.assert_sent, "dial", status_url="https://e.example/?token=hunter5"),
        *failure(signalwire.assert_sent, "tap", device={"type": "rtp"}),
        *failure(signalwire.assert_not_sent, "dial"),
        *failure(signalwire.assert_nothing_sent),
        *failure(signalwire.assert_received, events.Collect, digits="13579"),
        repr(signalwire.outbox),
    ]
    assert "+34911234567" in "".join(shown)
    for secret in ("hunter", "24680", "13579"):
        assert secret not in "".join(shown)
    assert any("digits is '[secret]', expected another one" in line for line in shown)
