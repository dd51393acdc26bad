"""The call desk on the simulator, with what its tests break on purpose."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import example_app
from example_app.policy import PremiumNumbers
from flask_signalwire import Client, SignalWire
from flask_signalwire.testing import Tester

from .browser import Browser

CUSTOMER = "+34911234567"


@pytest.fixture(autouse=True)
def _no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("FLASK_", "SIGNALWIRE_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def make_desk(
    signalwire_settings: Mapping[str, Any],
    installed: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Flask]]:
    """Make the app: its settings, and more plugins of its own; installed ones are blocked."""
    clients: list[Client] = []

    def make(*plugins: Any, **config: Any) -> Flask:
        if plugins:
            extension = SignalWire(plugins=[PremiumNumbers, *plugins])
            monkeypatch.setattr(example_app, "signalwire", extension)
        blocked = {"SIGNALWIRE_PLUGINS_BLOCKED": installed}
        app = example_app.create_app({**signalwire_settings, **blocked, **config})
        clients.append(app.extensions["signalwire"])
        return app

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def settings() -> dict[str, Any]:
    """Those of the app that a test wants otherwise."""
    return {}


@pytest.fixture
def app(make_desk: Callable[..., Flask], settings: dict[str, Any]) -> Flask:
    return make_desk(**settings)


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def call(signalwire: Tester, http: FlaskClient) -> str:
    """The path of a call that was placed."""
    return http.post("/calls", json={"to": CUSTOMER}).headers["Location"]


@pytest.fixture
def browser(http: FlaskClient) -> Browser:
    return Browser(http)


@pytest.fixture
def until() -> Callable[[Callable[[], Any]], Any]:
    """Wait for what another thread does; a few seconds at most."""

    def wait(happened: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + 10
        while not (found := happened()):
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.005)
        return found

    return wait
