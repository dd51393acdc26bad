"""Keys in a real Redis, which several processes share, and which goes away."""

from __future__ import annotations

import json
import multiprocessing
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from flask_signalwire import CallLeg, SignalWire, hookimpl
from flask_signalwire.exceptions import (
    ConfigurationError,
    IdempotencyConflict,
    IdempotencyUnavailable,
    OutcomeUnknown,
    Unprocessable,
)
from flask_signalwire.idempotency import Store, StoreError, open_store

from ..transport.servers import Server, answer, hangs, replies
from .conftest import dial, received

pytestmark = pytest.mark.services


@pytest.fixture
def url(redis_proc: Any) -> Iterator[str]:
    """A Redis that is empty, and runs again when a test has stopped it."""
    redis = pytest.importorskip("redis")
    address = f"redis://{redis_proc.host}:{redis_proc.port}/0"
    with redis.Redis.from_url(address) as client:
        client.flushall()
    yield address
    if not redis_proc.running():
        redis_proc.start()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    found = open_store(url)
    yield found
    found.close()


@pytest.fixture
def stored(url: str) -> Iterator[Callable[[], dict[str, Any]]]:
    """What is in the Redis: entries by name."""
    from redis import Redis

    with Redis.from_url(url, decode_responses=True) as client:
        yield lambda: {name: json.loads(client.get(name)) for name in client.scan_iter()}


# -- the store ------------------------------------------------------------------------------------


def test_a_name_is_ours_or_somebodys(store: Store) -> None:
    assert store.reserve("n", "one", 60) is None
    assert store.reserve("n", "two", 60) == "one"
    assert store.reserve("n", "one", 60) is None  # the answer to the first may have been lost


def test_only_the_owner_may_replace_and_release(store: Store) -> None:
    store.reserve("n", "one", 60)
    assert not store.replace("n", "two", "two!", 60)
    assert not store.release("n", "two")
    assert store.reserve("n", "three", 60) == "one"
    assert store.replace("n", "one", "one!", 60)
    assert store.replace("n", "one", "one!", 60)  # likewise
    assert not store.release("n", "one")
    assert store.release("n", "one!")
    assert store.release("n", "one!")
    assert store.reserve("n", "three", 60) is None


def test_a_name_that_was_lost_is_put_back(store: Store) -> None:
    assert store.replace("n", "one", "one!", 60)
    assert store.reserve("n", "two", 60) == "one!"


def test_a_name_is_free_after_its_lifetime(store: Store) -> None:
    store.reserve("n", "one", 0.05)
    store.reserve("m", "one", 60)
    store.replace("m", "one", "one!", 0.05)
    time.sleep(0.1)
    assert store.reserve("n", "two", 60) is None
    assert store.reserve("m", "two", 60) is None


@pytest.mark.parametrize(
    "rest", ["h:6379/0?sokcet_timeout=1", "h:6379/0?socket_timeout=soon", "h:port/0"]
)
def test_an_address_of_no_use_is_found_at_the_start(
    make_app: Callable[..., Flask], rest: str
) -> None:
    with pytest.raises(ConfigurationError, match="SIGNALWIRE_IDEMPOTENCY_URL") as caught:
        make_app(idempotency_url=f"redis://u:hunter2@{rest}")
    assert "hunter2" not in str(caught.value)


# -- the rules, as in memory ----------------------------------------------------------------------


def test_two_apps_share_a_key(
    serve: Any, desk: Any, url: str, stored: Callable[[], dict[str, Any]]
) -> None:
    server: Server = serve(replies(X_Request_Id="r-1"))
    one, two = desk(server, idempotency_url=url), desk(server, idempotency_url=url)
    first = dial(one)
    again = dial(two)
    assert again == first
    assert (again.replayed, again.request_id) == (True, "r-1")
    assert server.commands == ["dial"]
    with pytest.raises(IdempotencyConflict) as caught:
        dial(two, to="+34911234568")
    assert (caught.value.reason, caught.value.first_command_id) == (
        "other_params",
        first.command_id,
    )
    ((name, entry),) = stored().items()
    assert name.startswith("signalwire:idempotency:")
    assert "order" not in name
    assert entry["leg"] == first


def test_a_refusal_frees_the_key_and_an_unknown_outcome_keeps_it(
    serve: Any, desk: Any, url: str, stored: Callable[[], dict[str, Any]]
) -> None:
    server: Server = serve(replies({"errors": []}, "422 Unprocessable Entity"), hangs())
    app = desk(server, idempotency_url=url, timeout=0.5)
    with pytest.raises(Unprocessable):
        dial(app)
    assert stored() == {}
    with pytest.raises(OutcomeUnknown):
        dial(app)
    (entry,) = stored().values()
    assert (entry["state"], entry["leg"]) == ("unknown_outcome", None)
    with pytest.raises(IdempotencyConflict) as caught:
        dial(app)
    assert caught.value.reason == "unknown_outcome"
    assert server.commands == ["dial", "dial"]


def test_what_is_stored_lives_as_long_as_the_setting_says(
    make_app: Callable[..., Flask], url: str
) -> None:
    app = make_app(idempotency_url=url, idempotency_ttl=0.2)
    first = dial(app)
    time.sleep(0.3)
    assert dial(app).id != first.id


@pytest.mark.parametrize("text", ["", "{}", "[]", "nonsense", '{"command_id": 1}', b"\xff\xfe"])
def test_what_somebody_else_wrote_under_the_key_stops_the_dial(
    make_app: Callable[..., Flask], url: str, text: Any
) -> None:
    from redis import Redis

    app = make_app(idempotency_url=url)
    dial(app)
    with Redis.from_url(url) as client:
        (name,) = client.keys()
        client.set(name, text)
    with pytest.raises(IdempotencyUnavailable, match="can't be read"):
        dial(app)
    assert received(app) == ["dial"]


# -- several processes ----------------------------------------------------------------------------


def _dial_in_a_process(space: str, url: str, start: Any, ends: Any) -> None:
    app = Flask("desk")
    app.testing = True
    app.config.update(
        SIGNALWIRE_SPACE=space,
        SIGNALWIRE_PROJECT_ID="p",
        SIGNALWIRE_API_TOKEN="t",
        SIGNALWIRE_IDEMPOTENCY_URL=url,
        SIGNALWIRE_PLUGINS_BLOCKED=["audit", "autolang"],
    )
    SignalWire(app)
    start.wait(30)
    found: list[Any] = []

    def work() -> None:
        try:
            leg = dial(app)
            found.append(("leg", leg.id, leg.replayed))
        except IdempotencyConflict as error:
            found.append(("conflict", error.reason, None))

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    app.extensions["signalwire"].close()
    ends.put(found)


def test_several_processes_with_one_key_make_one_call(serve: Any, url: str) -> None:
    server: Server = serve()
    spawn = multiprocessing.get_context("spawn")
    start, ends = spawn.Barrier(4), spawn.Queue()
    processes = [
        spawn.Process(target=_dial_in_a_process, args=(server.space, url, start, ends))
        for _ in range(4)
    ]
    for process in processes:
        process.start()
    found = [end for _ in processes for end in ends.get(timeout=60)]
    for process in processes:
        process.join(30)
        assert process.exitcode == 0
    ends.close()
    ends.join_thread()
    assert len(found) == 20
    assert server.commands == ["dial"]
    legs = [end for end in found if end[0] == "leg"]
    assert [end[2] for end in legs].count(False) == 1
    assert {end[1] for end in found if end[0] == "conflict"} <= {"in_progress"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_process_that_dies_while_sending_leaves_the_key_in_progress(
    make_app: Callable[..., Flask], url: str
) -> None:
    class Dying:
        @hookimpl
        def signalwire_send_command(self) -> None:
            if os.getpid() != parent:
                os._exit(9)

    parent = os.getpid()
    app = make_app(Dying, idempotency_url=url)
    assert not dial(app, "other").replayed  # there are sockets that a child must leave alone
    child = os.fork()
    if child == 0:
        try:
            dial(app)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    with pytest.raises(IdempotencyConflict, match="If its process died") as caught:
        dial(app)
    assert caught.value.reason == "in_progress"
    assert dial(app, "other").replayed


# -- a Redis that goes away -----------------------------------------------------------------------


def test_without_its_redis_nothing_is_dialled(
    make_app: Callable[..., Flask], url: str, redis_proc: Any
) -> None:
    app = make_app(idempotency_url=url)
    dial(app, "warm")
    redis_proc.stop()
    started = time.monotonic()
    with pytest.raises(IdempotencyUnavailable, match="can't be checked") as caught:
        dial(app)
    assert time.monotonic() - started < 3
    assert caught.value.outcome == "not_sent"
    assert "ConnectionError" in str(caught.value)
    assert received(app) == ["dial"]
    assert dial(app, None).status == "queued"  # without a key, none is needed
    redis_proc.start()
    assert not dial(app).replayed


def test_a_redis_that_says_nothing_stops_the_dial_too(make_app: Callable[..., Flask]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        app = make_app(idempotency_url=f"redis://u:hunter2@127.0.0.1:{port}/0?socket_timeout=0.2")
        with pytest.raises(IdempotencyUnavailable) as caught:
            dial(app)
    assert "hunter2" not in str(caught.value)
    assert received(app) == []


def test_a_redis_that_takes_no_writes_stops_the_dial(
    make_app: Callable[..., Flask], url: str
) -> None:
    from redis import Redis

    app = make_app(idempotency_url=url)
    with Redis.from_url(url) as client:
        client.config_set("maxmemory", "1")
        try:
            with pytest.raises(IdempotencyUnavailable, match="maxmemory"):
                dial(app)
        finally:
            client.config_set("maxmemory", "0")
    assert received(app) == []


@pytest.mark.parametrize("restarted", [False, True])
def test_a_redis_that_goes_while_sending_does_not_undo_the_call(
    make_app: Callable[..., Flask],
    url: str,
    redis_proc: Any,
    log: pytest.LogCaptureFixture,
    restarted: bool,
) -> None:
    class Stopping:
        @hookimpl
        def signalwire_send_command(self) -> None:
            redis_proc.stop()
            if restarted:  # and empty
                redis_proc.start()

    app = make_app(Stopping, idempotency_url=url)
    leg = dial(app)
    assert isinstance(leg, CallLeg)
    assert leg.status == "queued"
    assert received(app) == ["dial"]
    failures = app.extensions["signalwire"].plugins.failures
    if restarted:
        assert not failures
        assert dial(app).id == leg.id
        return
    assert isinstance(failures[0].error, StoreError)
    assert f"What became of command {leg.command_id} (accepted) is not written down" in log.text


def test_a_key_that_could_not_be_written_down_never_dials_again(
    make_app: Callable[..., Flask], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from redis import Redis

    class Deaf:
        """The Redis answers nothing from the first byte on, and keeps what it has."""

        @hookimpl
        def signalwire_send_command(self) -> None:
            if not paused:
                paused.append(True)
                client.execute_command("CLIENT", "PAUSE", "1500", "ALL")

    paused: list[bool] = []
    app = make_app(Deaf, idempotency_url=f"{url}?socket_timeout=0.1")
    with Redis.from_url(url) as client:
        leg = dial(app)
        assert app.extensions["signalwire"].plugins.failures
        client.ping()  # waits until it speaks again
    # What was on its way may have arrived in the end; a second call is made in no case.
    found = {leg.id}
    try:
        found.add(dial(app).id)
    except IdempotencyConflict as error:
        found.add((error.reason, error.first_command_id))
    assert found <= {leg.id, ("in_progress", leg.command_id)}
    assert received(app) == ["dial"]


def test_a_key_that_somebody_took_meanwhile_is_told_of(
    make_app: Callable[..., Flask], url: str, log: pytest.LogCaptureFixture
) -> None:
    from redis import Redis

    class Emptying:
        @hookimpl
        def signalwire_send_command(self) -> None:
            with Redis.from_url(url) as client:
                (name,) = client.keys()
                client.set(name, f"another, {uuid4()}")

    app = make_app(Emptying, idempotency_url=url)
    assert dial(app).status == "queued"
    assert "There may be two calls" in log.text


def test_an_answer_that_can_not_be_stored_keeps_the_key(
    make_app: Callable[..., Flask], url: str, stored: Callable[[], dict[str, Any]]
) -> None:
    leg = json.loads(answer().partition(b"\r\n\r\n")[2])

    class Sending:
        @hookimpl
        def signalwire_send_command(self) -> CallLeg:
            return CallLeg({**leg, "at": object()})

    app = make_app(Sending, idempotency_url=url)
    dial(app)
    assert app.extensions["signalwire"].plugins.failures
    with pytest.raises(IdempotencyConflict):
        dial(app)
    assert len(stored()) == 1
