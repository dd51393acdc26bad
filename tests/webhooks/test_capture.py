"""Copies of what was received."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from flask_signalwire.webhooks import capture
from flask_signalwire.webhooks.capture import Capture, redacted
from flask_signalwire.webhooks.tokens import Claim

from .conftest import CALL, Seen, call_state, post, utterance

Desk = Callable[..., Flask]


def lines(directory: Path) -> list[dict[str, Any]]:
    """All that was captured, file by file."""
    return [
        json.loads(line)
        for file in sorted(directory.iterdir())
        for line in file.read_text().splitlines()
    ]


def test_what_is_captured_can_be_understood(desk: Desk, tmp_path: Path) -> None:
    app = desk(capture_dir=str(tmp_path))
    payload = utterance("llámame al +34911234567")
    post(app, payload, purpose="live")
    (line,) = lines(tmp_path)
    assert line.keys() == {"at", "purpose", "claim", "raw"}
    assert line["purpose"] == "live"
    assert line["claim"] == {
        "account": "default",
        "purpose": "live",
        "call_id": CALL,
        "command_id": None,
    }
    assert line["raw"]["utterance"] == {
        **payload["utterance"],
        "content": "llámame al +34*******67",
    }


def test_it_is_redacted_unless_a_setting_says_raw(desk: Desk, tmp_path: Path) -> None:
    payload = {
        **call_state(),
        "from": "+34911234567",
        "api_token": "hunter2",
        "url": "https://u:hunter2@example.com/?token=hunter2",
        "number": 34911234567,
    }
    post(desk(capture_dir=str(tmp_path / "masked")), payload)
    post(desk(capture_dir=str(tmp_path / "raw"), capture_raw=True), payload)
    masked = next((tmp_path / "masked").iterdir()).read_text()
    assert "911234567" not in masked
    assert "hunter2" not in masked
    assert lines(tmp_path / "raw")[0]["raw"] == payload


@pytest.mark.parametrize(
    "kept",
    [
        {"timestamp": 1786000000.25},
        {"ts": 1786000000000000},
        {"params": {"start_time": 1786000000, "enqueue_ts": 1786000000000000}},
        {"channel_data": {"call_end_date": 1786000000000000}},
        {"timestamp": "1786000000"},
        {"timestamp": "2026-08-06T07:06:40+00:00"},
        {"call_id": CALL, "size": 4096, "confidence": 0.5, "final": True, "nothing": None},
    ],
)
def test_times_and_ids_stay(kept: dict[str, Any]) -> None:
    assert redacted(kept) == kept


def test_the_token_is_not_captured(desk: Desk, tmp_path: Path) -> None:
    app = desk(capture_dir=str(tmp_path), capture_raw=True)
    url = app.extensions["signalwire"].webhooks.url("calls", call_id=CALL)
    app.test_client().post(url.removeprefix("http://localhost"), json=call_state())
    (file,) = tmp_path.iterdir()
    assert url.partition("token=")[2] not in file.read_text()


def test_refused_and_invalid_requests_are_not_captured(desk: Desk, tmp_path: Path) -> None:
    app = desk(capture_dir=str(tmp_path))
    app.test_client().post("/signalwire/calls", json=call_state())
    post(app, b"{")
    post(app, call_state(call_id="4fa85f64-5717-4562-b3fc-2c963f66afa6"))
    assert list(tmp_path.iterdir()) == []


def test_repetitions_are_captured(desk: Desk, tmp_path: Path) -> None:
    app = desk(capture_dir=str(tmp_path))
    for _ in range(2):
        post(app, call_state())
    assert len(lines(tmp_path)) == 2


def test_only_the_owner_may_read_it(desk: Desk, tmp_path: Path) -> None:
    directory = tmp_path / "deep" / "events"
    post(desk(capture_dir=str(directory)), call_state())
    (file,) = directory.iterdir()
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_files_are_bounded_in_size_and_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capture, "MAX_BYTES", 1000)
    monkeypatch.setattr(capture, "MAX_FILES", 3)
    bystander = tmp_path / "notes.txt"
    bystander.write_text("mine")
    writer = Capture(tmp_path)
    for number in range(100):
        writer.write({"number": number}, "calls", None)
    files = sorted(tmp_path.glob("events-*.jsonl"))
    assert len(files) == 3
    assert all(file.stat().st_size < 1200 for file in files)
    kept = [json.loads(line)["raw"]["number"] for f in files for line in f.read_text().splitlines()]
    assert kept == list(range(kept[0], 100))
    assert bystander.read_text() == "mine"


def test_threads_write_whole_lines_to_one_file(tmp_path: Path) -> None:
    writer = Capture(tmp_path)

    def write(thread: int) -> None:
        for number in range(50):
            writer.write({"n": [thread, number], "text": "x" * 3000}, "live", None)

    threads = [threading.Thread(target=write, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(list(tmp_path.iterdir())) == 1
    assert sorted(line["raw"]["n"] for line in lines(tmp_path)) == [
        [thread, number] for thread in range(8) for number in range(50)
    ]


def _write(directory: str, process: int, start: Any) -> None:
    writer = Capture(directory)
    start.wait(30)
    for number in range(50):
        writer.write({"n": [process, number]}, "live", Claim("default", "live"))


def test_processes_write_files_of_their_own(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    start = spawn.Barrier(3)
    processes = [spawn.Process(target=_write, args=(str(tmp_path), n, start)) for n in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert len(list(tmp_path.iterdir())) == 3
    assert len(lines(tmp_path)) == 150


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_fork_begins_a_file_of_its_own(tmp_path: Path) -> None:
    writer = Capture(tmp_path)
    writer.write({"who": "parent"}, "live", None)
    child = os.fork()
    if child == 0:
        try:
            writer.write({"who": "child"}, "live", None)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    writer.write({"who": "parent"}, "live", None)
    found = [
        [json.loads(line)["raw"]["who"] for line in file.read_text().splitlines()]
        for file in sorted(tmp_path.iterdir())
    ]
    assert found == [["parent", "parent"], ["child"]]


# -- what must not hurt the receiver --------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is full")
def test_a_full_disk_is_for_the_log(
    desk: Desk,
    seen: Seen,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    log: pytest.LogCaptureFixture,
) -> None:
    app = desk(capture_dir=str(tmp_path))
    real = os.open

    def full(path: Any, flags: int, mode: int = 0o777, **options: Any) -> int:
        if str(path).startswith(str(tmp_path)):
            return real("/dev/full", os.O_WRONLY)
        return real(path, flags, mode, **options)

    monkeypatch.setattr(os, "open", full)
    for at in range(3):
        assert post(app, call_state(at=at)).status_code == 200
    assert len(seen.events) == 3
    told = [line for line in log.records if "not captured" in line.getMessage()]
    assert len(told) == 1
    assert "No space left" in told[0].getMessage()


def test_half_a_line_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full in the middle of a line, and has room again for the next one."""
    writer, real = Capture(tmp_path), os.write
    writer.write({"n": 1}, "calls", None)
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:9]))
        writer.write({"n": 2}, "calls", None)
    writer.write({"n": 3}, "calls", None)
    assert [line["raw"]["n"] for line in lines(tmp_path)] == [1, 3]


def test_a_directory_that_goes_away_comes_back(desk: Desk, seen: Seen, tmp_path: Path) -> None:
    directory = tmp_path / "events"
    app = desk(capture_dir=str(directory))
    post(app, call_state(at=1))
    for file in directory.iterdir():
        file.unlink()
    directory.rmdir()
    for at in (2, 3):
        assert post(app, call_state(at=at)).status_code == 200
    assert len(seen.events) == 3
    assert lines(directory)


def test_a_file_in_the_place_of_the_directory_is_for_the_log(
    desk: Desk, seen: Seen, tmp_path: Path, log: pytest.LogCaptureFixture
) -> None:
    directory = tmp_path / "events"
    app = desk(capture_dir=str(directory))
    directory.write_text("in the way")
    assert post(app, call_state()).status_code == 200
    assert len(seen.events) == 1
    assert "not captured" in log.text


def test_a_link_is_not_followed(tmp_path: Path, log: pytest.LogCaptureFixture) -> None:
    writer = Capture(tmp_path)
    writer.write({"n": 1}, "calls", None)
    (file,) = tmp_path.iterdir()
    file.unlink()
    target = tmp_path / "target"
    target.write_text("")
    file.symlink_to(target)
    writer.write({"n": 2}, "calls", None)
    assert target.read_text() == ""
    assert "not captured" in log.text
