"""What a simulator writes down."""

from __future__ import annotations

import dataclasses

import pytest

from flask_signalwire.simulator import Journal, JournalEntry

NUMBER = "34911234567"
SECRET = "correct-horse"


def test_everything_is_written_down_in_order(space, start):
    leg = space.dial()
    space.clock.advance(3)
    space.translate(leg["id"], start)
    space.command("update", id=leg["id"], status="completed")
    assert [(e.command, e.call_id, e.status) for e in space.simulator.journal] == [
        ("dial", leg["id"], 200),
        ("calling.live_translate", leg["id"], 200),
        ("update", leg["id"], 200),
    ]
    first, second, third = space.simulator.journal
    assert second.params == {"action": start}
    assert third.params == {"id": leg["id"], "status": "completed"}
    assert (second.at - first.at, third.at - second.at) == (3, 0)


def test_refused_requests_are_written_down_too(make_space):
    space = make_space(credentials={"project": "token"})
    space.client.post("/elsewhere")
    space.client.get("/api/calling/calls")
    space.post({"command": "dial", "params": {}})
    headers = {"Authorization": "Basic cHJvamVjdDp0b2tlbg=="}
    space.post(b"{", headers=headers)
    space.post({"command": "dial", "params": {"from": 5}}, headers=headers)
    space.post({"command": "calling.end", "id": [], "params": 7}, headers=headers)
    space.post({"command": ["dial"], "id": "x"}, headers=headers)
    assert [(e.command, e.call_id, e.status) for e in space.simulator.journal] == [
        (None, None, 404),
        (None, None, 405),
        (None, None, 401),
        (None, None, 400),
        ("dial", None, 422),
        ("calling.end", None, 422),
        (None, "x", 422),
    ]


def test_no_number_and_no_secret_is_written_down(space):
    frame = {"command": "calling.end", "id": f"+{NUMBER}", "params": {}}
    space.dial(
        to=f"+{NUMBER}", password=SECRET, url=f"https://u:{SECRET}@example.com/?token={SECRET}"
    )
    space.command("dial", tto=f"+{NUMBER}", passwordd=SECRET, headers=f"+{NUMBER}")
    space.command(f"dial +{NUMBER}", id=f"+{NUMBER}", api_token=SECRET, to=f"+{NUMBER}")
    space.post(frame)
    space.post({"command": "calling.end", "id": {"token": SECRET}, "params": SECRET})
    space.post({"command": "update", "params": {"id": f"+{NUMBER}"}})
    shown = repr(list(space.simulator.journal))
    assert len(space.simulator.journal) == 6
    assert NUMBER not in shown
    assert SECRET not in shown
    assert "+34*******67" in shown


def test_one_command_can_be_picked_out(space):
    leg = space.dial()
    space.command("dial")
    space.command("calling.end", leg["id"])
    dials = space.simulator.journal.commands("dial")
    assert [entry.status for entry in dials] == [200, 422]
    assert space.simulator.journal.commands("update") == ()


def test_entries_do_not_change(space):
    space.dial()
    with pytest.raises(dataclasses.FrozenInstanceError):
        space.simulator.journal[0].status = 500


def test_a_journal_is_a_bounded_sequence():
    journal = Journal(limit=3)
    entries = [JournalEntry(float(at), "dial", None, {}, 200) for at in range(5)]
    for entry in entries:
        journal.add(entry)
    assert list(journal) == entries[2:]
    assert len(journal) == 3
    assert (journal[0], journal[-1], journal[1:]) == (entries[2], entries[4], tuple(entries[3:]))
    assert entries[4] in journal
    for _ in journal:
        journal.add(entries[0])
    assert repr(journal) == "<Journal of 3 requests>"
    journal.clear()
    assert not journal
