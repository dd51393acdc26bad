"""The vendor's SDK and our client, at the simulator and at a server that writes down what arrives.

Run by ``tox -e vendor``: the SDK is installed in that environment only.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from flask import Flask

from flask_signalwire import Client, SignalWire
from flask_signalwire.simulator import ManualClock, Simulator, SimulatorServer, serve

with warnings.catch_warnings():
    # What the SDK's own imports deprecate is not ours to mend.
    warnings.simplefilter("ignore")
    from signalwire.rest.client import RestClient

CALL = "9d2f0c1e-5c58-4c0c-8d9c-6a8f3b0f2a11"


class Recorder:
    """A WSGI application that writes down every body and answers with a leg."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.targets: list[str] = []

    def __call__(self, environ: Any, start_response: Callable[..., Any]) -> Iterable[bytes]:
        raw = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.bodies.append(json.loads(raw))
        self.targets.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        leg = json.dumps({"id": CALL, "status": "queued"}).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(leg)))]
        start_response("200 OK", headers)
        return [leg]


@pytest.fixture
def ours() -> Iterator[Callable[[SimulatorServer], Client]]:
    """Our client of a server."""
    clients: list[Client] = []

    def make(server: SimulatorServer) -> Client:
        app = Flask("vendor")
        app.config.update(
            SIGNALWIRE_PROJECT_ID="project",
            SIGNALWIRE_API_TOKEN="PT-secret",
            SIGNALWIRE_SPACE=f"127.0.0.1:{server.port}",
            SIGNALWIRE_PLUGINS_BLOCKED=["audit", "autolang"],
        )
        SignalWire(app)
        clients.append(app.extensions["signalwire"])
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def vendor() -> Iterator[Callable[[SimulatorServer], RestClient]]:
    """The vendor's client of a server."""
    clients: list[RestClient] = []

    def make(server: SimulatorServer) -> RestClient:
        host = f"127.0.0.1:{server.port}"
        clients.append(RestClient(project="project", token="PT-secret", host=host))
        return clients[-1]

    yield make
    for client in clients:
        client._http._session.close()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def recording(recorder: Recorder) -> Iterator[SimulatorServer]:
    with serve(recorder) as server:
        yield server


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(clock=ManualClock())


@pytest.fixture
def space(simulator: Simulator) -> Iterator[SimulatorServer]:
    with serve(simulator) as server:
        yield server
