"""What captions cost: how long from a webhook to the browsers that listen, and how much memory.

Run ``python -m benchmarks.captions`` with flask-signalwire and flask-signalwire-captions installed.
A server of its own process (werkzeug's, a thread a connection) is listened to by clients of this
process, which also posts the webhooks, so that one clock measures both ends. Every call has as many
listeners, and the utterances go to the calls in turn: three partials and a final, translated.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import selectors
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any
from uuid import UUID

KEY = "a key of the benchmark"
PUBLIC_URL = "http://localhost"


def make_app() -> Any:
    """The app that is measured, and that signs the webhooks' URLs."""
    from flask import Flask

    from flask_signalwire import SignalWire

    app = Flask("bench")
    app.config.update(
        TESTING=True,
        SECRET_KEY=KEY,
        SIGNALWIRE_SPACE="simulator",
        SIGNALWIRE_PUBLIC_URL=PUBLIC_URL,
        SIGNALWIRE_PLUGINS_BLOCKED=["audit", "autolang"],
        SIGNALWIRE_PLUGINS_REQUIRED=["captions"],
        SIGNALWIRE_CAPTIONS_AUTHORIZE=lambda call_id: True,
        SIGNALWIRE_CAPTIONS_LISTENERS=10_000,
        SIGNALWIRE_CAPTIONS_URL=os.environ.get("CAPTIONS_REDIS"),
    )
    SignalWire(app)
    return app


def serve() -> None:
    """The server's process: says its port, and ends with its standard input."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: Any) -> None:
            """Nothing."""

    # werkzeug takes whatever listens: a short queue would drop 200 who come at once.
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listening:
        server = make_server(
            "127.0.0.1", 0, make_app(), threaded=True, request_handler=Quiet, fd=listening.fileno()
        )
        server.daemon_threads = True  # type: ignore[attr-defined]
        print(listening.getsockname()[1], flush=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdin.read()


def resident(pid: int) -> float:
    """The memory of a process, in MB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


class Clients:
    """All listeners: one thread reads them, and notes when each sentence reached each of them."""

    def __init__(self, port: int, calls: list[str], count: int) -> None:
        self.seen: list[tuple[str, float]] = []
        self._selector = selectors.DefaultSelector()
        self._rest: dict[socket.socket, bytes] = {}
        self.opened = 0
        for number in range(count):
            connection = socket.create_connection(("127.0.0.1", port))
            path = f"/signalwire/captions/{calls[number % len(calls)]}"
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
            connection.setblocking(False)
            self._selector.register(connection, selectors.EVENT_READ)
            self._rest[connection] = b""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            for key, _ in self._selector.select():
                connection: Any = key.fileobj
                data = connection.recv(65536)
                now = time.perf_counter()
                if not data:
                    self._selector.unregister(connection)
                    continue
                *lines, self._rest[connection] = (self._rest[connection] + data).split(b"\n")
                for line in lines:
                    if line.startswith(b"retry:"):
                        self.opened += 1
                    elif line.startswith(b"data:"):
                        told = json.loads(line[5:])
                        if not told["translations"]:
                            self.seen.append((told["content"], now))


def utterance(call_id: str, number: int, *, final: bool) -> dict[str, Any]:
    """A part of a sentence, or the sentence with its translation."""
    said: dict[str, Any] = {
        "role": "remote-caller",
        "content": f"{number} Necesito ayuda con mi factura, por favor" + ("." if final else ""),
        "lang": "es-ES",
        "timestamp": int(time.time() * 1_000_000),
        "final": final,
    }
    if final:
        said["translation"] = {"lang": "en-US", "content": f"{number} I need help with my bill."}
    return {"call_info": {"call_id": call_id}, "utterance": said}


def run(clients: int, calls: int, rate: float, seconds: float) -> dict[str, Any]:
    """Measure; what is returned is in milliseconds and MB."""
    app = make_app()
    names = [str(UUID(int=number + 1, version=4)) for number in range(calls)]
    targets = {
        name: app.signalwire.webhooks.url("live", call_id=name).removeprefix(PUBLIC_URL)
        for name in names
    }
    command = [sys.executable, "-m", "benchmarks.captions", "--serve"]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    port = int(server.stdout.readline())
    idle = resident(server.pid)
    listeners = Clients(port, names, clients)
    while listeners.opened < clients:
        time.sleep(0.05)
    opened = resident(server.pid)
    posted: dict[str, float] = {}
    took: list[float] = []
    begin = time.perf_counter()
    number = 0
    while time.perf_counter() - begin < seconds:
        time.sleep(max(0.0, begin + number / rate - time.perf_counter()))
        turn, place = divmod(number, calls)
        call_id = names[place]
        payload = utterance(call_id, number, final=turn % 4 == 3)
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{targets[call_id]}",
            json.dumps(payload).encode(),
            {"Content-Type": "application/json"},
        )
        at = posted[payload["utterance"]["content"]] = time.perf_counter()
        with urllib.request.urlopen(request, timeout=30) as answer:
            answer.read()
        took.append(time.perf_counter() - at)
        number += 1
    time.sleep(1)
    after = resident(server.pid)
    server.communicate("")
    delays = [at - posted[content] for content, at in list(listeners.seen)]
    return {
        "clients": clients,
        "calls": calls,
        "webhooks": number,
        "received": len(delays),
        "expected": number * clients // calls,
        "to client p50": percentile(delays, 50),
        "to client p95": percentile(delays, 95),
        "to client max": 1000 * max(delays),
        "webhook p95": percentile(took, 95),
        "memory idle": idle,
        "memory listening": opened,
        "memory after": after,
    }


def percentile(values: list[float], which: int) -> float:
    """In milliseconds."""
    return 1000 * statistics.quantiles(values, n=100)[which - 1]


def main() -> None:
    """Run it, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--calls", type=int, default=20)
    parser.add_argument("--rate", type=float, default=10, help="utterances a second, in all")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--redis", help="its URL; without one, the memory of the process")
    options = parser.parse_args()
    if options.redis:
        os.environ["CAPTIONS_REDIS"] = options.redis
    if options.serve:
        serve()
        return
    found = run(options.clients, options.calls, options.rate, options.seconds)
    for name, value in found.items():
        unit = " MB" if name.startswith("memory") else " ms" if isinstance(value, float) else ""
        print(f"{name:17} {value:.1f}{unit}" if unit else f"{name:17} {value}")


if __name__ == "__main__":
    main()
