from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from flask_signalwire import SignalWire
from flask_signalwire.plugins import manager
from flask_signalwire_autolang import evidence


@pytest.fixture(scope="session", autouse=True)
def _distributions_are_looked_for_once() -> Iterator[None]:
    """Hundreds of apps are made here, of the same distributions: those of a path."""
    found = lru_cache(lambda path, group: entry_points(group=group))
    with pytest.MonkeyPatch.context() as patch:
        for module in (manager, evidence):
            patch.setattr(module, "entry_points", lambda group: found(tuple(sys.path), group))
        yield


@pytest.fixture
def make_app(tmp_path: Path) -> Callable[..., Flask]:
    """Apps on the simulator with the installed autolang, and nothing else that is installed."""

    def make(*plugins: Any, **config: Any) -> Flask:
        app = Flask("desk", instance_path=str(tmp_path))
        app.testing = True
        app.config.update(
            SIGNALWIRE_SPACE="simulator",
            SIGNALWIRE_PLUGINS_BLOCKED=["audit", "captions"],
            SIGNALWIRE_PLUGINS_REQUIRED=["autolang"],
            SIGNALWIRE_AUTOLANG_LOCAL="en-US",
        )
        app.config.update(config)
        SignalWire(app, plugins=plugins)
        return app

    return make


@pytest.fixture
def dial() -> Callable[..., Any]:
    def place(app: Flask, to: str) -> Any:
        return app.signalwire.calling.dial(
            from_="+14155550100", to=to, url="https://example.com/swml"
        )

    return place


@pytest.fixture
def start() -> Callable[..., Any]:
    """Starts a translation; gives the session that the simulator then has, or raises."""

    def translate(app: Flask, call_id: str, *, context: Any = None, **fields: Any) -> Any:
        app.signalwire.calling.live_translate(
            call_id,
            action={"start": {"direction": ["local-caller", "remote-caller"], **fields}},
            context=context,
        )
        return app.signalwire.simulator.calls[call_id].translations[-1]

    return translate


@pytest.fixture(scope="module")
def find() -> Callable[..., Any]:
    """What is found out of a context, by an app with the installed autolang."""
    apps: dict[str, Flask] = {}

    def ask(context: dict[str, Any], **config: Any) -> Any:
        # An app for each combination of settings; what is more than text gets one of its own.
        key = json.dumps(config, default=lambda value: str(uuid4()))
        if key not in apps:
            app = Flask("desk")
            app.testing = True
            app.config.update(
                SIGNALWIRE_SPACE="simulator",
                SIGNALWIRE_PLUGINS_BLOCKED=["audit"],
                SIGNALWIRE_PLUGINS_REQUIRED=["autolang"],
                **config,
            )
            SignalWire(app)
            apps[key] = app
        chooser = apps[key].signalwire.plugins.get("autolang").chooser
        return chooser.choose(chooser.inquire(None, context))

    return ask
