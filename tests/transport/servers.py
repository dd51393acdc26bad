"""Servers that misbehave to order: raw sockets on loopback, one script a turn."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

CALL = "8f8d0a3c-5a3b-4b6c-9f0e-2d1c0b9a8f7e"
LEG = {"id": CALL, "from": "+12025550100", "to": "+34911234567", "status": "queued"}


@dataclass(frozen=True)
class Seen:
    """A whole request, as it came."""

    line: str
    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def command(self) -> str:
        return str(self.json["command"])


class Gone(Exception):
    """The client has closed the connection."""


class Wire:
    """One connection, as a script sees it."""

    def __init__(self, sock: socket.socket, server: Server, number: int) -> None:
        self.sock = sock
        self.server = server
        self.number = number
        self.buffer = b""
        self.open = True

    def fill(self) -> None:
        try:
            data = self.sock.recv(65536)
        except OSError as error:
            raise Gone from error
        if not data:
            raise Gone
        self.buffer += data

    def read(self) -> Seen:
        """Wait for a whole request, and write it down."""
        while b"\r\n\r\n" not in self.buffer:
            self.fill()
        head, _, rest = self.buffer.partition(b"\r\n\r\n")
        line, *lines = head.decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (text.partition(":") for text in lines)
        }
        length = int(headers.get("content-length", 0))
        while len(rest) < length:
            self.buffer = b""
            self.fill()
            rest += self.buffer
        self.buffer = rest[length:]
        seen = Seen(line, headers, rest[:length], self.number)
        with self.server.lock:
            self.server.requests.append(seen)
        return seen

    def send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            self.sock.sendall(data)

    def trickle(self, data: bytes, every: float = 0.05) -> None:
        for index in range(len(data)):
            try:
                self.sock.sendall(data[index : index + 1])
            except OSError:
                return
            if self.server.stopping.wait(every):
                return

    def stall(self) -> None:
        """Say nothing until the client goes away."""
        while True:
            self.fill()
            self.buffer = b""

    def close(self) -> None:
        self.open = False
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def reset(self) -> None:
        self.open = False
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


Script = Callable[[Wire], None]


class Server:
    """Plays one script after the other, across connections; when they are out, the last `then`.

    :ivar requests: what came, in order. :ivar connections: how many were accepted.
    """

    def __init__(
        self,
        scripts: Iterable[Script],
        then: Script,
        tls: ssl.SSLContext | None = None,
        port: int = 0,
    ) -> None:
        self.scripts = list(scripts)
        self.then = then
        self.tls = tls
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.requests: list[Seen] = []
        self.connections = 0
        self.open = 0
        self._wires: list[Wire] = []
        self._listener = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, name="server", daemon=True)]
        self._threads[0].start()

    @property
    def space(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def commands(self) -> list[str]:
        with self.lock:
            return [seen.command for seen in self.requests]

    def stop_listening(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def stop(self) -> None:
        self.stopping.set()
        self.stop_listening()
        with self.lock:
            for wire in self._wires:
                with contextlib.suppress(OSError):
                    wire.sock.shutdown(socket.SHUT_RDWR)
        for thread in list(self._threads):
            thread.join(5)
            assert not thread.is_alive()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self.lock:
                self.connections += 1
                self.open += 1
                wire = Wire(sock, self, self.connections)
                self._wires.append(wire)
                thread = threading.Thread(target=self._serve, args=(wire,), daemon=True)
                self._threads.append(thread)
            thread.start()

    def _serve(self, wire: Wire) -> None:
        try:
            if self.tls is not None:
                wire.sock = self.tls.wrap_socket(wire.sock, server_side=True)
            first = True
            while wire.open:
                if not first and not wire.buffer:  # a client that goes away costs no script
                    wire.fill()
                first = False
                with self.lock:
                    script = self.scripts.pop(0) if self.scripts else self.then
                script(wire)
        except (Gone, OSError):
            pass
        finally:
            wire.sock.close()
            with self.lock:
                self.open -= 1


# -- scripts --------------------------------------------------------------------------------------


def answer(
    body: Any = LEG,
    status: str = "200 OK",
    *,
    version: str = "HTTP/1.1",
    length: int | None = None,
    **headers: str,
) -> bytes:
    """An answer's bytes; `Retry_After="1"` gives a header."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"{version} {status}"]
    lines += [f"Content-Length: {len(content) if length is None else length}"]
    headers.setdefault("Content_Type", "application/json")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + content


def replies(*args: Any, **kwargs: Any) -> Script:
    """Read a request and answer it, as :func:`answer` says."""
    data = answer(*args, **kwargs)

    def script(wire: Wire) -> None:
        wire.read()
        wire.send(data)

    return script


ok = replies()


def raw(data: bytes) -> Script:
    """Read a request, send these bytes, and close."""

    def script(wire: Wire) -> None:
        wire.read()
        wire.send(data)
        wire.close()

    return script


def cut(data: bytes) -> Script:
    """Read a request, send these bytes, and reset."""

    def script(wire: Wire) -> None:
        wire.read()
        wire.send(data)
        time.sleep(0.02)  # or the reset would overtake the bytes
        wire.reset()

    return script


def hangs(data: bytes = b"") -> Script:
    """Read a request, send these bytes, and say nothing more."""

    def script(wire: Wire) -> None:
        wire.read()
        wire.send(data)
        wire.stall()

    return script


def trickles(start: bytes, rest: bytes, every: float = 0.05) -> Script:
    def script(wire: Wire) -> None:
        wire.read()
        wire.send(start)
        wire.trickle(rest, every)
        wire.close()

    return script


def closes(wire: Wire) -> None:
    """Close before reading a byte."""
    wire.close()


def reads_and_closes(wire: Wire) -> None:
    wire.read()
    wire.close()


def reads_and_resets(wire: Wire) -> None:
    wire.read()
    wire.reset()


def stalls(wire: Wire) -> None:
    """Not even read what comes as a request."""
    wire.stall()


# -- a proxy --------------------------------------------------------------------------------------


def proxies(*, drops: bool = False, refuses: bytes = b"") -> Script:
    """CONNECT tunnels and absolute-form requests, to wherever on loopback the port says.

    :param drops: take the request in, and close without an answer.
    :param refuses: answer CONNECT with this.
    """

    def script(wire: Wire) -> None:
        seen = wire.read()
        method, target, _ = seen.line.split(" ")
        if refuses:
            wire.send(refuses)
            wire.close()
            return
        if method != "CONNECT":
            _forward(wire, seen, target, drops)
            return
        port = int(target.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=5) as upstream:
            wire.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            _pipe(wire, upstream)

    return script


def _forward(wire: Wire, seen: Seen, target: str, drops: bool) -> None:
    host = target.split("/")[2]
    port = int(host.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as upstream:
        lines = [seen.line, *(f"{name}: {value}" for name, value in seen.headers.items())]
        upstream.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + seen.body)
        data = upstream.recv(65536)
    if not drops:
        wire.send(data.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
    wire.close()


def _pipe(wire: Wire, upstream: socket.socket) -> None:
    """Copy both ways until one end closes."""
    pairs = {wire.sock: upstream, upstream: wire.sock}
    while not wire.server.stopping.is_set():
        for source in select.select(list(pairs), [], [], 0.05)[0]:
            data = source.recv(65536)
            if not data:
                wire.close()
                return
            pairs[source].sendall(data)


def wait_until(condition: Callable[[], bool], seconds: float = 3.0) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True
