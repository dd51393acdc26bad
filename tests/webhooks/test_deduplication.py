"""An event that comes twice is delivered once, by however many processes."""

from __future__ import annotations

import json
import multiprocessing
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from flask_signalwire import SignalWire, hookimpl
from flask_signalwire.events import CallState, Event
from flask_signalwire.exceptions import ConfigurationError
from flask_signalwire.webhooks import deduplication, store
from flask_signalwire.webhooks.deduplication import Deduplication
from flask_signalwire.webhooks.store import EventStore

from .conftest import CALL, Seen, call_state, post, webhooks

Desk = Callable[..., Flask]
PLAYING = {"control_id": "c-1", "call_id": CALL, "state": "playing"}


def playing(**more: Any) -> dict[str, Any]:
    return {"event_type": "calling.call.play", "params": {**PLAYING, **more}}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let seconds pass, for the caches and for us."""
    ahead = [0.0]

    def passing(clock: Callable[[], float]) -> Callable[[], float]:
        return lambda: clock() + ahead[0]

    monkeypatch.setattr(time, "monotonic", passing(time.monotonic))
    monkeypatch.setattr(time, "time", passing(time.time))

    def pass_by(seconds: float) -> None:
        ahead[0] += seconds

    return pass_by


# -- what is the same, and for how long -----------------------------------------------------------


def test_a_repetition_gets_its_200_and_reaches_nobody(app: Flask, seen: Seen) -> None:
    answers = [post(app, call_state()).status_code for _ in range(3)]
    assert answers == [200, 200, 200]
    assert len(seen.events) == 1
    assert webhooks(app).counts.duplicate == 2


def test_it_is_the_same_in_another_order_of_keys(app: Flask, seen: Seen) -> None:
    payload = call_state()
    post(app, json.dumps(payload).encode())
    post(app, json.dumps(dict(reversed(payload.items())), indent=1).encode())
    assert len(seen.events) == 1


def test_another_state_time_or_call_is_another_event(
    app: Flask, seen: Seen, new_call: Callable[[], str]
) -> None:
    other = new_call()
    post(app, call_state("ringing", at=1))
    post(app, call_state("answered", at=1))
    post(app, call_state("answered", at=2))
    post(app, call_state("answered", at=2, call_id=other), call_id=other)
    assert len(seen.events) == 4


def test_an_event_is_known_for_a_day(app: Flask, seen: Seen, clock: Any) -> None:
    url = webhooks(app).url("calls", call_id=CALL).removeprefix("http://localhost")
    for _ in range(2):
        app.test_client().post(url, json=call_state())
        clock(86000)
    assert len(seen.events) == 1
    clock(1000)
    app.test_client().post(url, json=call_state())
    assert len(seen.events) == 2


def test_an_event_without_a_time_may_happen_again_soon(app: Flask, seen: Seen, clock: Any) -> None:
    post(app, playing(), purpose="operations")
    clock(5)
    post(app, playing(), purpose="operations")
    assert len(seen.events) == 1
    clock(10)
    post(app, playing(), purpose="operations")
    assert len(seen.events) == 2


def test_accounts_have_events_of_their_own(desk: Desk, seen: Seen) -> None:
    credentials = {"project_id": "p-2", "api_token": "t", "space": "simulator"}
    app = desk(project_id="p-1", accounts={"eu": credentials})
    for account in ("default", "eu"):
        url = webhooks(app).url("calls", account=account).removeprefix("http://localhost")
        app.test_client().post(url, json=call_state())
    assert [event.account for event in seen.events] == ["default", "eu"]


# -- claims ---------------------------------------------------------------------------------------


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.services)])
def claims(request: pytest.FixtureRequest) -> Deduplication:
    url = request.getfixturevalue("url") if request.param == "redis" else None
    return Deduplication(EventStore(url, accounts={}))


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


def event(at: float = 1.0) -> Event:
    payload = call_state(at=at)
    return CallState(call_id=CALL, raw=payload)


def test_a_claim_is_held_until_it_is_released(claims: Deduplication) -> None:
    assert claims.claim(event())
    assert not claims.claim(event())
    assert claims.claim(event(at=2))
    claims.release(event())
    assert claims.claim(event())
    claims.confirm(event())
    assert not claims.claim(event())


def test_a_claim_of_a_process_that_died_ends(claims: Deduplication, monkeypatch: Any) -> None:
    monkeypatch.setattr(deduplication, "CLAIM", 1)
    assert claims.claim(event())
    time.sleep(2.1)
    assert claims.claim(event())
    assert not claims.claim(event())


def test_a_claim_that_ends_meanwhile_goes_to_one(claims: Deduplication, monkeypatch: Any) -> None:
    look = claims._store.get

    def others_are_at_it(name: str) -> Any:
        monkeypatch.undo()
        claims.release(event())
        found = look(name)
        assert claims.claim(event())
        claims.confirm(event())
        return found

    assert claims.claim(event())
    monkeypatch.setattr(claims._store, "get", others_are_at_it)
    assert not claims.claim(event())


def test_one_of_many_threads_gets_the_claim(claims: Deduplication) -> None:
    for at in range(5):
        start, won = threading.Barrier(20), []

        def claim(at: int = at, start: Any = start, won: Any = won) -> None:
            start.wait(10)
            won.append(claims.claim(event(at=at)))

        threads = [threading.Thread(target=claim) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert sorted(won) == [False] * 19 + [True]


def test_a_full_memory_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "CAPACITY", 10)
    claims = Deduplication(EventStore(None, accounts={}))
    for at in range(25):
        assert claims.claim(event(at=at))
        assert not claims.claim(event(at=at))
    remembered = [
        not claims._store.add(claims._name(event(at=at)), 1, 60) for at in range(24, 13, -1)
    ]
    assert all(remembered)


# -- failure policy -------------------------------------------------------------------------------


class Crashing:
    """A plugin that fails on the first event."""

    def __init__(self, error: BaseException) -> None:
        self.error: BaseException | None = error

    @hookimpl
    def signalwire_event_received(self) -> None:
        error, self.error = self.error, None
        if error is not None:
            raise error


@pytest.mark.parametrize("policy", ["ack", "retry"])
def test_an_event_that_failed_comes_again_where_that_is_wanted(
    desk: Desk, seen: Seen, policy: str
) -> None:
    app = desk(Crashing(OSError("the database is down")), webhook_on_error=policy)
    answers = [post(app, call_state()) for _ in range(3)]
    if policy == "ack":
        assert [answer.status_code for answer in answers] == [200, 200, 200]
        assert len(seen.events) == 1
    else:
        assert [answer.status_code for answer in answers] == [503, 200, 200]
        assert answers[0].json == {"error": "not delivered; send it again"}
        assert len(seen.events) == 2
    assert webhooks(app).counts.failed == 1


def test_an_interruption_gives_the_event_back(desk: Desk, seen: Seen) -> None:
    app = desk(Crashing(SystemExit(1)))
    with pytest.raises(SystemExit):
        post(app, call_state())
    assert post(app, call_state()).status_code == 200
    assert len(seen.events) == 2


# -- a Redis --------------------------------------------------------------------------------------


@pytest.mark.services
def test_two_apps_of_a_project_share_what_they_know(make_app: Any, url: str) -> None:
    one, two = Seen(), Seen()
    apps = [make_app(plugin, project_id="p", events_url=url) for plugin in (one, two)]
    for app in apps:
        app.secret_key = "the same"
        assert post(app, call_state()).status_code == 200
    assert (len(one.events), len(two.events)) == (1, 0)
    three = Seen()
    assert post(make_app(three, project_id="q", events_url=url), call_state()).status_code == 200
    assert len(three.events) == 1


@pytest.mark.services
@pytest.mark.parametrize("text", ["", "nonsense", '"text"', "{}", b"\xff", b"!\x80\x04."])
def test_what_somebody_else_wrote_there_stops_no_event(
    desk: Desk, seen: Seen, url: str, text: Any
) -> None:
    from redis import Redis

    app = desk(events_url=url)
    post(app, call_state("ended"), command_id="d-1")
    with Redis.from_url(url) as client:
        for name in client.scan_iter():
            client.set(name, text)
    assert post(app, call_state("ended", at=2)).status_code == 200
    assert post(app, call_state("ended")).status_code == 200
    assert len(seen.events) == 3


@pytest.mark.services
def test_what_is_stored_is_no_pickle_names_nobody_and_ends(desk: Desk, url: str) -> None:
    from redis import Redis

    app = desk(events_url=url)
    post(app, call_state(), command_id="d-1")
    with Redis.from_url(url) as client:
        names = list(client.scan_iter())
        assert len(names) == 3  # the event, the dial's pin, the call's state
        for name in names:
            assert name.startswith(b"signalwire:events:")
            assert CALL.encode() not in name
            json.loads(client.get(name))
            assert 0 < client.ttl(name) <= 86400


def _deliver_in_a_process(url: str, start: Any, ends: Any) -> None:
    seen = Seen()
    app = Flask("desk")
    app.testing = True
    app.config.update(
        SIGNALWIRE_SPACE="simulator",
        SIGNALWIRE_PROJECT_ID="p",
        SIGNALWIRE_EVENTS_URL=url,
        SIGNALWIRE_PLUGINS_BLOCKED=["audit", "autolang"],
    )
    SignalWire(app, plugins=[seen])
    start.wait(30)
    statuses: list[int] = []

    def work() -> None:
        for at in range(10):
            statuses.append(post(app, call_state(at=at)).status_code)

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    app.extensions["signalwire"].close()
    ends.put((statuses, [found.timestamp.timestamp() for found in seen.events]))


@pytest.mark.services
def test_four_processes_deliver_each_event_once(url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    start, ends = spawn.Barrier(4), spawn.Queue()
    processes = [
        spawn.Process(target=_deliver_in_a_process, args=(url, start, ends)) for _ in range(4)
    ]
    for process in processes:
        process.start()
    found = [ends.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(30)
        assert process.exitcode == 0
    ends.close()
    ends.join_thread()
    assert [status for statuses, _ in found for status in statuses] == [200] * 200
    delivered = sorted(at for _, times in found for at in times)
    assert delivered == [1786000000.0 + at for at in range(10)]


@pytest.mark.services
def test_a_redis_that_is_down_loses_no_event(
    desk: Desk,
    seen: Seen,
    url: str,
    redis_proc: Any,
    log: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store, "PAUSE", 0.2)
    app = desk(events_url=url)
    post(app, call_state(at=0))
    redis_proc.stop()
    for at in range(1, 6):
        assert post(app, call_state(at=at)).status_code == 200
    assert len(seen.events) == 6
    told = [line for line in log.records if "SIGNALWIRE_EVENTS_URL" in line.getMessage()]
    assert len(told) == 1
    redis_proc.start()
    time.sleep(0.3)
    for _ in range(2):
        post(app, call_state(at=9))
    assert len(seen.events) == 7


def test_a_store_that_says_nothing_costs_little(
    desk: Desk, seen: Seen, log: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://u:hunter2@127.0.0.1:{silent.getsockname()[1]}/0?socket_timeout=0.2"
        app = desk(events_url=address)
        started = time.monotonic()
        for at in range(5):
            assert post(app, call_state(at=at)).status_code == 200
        assert time.monotonic() - started < 2
    assert len(seen.events) == 5
    assert "hunter2" not in log.text


def test_without_its_package_a_redis_says_what_to_install(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'flask-signalwire\[redis\]'"):
        desk(events_url="redis://u:hunter2@127.0.0.1:1/0")


@pytest.mark.parametrize(
    "rest", ["h:6379/0?sokcet_timeout=1", "h:6379/0?socket_timeout=soon", "h:port/0"]
)
def test_an_address_of_no_use_is_found_at_the_start(desk: Desk, rest: str) -> None:
    with pytest.raises(ConfigurationError, match="SIGNALWIRE_EVENTS_URL") as caught:
        desk(events_url=f"redis://u:hunter2@{rest}")
    assert "hunter2" not in str(caught.value)
