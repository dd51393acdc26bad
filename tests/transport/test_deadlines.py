"""A deadline is of the whole thing: trickling, waiting and repeating included."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from typing import Any

import pytest

from flask_signalwire import exceptions
from flask_signalwire.calling import Calling

from .servers import CALL, Server, Wire, answer, hangs, replies, trickles
from .test_once import CHUNKED, dial

Serve = Callable[..., Server]
Connect = Callable[..., Calling]

WHOLE = answer()
CLOSING = answer(Connection="close")
PADDED = answer(Padding="x" * 400)
BODY = WHOLE.index(b"\r\n\r\n") + 4


@contextmanager
def within(least: float, most: float) -> Iterator[None]:
    """Seconds that it takes. Generous ones: on a busy machine a second passes unused."""
    started = time.monotonic()
    yield
    assert least <= time.monotonic() - started <= most


@pytest.mark.parametrize(
    "script",
    [
        trickles(b"", PADDED),
        trickles(WHOLE[:BODY], WHOLE[BODY:]),
        trickles(CLOSING[: -len(WHOLE[BODY:])], WHOLE[BODY:]),
        trickles(b"HTTP/1.0 200 OK\r\n\r\n", WHOLE[BODY:]),
        trickles(CHUNKED, b"1\r\n{\r\n" * 50),
        trickles(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 40, 0.005),
    ],
    ids=[
        "headers",
        "body",
        "body, Connection: close",
        "body, HTTP/1.0",
        "chunks",
        "interim answers",
    ],
)
def test_trickling_stops_at_the_deadline(serve: Serve, calling: Connect, script: Any) -> None:
    server = serve(script)
    commands = calling(server, timeout=[5, 5])
    with within(0.45, 2), pytest.raises(exceptions.OutcomeUnknown):
        dial(commands, deadline=0.5)
    assert server.commands == ["dial"]


def test_the_deadline_of_the_settings(serve: Serve, calling: Connect) -> None:
    commands = calling(serve(hangs()), timeout=[5, 5], deadline=0.5)
    with within(0.45, 2), pytest.raises(exceptions.OutcomeUnknown):
        dial(commands)


def test_the_deadline_of_one_command(serve: Serve, calling: Connect) -> None:
    server = serve(hangs())
    commands = calling(server, timeout=[5, 5])
    with within(0.45, 2), pytest.raises(exceptions.OutcomeUnknown):
        dial(commands, deadline=0.5)
    assert dial(commands).id == CALL


def test_seconds_to_wait_are_apart_from_seconds_to_connect(serve: Serve, calling: Connect) -> None:
    commands = calling(serve(hangs()), timeout=[5, 0.15])
    with within(0.1, 1.5), pytest.raises(exceptions.OutcomeUnknown):
        dial(commands)


def test_a_slow_answer_within_its_time_is_taken(serve: Serve, calling: Connect) -> None:
    def slowly(wire: Wire) -> None:
        wire.read()
        time.sleep(0.2)
        wire.send(WHOLE)

    assert dial(calling(serve(slowly), timeout=[0.1, 5])).id == CALL


def test_the_timeout_of_the_vendor_options(serve: Serve, calling: Connect) -> None:
    class Options:
        timeout = 0.15
        retries = None

    commands = calling(serve(hangs()), timeout=[5, 5])
    with within(0.1, 1.5), pytest.raises(exceptions.OutcomeUnknown):
        dial(commands, request_options=Options())


def test_a_server_that_does_not_read_a_large_command(serve: Serve, calling: Connect) -> None:
    def never_reads(wire: Wire) -> None:
        wire.server.stopping.wait(20)

    swml = {"sections": {"main": [{"play": {"url": "x" * 8_000_000}}]}}
    commands = calling(serve(never_reads), timeout=[5, 5])
    with within(0.45, 10), pytest.raises(exceptions.OutcomeUnknown):
        commands.dial(from_="+12025550100", to="+34911234567", swml=swml, deadline=0.5)


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
@pytest.mark.parametrize("wait", ["30", "a date", "9" * 400], ids=["30", "a date", "for ever"])
def test_a_wait_beyond_the_deadline_is_not_begun(
    serve: Serve, calling: Connect, status: str, wait: str
) -> None:
    if wait == "a date":
        wait = formatdate(time.time() + 60, usegmt=True)
    server = serve(replies({}, status, Retry_After=wait))
    commands = calling(server, deadline=20)
    with within(0, 1.5), pytest.raises(exceptions.RemoteError) as caught:
        commands.end(CALL)
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > 5
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_the_service_says_how_long_to_wait(serve: Serve, calling: Connect, status: str) -> None:
    server = serve(replies({}, status, Retry_After="1"))
    with within(0.95, 3):
        calling(server).end(CALL)
    assert len(server.requests) == 2


def test_a_date_to_wait_for(serve: Serve, calling: Connect) -> None:
    when = formatdate(time.time() + 1, usegmt=True)
    server = serve(replies({}, "429 Too Many Requests", Retry_After=when))
    with within(0, 3):
        dial(calling(server))
    assert len(server.requests) == 2


def test_repetitions_share_one_deadline(serve: Serve, calling: Connect) -> None:
    server = serve(then=hangs())
    commands = calling(server, timeout=[1, 0.1], retries=100)
    with within(0.1, 2), pytest.raises(exceptions.OutcomeUnknown):
        commands.end(CALL, deadline=1)
    assert 1 < len(server.requests) < 10
