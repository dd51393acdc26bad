"""The page on errors says what happens on each kind of failure: here each of them happens."""

from __future__ import annotations

import logging
import re
import socket
import threading

import pytest
from flask import Flask

from flask_signalwire import SignalWire, exceptions

pytestmark = pytest.mark.once

CALL = "7d1e1a52-1f3b-4a53-8b5c-3b1f6f0f6c11"


def http(status, body=b"", *headers, length=None):
    length = len(body) if length is None else length
    head = [f"HTTP/1.1 {status} X", f"Content-Length: {length}", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


# By the first words of a row's examples: what the server answers (None: nothing, ever), and
# settings.
FAILURES = {
    "the deadline has passed": (b"", {"deadline": 1e-9}),
    "name not found, refused": (b"", {"space": "127.0.0.1:{closed}"}),
    # Neither `localhost` nor 127.…, so it is spoken to in TLS, which this server does not know.
    "a certificate": (b"plain words\r\n", {"space": "0.0.0.0:{port}"}),
    "read timeout": (None, {}),
    "the body breaks off": (http(200, b'{"id"', length=100), {}),
    "2xx that is no JSON object": (http(200, b"<html>"), {}),
    "429 with `Retry-After`": (http(429, b"{}", "Retry-After: 0"), {}),
    "429 without": (http(429, b"{}"), {}),
    "5xx": (http(503, b"{}", "Retry-After: 0"), {}),
    "any other 4xx": (http(404, b"{}"), {}),
}
ATTEMPTS = {"no": (1, 1), "any command": (2, 2), "repeatable commands only": (1, 2)}


class Server:
    """Reads each request, and answers with these bytes."""

    def __init__(self, answer):
        self.answer = answer
        self.over = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(0.05)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        held = []
        with self.listener:
            while not self.over.is_set():
                try:
                    connection, _ = self.listener.accept()
                except TimeoutError:
                    continue
                connection.settimeout(1)
                request = b""
                while b'"params"' not in request and not request.startswith(b"\x16"):
                    request += connection.recv(65536)
                if self.answer is None:
                    held.append(connection)
                else:
                    with connection:
                        connection.sendall(self.answer)
        for connection in held:
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


@pytest.fixture
def rows(pages):
    text = pages["errors"].text
    lines = text[text.index("## The first byte") :].splitlines()
    table = [line for line in lines if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


@pytest.mark.parametrize("start", FAILURES)
@pytest.mark.parametrize("method", ["dial", "end"])
def test_failure(rows, installed, start, method, caplog):
    ((_, _, names, outcome, repeated),) = [row for row in rows if row[1].startswith(start)]
    answer, settings = FAILURES[start]
    with Server(answer) as server:
        app = Flask("desk")
        space = settings.get("space", "127.0.0.1:{port}")
        app.config.update(
            SIGNALWIRE_SPACE=space.format(port=server.port, closed=free_port()),
            SIGNALWIRE_PROJECT_ID="project",
            SIGNALWIRE_API_TOKEN="token",
            SIGNALWIRE_PLUGINS_BLOCKED=installed,
            SIGNALWIRE_TIMEOUT=0.4,
            SIGNALWIRE_RETRIES=1,
            SIGNALWIRE_DEADLINE=settings.get("deadline", 5),
        )
        SignalWire(app)
        calling = app.signalwire.calling
        caplog.set_level(logging.DEBUG, "flask_signalwire")
        dialled = {"from": "+12025550100", "to": "+34911234567", "url": "https://a.example"}
        command = ("dial", None, dialled) if method == "dial" else ("calling.end", CALL)
        with pytest.raises(exceptions.CommandError) as caught:
            calling.send(*command)
        app.signalwire.close()
    kinds = re.findall(r"`(\w+)`", names.partition(";")[0])
    assert isinstance(caught.value, getattr(exceptions, kinds[0]))
    # Not a subclass that says something else; "and its kinds" in the table allows one.
    if "kinds" not in names:
        assert type(caught.value).__name__ == kinds[0]
    assert f"`{caught.value.outcome}`" == outcome
    name = "flask_signalwire.transport"
    repeats = [r for r in caplog.records if r.name == name and r.levelno == logging.WARNING]
    dial, end = ATTEMPTS[repeated.partition(":")[0]]
    assert 1 + len(repeats) == (dial if method == "dial" else end)


def test_every_row_is_tried(rows):
    assert len(rows) == len(FAILURES)
