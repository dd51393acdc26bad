from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from flask_signalwire import SignalWire


@pytest.fixture
def make_app(tmp_path: Path) -> Callable[..., Flask]:
    """Apps on the simulator with the installed autolang, and nothing else that is installed."""

    def make(*plugins: Any, **config: Any) -> Flask:
        app = Flask("desk", instance_path=str(tmp_path))
        app.testing = True
        app.config.update(
            SIGNALWIRE_SPACE="simulator",
            SIGNALWIRE_PLUGINS_BLOCKED=["audit"],
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
