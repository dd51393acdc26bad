"""Threads, processes, forks, and processes that end without a word."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import warnings
from contextlib import closing
from pathlib import Path

import pytest

from flask_signalwire import exceptions

APP = """
import os, sys
from flask import Flask
from flask_signalwire import CallLeg, SignalWire, hookimpl

class Die:
    @hookimpl
    def signalwire_send_command(self, command):
        print(command.id, flush=True)
        os._exit(9)

def make(folder, *plugins):
    app = Flask("desk", instance_path=folder)
    app.testing = True
    app.config.update(
        SIGNALWIRE_SPACE="simulator",
        SIGNALWIRE_PLUGINS_BLOCKED="autolang",
        SIGNALWIRE_PLUGINS_REQUIRED="audit",
    )
    SignalWire(app, plugins=plugins)
    return app

def dial(app):
    return app.signalwire.calling.dial(
        from_="+14155550100", to="+34911234567", url="https://example.com"
    )
"""


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", APP + code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, err = process.communicate(timeout=120)
    assert err == ""
    return process.returncode, out


def outcomes(folder) -> list[str | None]:
    with closing(sqlite3.connect(folder / "signalwire-audit.sqlite")) as database:
        query = "SELECT outcome FROM signalwire_audit ORDER BY recorded_at"
        return [outcome for (outcome,) in database.execute(query)]


def test_a_process_that_is_killed_leaves_its_command_unresolved(make_app, tmp_path) -> None:
    code, out = finish(start("dial(make(sys.argv[1], Die()))", tmp_path))
    assert code == 9
    log = make_app(folder=tmp_path).extensions["signalwire_audit"]
    [row] = log.unresolved()
    assert row.id == out.strip()
    assert row.intent_at
    assert row.finished_at is None
    assert log.rows() == [row]


def test_eight_processes_write_at_once(tmp_path) -> None:
    """They also meet when the file, its tables and its journal mode are made."""
    code = "app = make(sys.argv[1])\nfor _ in range(10): dial(app)"
    processes = [start(code, tmp_path) for _ in range(8)]
    assert [finish(process) for process in processes] == [(0, "")] * 8
    assert outcomes(tmp_path) == ["accepted"] * 80


def test_twenty_threads_write_at_once(make_app, dial, tmp_path) -> None:
    app = make_app(folder=tmp_path / "desk")
    failed = []

    def work() -> None:
        try:
            for _ in range(5):
                dial(app)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert outcomes(tmp_path / "desk") == ["accepted"] * 100


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_children_of_a_fork_write_too(tmp_path) -> None:
    """The parent has written before, and goes on while its children come and go."""
    code = """
app = make(sys.argv[1])
dial(app)
children = []
for _ in range(5):
    child = os.fork()
    if not child:
        for _ in range(10):
            dial(app)
        sys.exit()
    children.append(child)
    dial(app)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
dial(app)
"""
    assert finish(start(code, tmp_path)) == (0, "")
    assert outcomes(tmp_path) == ["accepted"] * 57


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
def test_a_fork_inherits_no_open_database(make_app, dial, tmp_path) -> None:
    app = make_app(folder=tmp_path / "desk")
    dial(app)
    with warnings.catch_warnings():
        # Python warns of threads that were alive elsewhere in the test process.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        links = [path.readlink() for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
        os._exit(sum("signalwire-audit" in link.name for link in links))
    assert os.waitpid(child, 0)[1] == 0


def test_nothing_is_left_open_at_the_end(tmp_path) -> None:
    """With -W error, an unclosed connection is printed."""
    assert finish(start("dial(make(sys.argv[1]))", tmp_path)) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["signalwire-audit.sqlite"]


def test_a_read_only_database_stops_commands(make_app, dial, tmp_path) -> None:
    path = tmp_path / "audit.sqlite"
    dial(make_app(SIGNALWIRE_AUDIT_URL=f"sqlite:///{path}"))
    app = make_app(SIGNALWIRE_AUDIT_URL=f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(exceptions.PluginError, match="readonly database") as raised:
        dial(app)
    assert raised.value.outcome == "not_sent"
    assert not app.signalwire.simulator.journal
    assert len(app.extensions["signalwire_audit"].rows()) == 1  # reading it is possible
