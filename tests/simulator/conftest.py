from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from werkzeug.test import Client, TestResponse

from flask_signalwire.simulator import ManualClock, Simulator, SimulatorServer, serve

from .receivers import HOST, Receiver

PATH = "/api/calling/calls"


class Space:
    """A simulator on a clock that stands still, and a client of it."""

    def __init__(self, **options: Any) -> None:
        self.clock = ManualClock()
        self.simulator = Simulator(clock=self.clock, **options)
        self.client = Client(self.simulator)

    def post(self, body: Any, **options: Any) -> TestResponse:
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        options.setdefault("content_type", "application/json")
        return self.client.post(PATH, data=body, **options)

    def command(self, name: str, call_id: str | None = None, **params: Any) -> TestResponse:
        body = {"command": name, "params": {key.rstrip("_"): params[key] for key in params}}
        if call_id is not None:
            body["id"] = call_id
        return self.post(body)

    def dial(self, **params: Any) -> dict[str, Any]:
        params = {
            "from_": "+12025550100",
            "to": "+34911234567",
            "url": "https://example.com/swml",
            **params,
        }
        answer = self.command("dial", **params)
        assert answer.status_code == 200, answer.text
        leg: dict[str, Any] = answer.json
        return leg

    def translate(self, call_id: str, action: Any, **params: Any) -> TestResponse:
        return self.command("calling.live_translate", call_id, action=action, **params)


START = {
    "start": {
        "from_lang": "en-US",
        "to_lang": "es-ES",
        "direction": ["local-caller", "remote-caller"],
    }
}


@pytest.fixture
def start() -> dict[str, Any]:
    return START


@pytest.fixture
def make_space() -> type[Space]:
    return Space


@pytest.fixture
def space() -> Space:
    return Space()


@pytest.fixture
def server(space: Space) -> Iterator[SimulatorServer]:
    with serve(space.simulator) as server:
        yield server


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        # Neither proxies nor .netrc of the machine that the tests run on.
        session.trust_env = False
        yield session


@pytest.fixture
def receiver(space: Space) -> Receiver:
    """Gets what is sent below http://desk.test, in process."""
    receiver = Receiver()
    space.simulator.callbacks.route(HOST, receiver)
    return receiver
