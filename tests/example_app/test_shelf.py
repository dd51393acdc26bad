"""What the desk knows of calls, where its workers share it and where there is one."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from example_app.shelf import MemoryShelf, RedisShelf, Shelf
from flask_signalwire.exceptions import ConfigurationError

pytestmark = pytest.mark.once


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.services)])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """One with room for three calls."""
    if request.param == "memory":
        return MemoryShelf(3)
    found = RedisShelf("test", redis_url(request), 3)
    found._client.flushall()
    return found


def redis_url(request: pytest.FixtureRequest) -> str:
    server = request.getfixturevalue("redis_proc")
    return f"redis://{server.host}:{server.port}/3"


def test_the_newest_calls_are_kept(shelf: Shelf) -> None:
    for name in "abcd":
        shelf.change(name, lambda text, name=name: f"{name} {text}")  # type: ignore[misc]
    shelf.change("b", lambda text: f"{text}!")
    assert shelf.all() == ["d None", "c None", "b None!"]
    assert shelf.get("b") == "b None!"
    assert shelf.get("nobody") is None


def test_what_changes_nothing(shelf: Shelf) -> None:
    shelf.change("a", lambda text: None)
    assert shelf.all() == []


def test_all_changes_at_once_are_made(shelf: Shelf) -> None:
    def count(text: str | None) -> str:
        return str(int(text or 0) + 1)

    def work() -> None:
        for _ in range(25):
            shelf.change("a", count)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shelf.get("a") == "100"


@pytest.mark.services
def test_two_workers_know_the_same_calls(
    make_desk: Callable[..., Flask], request: pytest.FixtureRequest
) -> None:
    url = redis_url(request)
    one, two = (make_desk(DESK_BOOK_URL=url).test_client() for _ in range(2))
    placed = one.post("/calls", json={"to": "+34911234567"}).get_json()
    assert two.get(f"/calls/{placed['id']}").get_json() == placed
    assert two.get("/calls").get_json()["calls"][0] == placed
    assert one.get("/readyz").get_json() == two.get("/readyz").get_json()


def test_a_redis_that_is_down_is_said_so(make_desk: Callable[..., Flask]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    desk = make_desk(DESK_BOOK_URL=f"redis://:pa55word@127.0.0.1:{port}/3").test_client()
    answer = desk.get("/calls")
    assert answer.status_code == 503
    assert "DESK_BOOK_URL" in answer.get_json()["message"]
    ready = desk.get("/readyz")
    assert (ready.status_code, ready.get_json()["parts"]["book"]["status"]) == (503, "fail")
    assert "pa55word" not in answer.text + ready.text


def test_a_url_that_is_none(make_desk: Callable[..., Flask]) -> None:
    wrong: Any
    for wrong in ("somewhere", 5):
        with pytest.raises(ConfigurationError, match="DESK_BOOK_URL"):
            make_desk(DESK_BOOK_URL=wrong)
