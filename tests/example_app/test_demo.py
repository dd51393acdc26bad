"""The demo tells the truth, and notices when it would not."""

from __future__ import annotations

import io
import re

import pytest

from example_app import demo

pytestmark = pytest.mark.once


def run() -> tuple[int, str]:
    out = io.StringIO()
    return demo.main(out), out.getvalue()


def test_the_demo_shows_one_translated_call():
    status, text = run()
    assert status == 0, text
    assert "WRONG" not in text
    assert "\x1b" not in text
    for shown in (
        "autolang picked es-ES",
        "did you mean `to_lang`?",
        "numbers that start with +1900 charge the caller",
        "exactly one dial",
        "[es-ES] Perfecto, muchas gracias.",
        "[en-US] A parcel that was due yesterday is late",
        "command_sending",
    ):
        assert shown in text
    assert len(text.splitlines()) < 100


def test_the_demo_says_the_same_each_time():
    def steady(text: str) -> str:
        text = re.sub(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){0,3}(-[0-9a-f]{12})?\b", "ID", text)
        return re.sub(r"\d+(\.\d+)? m?s\b|\d\d:\d\d:\d\d", "TIME", text)

    assert steady(run()[1]) == steady(run()[1])


def test_the_demo_calls_nobody_whatever_the_environment_says(monkeypatch):
    monkeypatch.setenv("FLASK_SIGNALWIRE_SPACE", "example.signalwire.com")
    monkeypatch.setenv("SIGNALWIRE_SPACE", "example.signalwire.com")
    monkeypatch.setenv("FLASK_SIGNALWIRE_PROJECT_ID", '"project"')
    monkeypatch.setenv("FLASK_SIGNALWIRE_API_TOKEN", '"token"')
    monkeypatch.setenv("FLASK_SIGNALWIRE_PLUGINS_BLOCKED", "audit")
    monkeypatch.setenv("FLASK_DESK_REFUSED_PREFIXES", "[]")
    status, text = run()
    assert status == 0, text


def test_the_demo_notices_what_is_wrong(monkeypatch):
    monkeypatch.setattr(demo, "CUSTOMER", "+33144556677")
    status, text = run()
    assert status == 1
    assert re.search(r"WRONG +for \+33", text)


def test_without_the_plugins_the_demo_says_what_to_install(monkeypatch):
    monkeypatch.setattr(demo, "PLUGINS", ["audit", "autolang", "not_there"])
    status, text = run()
    assert status == 1
    assert "plugin not_there: is missing" in text
    assert "pip install" in text
