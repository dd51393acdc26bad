"""`flask signalwire events replay`."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask, current_app

from flask_signalwire import hookimpl
from flask_signalwire.events import Event

from .conftest import CALL, Seen, call_state, post, utterance

Desk = Callable[..., Flask]


def replay(app: Flask, *arguments: Any, **options: Any) -> Result:
    # Before 8.2, click mixed stderr into stdout unless it was told not to.
    mixes = "mix_stderr" in inspect.signature(CliRunner).parameters
    runner = app.test_cli_runner(**({"mix_stderr": False} if mixes else {}))
    return runner.invoke(args=["signalwire", "events", "replay", *map(str, arguments)], **options)


@pytest.fixture
def captured(make_app: Any, tmp_path: Path) -> Path:
    """A file of three events, a repetition among them."""
    app = make_app(capture_dir=str(tmp_path / "events"))
    post(app, call_state("ringing", at=1))
    post(app, call_state("ringing", at=1))
    post(app, utterance("llámame al +34911234567"), purpose="live")
    post(app, call_state("ended", at=2), command_id="d-1")
    (file,) = (tmp_path / "events").iterdir()
    return file


def test_events_are_delivered_in_order(app: Flask, seen: Seen, captured: Path) -> None:
    result = replay(app, captured)
    assert result.exit_code == 0
    assert seen.kinds == ["call_state", "utterance", "call_state"]
    assert result.output.splitlines() == [
        f"{captured}:1  delivered  call_state  call {CALL}",
        f"{captured}:2  duplicate  call_state  call {CALL}",
        f"{captured}:3  delivered  utterance  call {CALL}",
        f"{captured}:4  delivered  call_state  call {CALL}",
        "4 events: 3 delivered, 1 duplicate",
    ]
    last = seen.events[-1]
    assert (last.purpose, last.command_id, last.known) == ("calls", "d-1", True)


def test_one_purpose(app: Flask, seen: Seen, captured: Path) -> None:
    assert replay(app, captured, "--purpose", "live").exit_code == 0
    assert seen.kinds == ["utterance"]


def test_again(app: Flask, seen: Seen, captured: Path) -> None:
    replay(app, captured)
    assert "delivered" not in replay(app, captured).output
    assert len(seen.events) == 3
    assert "duplicate" not in replay(app, captured, "--again").output
    assert len(seen.events) == 7


def test_plain_payloads_from_standard_input(app: Flask, seen: Seen) -> None:
    text = "\n".join([json.dumps(call_state()), "", json.dumps(utterance())])
    result = replay(app, "-", "--purpose", "live", input=text)
    assert result.exit_code == 0
    assert [(event.kind, event.purpose) for event in seen.events] == [
        ("call_state", "live"),
        ("utterance", "live"),
    ]


def test_json(app: Flask, captured: Path) -> None:
    result = replay(app, captured, "--json")
    found = json.loads(result.output)
    assert [item["outcome"] for item in found] == ["delivered", "duplicate"] + ["delivered"] * 2
    assert found[0] == {
        "file": str(captured),
        "line": 1,
        "kind": "call_state",
        "call_id": CALL,
        "control_id": None,
        "late": False,
        "outcome": "delivered",
        "reason": None,
    }


class Crashing:
    @hookimpl
    def signalwire_event_received(self, event: Event) -> None:
        if event.kind == "utterance":
            raise OSError("the database is down")


def test_it_stops_where_a_plugin_fails(desk: Desk, seen: Seen, captured: Path) -> None:
    result = replay(desk(Crashing), captured)
    assert result.exit_code == 3
    assert result.output.splitlines()[-2] == f"{captured}:3  failed     utterance  call {CALL}"
    assert seen.kinds == ["call_state", "utterance"]


def test_or_goes_on(desk: Desk, seen: Seen, captured: Path) -> None:
    result = replay(desk(Crashing), captured, "--keep-going")
    assert result.exit_code == 3
    assert seen.kinds == ["call_state", "utterance", "call_state"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("{", "no JSON"),
        ("[]", "no JSON object"),
        ("\udcff", "no UTF-8"),
        ('{"claim": null, "raw": 5}', "no captured event"),
        ('{"claim": {"account": "default"}, "raw": {}}', "no captured event"),
        ('{"claim": {"x": 1}, "raw": {}}', "no captured event"),
        ('{"claim": 5, "raw": {}}', "no captured event"),
        ('{"claim": null, "purpose": 5, "raw": {}}', "no captured event"),
        ('{"claim": null, "purpose": "operation", "raw": {}}', "no captured event"),
    ],
)
def test_a_line_that_can_not_be_read(
    app: Flask, seen: Seen, tmp_path: Path, line: str, text: str
) -> None:
    file = tmp_path / "events.jsonl"
    whole = f"{line}\n{json.dumps(call_state())}\n"
    file.write_bytes(whole.encode("utf-8", "surrogateescape"))
    result = replay(app, file)
    assert result.exit_code == 2
    assert text in result.output
    assert seen.events == []
    assert replay(app, file, "--keep-going").exit_code == 2
    assert len(seen.events) == 1


def test_an_event_of_another_call_is_refused(app: Flask, seen: Seen, tmp_path: Path) -> None:
    claim = {"account": "default", "purpose": "calls", "call_id": "another", "command_id": None}
    file = tmp_path / "events.jsonl"
    file.write_text(json.dumps({"purpose": "calls", "claim": claim, "raw": call_state()}))
    result = replay(app, file)
    assert (result.exit_code, seen.events) == (3, [])
    assert "refused" in result.output


def test_a_file_that_is_not_there(app: Flask, tmp_path: Path) -> None:
    result = replay(app, tmp_path / "nothing.jsonl")
    assert result.exit_code == 2
    assert "nothing.jsonl" in result.stderr


def test_a_directory_is_told_to_be_its_files(app: Flask, captured: Path) -> None:
    result = replay(app, captured.parent)
    assert result.exit_code == 2
    assert f"is a directory; expected the files in it: {captured.parent / '*.jsonl'}" in (
        " ".join(result.stderr.split())
    )


def test_an_empty_file_has_no_events(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "events-1.jsonl").touch()
    result = replay(app, tmp_path / "events-1.jsonl")
    assert (result.exit_code, result.stdout) == (0, "0 events\n")


def test_numbers_are_masked(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text(json.dumps({"event_type": "x", "params": {"call_id": "+34911234567"}}))
    assert "911234567" not in replay(desk(), file).output


def test_handlers_have_an_app_context(desk: Desk, captured: Path) -> None:
    names = []

    class Plugin:
        @hookimpl
        def signalwire_event_received(self) -> None:
            names.append(current_app.name)

    app = desk(Plugin)
    replay(app, captured)
    assert set(names) == {app.name}
