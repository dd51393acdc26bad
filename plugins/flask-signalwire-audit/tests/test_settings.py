"""The setting, and how it is explained."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy import URL

from flask_signalwire import exceptions


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", "is empty; write a database URL as text"),
        (5, "is of type int; write a database URL as text"),
        ("hunter2", "is no database URL; write one such as sqlite:////"),
        ("postgresql://desk:hunter2@host:port/x", "is no database URL"),
        ("postgres://desk:hunter2@host/x", "names the database 'postgres', which SQLAlchemy"),
        ("oracle+nothing://desk:hunter2@host/x", "names the database 'oracle+nothing'"),
        ("sqlite+aiosqlite:///audit.sqlite", "an asynchronous driver"),
        ("mssql+pyodbc://desk:hunter2@host/x", "needs the driver of 'mssql+pyodbc'"),
        ("sqlite:////no/such/folder/audit.sqlite", "a file in '/no/such/folder', which is no"),
    ],
)
def test_what_cannot_work_is_explained(make_app, monkeypatch, value, expected) -> None:
    monkeypatch.setitem(sys.modules, "pyodbc", None)  # not installed, whatever this machine has
    with pytest.raises(exceptions.ConfigurationError) as raised:
        make_app(SIGNALWIRE_AUDIT_URL=value)
    assert "SIGNALWIRE_AUDIT_URL: " in str(raised.value)
    assert expected in str(raised.value)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:desk?mode=memory&uri=true",
        URL.create("sqlite"),
        "sqlite:///{folder}/own.sqlite",
        "sqlite:///{folder}/own.sqlite?timeout=3",
    ],
)
def test_databases_that_work(make_app, dial, tmp_path: Path, url) -> None:
    if isinstance(url, str):
        url = url.format(folder=tmp_path)
    app = make_app(SIGNALWIRE_AUDIT_URL=url)
    dial(app)
    assert [row.outcome for row in app.extensions["signalwire_audit"].rows()] == ["accepted"]
    assert (tmp_path / "own.sqlite").exists() is ("own" in str(url))


def test_the_environment_can_name_it(make_app, dial, tmp_path, monkeypatch) -> None:
    from flask import Flask

    from flask_signalwire import SignalWire

    monkeypatch.setenv("FLASK_SIGNALWIRE_AUDIT_URL", f"sqlite:///{tmp_path}/env.sqlite")
    monkeypatch.setenv("FLASK_SIGNALWIRE_SPACE", "simulator")
    app = Flask("desk", instance_path=str(tmp_path))
    app.testing = True
    app.config.from_prefixed_env()
    SignalWire(app)
    dial(app)
    assert (tmp_path / "env.sqlite").exists()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("MODE", "loose", "is 'loose', which is none of strict, best-effort"),
        ("NUMBERS", True, "is True, which is none of masked, hashed"),
        ("TEXT", "short", 'is \'short\', which is neither "drop" nor "keep"'),
        ("TEXT", 0, 'is 0, which is neither "drop" nor "keep"'),
        ("USER", "ana", "is 'ana', which can't be called"),
        ("KEY", "hunter2", "is too short"),
        ("KEY", ["a key that nobody guesses", 7], "is of type int"),
        ("KEY", [], "is empty"),
        ("EVENTS", "yes", "is 'yes', which is neither true nor false"),
        ("ENGINE", "sqlite://", "is of type str; expected an Engine"),
        ("MOD", "strict", "did you mean `SIGNALWIRE_AUDIT_MODE`?"),
    ],
)
def test_every_other_setting_is_explained(make_app, name, value, expected) -> None:
    with pytest.raises(exceptions.ConfigurationError) as raised:
        make_app(**{f"SIGNALWIRE_AUDIT_{name}": value})
    assert f"SIGNALWIRE_AUDIT_{name}: " in str(raised.value)
    assert expected in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_all_mistakes_are_in_one_error(make_app) -> None:
    with pytest.raises(exceptions.ConfigurationError) as raised:
        make_app(
            SIGNALWIRE_AUDIT_URL="sqlite://", SIGNALWIRE_AUDIT_ENGINE=5, SIGNALWIRE_AUDIT_MODE=5
        )
    assert str(raised.value).count("SIGNALWIRE_AUDIT_ENGINE: ") == 2
    assert "SIGNALWIRE_AUDIT_MODE: " in str(raised.value)


def test_problems_are_apart_where_they_are_told_in_one_line(make_app, caplog) -> None:
    make_app(
        SIGNALWIRE_PLUGINS_REQUIRED=[],
        SIGNALWIRE_AUDIT_MODE="loose",
        SIGNALWIRE_AUDIT_NUMBERS="maske",
    )
    assert (
        "can't start: SIGNALWIRE_AUDIT_MODE: is 'loose', which is none of strict, best-effort; "
        "SIGNALWIRE_AUDIT_NUMBERS: is 'maske', which is none of masked, hashed"
    ) in caplog.text


def test_an_engine_that_is_none_stops_commands(make_app, dial) -> None:
    app = make_app(SIGNALWIRE_AUDIT_ENGINE=lambda: "sqlite://")
    with pytest.raises(exceptions.PluginError, match="ENGINE gave a str"):
        dial(app)
