"""What was said in a call comes back to the desk, by itself."""

from __future__ import annotations

import pytest

from flask_signalwire import events

from .conftest import CUSTOMER

pytestmark = pytest.mark.once

TOKEN = "alice-0123456789"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def read(signalwire, http):
    """A translated call in which a scenario happens: what the desk says of it."""
    signalwire.simulator.play("parcel")
    call = http.post("/calls", json={"to": CUSTOMER}, headers=HEADERS).headers["Location"]
    signalwire.clock.advance(10)
    http.post(f"{call}/translation", json={"to_lang": "es-ES"}, headers=HEADERS)
    signalwire.assert_sent_once("live_translate")
    return lambda path="": http.get(call + path, headers=HEADERS).json


def test_captions_come_in_both_languages_with_the_summary(signalwire, read):
    assert read("/captions")["captions"] == []
    signalwire.clock.advance(20)
    half = read("/captions")
    assert 0 < len(half["captions"]) < 6
    assert (half["summary"], half["final"]) == ({}, False)
    assert read()["translation"] is not None
    signalwire.clock.advance(60)
    whole = read("/captions")
    assert len(whole["captions"]) == 6
    second = whole["captions"][1]
    assert (second["who"], second["lang"]) == ("remote-caller", "es-ES")
    assert second["text"].startswith("Buenos días. Mi paquete")
    assert second["translations"]["en-US"].startswith("Good morning. My parcel")
    assert whole["final"] is True
    assert set(whole["summary"]) == {"en-US", "es-ES"}
    assert (read()["status"], read()["translation"]) == ("ended", None)


def test_a_bad_line_leaves_no_caption_twice_and_none_out_of_order(signalwire, read):
    signalwire.simulator.callbacks.disturb(duplicated=1, reordered=0.5, seed=3)
    signalwire.clock.advance(120)
    captions = read("/captions")["captions"]
    assert len(captions) == 6
    assert [caption["at"] for caption in captions] == sorted(c["at"] for c in captions)
    assert all(caption["text"] and caption["translations"] for caption in captions)


@pytest.mark.parametrize("settings", [{"DESK_TOKENS": {"alice": TOKEN}}])
def test_the_service_needs_no_token_of_a_user(signalwire, http, read):
    signalwire.clock.advance(120)
    assert len(read("/captions")["captions"]) == 6
    assert {entry.status for entry in signalwire.simulator.callbacks.log} == {200}
    assert signalwire.forge(events.Utterance, "missing").status_code == 401
    call = signalwire.assert_sent("dial").leg.id
    assert http.get(f"/calls/{call}/captions").status_code == 401


def test_what_the_service_summarises_on_request_comes_to_the_captions(signalwire, http, call):
    http.post(f"{call}/translation", json={"to_lang": "es-ES"})
    assert http.post(f"{call}/translation/summary").json == {"call": call.rpartition("/")[2]}
    signalwire.post(events.ConversationSummary, lang="en-US", text="A parcel is late.")
    assert http.get(f"{call}/captions").json["summary"] == {"en-US": "A parcel is late."}


def test_half_a_sentence_is_no_caption(signalwire, http, call):
    signalwire.post(events.Utterance, content="My par", final=False)
    signalwire.post(events.Utterance, content="My parcel is late.", final=True)
    captions = http.get(f"{call}/captions").json["captions"]
    assert [caption["text"] for caption in captions] == ["My parcel is late."]


def test_of_an_unknown_call_nothing_was_said(http):
    call_id = "3f2c1c7e-7b1e-4d0e-9f0a-0d6a0c9a4b11"
    assert http.get(f"/calls/{call_id}/captions").json == {
        "call": call_id,
        "captions": [],
        "summary": {},
        "final": False,
    }
