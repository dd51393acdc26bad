"""Threads, processes, forks, and processes that end without a word."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
import warnings
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from flask_signalwire import exceptions

pytestmark = pytest.mark.once

KEY = "a key that nobody guesses"
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
        SIGNALWIRE_AUDIT_URL=os.environ.get("JOURNAL"),
        SIGNALWIRE_AUDIT_KEY=os.environ.get("JOURNAL_KEY"),
    )
    SignalWire(app, plugins=plugins)
    return app

def dial(app):
    return app.signalwire.calling.dial(
        from_="+14155550100", to="+34911234567", url="https://example.com"
    )
"""


def start(code: str, *arguments: object, store: Any = None) -> subprocess.Popen[str]:
    given = {} if store is None else {"JOURNAL": store.url, "JOURNAL_KEY": KEY}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", APP + code, *map(str, arguments)],
        env={**os.environ, **given},
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
        query = "SELECT outcome FROM signalwire_audit_entries WHERE kind = 'outcome'"
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


def test_eight_processes_write_at_once(tmp_path, make_app, run) -> None:
    """They also meet when the file, its key, its tables and its journal mode are made."""
    code = "app = make(sys.argv[1])\nfor _ in range(5): dial(app)"
    processes = [start(code, tmp_path) for _ in range(8)]
    assert [finish(process) for process in processes] == [(0, "")] * 8
    assert outcomes(tmp_path) == ["accepted"] * 40
    assert "80 entries, 1 to 80: as they were" in run(make_app(folder=tmp_path), "verify")


def test_eight_processes_are_killed_while_they_write(store, tmp_path, make_app, run) -> None:
    """Each says what it is about to dial, and what it dialled."""
    code = """
class Tell:
    @hookimpl(wrapper=True)
    def signalwire_send_command(self, command):
        print("sends", command.id, flush=True)
        return (yield)
app = make(sys.argv[1], Tell())
while True:
    print("sent", dial(app).command_id, flush=True)
"""
    folders = [tmp_path / f"desk{number}" for number in range(8)]
    processes = [start(code, folder, store=store) for folder in folders]
    first = [process.stdout.readline() for process in processes]  # all of them are at it
    time.sleep(1)
    for process in processes:
        process.kill()  # SIGKILL
    out, err = zip(*[process.communicate() for process in processes], strict=True)
    assert err == ("",) * 8
    told = [line.split() for text in (*first, *out) for line in text.splitlines()]
    assert all(line.startswith("sends") for line in first)
    sends = {words[1] for words in told if words[0] == "sends" and len(words) == 2}
    sent = {words[1] for words in told if words[0] == "sent" and len(words) == 2}
    app = make_app(**store.config)
    assert "as they were written" in run(app, "verify")
    rows = {row.id: row for row in app.extensions["signalwire_audit"].iterate()}
    # What may have left is there; what came back is complete; the rest is listed as unresolved.
    assert sends <= rows.keys()
    assert all(rows[each].outcome == "accepted" for each in sent)
    assert {row.outcome for row in rows.values()} <= {"accepted", None}
    unresolved = [row.id for row in rows.values() if row.outcome is None]
    assert len(unresolved) <= 8
    listed = run(app, "unresolved", "--json").splitlines()
    assert {json.loads(line)["id"] for line in listed} == set(unresolved)


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
def test_children_of_a_fork_write_too(store, tmp_path, make_app, run) -> None:
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
    assert finish(start(code, tmp_path, store=store)) == (0, "")
    assert "114 entries, 1 to 114: as they were" in run(make_app(**store.config), "verify")


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
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "signalwire-audit.key",
        "signalwire-audit.sqlite",
    ]


def test_a_read_only_database_stops_commands(make_app, dial, tmp_path) -> None:
    path = tmp_path / "audit.sqlite"
    dial(make_app(SIGNALWIRE_AUDIT_URL=f"sqlite:///{path}"))
    app = make_app(SIGNALWIRE_AUDIT_URL=f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(exceptions.PluginError, match="readonly database") as raised:
        dial(app)
    assert raised.value.outcome == "not_sent"
    assert not app.signalwire.simulator.journal
    assert len(app.extensions["signalwire_audit"].rows()) == 1  # reading it is possible
