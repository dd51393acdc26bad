"""Real servers, and apps that talk to them."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from flask_signalwire.calling import Calling

from .servers import Script, Server, ok

if TYPE_CHECKING:
    import trustme

HOST = "acme.signalwire.test"
PROJECT = "11111111-2222-4333-8444-555555555555"
TOKEN = "PTs3cr3tt0k3n0fth3sp4c3"


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxies and no certificate bundles but those that a test asks for."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start a server: `serve(script, …)`; after these it plays `then`."""
    servers: list[Server] = []

    def start(*scripts: Script, then: Script = ok, **options: Any) -> Server:
        servers.append(Server(scripts, then, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def desk(make_app: Callable[..., Flask]) -> Callable[..., Flask]:
    """An app whose space is a server, or a `host:port`."""

    def make(server: Server | str, **settings: Any) -> Flask:
        space = server if isinstance(server, str) else server.space
        settings.setdefault("project_id", PROJECT)
        settings.setdefault("api_token", TOKEN)
        settings.setdefault("timeout", [10, 10])
        settings.setdefault("deadline", 20)
        settings.setdefault("callbacks", False)  # of no concern here, and warned of
        return make_app(space=space, **settings)

    return make


@pytest.fixture
def calling(desk: Callable[..., Flask]) -> Callable[..., Calling]:
    """The commands of an app that talks to a server: `calling(server, retries=5)`."""

    def make(server: Server | str, **settings: Any) -> Calling:
        found: Calling = desk(server, **settings).extensions["signalwire"].calling
        return found

    return make


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hardly any pause between two attempts."""
    monkeypatch.setattr(
        "flask_signalwire.transport.random", SimpleNamespace(uniform=lambda low, high: 0.02)
    )


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    import trustme  # the other tests do without it

    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def certified(authority: trustme.CA) -> Callable[..., ssl.SSLContext]:
    """What a server needs to be the host of that name."""

    def make(host: str = HOST) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(host).configure_cert(context)
        return context

    return make


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str] | OSError]:
    """Names and their addresses; :data:`HOST` is this machine. Loopback by name is spoken to in
    plain HTTP, so TLS needs a name."""
    names: dict[str, list[str] | OSError] = {HOST: ["127.0.0.1"]}
    lookup = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        found = names.get(host, [host])
        if isinstance(found, OSError):
            raise found
        return [entry for name in found for entry in lookup(name, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return names
