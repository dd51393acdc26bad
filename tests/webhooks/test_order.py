"""States of a call that overtake each other."""

from __future__ import annotations

import itertools
import multiprocessing
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from flask_signalwire.webhooks.order import RANKS, Order
from flask_signalwire.webhooks.store import EventStore

from .conftest import CALL, Seen, call_state, post

Desk = Callable[..., Flask]


@pytest.fixture
def order() -> Order:
    return Order(EventStore(None, accounts={}))


@pytest.fixture
def url(redis_proc: Any) -> str:
    redis = pytest.importorskip("redis")
    address = f"redis://{redis_proc.host}:{redis_proc.port}/0"
    with redis.Redis.from_url(address) as client:
        client.flushall()
    return address


def test_a_call_that_takes_its_way_is_never_late(app: Flask, seen: Seen) -> None:
    for at, state in enumerate(["created", "ringing", "answered", "ending", "ended"]):
        post(app, call_state(state, at=at))
    assert [event.late for event in seen.events] == [False] * 5


def test_what_comes_after_the_end_is_late_and_delivered(app: Flask, seen: Seen) -> None:
    for at, state in ((3, "ended"), (2, "answered"), (1, "ringing")):
        assert post(app, call_state(state, at=at)).status_code == 200
    assert [(event.state, event.late) for event in seen.events] == [
        ("ended", False),
        ("answered", True),
        ("ringing", True),
    ]


def test_calls_and_accounts_have_an_order_of_their_own(order: Order) -> None:
    assert not order.is_late("default", CALL, "ended")
    assert not order.is_late("default", "another", "ringing")
    assert not order.is_late("eu", CALL, "ringing")
    assert order.is_late("default", CALL, "ringing")


def test_a_state_of_no_known_rank_is_never_late_and_makes_none_late(order: Order) -> None:
    assert not order.is_late("default", CALL, "levitating")
    assert not order.is_late("default", CALL, "created")
    order.is_late("default", CALL, "ended")
    assert not order.is_late("default", CALL, "levitating")


@given(st.lists(st.sampled_from(sorted(RANKS)), max_size=12))
def test_late_is_what_comes_after_a_higher_rank(states: list[str]) -> None:
    order = Order(EventStore(None, accounts={}))
    highest = 0
    for state in states:
        assert order.is_late("default", CALL, state) == (RANKS[state] < highest)
        highest = max(highest, RANKS[state])


def _race(orders: list[Order]) -> None:
    """At the end of each race, whoever came before the end was told so, or is known to be late."""
    for call in range(50):
        start, found = threading.Barrier(2), {}

        def note(
            order: Order, state: str, call: int = call, s: Any = start, f: Any = found
        ) -> None:
            s.wait(10)
            f[state] = order.is_late("default", str(call), state)

        states = itertools.cycle(("answered", "ended"))
        threads = [
            threading.Thread(target=note, args=pair) for pair in zip(orders, states, strict=False)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert found["ended"] is False
        assert orders[0].is_late("default", str(call), "answered")


def test_two_threads(order: Order) -> None:
    _race([order, order])


@pytest.mark.services
def test_two_workers(url: str) -> None:
    _race([Order(EventStore(url, accounts={})) for _ in range(2)])


def _end(url: str) -> None:
    Order(EventStore(url, accounts={})).is_late("default", CALL, "ended")


@pytest.mark.services
def test_another_process_saw_the_end(desk: Desk, seen: Seen, url: str) -> None:
    app = desk(events_url=url, project_id="p")
    accounts = {"default": "simulator/p"}
    assert not Order(EventStore(url, accounts=accounts)).is_late("default", CALL, "ended")
    post(app, call_state("answered"))
    assert seen.events[0].late
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=_end, args=(url,))
    process.start()
    process.join(30)
    assert process.exitcode == 0
    assert Order(EventStore(url, accounts={})).is_late("default", CALL, "ringing")
