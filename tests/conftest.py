"""What all tests share: apps on the simulator, with no installed plugin unless a test wants one."""

from __future__ import annotations

import functools
import gc
import logging
import os
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from typing import Any

import hypothesis
import pytest
from blinker import NamedSignal
from flask import Flask

from flask_signalwire import Client, SignalWire, signals
from flask_signalwire.plugins import manager

pytest_plugins = ["pytester"]

# Before any test installs one of its own.
INSTALLED = sorted({entry.name for entry in entry_points(group="flask_signalwire")})

VENDOR = (
    "SIGNALWIRE_PROJECT_ID",
    "SIGNALWIRE_API_TOKEN",
    "SIGNALWIRE_SPACE",
    "SIGNALWIRE_REST_CA_FILE",
)


# `short` is for every interpreter but one: what a generator finds does not depend on it.
# `thorough` is for those who look for more: HYPOTHESIS_PROFILE=thorough pytest tests/commands
hypothesis.settings.register_profile("default", deadline=None, max_examples=50)
hypothesis.settings.register_profile("short", deadline=None, max_examples=10)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=5000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_collection_finish() -> None:
    """Tests and libraries stay until the end: no later search for garbage visits them."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _distributions_are_looked_for_once() -> Iterator[None]:
    """Thousands of apps are made here, of the same distributions: those of a path."""
    found = functools.lru_cache(lambda path, group: entry_points(group=group))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manager, "entry_points", lambda group: found(tuple(sys.path), group))
        yield


@pytest.fixture(autouse=True)
def _no_credentials_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VENDOR:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _no_receiver_outlives_its_test() -> Iterator[None]:
    """An example that connects to a signal for every app would be heard in the next test."""
    yield
    for name in signals.__dict__:
        signal = getattr(signals, name)
        if isinstance(signal, NamedSignal):
            signal._clear_state()  # blinker's own way for tests


@pytest.fixture(scope="session")
def installed() -> list[str]:
    """The names of the plugins that are installed: tox installs this repository's."""
    return INSTALLED


@pytest.fixture
def make_app(installed: list[str]) -> Iterator[Callable[..., Flask]]:
    """Make an app: settings without their prefix, and the app's own plugins."""
    clients: list[Client] = []

    def make(*plugins: Any, name: str = "desk", **settings: Any) -> Flask:
        app = Flask(name)
        app.testing = True
        settings.setdefault("space", "simulator")
        settings.setdefault("plugins_blocked", installed)
        app.config.update({f"SIGNALWIRE_{key.upper()}": value for key, value in settings.items()})
        SignalWire(app, plugins=plugins)
        clients.append(app.extensions["signalwire"])
        return app

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def client(app: Flask) -> Client:
    return app.extensions["signalwire"]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Every line that our loggers write."""
    caplog.set_level(logging.DEBUG, logger="flask_signalwire")
    return caplog
