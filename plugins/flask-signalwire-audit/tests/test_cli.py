"""``flask signalwire audit``."""

from __future__ import annotations

import gc
import json
import tracemalloc
from datetime import datetime
from uuid import uuid4

import pytest

from flask_signalwire import CallLeg, exceptions, hookimpl
from flask_signalwire_audit import retention
from flask_signalwire_audit.chain import Entry

pytestmark = pytest.mark.once


def seqs(output: str) -> list[int]:
    return [json.loads(line)["seq"] for line in output.splitlines()]


def test_list(make_app, dial, run) -> None:
    app = make_app()
    assert run(app, "list") == "No commands.\n"
    leg = dial(app, context={"user": "ana"})
    with pytest.raises(exceptions.PayloadError):
        dial(app, timeout=0)
    head, newest, oldest = run(app, "list").splitlines()
    assert head.split("  ")[0] == "RECORDED (UTC)"
    assert "not_sent" in newest
    assert "PayloadError: dial was not sent" in newest
    assert all(text in oldest for text in ("dial", "accepted", leg.id, "ana", leg.status))
    assert len(run(app, "list", "--limit", "1").splitlines()) == 2
    assert len(run(app, "list", "--call-id", leg.id).splitlines()) == 2


def test_json_lines(make_app, dial, run) -> None:
    app = make_app()
    leg = dial(app)
    (row,) = map(json.loads, run(app, "list", "--json").splitlines())
    assert (row["id"], row["leg_id"], row["outcome"]) == (leg.command_id, leg.id, "accepted")
    assert datetime.fromisoformat(row["finished_at"]).utcoffset() is not None
    assert run(app, "unresolved", "--json") == ""


def test_show(make_app, dial, run) -> None:
    app = make_app()
    leg = dial(app, context={"user": "ana"})
    shown = run(app, "show", leg.command_id)
    assert '"to": "+34*******67"' in shown
    assert "who:           ana" in shown
    assert json.loads(run(app, "show", leg.command_id, "--json"))["id"] == leg.command_id
    assert "there is no command" in run(app, "show", str(uuid4()), code=1)


def test_filters(store, make_app, dial, run) -> None:
    app = make_app(**store.config)
    one = dial(app, context={"user": "ana"})  # entries 1 and 2
    with pytest.raises(exceptions.PayloadError):  # entry 3
        dial(app, to="+12025550199", timeout=0, context={"user": "bo"})
    app.signalwire.calling.end(one.id)  # entries 4 and 5
    for arguments, expected in (
        ((), [1, 3, 4]),
        (("--call-id", one.id), [1, 4]),
        (("--command", "calling.end"), [4]),
        (("--user", "bo"), [3]),
        (("--outcome", "not_sent"), [3]),
        (("--outcome", "unresolved"), []),
        (("--number", "0034 911 234 567"), [1, 4]),  # the answer to the end names it
        (("--number", "+1 (202) 555-0199"), [3]),
        (("--number", "+12025550198"), []),
        (("--since", "1h"), [1, 3, 4]),
        (("--until", "1h"), []),
        (("--since", "2999-01-01"), []),
        (("--until", "2999-01-01T00:00+02:00", "--user", "ana"), [1]),
    ):
        assert seqs(run(app, "export", *arguments)) == expected, arguments
        assert seqs(run(app, "list", "--json", *arguments)) == expected[::-1], arguments
    assert "'soon' is neither an age" in run(app, "list", "--since", "soon", code=2)


def test_unresolved(make_app, dial, run) -> None:
    output = []

    class Look:
        @hookimpl
        def signalwire_send_command(self, command):
            output.append(run(app, "unresolved"))
            output.append(run(app, "unresolved", "--older-than", "5m"))
            return CallLeg({"id": str(uuid4())}, command=command)

    app = make_app(Look())
    dial(app)
    assert "unresolved" in output[0]
    assert output[1] == run(app, "unresolved") == "No commands.\n"


def test_what_the_service_said_cannot_move_the_cursor(make_app, dial, run) -> None:
    class Answer:
        @hookimpl
        def signalwire_send_command(self, command):
            return CallLeg({"id": "\x1b[2Jx\ny", "status": 7}, command=command)

    app = make_app(Answer())
    dial(app)
    assert " [2Jx y" in run(app, "list")
    for output in (run(app, "list"), run(app, "export")):
        assert "\x1b" not in output


def test_a_database_that_cannot_be_read_is_explained(make_app, run, tmp_path) -> None:
    (tmp_path / "file").write_text("no folder")
    output = run(make_app(folder=tmp_path / "file"), "list", code=1)
    assert output.startswith("Error: the audit's database can't be read")


def test_many_rows_are_read_in_little_memory(store, make_app, run) -> None:
    app = make_app(**store.config)
    journal = app.extensions["signalwire_audit"]._journal
    for _ in range(20):
        row = {"name": "dial", "account": "default", "outcome": "accepted"}
        personal = {"params": {"text": "x" * 500}}
        journal.append(*(Entry("outcome", row, personal=personal) for _ in range(500)))
    # PostgreSQL does so by itself within a minute; until then it takes the table for empty.
    store.sql("ANALYZE")
    log = app.extensions["signalwire_audit"]
    next(log.iterate())  # what is kept for ever is made
    gc.collect()
    tracemalloc.start()
    try:
        assert sum(1 for _ in log.iterate(oldest_first=True)) == 10_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 15_000_000  # all of them are 20 MB, the pages and their queries 5 to 11
    assert "10000 entries, 1 to 10000" in run(app, "verify")
    assert retention.purge(journal, datetime.fromisoformat("2999-01-01T00:00+00:00")) == 10_000
    assert "1 entries, 10001 to 10001" in run(app, "verify")
