"""The tests of an app do not write into its journal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

APP = """
from flask import Flask
from flask_signalwire import SignalWire

signalwire = SignalWire()

def create_app(config=None):
    app = Flask(__name__)
    {set_before}
    app.config.from_prefixed_env()
    app.config.from_mapping(config or {{}})
    signalwire.init_app(app)
    return app
"""

CONFTEST = """
import pytest
from desk import create_app

@pytest.fixture
def app(signalwire_settings):
    return create_app({**signalwire_settings, "SIGNALWIRE_PLUGINS_REQUIRED": ["audit"]})
"""

TESTS = """
import pytest

@pytest.mark.parametrize("time", range(2))
def test_a_dial_is_in_a_journal_of_its_own(signalwire, time):
    signalwire.calling.dial(from_="+12025550100", to="+34911234567", url="https://desk.example/")
    [row] = signalwire.app.extensions["signalwire_audit"].rows()
    assert row.outcome == "accepted"
"""


@pytest.mark.parametrize("where", ["instance", "environment", "engine"])
def test_tests_write_into_no_journal_of_the_app(tmp_path: Path, where: str) -> None:
    journal = tmp_path / "production.sqlite"
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SIGNALWIRE_", "FLASK_"))
    }
    set_before = ""
    if where == "environment":
        environment["FLASK_SIGNALWIRE_AUDIT_URL"] = f"sqlite:///{journal}"
    elif where == "engine":
        set_before = (
            "from sqlalchemy import create_engine; app.config['SIGNALWIRE_AUDIT_ENGINE'] = "
            f"create_engine('sqlite:///{journal}')"
        )
    files = {
        "desk.py": APP.format(set_before=set_before),
        "conftest.py": CONFTEST,
        "test_desk.py": TESTS,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr
    assert {path.name for path in tmp_path.iterdir()} - {"__pycache__"} == files.keys()
