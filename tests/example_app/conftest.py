"""The call desk on the simulator, with what its tests break on purpose."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import example_app
from example_app.policy import PremiumNumbers
from flask_signalwire import Client, SignalWire

CUSTOMER = "+34911234567"


@pytest.fixture(autouse=True)
def _no_settings_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("FLASK_", "SIGNALWIRE_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def make_desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Flask]]:
    """Make the app: its settings, and more plugins of its own; installed ones are blocked."""
    clients: list[Client] = []

    def make(*plugins: Any, **config: Any) -> Flask:
        if plugins:
            extension = SignalWire(plugins=[PremiumNumbers, *plugins])
            monkeypatch.setattr(example_app, "signalwire", extension)
        config.setdefault("TESTING", True)
        config.setdefault("SIGNALWIRE_PLUGINS_BLOCKED", ["audit", "autolang"])
        app = example_app.create_app(config)
        clients.append(app.extensions["signalwire"])
        return app

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def app(make_desk: Callable[..., Flask]) -> Flask:
    return make_desk()


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def call(http: FlaskClient) -> str:
    """The path of a call that was placed."""
    return http.post("/calls", json={"to": CUSTOMER}).headers["Location"]


@pytest.fixture
def received(app: Flask) -> Callable[[], list[str | None]]:
    """The commands that the service was sent, in order."""
    journal = app.extensions["signalwire"].simulator.journal
    return lambda: [entry.command for entry in journal]
