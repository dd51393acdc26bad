"""Apps as a terminal has them, and servers that misbehave."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from tests.transport.servers import Script, Server, ok


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def run() -> Callable[..., Result]:
    """`run(app, "send", "dial", input="…")`: what `flask signalwire …` does."""

    def invoke(app: Flask, *arguments: str, **options: Any) -> Result:
        # Before 8.2, click mixed stderr into stdout unless it was told not to.
        mixes = "mix_stderr" in inspect.signature(CliRunner).parameters
        runner = app.test_cli_runner(**({"mix_stderr": False} if mixes else {}))
        return runner.invoke(args=["signalwire", *arguments], **options)

    return invoke


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(*scripts: Script, then: Script = ok) -> Server:
        servers.append(Server(scripts, then))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def desk(make_app: Callable[..., Flask]) -> Callable[..., Flask]:
    """An app whose space is a server."""

    def make(space: str, *plugins: Any, **settings: Any) -> Flask:
        settings = {"project_id": "a-project", "api_token": "PTs3cr3tt0k3n", **settings}
        return make_app(*plugins, space=space, retries=0, timeout=5, **settings)

    return make
