"""What is kept of people: numbers, words, users; what is erased, and what is purged."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_signalwire import CommandRejected, events, exceptions, hookimpl
from flask_signalwire.testing import Tester
from flask_signalwire_audit.keys import normalise

pytestmark = pytest.mark.once

T = "signalwire_audit_entries"
CALLER = "+34600111222"


def seqs(output):
    return [json.loads(line)["seq"] for line in output.splitlines()]


def rows_of(app):
    return app.extensions["signalwire_audit"].rows()


def say(app, call_id, text):
    app.signalwire.calling.play(call_id, play=[{"type": "tts", "params": {"text": text}}])


def said(row):
    return row.params["play"][0]["params"]["text"]


@pytest.mark.parametrize(
    ("setting", "stored"),
    [
        (None, "[30 characters]"),
        ("drop", "[30 characters]"),
        ("keep", "Ms Ruiz, call +34*******22 now"),
        (8, "Ms Ruiz,… [30 characters]"),
        (500, "Ms Ruiz, call +34*******22 now"),
    ],
)
def test_words_are_dropped_cut_or_kept(make_app, setting, stored) -> None:
    app = make_app(SIGNALWIRE_AUDIT_URL="sqlite://", SIGNALWIRE_AUDIT_TEXT=setting)
    call = app.signalwire.simulator.inbound(from_=CALLER, to="+12025550100")
    say(app, call.id, f"Ms Ruiz, call {CALLER} now")
    assert said(rows_of(app)[0]) == stored


def test_hashed_numbers_join_and_tell_nothing(make_app, dial) -> None:
    app = make_app(SIGNALWIRE_AUDIT_URL="sqlite://", SIGNALWIRE_AUDIT_NUMBERS="hashed")
    dial(app)
    dial(app, to="+34 911 23-45-67")
    dial(app, to="+34911234568")
    third, second, first = rows_of(app)
    assert first.params["to"] == second.params["to"] != third.params["to"]
    assert first.params["to"].startswith("number:")
    other = make_app(SIGNALWIRE_AUDIT_URL="sqlite://", SIGNALWIRE_AUDIT_NUMBERS="hashed")
    dial(other)
    assert rows_of(other)[0].params["to"] != first.params["to"]  # it has another key


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("+34911234567", "0034 911 234 567", True),
        ("+34911234567", "sip:+34911234567@example.com", True),
        ("tel:+1-202-555-0100", "+1 (202) 555.0100", True),
        ("sip:Ana@Example.com", "sip:ana@example.com", True),
        ("sip:ana@example.com", "sip:bo@example.com", False),
        ("+34911234567", "+34911234568", False),
    ],
)
def test_spellings_of_a_number(one, other, equal) -> None:
    assert (normalise(one) == normalise(other)) is equal


@given(st.text())
def test_any_text_has_one_spelling(text) -> None:
    assert normalise(normalise(text)) == normalise(normalise(normalise(text)))


def test_the_app_says_who(make_app, dial) -> None:
    app = make_app(
        SIGNALWIRE_AUDIT_URL="sqlite://",
        SIGNALWIRE_AUDIT_USER=lambda command: f"{command.name} by ana",
    )
    dial(app, context={"user": "bo"})
    assert rows_of(app)[0].who == "dial by ana"


def crashes(command):
    raise RuntimeError("no session")


def test_who_nobody_can_say_does_not_send(make_app, dial) -> None:
    app = make_app(SIGNALWIRE_AUDIT_URL="sqlite://", SIGNALWIRE_AUDIT_USER=crashes)
    with pytest.raises(exceptions.PluginError, match="SIGNALWIRE_AUDIT_USER raised RuntimeError"):
        dial(app)
    assert not app.signalwire.simulator.journal
    (row,) = rows_of(app)
    assert (row.outcome, row.who) == ("not_sent", None)


def test_best_effort_sends_without_a_user(make_app, dial, caplog) -> None:
    app = make_app(
        SIGNALWIRE_AUDIT_URL="sqlite://",
        SIGNALWIRE_AUDIT_USER=crashes,
        SIGNALWIRE_AUDIT_MODE="best-effort",
    )
    dial(app)
    (row,) = rows_of(app)
    assert (row.outcome, row.who) == ("accepted", None)
    assert "SIGNALWIRE_AUDIT_USER crashed" in caplog.text


class Veto:
    @hookimpl
    def signalwire_authorize_command(self, command):
        if command.context.get("veto"):
            raise CommandRejected("not Ms Ruiz")


def test_a_persons_data_is_erased_and_the_rest_verifies(store, make_app, dial, run) -> None:
    app = make_app(Veto(), **store.config, SIGNALWIRE_AUDIT_TEXT="keep")
    kept = dial(app)
    say(app, kept.id, "Hello stranger")
    caller = app.signalwire.simulator.inbound(from_=CALLER, to="+12025550100")
    say(app, caller.id, "Hello Ms Ruiz")
    dial(app, to=CALLER, send_digits="42")
    with pytest.raises(CommandRejected):
        dial(app, to=CALLER, context={"veto": True})
    missing = {"call_id": caller.id, "message": None}
    assert len(run(app, "export", "--number", CALLER).splitlines()) == 3
    before = rows_of(app)

    assert run(app, "erase", "--number", "0034 600 11 12 22").endswith("5 entries was removed.\n")
    assert "entries, 1 to 10: as they were written" in run(app, "verify")
    after = rows_of(app)
    assert [row.kind for row in after] == ["erased", *["command"] * 5]
    veto, placed, played = after[1:4]
    assert all(row.erased and row.params is None for row in (veto, placed, played))
    assert (veto.error, veto.message) == ("CommandRejected", missing["message"])
    assert (played.call_id, played.outcome) == (missing["call_id"], "accepted")
    assert after[4:] == before[3:]  # of others, nothing
    assert said(after[4]) == "Hello stranger"
    assert run(app, "export", "--number", CALLER) == ""
    stored = repr(store.sql(f"SELECT personal, details FROM {T}"))
    assert "Ruiz" not in stored
    assert "0 entries was removed" in run(app, "erase", "--number", CALLER)
    dial(app, to=CALLER)
    assert len(run(app, "export", "--number", CALLER).splitlines()) == 1


def test_what_is_erased_is_not_in_the_files_bytes(make_app, dial, run, tmp_path) -> None:
    app = make_app(folder=tmp_path / "desk", SIGNALWIRE_AUDIT_TEXT="keep")
    call = app.signalwire.simulator.inbound(from_=CALLER, to="+12025550100")
    say(app, call.id, "Hello Ms Ruiz")
    run(app, "erase", "--number", CALLER)
    files = list((tmp_path / "desk").iterdir())
    assert not [path for path in files if b"Ruiz" in path.read_bytes()]


def test_an_erasure_can_not_be_claimed(store, make_app, dial, run) -> None:
    app = make_app(**store.config)
    dial(app)
    run(app, "erase", "--number", "+34911234567")
    dial(app)
    store.sql(f"UPDATE {T} SET personal = NULL WHERE seq = 4")
    store.sql("DELETE FROM signalwire_audit_numbers WHERE seq = 4")
    store.sql(f"""UPDATE {T} SET details = '{{"entries":[1,2,4]}}' WHERE seq = 3""")
    output = run(app, "verify", code=1)
    assert "entry 3 was changed" in output
    assert "entry 4 has lost its personal part" in output


def test_a_purge_keeps_the_rest_verifiable(store, make_app, dial, run, tmp_path) -> None:
    app = make_app(**store.config)
    dial(app)
    early = run(app, "checkpoint")
    dial(app)
    then = datetime.now(timezone.utc)
    point = run(app, "checkpoint")
    dial(app)
    dial(app)
    assert run(app, "purge", "--older-than", then.isoformat()) == "4 entries deleted.\n"
    assert [row.seq for row in rows_of(app)] == [9, 7, 5]
    assert run(app, "verify") == "5 entries, 5 to 9: as they were written\n"
    assert run(app, "purge", "--older-than", then.isoformat()) == "0 entries deleted.\n"
    output = run(app, "verify", "--checkpoint", "-", input=early + point)
    assert "of entry 2, which was purged since" in output
    assert output.count("note") == 1
    # And whoever deletes more than was purged is found out.
    store.sql(f"DELETE FROM {T} WHERE seq = 5")
    assert "entry 5 is missing: deleted" in run(app, "verify", code=1)
    assert run(app, "purge", "--older-than", "0s") == "4 entries deleted.\n"
    assert run(app, "verify") == "1 entries, 10 to 10: as they were written\n"


def test_a_purge_can_not_be_claimed(store, make_app, dial, run) -> None:
    app = make_app(**store.config)
    for _ in range(3):
        dial(app)
    run(app, "purge", "--older-than", (datetime.now(timezone.utc) - timedelta(days=1)).isoformat())
    store.sql(f"DELETE FROM {T} WHERE seq <= 2")
    [(mac,)] = store.sql(f"SELECT mac FROM {T} WHERE seq = 3")
    store.sql(
        f"INSERT INTO {T} (seq, at, kind, details, key_id, mac) "
        "SELECT 7, at, 'purged', :details, key_id, mac FROM signalwire_audit_entries WHERE seq = 3",
        details=f'{{"through":2,"mac":"{mac}"}}',
    )
    output = run(app, "verify", code=1)
    assert "entry 3 was changed, or inserted" in output
    assert "entry 7 was inserted" in output


def test_an_erasure_is_verifiable_after_a_purge(store, make_app, dial, run) -> None:
    app = make_app(**store.config)
    dial(app)
    then = datetime.now(timezone.utc)
    dial(app)
    run(app, "erase", "--number", "+34911234567")
    run(app, "purge", "--older-than", then.isoformat())
    assert run(app, "verify") == "4 entries, 3 to 6: as they were written\n"


def test_of_a_callback_its_digest_is_kept(store, make_app, dial, run) -> None:
    app = make_app(**store.config, SIGNALWIRE_AUDIT_EVENTS=True)
    with Tester(app) as signalwire:
        leg = dial(app)
        device = {"type": "phone", "params": {"from_number": CALLER, "note": "Ms Ruiz"}}
        params = {"call_id": leg.id, "call_state": "answered", "device": device}
        payload = {"event_type": "calling.call.state", "timestamp": 1_767_225_600, "params": params}
        assert signalwire.post_raw("calls", payload, call_id=leg.id).status_code == 200
    newest, _ = app.extensions["signalwire_audit"].rows(call_id=leg.id)
    assert (newest.kind, newest.name, newest.account) == ("event", "call_state", "default")
    assert newest.details["purpose"] == "calls"
    assert len(newest.details["payload_digest"]) == 64
    assert seqs(run(app, "export", "--number", CALLER)) == [newest.seq]
    assert "Ruiz" not in repr(store.sql(f"SELECT personal, details FROM {T}"))
    run(app, "erase", "--number", CALLER)
    assert "as they were written" in run(app, "verify")


def test_callbacks_are_not_recorded_unless_that_is_asked_for(store, make_app, dial) -> None:
    app = make_app(**store.config)
    with Tester(app) as signalwire:
        leg = dial(app)
        signalwire.post(events.CallState, call_id=leg.id, state="answered")
    assert [row.kind for row in app.extensions["signalwire_audit"].rows()] == ["command"]
