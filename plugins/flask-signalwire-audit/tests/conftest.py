from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from flask_signalwire import SignalWire

MakeApp = Callable[..., Flask]


@pytest.fixture
def make_app(tmp_path: Path) -> Iterator[MakeApp]:
    """Apps on the simulator with the installed audit, and nothing else that is installed."""
    count = 0

    def make(*plugins: Any, folder: Path | None = None, **config: Any) -> Flask:
        nonlocal count
        count += 1
        app = Flask("desk", instance_path=str(folder or tmp_path / f"instance{count}"))
        app.testing = True
        app.config.update(
            SIGNALWIRE_SPACE="simulator",
            SIGNALWIRE_PLUGINS_BLOCKED=["autolang"],
            SIGNALWIRE_PLUGINS_REQUIRED=["audit"],
        )
        app.config.update(config)
        SignalWire(app, plugins=plugins)
        return app

    yield make
    gc.collect()  # an app that leaves a connection open is reported in the test that made it


@pytest.fixture
def dial() -> Callable[..., Any]:
    """Places a call; context and the like go through."""

    def place(app: Flask, **options: Any) -> Any:
        return app.signalwire.calling.dial(
            **{
                "from_": "+14155550100",
                "to": "+34911234567",
                "url": "https://desk:hunter2@example.com/swml?token=sesame",
                **options,
            }
        )

    return place
