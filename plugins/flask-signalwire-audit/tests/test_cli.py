"""``flask signalwire audit``."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import uuid4

import pytest

from flask_signalwire import CallLeg, exceptions, hookimpl


@pytest.fixture
def run():
    def call(app, *arguments):
        return app.test_cli_runner().invoke(args=["signalwire", "audit", *arguments])

    return call


def test_list(make_app, dial, run) -> None:
    app = make_app()
    assert run(app, "list").output == "No commands.\n"
    leg = dial(app, context={"user": "ana"})
    with pytest.raises(exceptions.PayloadError):
        dial(app, timeout=0)
    result = run(app, "list")
    head, newest, oldest = [line for line in result.output.splitlines() if line[:1] in "R2"]
    assert head.split("  ")[0] == "RECORDED (UTC)"
    assert "not_sent" in newest
    assert "PayloadError: dial was not sent" in newest
    assert all(text in oldest for text in ("dial", "accepted", leg.id, "ana", leg.status))
    assert len(run(app, "list", "--limit", "1").output.splitlines()) == 2
    assert len(run(app, "list", "--call-id", leg.id).output.splitlines()) == 2


def test_json(make_app, dial, run) -> None:
    app = make_app()
    leg = dial(app)
    [row] = json.loads(run(app, "list", "--json").output)
    assert (row["id"], row["leg_id"], row["outcome"]) == (leg.command_id, leg.id, "accepted")
    assert datetime.fromisoformat(row["finished_at"]).utcoffset() is not None
    assert json.loads(run(app, "unresolved", "--json").output) == []


def test_unresolved(make_app, dial, run) -> None:
    output = []

    class Look:
        @hookimpl
        def signalwire_send_command(self, command):
            output.append(run(app, "unresolved").output)
            return CallLeg({"id": str(uuid4())}, command=command)

    app = make_app(Look())
    dial(app)
    assert "unresolved" in output[0]
    assert run(app, "unresolved").output == "No commands.\n"


def test_what_the_service_said_cannot_move_the_cursor(make_app, dial, run) -> None:
    class Answer:
        @hookimpl
        def signalwire_send_command(self, command):
            return CallLeg({"id": "\x1b[2Jx\ny", "status": 7}, command=command)

    app = make_app(Answer())
    dial(app)
    assert "\x1b" not in run(app, "list").output
    assert " [2Jx y" in run(app, "list").output


def test_a_database_that_cannot_be_read_is_explained(make_app, run, tmp_path) -> None:
    (tmp_path / "file").write_text("no folder")
    result = run(make_app(folder=tmp_path / "file"), "list")
    assert result.exit_code == 1
    assert result.output.startswith("Error: the audit's database can't be read")
