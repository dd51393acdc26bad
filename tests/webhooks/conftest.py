"""Apps that receive, and what the service posts to them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from flask_signalwire import hookimpl
from flask_signalwire.events import Event
from flask_signalwire.webhooks import Webhooks

CALL = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


def call_state(state: str = "answered", *, call_id: str = CALL, at: float = 1.0) -> dict[str, Any]:
    """A call's state, as it comes `at` seconds after the call began."""
    return {
        "event_type": "calling.call.state",
        "timestamp": 1786000000.0 + at,
        "params": {"call_id": call_id, "call_state": state, "direction": "outbound"},
    }


def utterance(content: str = "hola", *, call_id: str = CALL, at: int = 1) -> dict[str, Any]:
    return {
        "call_info": {"call_id": call_id},
        "utterance": {
            "content": content,
            "role": "remote-caller",
            "lang": "es",
            "timestamp": 1786000000000000 + at,
        },
    }


def webhooks(app: Flask) -> Webhooks:
    found: Webhooks = app.extensions["signalwire"].webhooks
    return found


def path(app: Flask, purpose: str = "calls", **bound: Any) -> str:
    """Where the service posts to, token included, without the host."""
    url = webhooks(app).url(purpose, **(bound or {"call_id": CALL}))
    return url.removeprefix(app.extensions["signalwire"].settings.base_url)


def post(app: Flask, payload: Any, purpose: str = "calls", **options: Any) -> TestResponse:
    """Post as the service does: a dict as JSON, bytes as they are."""
    bound = {key: options.pop(key) for key in ("call_id", "command_id") if key in options}
    if isinstance(payload, dict):
        options["json"] = payload
    else:
        options.setdefault("content_type", "application/json")
        options["data"] = payload
    return app.test_client().post(path(app, purpose, **bound), **options)


class Seen:
    """A plugin that keeps the events that reach it. Thread-safe."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    @hookimpl
    def signalwire_event_received(self, event: Event) -> None:
        self.events.append(event)

    @property
    def kinds(self) -> list[str]:
        return [event.kind for event in self.events]


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def desk(make_app: Callable[..., Flask], seen: Seen) -> Callable[..., Flask]:
    """Make an app whose plugin `seen` keeps what reaches plugins."""

    def make(*plugins: Any, **settings: Any) -> Flask:
        return make_app(seen, *plugins, **settings)

    return make


@pytest.fixture
def app(desk: Callable[..., Flask]) -> Flask:
    return desk()


@pytest.fixture
def new_call() -> Callable[[], str]:
    return lambda: str(uuid4())


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], int]]:
    """Serve an app on loopback: its port."""
    servers: list[Any] = []

    def start(app: Flask) -> int:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((server, thread))
        return int(server.server_port)

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join(10)
        server.server_close()
