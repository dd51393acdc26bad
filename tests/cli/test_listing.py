"""``flask signalwire`` as somebody at a terminal, or a script, uses it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask

from flask_signalwire import hookimpl

_FLASK = [sys.executable, "-m", "flask"]


class Policy:
    name = "policy"

    @hookimpl
    def signalwire_authorize_command(self, command: Any) -> None:
        pass


def test_plugins_are_listed_for_people(make_app: Callable[..., Flask]) -> None:
    result = make_app(Policy).test_cli_runner().invoke(args=["signalwire", "plugins"])
    assert result.exit_code == 0
    rows = [line.split() for line in result.output.splitlines()]
    assert rows[0] == ["NAME", "STATUS", "FROM", "HOOKS"]
    assert ["policy", "active", "app", "authorize_command"] in rows
    assert ["sender", "active", "built", "in", "send_command"] in rows


def test_plugins_are_listed_for_scripts(
    make_app: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "acme_broken.py").write_text("import nothing_of_that_name")
    info = tmp_path / "acme_broken-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-broken\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[flask_signalwire]\nbroken = acme_broken\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "acme_broken", raising=False)
    app = make_app(Policy)
    result = app.test_cli_runner().invoke(args=["signalwire", "plugins", "--json"])
    found = {row["name"]: row for row in json.loads(result.output)}
    assert found["policy"] == {
        "name": "policy",
        "origin": "app",
        "distribution": None,
        "version": None,
        "hooks": ["signalwire_authorize_command"],
        "status": "active",
        "reason": "",
    }
    broken = found["broken"]
    assert (broken["status"], broken["distribution"], broken["version"]) == (
        "broken",
        "acme-broken",
        "1.2",
    )
    assert "nothing_of_that_name" in broken["reason"]


@pytest.fixture
def server(tmp_path: Path) -> Any:
    """``flask signalwire simulator run`` in a process of its own."""
    (tmp_path / "desk.py").write_text(
        "from flask import Flask\n"
        "from flask_signalwire import SignalWire\n"
        "app = Flask('desk')\n"
        "app.config.from_prefixed_env()\n"
        "app.config['SIGNALWIRE_PLUGINS_BLOCKED'] = 'audit,autolang'\n"
        "SignalWire(app)\n"
    )
    environment = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
    process = subprocess.Popen(
        [*_FLASK, "--app", "desk", "signalwire", "simulator", "run", "--port", "0"],
        cwd=tmp_path,
        env={
            **environment,
            "PYTHONPATH": f"{Path(__file__).parents[2]}:{tmp_path}",
            "PYTHONUNBUFFERED": "1",
            "FLASK_SIGNALWIRE_SPACE": "simulator",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    yield process
    if process.poll() is None:
        process.kill()
    process.wait(10)
    process.stdout.close()


def test_the_simulator_serves_any_client(server: Any) -> None:
    lines = [server.stdout.readline() for _ in range(4)]
    space = re.search(r"SIGNALWIRE_SPACE=(127\.0\.0\.1:\d+)", lines[1])
    project = re.search(r"SIGNALWIRE_PROJECT_ID=(\S+)", lines[2])
    token = re.search(r"SIGNALWIRE_API_TOKEN=(\S+)", lines[3])
    assert space
    assert project
    assert token
    url = f"http://{space[1]}/api/calling/calls"
    body = {
        "command": "dial",
        "params": {"from": "+12025550100", "to": "+34911234567", "url": "https://e.org"},
    }
    auth = (project[1], token[1])
    with requests.Session() as session:
        session.trust_env = False
        assert session.post(url, json=body, auth=auth, timeout=5).json()["status"] == "queued"
        assert session.post(url, json=body, auth=("x", "y"), timeout=5).status_code == 401
    server.send_signal(signal.SIGINT)
    assert server.wait(10) == 0
    assert server.stdout.read() == "Stopped.\n"


def test_a_taken_port_is_said_so(make_app: Callable[..., Flask]) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = (
            make_app()
            .test_cli_runner()
            .invoke(args=["signalwire", "simulator", "run", "--port", port])
        )
    assert result.exit_code == 1
    assert "try another --port" in result.output


def test_the_command_of_a_plugin_that_is_blocked_says_so(
    make_app: Callable[..., Flask], installed: list[str]
) -> None:
    runner = make_app().test_cli_runner()
    for name in installed:
        result = runner.invoke(args=["signalwire", name])
        assert result.exit_code == 2
        told = f"No such command '{name}': the plugin is blocked: named in SIGNALWIRE_PLUGINS_BLOCK"
        assert told in result.output
    result = runner.invoke(args=["signalwire", "sender"])
    assert result.exit_code == 2
    assert "the plugin" not in result.output
