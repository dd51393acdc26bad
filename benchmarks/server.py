"""The server that everybody is measured against: a canned answer, at once or after a delay.

Run as a process of its own (``python -m benchmarks.server``), it says its ports on standard output
and ends with its standard input. It counts what a client can't hide: connections.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

CALL_ID = "2f0c3b1a-4d5e-4f60-8a7b-9c0d1e2f3a4b"
HOST = "space.bench.test"
ANSWER = json.dumps(
    {
        "id": CALL_ID,
        "from": "+15550100001",
        "to": "+15550100002",
        "direction": "inbound",
        "status": "answered",
        "duration_ms": 4210,
        "type": "phone_call_leg",
        "created_at": "2026-08-01T10:00:00Z",
    }
).encode()


def use_core(number: int) -> None:
    """Keep this process on one core: clients on core 0, the server on core 1."""
    if hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0)) > 1:
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[number]})


def resolve_host() -> None:
    """Let :data:`HOST` mean this machine: clients speak plain http to names that are loopback."""
    original = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        return original("127.0.0.1" if host == HOST else host, *args, **kwargs)

    socket.getaddrinfo = getaddrinfo


class Server:
    """The server's process, as the benchmark holds it.

    :param delay: seconds before each answer.
    :param certificate: a PEM file with key and certificate; without one it speaks plain http.
    :param close: whether it closes the connection after each answer.
    """

    def __init__(
        self, delay: float = 0.0, certificate: Path | None = None, *, close: bool = False
    ) -> None:
        command = [sys.executable, "-m", "benchmarks.server", "--delay", str(delay)]
        command += ["--certificate", str(certificate)] if certificate else []
        command += ["--close"] if close else []
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).resolve().parents[1],
        )
        assert self._process.stdout is not None
        self.port, self.control = map(int, self._process.stdout.readline().split())

    def __enter__(self) -> Server:  # noqa: PYI034  # `Self` is newer than Python 3.10
        return self

    def __exit__(self, *error: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def seen_by(control: int, delay: float | None = None) -> dict[str, Any]:
    """What a server counted so far: ``connections``, ``calls``, and the last ``body``.

    :param delay: seconds that it shall take for each answer from now on.
    """
    url = f"http://127.0.0.1:{control}/{'' if delay is None else delay}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=5) as answer:
        seen: dict[str, Any] = json.load(answer)
        return seen


class _Listener:
    """One thread a connection: with few of them the shortest way from a request to its answer."""

    def __init__(self, delay: float, certificate: str | None, close: bool) -> None:
        self.delay = delay
        self.close = close
        self.tls: ssl.SSLContext | None = None
        if certificate:
            self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.tls.load_cert_chain(certificate)
        self.connections = self.calls = 0
        self.body = b""
        self.answer = (
            b"HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Sat, 01 Aug 2026 10:00:00 GMT\r\n"
            b"Content-Type: application/json; charset=utf-8\r\nX-Request-Id: 5f3c2a10\r\n"
            + f"Connection: {'close' if close else 'keep-alive'}\r\n".encode()
            + f"Content-Length: {len(ANSWER)}\r\n\r\n".encode()
            + ANSWER
        )

    def serve(self, listening: socket.socket, talk: Any) -> None:
        while True:
            sock, _ = listening.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=talk, args=[sock], daemon=True).start()

    def talk(self, sock: socket.socket) -> None:
        self.connections += 1
        with suppress(OSError):
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
            data = b""
            while True:
                while (end := data.find(b"\r\n\r\n")) < 0:
                    part = sock.recv(65536)
                    if not part:
                        sock.close()
                        return
                    data += part
                head = data[:end].lower()
                at = head.index(b"content-length:") + 15
                length = int(head[at:].split(b"\r\n", 1)[0])
                while len(data) < end + 4 + length:
                    data += sock.recv(65536)
                self.body, data = data[end + 4 :], b""
                self.calls += 1
                if self.delay:
                    time.sleep(self.delay)
                sock.sendall(self.answer)
                if self.close:
                    break
        with suppress(OSError):
            sock.shutdown(socket.SHUT_WR)
        sock.close()

    def report(self, sock: socket.socket) -> None:
        with suppress(OSError), sock:
            wanted = sock.recv(65536).split(b" ")[1].strip(b"/")
            self.delay = float(wanted) if wanted else self.delay
            seen = {
                "connections": self.connections,
                "calls": self.calls,
                "body": self.body.decode("latin-1"),
            }
            sock.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + json.dumps(seen).encode())


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--certificate")
    parser.add_argument("--close", action="store_true")
    options = parser.parse_args()
    use_core(1)
    listener = _Listener(options.delay, options.certificate, options.close)
    ports = []
    for talk in (listener.talk, listener.report):
        listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
        ports.append(listening.getsockname()[1])
        threading.Thread(target=listener.serve, args=[listening, talk], daemon=True).start()
    print(*ports, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
