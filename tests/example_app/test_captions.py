"""What was said in a call comes back to the desk, by itself."""

from __future__ import annotations

import pytest

from flask_signalwire.simulator import ManualClock

from .conftest import CUSTOMER


@pytest.fixture
def talk(make_desk):
    """A translated call in which a scenario happens, and the desk's client."""

    def talk(scenario="parcel", **config):
        app = make_desk(**config)
        simulator = app.extensions["signalwire"].simulator
        simulator.clock = ManualClock()
        simulator.play(scenario)
        http = app.test_client()
        tokens = config.get("DESK_TOKENS", {"": ""})
        headers = {"Authorization": f"Bearer {next(iter(tokens.values()))}"}
        call = http.post("/calls", json={"to": CUSTOMER}, headers=headers).headers["Location"]
        simulator.advance(10)
        started = http.post(f"{call}/translation", json={"to_lang": "es-ES"}, headers=headers)
        assert started.status_code == 201
        return app, simulator, lambda path="": http.get(call + path, headers=headers).json

    return talk


def test_captions_come_in_both_languages_with_the_summary(talk):
    _, simulator, get = talk()
    assert get("/captions")["captions"] == []
    simulator.advance(20)
    half = get("/captions")
    assert 0 < len(half["captions"]) < 6
    assert (half["summary"], half["final"]) == ({}, False)
    assert get()["translation"] is not None
    simulator.advance(60)
    whole = get("/captions")
    assert len(whole["captions"]) == 6
    second = whole["captions"][1]
    assert (second["who"], second["lang"]) == ("remote-caller", "es-ES")
    assert second["text"].startswith("Buenos días. Mi paquete")
    assert second["translations"]["en-US"].startswith("Good morning. My parcel")
    assert whole["final"] is True
    assert set(whole["summary"]) == {"en-US", "es-ES"}
    assert (get()["status"], get()["translation"]) == ("ended", None)


def test_a_bad_line_leaves_no_caption_twice_and_none_out_of_order(talk):
    _, simulator, get = talk()
    simulator.callbacks.disturb(duplicated=1, reordered=0.5, seed=3)
    simulator.advance(120)
    captions = get("/captions")["captions"]
    assert len(captions) == 6
    assert [caption["at"] for caption in captions] == sorted(c["at"] for c in captions)
    assert all(caption["text"] and caption["translations"] for caption in captions)


def test_the_service_needs_no_token_of_a_user(talk):
    app, simulator, get = talk(DESK_TOKENS={"alice": "alice-0123456789"})
    simulator.advance(120)
    assert len(get("/captions")["captions"]) == 6
    assert {entry.status for entry in simulator.callbacks.log} == {200}
    refused = app.test_client().post("/signalwire/live", json={"utterance": {"content": "x"}})
    assert refused.status_code == 401


def test_of_an_unknown_call_nothing_was_said(http):
    call_id = "3f2c1c7e-7b1e-4d0e-9f0a-0d6a0c9a4b11"
    assert http.get(f"/calls/{call_id}/captions").json == {
        "call": call_id,
        "captions": [],
        "summary": {},
        "final": False,
    }
