"""From nothing to a policy, as the page tells it: what is generated, pasted and tested is green."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from flask_signalwire import SignalWire

# It builds and installs a distribution.
pytestmark = pytest.mark.once

TOP = "flask-signalwire-toll-guard"


@pytest.fixture
def python(tmp_path):
    site = tmp_path / "site"
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SIGNALWIRE_", "FLASK_", "PYTHON", "PIP_"))
    }

    def run(*arguments: str, folder: Path = tmp_path) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=folder,
            env=environment | {"PYTHONPATH": str(site)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture
def generated(tmp_path, installed, python) -> Path:
    """The distribution, generated and installed; without a network."""
    app = Flask("desk")
    app.testing = True
    app.config.update(SIGNALWIRE_SPACE="simulator", SIGNALWIRE_PLUGINS_BLOCKED=installed)
    SignalWire(app)
    arguments = ["signalwire", "plugins", "new", "toll_guard", "--into", str(tmp_path)]
    result = app.test_cli_runner().invoke(args=arguments)
    assert result.exit_code == 0, result.output
    quietly = ["--quiet", "--disable-pip-version-check", "--no-build-isolation", "--no-deps"]
    python("-m", "pip", "install", *quietly, "--target", str(tmp_path / "site"), f"./{TOP}")
    return tmp_path / TOP


def test_the_policy_is_pasted_and_green(pages, generated, python, check_output):
    page = pages["plugins"]
    pasted = {name: text for name, text in page.files.items() if "/" in name}
    assert len(pasted) == 2
    for name, text in pasted.items():
        assert (generated / name).is_file()  # they take the place of what was generated
        (generated / name).write_text(text, encoding="utf-8")
    (block,) = [block for block in page.consoles if f"cd {TOP}" in block.text]
    printed = python("-m", "pytest", "-q", "-p", "no:cacheprovider", folder=generated)
    check_output(printed, block.output, f"docs/plugins.md:{block.line}")


def test_the_way_there_is_short(pages):
    """A newcomer who reads 200 words a minute, code included, is through in five minutes."""
    way, _, _ = pages["plugins"].text.partition("\n## By hand\n")
    assert "## From nothing to a policy" in way
    assert len(way.split()) <= 1000
