from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from flask_signalwire import SignalWire

CALL = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


class Sent(NamedTuple):
    """One event of a stream; `comment` and `retry` are told as events of their own."""

    event: str
    data: str
    id: str | None


class Browser:
    """A client of Server-Sent Events, as raw as it gets.

    :param size: of its receive buffer, in bytes: a small one makes a slow reader.
    """

    def __init__(
        self, port: int, path: str, last: str | None = None, size: int | None = None
    ) -> None:
        self.socket = socket.socket()
        if size:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
        self.socket.settimeout(10)
        try:
            self._ask(port, path, last)
        except BaseException:
            self.socket.close()
            raise

    def _ask(self, port: int, path: str, last: str | None) -> None:
        self.socket.connect(("127.0.0.1", port))
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        if last is not None:
            head += f"Last-Event-ID: {last}\r\n"
        self.socket.sendall(f"{head}\r\n".encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        self.headers: dict[str, str] = {}
        while line := self.file.readline().decode().strip():
            name, _, value = line.partition(": ")
            self.headers[name.lower()] = value
        self.chunked = self.headers.get("transfer-encoding") == "chunked"
        self.rest = b""

    def _line(self) -> bytes:
        while b"\n" not in self.rest:
            if self.chunked:
                size = int(self.file.readline() or b"0", 16)
                more = self.file.read(size) if size else b""
                self.file.readline()
            else:
                more = self.file.readline()
            if not more:
                raise EOFError
            self.rest += more
        line, _, self.rest = self.rest.partition(b"\n")
        return line

    def next(self) -> Sent:
        """The next block, whatever it is."""
        found: dict[str, str] = {}
        while True:
            line = self._line().decode()
            if not line and found:
                break
            name, _, value = line.partition(":")
            found[name or "comment"] = value.removeprefix(" ")
        for name in ("comment", "retry"):
            if name in found:
                return Sent(name, found[name], None)
        return Sent(found["event"], found["data"], found.get("id"))

    def read(self, count: int) -> list[Sent]:
        """The next events; comments and the like are passed over."""
        events: list[Sent] = []
        while len(events) < count:
            sent = self.next()
            if sent.event not in ("comment", "retry"):
                events.append(sent)
        return events

    def rest_of_it(self) -> list[Sent]:
        """All events until the stream ends."""
        events = []
        try:
            while True:
                events += self.read(1)
        except EOFError:
            return events

    def close(self) -> None:
        self.file.close()
        self.socket.close()


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def signalwire_plugins() -> list[str]:
    return ["captions"]


@pytest.fixture
def make_app(signalwire_settings: Mapping[str, Any]) -> Callable[..., Flask]:
    """Apps on the simulator with the installed plugin, which let everybody in."""

    def make(**config: Any) -> Flask:
        app = Flask("desk")
        app.config.from_mapping(
            signalwire_settings,
            SIGNALWIRE_PLUGINS_BLOCKED=["audit", "autolang"],
            SIGNALWIRE_PLUGINS_REQUIRED=["captions"],
            SIGNALWIRE_CAPTIONS_AUTHORIZE=lambda call_id: True,
        )
        app.config.update(config)
        SignalWire(app)
        return app

    return make


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], int]]:
    """Serves an app with threads; gives the port."""
    servers = []

    def start(app: Flask) -> int:
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        servers.append((server, thread))
        return server.server_port

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def browse() -> Iterator[Callable[..., Browser]]:
    """Opens a stream of a call."""
    browsers = []

    def start(port: int, path: str = f"/signalwire/captions/{CALL}", **options: Any) -> Browser:
        browsers.append(Browser(port, path, **options))
        return browsers[-1]

    yield start
    for browser in browsers:
        browser.close()


@pytest.fixture
def eventually() -> Callable[[Callable[[], Any]], Any]:
    """Waits until something is true."""

    def wait(condition: Callable[[], Any], seconds: float = 10) -> Any:
        until = time.monotonic() + seconds
        while not (found := condition()):
            assert time.monotonic() < until, "it never came true"
            time.sleep(0.01)
        return found

    return wait
