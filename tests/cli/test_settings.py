"""Settings that can't be, on a terminal: what is wrong with them, and an exit code for scripts."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from flask_signalwire.cli.exits import Exit
from flask_signalwire.exceptions import ClientNotFound, ConfigurationError

APP = """
import click
from flask import Flask
from flask_signalwire import SignalWire, current_signalwire

app = Flask("desk")
app.config.from_prefixed_env()
SignalWire(app)

@app.cli.command("ring")
def ring():
    current_signalwire.calling.end("3fa85f64-5717-4562-b3fc-2c963f66afa6")
"""


def flask(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    (folder / "app.py").write_text(APP)
    command = [sys.executable, "-m", "flask", "--app", "app", *arguments]
    found = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ["PATH"], **environ}
    return subprocess.run(
        command, cwd=folder, env=found, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    "arguments",
    [("signalwire", "send", "dial", "--json", "{}"), ("signalwire", "doctor"), ("ring",)],
)
def test_an_app_that_can_t_be_made_is_told_without_a_traceback(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    told = flask(tmp_path, *arguments, FLASK_SIGNALWIRE_TIMEOUT="abc")
    assert told.returncode == Exit.CONFIGURATION
    assert told.stdout == ""
    assert told.stderr.startswith("Error: flask-signalwire can't use these settings:\n")
    assert "SIGNALWIRE_TIMEOUT: is 'abc'; write a number of seconds" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_command_of_the_app_s_own_that_can_not_send_says_so_too(tmp_path: Path) -> None:
    told = flask(tmp_path, "ring", SIGNALWIRE_SPACE="acme.signalwire.com")
    assert told.returncode == Exit.CONFIGURATION
    assert "Error: no command can be sent yet:\n  SIGNALWIRE_PROJECT_ID: is missing" in told.stderr


def test_the_errors_are_pickled_and_printed_as_ever() -> None:
    error = ConfigurationError("can't be:", [("SIGNALWIRE_SPACE", "is missing")])
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) == "can't be:\n  SIGNALWIRE_SPACE: is missing"
    assert again.problems == error.problems
    assert str(pickle.loads(pickle.dumps(ClientNotFound("nobody")))) == "nobody"
