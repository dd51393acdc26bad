"""Connections: how many, for how long, and whose."""

from __future__ import annotations

import gc
import logging
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from flask_signalwire import SignalWire, exceptions
from flask_signalwire.calling import Calling

from .conftest import HOST, PROJECT, TOKEN
from .servers import CALL, Server, Wire, answer, hangs, ok, replies, wait_until
from .test_once import dial

Serve = Callable[..., Server]
Connect = Callable[..., Calling]


def test_one_connection_for_twenty_commands(serve: Serve, calling: Connect) -> None:
    server = serve()
    commands = calling(server)
    for _ in range(20):
        dial(commands)
    assert server.connections == 1
    assert len(server.requests) == 20


@pytest.mark.parametrize(
    "script",
    [
        replies({}, "404 Not Found"),
        replies({}, "422 Unprocessable Entity"),
        replies({}, "500 Internal Server Error"),
        replies({}, "302 Found", Location="/elsewhere"),
        replies(b"", "200 OK"),
    ],
    ids=["404", "422", "500", "302", "empty"],
)
def test_a_refusal_does_not_cost_the_connection(
    serve: Serve, calling: Connect, script: Any
) -> None:
    server = serve(script, ok)
    commands = calling(server)
    with pytest.raises(exceptions.CommandError):
        dial(commands)
    dial(commands)
    assert server.connections == 1


def test_a_connection_that_the_service_closed_is_not_used_again(
    serve: Serve, calling: Connect
) -> None:
    def once(wire: Wire) -> None:
        wire.read()
        wire.send(answer())
        wire.close()

    server = serve(then=once)
    commands = calling(server)
    for _ in range(5):
        assert dial(commands).id == CALL
        assert wait_until(lambda: server.open == 0)
    assert server.commands == ["dial"] * 5
    assert server.connections == 5


def test_an_answer_that_came_too_late_answers_nothing_else(serve: Serve, calling: Connect) -> None:
    def late(wire: Wire) -> None:
        wire.read()
        wire.server.stopping.wait(0.7)
        wire.send(answer({"id": "too late"}))

    server = serve(late, ok)
    commands = calling(server)
    with pytest.raises(exceptions.OutcomeUnknown):
        dial(commands, deadline=0.5)
    assert dial(commands).id == CALL
    assert server.connections == 2


def test_sixty_four_threads_share_sixty_four_connections(
    serve: Serve, calling: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, logger="urllib3")
    together = threading.Barrier(64, timeout=20)

    def at_once(wire: Wire) -> None:
        """Answer when all have asked: each of them needs a connection of its own."""
        wire.read()
        together.wait()
        wire.send(answer())

    server = serve(then=at_once)
    commands = calling(server, timeout=[20, 20], deadline=60)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(3):
                dial(commands)
        except BaseException as error:
            failures.append(error)
            together.abort()

    threads = [threading.Thread(target=work) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(server.requests) == 3 * 64
    assert server.connections == 64
    assert not caplog.records


def test_close_closes_and_the_next_command_connects(
    serve: Serve, desk: Callable[..., Flask]
) -> None:
    server = serve(replies({}, "404 Not Found"), ok)
    client = desk(server).extensions["signalwire"]
    with pytest.raises(exceptions.NotFound) as kept:  # what it holds on to must not matter
        dial(client.calling)
    assert server.open == 1
    client.close()
    assert wait_until(lambda: server.open == 0)
    client.close()
    assert dial(client.calling).id == CALL
    assert server.connections == 2
    assert kept.value is not None


def test_closing_while_others_send(serve: Serve, desk: Callable[..., Flask]) -> None:
    server = serve()
    client = desk(server, retries=5).extensions["signalwire"]
    stop = threading.Event()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            while not stop.is_set():
                client.calling.dial(from_="+12025550100", to="+34911234567", url="https://a.test")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        client.close()
        stop.wait(0.01)
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures


def test_an_app_that_is_dropped_leaves_nothing_behind(serve: Serve) -> None:
    server = serve(ok, hangs())

    def use() -> None:
        app = Flask("dropped")
        app.testing = True
        app.config.update(
            SIGNALWIRE_PROJECT_ID=PROJECT,
            SIGNALWIRE_API_TOKEN=TOKEN,
            SIGNALWIRE_SPACE=server.space,
            SIGNALWIRE_PLUGINS_BLOCKED=["audit", "autolang"],
        )
        SignalWire(app)
        commands = app.extensions["signalwire"].calling
        dial(commands)
        with pytest.raises(exceptions.OutcomeUnknown):
            dial(commands, deadline=0.5)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        use()
        gc.collect()
        assert wait_until(lambda: server.open == 0)
    assert not [warning for warning in caught if warning.category is ResourceWarning]


def test_two_accounts_have_connections_and_credentials_of_their_own(
    serve: Serve, desk: Callable[..., Flask]
) -> None:
    here, there = serve(), serve()
    client = desk(here, accounts={"eu": {"space": there.space, "api_token": "PTother"}}).extensions[
        "signalwire"
    ]
    dial(client.calling)
    dial(client.account("eu").calling)
    assert len(here.requests) == len(there.requests) == 1
    first, second = (server.requests[0].headers["authorization"] for server in (here, there))
    assert first != second


FORK = """
import os, sys
from flask import Flask
from flask_signalwire import SignalWire

app = Flask("forked")
app.testing = True
app.config.update(
    SIGNALWIRE_PROJECT_ID="p", SIGNALWIRE_API_TOKEN="t", SIGNALWIRE_SPACE=sys.argv[1],
    SIGNALWIRE_CA_FILE=sys.argv[2] or None,
    SIGNALWIRE_PLUGINS_BLOCKED=["audit", "autolang"],
)
if sys.argv[2]:
    import socket
    really = socket.getaddrinfo
    socket.getaddrinfo = lambda host, *rest, **more: really("127.0.0.1", *rest, **more)
SignalWire(app)
end = app.signalwire.calling.end
call = "8f8d0a3c-5a3b-4b6c-9f0e-2d1c0b9a8f7e"
end(call, reason="hangup")
child = os.fork()
if child == 0:
    end(call, reason="busy")
    end(call, reason="busy")
    sys.exit(0)
_, status = os.waitpid(child, 0)
assert status == 0
end(call, reason="cancel")
end(call, reason="cancel")
"""


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_a_child_process_opens_its_own_connection(
    serve: Serve, tls: bool, certified: Any, ca_file: str, tmp_path: Path
) -> None:
    server = serve(tls=certified() if tls else None)
    space = f"{HOST}:{server.port}" if tls else server.space
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-W", "error", "-c", FORK, space, ca_file if tls else ""]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": root},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    seen = [(seen.json["params"]["reason"], seen.connection) for seen in server.requests]
    assert seen == [("hangup", 1), ("busy", 2), ("busy", 2), ("cancel", 1), ("cancel", 1)]
