"""What a user of the desk's routes sees."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from flask_signalwire import hookimpl
from flask_signalwire.testing import Tester

from .conftest import CUSTOMER

pytestmark = pytest.mark.once


def test_a_call_is_placed_and_known(app, http, signalwire):
    answer = http.post("/calls", json={"to": CUSTOMER, "timeout": 30})
    assert answer.status_code == 201
    placed = answer.json
    assert placed["to"] == CUSTOMER
    assert placed["from"] == app.config["DESK_FROM_NUMBER"]
    assert placed["status"] == "queued"
    assert placed["user"] == "anonymous"
    assert placed["translation"] is None
    age = datetime.now(timezone.utc) - datetime.fromisoformat(placed["seen_at"])
    assert age < timedelta(minutes=1)
    assert http.get(answer.headers["Location"]).json == placed
    assert http.get("/calls").json == {"calls": [placed]}
    sent = signalwire.assert_sent_once("dial", to=CUSTOMER, timeout=30)
    assert sent.leg.id == placed["id"]


def test_the_newest_call_is_listed_first(http):
    first, second = (http.post("/calls", json={"to": f"{CUSTOMER[:-1]}{n}"}).json for n in (1, 2))
    assert [call["id"] for call in http.get("/calls").json["calls"]] == [second["id"], first["id"]]


def test_a_translated_call_from_dial_to_end(http, call, signalwire):
    simulated = signalwire.simulator.calls[call.rpartition("/")[2]]
    started = http.post(f"{call}/translation", json={"to_lang": "es_es", "from_voice": "en.polly"})
    assert started.status_code == 201
    assert started.json["translation"] == {"from_lang": "en-US", "to_lang": "es-ES"}
    assert simulated.translation.start["from_voice"] == "en.polly"
    assert simulated.translation.direction == ("local-caller", "remote-caller")

    said = http.post(f"{call}/translation/sentences", json={"message": "Hello"})
    assert said.status_code == 202
    assert simulated.translation.injected == [{"message": "Hello", "direction": "remote-caller"}]

    asked = http.post(f"{call}/translation/summary", json={"prompt": "In one line."})
    assert asked.status_code == 202
    assert [asked["prompt"] for asked in simulated.translation.summaries] == ["In one line."]

    stopped = http.delete(f"{call}/translation")
    assert (stopped.status_code, stopped.json["translation"]) == (200, None)
    assert simulated.translation is None

    ended = http.delete(call)
    assert (ended.status_code, ended.json["status"]) == (200, "ended")
    assert simulated.status == "ended"
    sent = [command.name for command in signalwire.outbox]
    assert sent == ["dial", *["calling.live_translate"] * 4, "calling.end"]


def test_the_service_spells_the_id(http, call):
    shouted = f"/calls/{call.rpartition('/')[2].upper()}"
    assert http.post(f"{shouted}/translation", json={"to_lang": "es-ES"}).status_code == 201
    assert [known["translation"]["to_lang"] for known in http.get("/calls").json["calls"]] == [
        "es-ES"
    ]
    assert http.delete(shouted).json["id"] == call.rpartition("/")[2]


def test_ending_a_call_ends_what_is_known_of_its_translation(http, call):
    http.post(f"{call}/translation", json={"to_lang": "es-ES"})
    http.delete(call)
    assert http.get(call).json["translation"] is None


def test_a_second_translation_is_refused_and_not_sent(http, call, signalwire):
    http.post(f"{call}/translation", json={"to_lang": "es-ES"})
    again = http.post(f"{call}/translation", json={"to_lang": "fr-FR"})
    assert again.status_code == 409
    assert "DELETE" in again.json["message"]
    assert http.get(call).json["translation"]["to_lang"] == "es-ES"
    signalwire.assert_sent_once("live_translate", call_id=call.rpartition("/")[2])
    http.delete(f"{call}/translation")
    assert http.post(f"{call}/translation", json={"to_lang": "fr-FR"}).status_code == 201


def test_without_a_language_plugin_the_language_is_asked_for(http, call):
    answer = http.post(f"{call}/translation")
    assert answer.status_code == 422
    assert answer.json["problems"] == {
        "params.action.start.to_lang": ["missing; expected a language tag, such as es-ES"]
    }


def test_a_call_that_another_process_placed_can_be_ended(signalwire, http):
    """The service knows it, whatever the desk remembers."""
    simulated = signalwire.simulator.inbound(from_=CUSTOMER, to="+12025550100")
    assert http.get(f"/calls/{simulated.id}").status_code == 404
    assert http.delete(f"/calls/{simulated.id}").json["status"] == "ended"
    assert http.get(f"/calls/{simulated.id}").json["from"] == CUSTOMER


def test_plugins_are_told_the_remote_number_and_the_user(make_desk):
    seen = []

    class Watch:
        @hookimpl
        def signalwire_prepare_command(self, command):
            seen.append(dict(command.context))

    app = make_desk(Watch)
    http = app.test_client()
    outbound = http.post("/calls", json={"to": CUSTOMER}).headers["Location"]
    http.post(f"{outbound}/translation", json={"to_lang": "es-ES"})
    with Tester(app) as signalwire:
        inbound = f"/calls/{signalwire.simulator.inbound(from_=CUSTOMER, to='+12025550100').id}"
        for _ in range(2):  # the second time, the desk has heard of it
            http.post(f"{inbound}/translation/sentences", json={"message": "Hello"})
            http.post(f"{inbound}/translation", json={"to_lang": "es-ES"})
    told = {"user": "anonymous", "remote_number": CUSTOMER}
    assert seen == [told, told, {"user": "anonymous"}, {"user": "anonymous"}, told]


def test_a_language_that_a_plugin_picks_is_what_the_desk_shows(make_desk):
    class Picks:
        @hookimpl
        def signalwire_prepare_command(self, command):
            if command.param("action.start"):
                command.state["autolang"] = {"to_lang": "ca-ES", "reasons": ("asked",)}
                return command.with_param("action.start.to_lang", "ca-ES")
            return None

    http = make_desk(Picks).test_client()
    call = http.post("/calls", json={"to": CUSTOMER}).headers["Location"]
    answer = http.post(f"{call}/translation").json
    assert answer["translation"] == {"from_lang": "en-US", "to_lang": "ca-ES"}
    assert answer["decided"] == {"to_lang": "ca-ES", "reasons": ["asked"]}


def test_two_desks_share_nothing(make_desk):
    one, other = make_desk(), make_desk()
    one.test_client().post("/calls", json={"to": CUSTOMER})
    assert other.test_client().get("/calls").json == {"calls": []}
    assert not other.extensions["call_desk_log"].lines


def test_the_log_keeps_no_whole_number(app, http):
    http.post("/calls", json={"to": CUSTOMER})
    http.post("/calls", json={"to": "+19005550100"})
    lines = app.extensions["call_desk_log"].lines
    assert [line.signal for line in lines] == ["sending", "succeeded", "failed"]
    assert CUSTOMER not in repr(lines)
    assert "+19005550100" not in repr(lines)


def test_the_index_lists_the_routes(http):
    index = http.get("/").json
    assert index["simulated"] is True
    assert "POST /calls" in index["routes"]
    assert "DELETE /calls/<call_id>/translation" in index["routes"]


@pytest.mark.parametrize("path", ["/audit", "/calls/x/audit"])
def test_without_the_audit_plugin_its_routes_say_so(http, path):
    answer = http.get(path)
    assert answer.status_code == 404
    assert "flask-signalwire-audit" in answer.json["message"]


def test_the_installed_plugins_pick_and_write_down(make_desk, tmp_path):
    url = f"sqlite:///{(tmp_path / 'audit.sqlite3').as_posix()}"
    app = make_desk(SIGNALWIRE_PLUGINS_BLOCKED=[], SIGNALWIRE_AUDIT_URL=url)
    http = app.test_client()
    call = http.post("/calls", json={"to": CUSTOMER}).headers["Location"]
    started = http.post(f"{call}/translation").json
    assert started["translation"]["to_lang"] == "es-ES"
    assert started["decided"]
    http.post("/calls", json={"to": "+19005550100"})
    assert len(http.get(f"{call}/audit").json["rows"]) == 2
    assert len(http.get("/audit").json["rows"]) == 3
    assert len(http.get("/audit?limit=1").json["rows"]) == 1
    for limit in ("0", "-1", "1001", "x", "", "9" * 99, "²"):
        assert http.get("/audit", query_string={"limit": limit}).status_code == 400
