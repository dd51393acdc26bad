"""Test suites of users, run by pytest itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

# Imported here, so that pytester does not throw it away after each run.
import flask_signalwire.testing  # noqa: F401

Run = Callable[..., pytest.RunResult]

DESK = """
from flask import Flask, current_app
from flask_signalwire import SignalWire, events, exceptions

signalwire = SignalWire()

@signalwire.on(events.Utterance)
def repeat(event):
    if event.content == "crash":
        raise RuntimeError("the handler crashed")
    speech = {"type": "tts", "params": {"text": event.content}}
    current_app.signalwire.calling.play(event.call_id, play=[speech])

def create_app(config=None):
    app = Flask(__name__)
    app.config.from_mapping(config or {})
    signalwire.init_app(app)
    return app
"""

CONFTEST = """
import pytest
from {module} import create_app

@pytest.fixture(scope={scope!r})
def app(signalwire_settings):
    blocked = ["audit", "autolang"]
    return create_app({{**signalwire_settings, "SIGNALWIRE_PLUGINS_BLOCKED": blocked}})
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, request: pytest.FixtureRequest) -> Run:
    """Runs a test module of a user who has the desk: warnings are errors, and only our plugin and
    those that a test names are there.

    The desk has another module's name in each test, since runs share this process.
    """
    module = f"desk_{abs(hash(request.node.nodeid))}"
    pytester.makeini("[pytest]\nfilterwarnings = error\n")

    def run(
        text: str,
        *options: str,
        scope: str = "function",
        conftest: str | None = None,
        desk: str = DESK,
        apart: bool = False,
    ) -> pytest.RunResult:
        pytester.makepyfile(**{module: desk})
        if conftest is None:
            conftest = CONFTEST.format(module=module, scope=scope)
        pytester.makeconftest(conftest)
        pytester.makepyfile(test_it=text)
        pytester.syspathinsert()
        start = pytester.runpytest_subprocess if apart else pytester.runpytest_inprocess
        return start("-p", "no:cacheprovider", "--tb=short", *options)

    return run
