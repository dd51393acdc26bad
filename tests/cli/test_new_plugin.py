"""``flask signalwire plugins new``: what it writes can be installed, and passes its own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

# It builds and installs a distribution.
pytestmark = pytest.mark.once

Run = Callable[..., Result]


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


def test_what_it_writes(app: Flask, run: Run, tmp_path: Path) -> None:
    result = run(app, "plugins", "new", "toll-guard", "--into", str(tmp_path))
    assert result.exit_code == 0
    top = tmp_path / "flask-signalwire-toll-guard"
    written = {path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file()}
    assert written == {
        "README.md",
        "flask_signalwire_toll_guard/__init__.py",
        "flask_signalwire_toll_guard/py.typed",
        "pyproject.toml",
        "setup.cfg",
        "tests/test_toll_guard.py",
        "tox.ini",
    }
    named = {line for line in result.output.splitlines() if Path(line).is_file()}
    assert {Path(line).relative_to(top).as_posix() for line in named} == written
    text = "".join((top / name).read_text(encoding="utf-8") for name in written)
    assert "toll_guard = flask_signalwire_toll_guard:TollGuard" in text
    assert "SIGNALWIRE_TOLL_GUARD_REFUSED" in text
    assert "$" not in text
    readme = (top / "README.md").read_text(encoding="utf-8")
    assert "first, from its clone" in readme  # no registry has flask-signalwire


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("callbacks", "there is a plugin callbacks already (built in)"),
        ("dry-run", "there is a plugin dry_run already (built in)"),
        ("flask-signalwire-office", "expected the plugin's: office"),
        ("flask_signalwire_toll_guard", "expected the plugin's: toll_guard"),
    ],
)
def test_a_name_that_is_taken_or_a_distribution_s_is_refused(
    app: Flask, run: Run, tmp_path: Path, name: str, told: str
) -> None:
    result = run(app, "plugins", "new", name, "--into", str(tmp_path))
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.split())
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_an_installed_plugin_is_refused_though_it_is_blocked(
    app: Flask, run: Run, tmp_path: Path, installed: list[str]
) -> None:
    for name in installed:
        result = run(app, "plugins", "new", name, "--into", str(tmp_path))
        assert f"there is a plugin {name} already (flask-signalwire-{name}" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(app: Flask, run: Run, tmp_path: Path) -> None:
    mine = tmp_path / "flask-signalwire-office" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("mine", encoding="utf-8")
    result = run(app, "plugins", "new", "office", "--into", str(tmp_path))
    assert result.exit_code == 1
    assert "exists already; nothing was written" in result.stderr
    assert list(mine.parent.iterdir()) == [mine]


@pytest.mark.parametrize(
    "name", ["Office", "9to5", "../office", "a b", "", "-x", "class.x", "a__b", "none"]
)
def test_a_name_that_cannot_work_is_refused(
    app: Flask, run: Run, tmp_path: Path, name: str
) -> None:
    result = run(app, "plugins", "new", "--into", str(tmp_path), "--", name)
    assert result.exit_code == 2
    assert "expected lower-case words such as toll_guard" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(app: Flask, run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run(app, "plugins", "new", "office", "--into", str(tmp_path / "file" / "below"))
    assert result.exit_code != 0
    assert "below" in result.stderr


def test_it_installs_and_passes_its_own_tests(app: Flask, run: Run, tmp_path: Path) -> None:
    assert run(app, "plugins", "new", "toll_guard", "--into", str(tmp_path)).exit_code == 0
    top, site = tmp_path / "flask-signalwire-toll-guard", tmp_path / "site"
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONWARNINGS": "ignore"}

    def python(*arguments: str, cwd: Path) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    # Without a network: the environment has setuptools, and flask-signalwire.
    quietly = ["--quiet", "--disable-pip-version-check", "--no-build-isolation", "--no-deps"]
    python("-m", "pip", "install", *quietly, "--target", str(site), str(top), cwd=tmp_path)
    (tmp_path / "app.py").write_text(
        "from flask import Flask\n"
        "from flask_signalwire import SignalWire\n"
        "app = Flask('desk')\n"
        "app.testing = True\n"
        "app.config['SIGNALWIRE_SPACE'] = 'simulator'\n"
        "app.config['SIGNALWIRE_PLUGINS_BLOCKED'] = 'audit,autolang'\n"
        "SignalWire(app)\n",
        encoding="utf-8",
    )
    listed = python("-m", "flask", "--app", "app", "signalwire", "plugins", cwd=tmp_path)
    (row,) = [line for line in listed.splitlines() if line.startswith("toll_guard")]
    assert row.split()[:4] == ["toll_guard", "active", "flask-signalwire-toll-guard", "0.1.0"]
    assert row.endswith("  authorize_command, setup")
    passed = python("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", cwd=top)
    assert "3 passed" in passed
