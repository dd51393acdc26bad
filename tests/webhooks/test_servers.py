"""Behind gunicorn, as in production: its errors are not ours, and its workers share a Redis."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from .conftest import call_state

pytestmark = pytest.mark.services

APP = """
import os
from flask import Flask
from flask_signalwire import SignalWire, events
from flask_signalwire.events import CallState

signalwire = SignalWire()

@signalwire.on(CallState)
def write(event):
    with open(os.environ["SEEN"], "a") as seen:
        seen.write(f"{os.getpid()} {event.timestamp.timestamp()}\\n")

app = Flask("desk")
app.secret_key = "k"
app.config.update(
    SIGNALWIRE_SPACE="simulator",
    SIGNALWIRE_EVENTS_URL=os.environ.get("EVENTS"),
    SIGNALWIRE_PLUGINS_BLOCKED=["audit", "autolang"],
)
signalwire.init_app(app)
# With --preload this is before the fork: a connection is open, and must not be shared.
app.signalwire.webhooks.store.remember("default", "a call before the fork")

@app.get("/url")
def url():
    return app.signalwire.webhooks.url("calls")

@app.get("/pid")
def pid():
    return str(os.getpid())
"""


@pytest.fixture
def gunicorn(tmp_path: Path) -> Iterator[Callable[..., int]]:
    """Serve `APP`: the port."""
    started: list[subprocess.Popen[bytes]] = []
    (tmp_path / "desk.py").write_text(APP)

    def start(*options: str, **environment: str) -> int:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = int(free.getsockname()[1])
        command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", *options]
        command += ["-k", "gthread", "--threads", "8", "--no-control-socket", "desk:app"]
        known = subprocess.run(
            [sys.executable, "-m", "gunicorn", "--help"], capture_output=True, text=True, check=True
        ).stdout
        if "--no-control-socket" not in known:  # older releases have none
            command.remove("--no-control-socket")
        with (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
        started.append(process)
        for _ in range(300):
            try:
                get(port, "/pid")
            except OSError:
                assert process.poll() is None, (tmp_path / "log").read_text()
                time.sleep(0.1)
            else:
                return port
        raise AssertionError((tmp_path / "log").read_text())

    yield start
    for process in started:
        process.terminate()
        process.wait(20)


def get(port: int, target: str) -> str:
    return ask(port, "GET", target)[1]


def ask(port: int, method: str, target: str, body: bytes | None = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, target, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


def raw(port: int, target: str, body: bytes) -> bytes:
    head = f"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    head += "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=20) as talker:
        talker.sendall(head.encode() + body)
        talker.shutdown(socket.SHUT_WR)
        found = b""
        while chunk := talker.recv(65536):
            found += chunk
    return found.partition(b"\r\n")[0]


def test_chunks_that_are_none_are_a_400(gunicorn: Callable[..., int], tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    port = gunicorn("-w", "1", SEEN=str(seen))
    target = get(port, "/url").removeprefix("http://localhost")
    for body in (
        b"zz\r\n{}\r\n0\r\n\r\n",
        b"-2\r\n{}\r\n0\r\n\r\n",
        b"2\r\n{}xx0\r\n\r\n",
        b"2;\r\r\n{}\r\n0\r\n\r\n",
        b"2\r\n{}\r\n0\r\nno trailer\r\n\r\n",
        b"20\r\n{}",
        b"",
    ):
        assert (body, raw(port, target, body)) == (body, b"HTTP/1.1 400 BAD REQUEST")
    assert not seen.exists()
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_workers_that_were_forked_share_a_redis_and_no_connection(
    gunicorn: Callable[..., int], redis_proc: Any, tmp_path: Path
) -> None:
    from redis import Redis

    address = f"redis://{redis_proc.host}:{redis_proc.port}/0"
    with Redis.from_url(address) as client:
        client.flushall()
    seen = tmp_path / "seen"
    port = gunicorn("-w", "2", "--preload", EVENTS=address, SEEN=str(seen))
    target = get(port, "/url").removeprefix("http://localhost")
    bodies = [json.dumps(call_state(at=at)).encode() for at in range(100)] * 3
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda body: ask(port, "POST", target, body)[0], bodies))
    assert answers == [200] * 300
    lines = [line.split() for line in seen.read_text().splitlines()]
    assert sorted(float(at) for _, at in lines) == [1786000000.0 + at for at in range(100)]
    assert len({pid for pid, _ in lines}) == 2
    assert "the store of events failed" not in (tmp_path / "log").read_text()
