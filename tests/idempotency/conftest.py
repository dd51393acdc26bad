"""Apps that dial with keys, at the simulator and at servers that misbehave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from flask_signalwire import CallLeg

from ..transport.servers import Script, Server, ok

NUMBERS = {"from_": "+12025550100", "to": "+34911234567", "url": "https://e.org/swml"}


def dial(app: Flask, key: Any = "order-42", **given: Any) -> CallLeg:
    leg: CallLeg = app.extensions["signalwire"].calling.dial(
        **{**NUMBERS, "idempotency_key": key, **given}
    )
    return leg


def received(app: Flask) -> list[str]:
    """What arrived at the app's simulator."""
    return [entry.command for entry in app.extensions["signalwire"].simulator.journal]


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start a server: `serve(script, …)`; after these it plays `then`."""
    servers: list[Server] = []

    def start(*scripts: Script, then: Script = ok, port: int = 0) -> Server:
        servers.append(Server(scripts, then, port=port))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def desk(make_app: Callable[..., Flask]) -> Callable[..., Flask]:
    """An app whose space is a server, or a `host:port`."""

    def make(server: Server | str, *plugins: Any, **settings: Any) -> Flask:
        space = server if isinstance(server, str) else server.space
        given = {"project_id": "p", "api_token": "t", "timeout": 5, "retries": 0, **settings}
        return make_app(*plugins, space=space, **given)

    return make
