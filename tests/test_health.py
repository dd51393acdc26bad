"""What a readiness probe is told."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, current_app

from flask_signalwire import Client, Health, hookimpl


def plugin(check: Callable[[], Any], name: str = "prices") -> Any:
    class Asked:
        @hookimpl
        def signalwire_check_health(self) -> Any:
            return check()

    Asked.name = name  # type: ignore[attr-defined]
    return Asked()


def client_of(app: Flask) -> Client:
    client: Client = app.extensions["signalwire"]
    return client


def nobody() -> str:
    """The URL of a Redis that is not there, with a password."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"redis://:pa55word@127.0.0.1:{free.getsockname()[1]}/0"


def test_an_app_on_the_simulator_is_well(client: Client) -> None:
    assert client.check_health() == {"settings": Health("ok")}


def test_credentials_that_are_missing(make_app: Callable[..., Flask]) -> None:
    health = client_of(make_app(space="127.0.0.1:1", callbacks=False)).check_health()
    assert health["settings"].status == "fail"
    assert "SIGNALWIRE_PROJECT_ID is missing" in health["settings"].text


def test_what_is_less_than_promised_is_no_failure(make_app: Callable[..., Flask]) -> None:
    health = client_of(make_app(dry_run=True)).check_health()
    assert health["settings"] == Health("warn", "dry run: no command is sent")


def test_a_broken_plugin_that_nobody_requires_is_told(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app()
    manager = client_of(app).plugins
    manager._infos["office"] = type(manager["sender"])("office", "installed", status="broken")
    health = client_of(app).check_health()["settings"]
    assert health.status == "warn"
    assert "plugin office" in health.text


def test_a_redis_that_is_down(make_app: Callable[..., Flask]) -> None:
    app = make_app(events_url=nobody(), idempotency_url=nobody())
    health = client_of(app).check_health()
    # An event is delivered all the same; a dial with a key is not sent.
    assert (health["events"].status, health["idempotency"].status) == ("warn", "fail")
    assert "pa55word" not in str(health)


@pytest.mark.services
def test_a_redis_that_is_up_and_one_that_takes_nothing(
    make_app: Callable[..., Flask], redis_proc: Any
) -> None:
    from redis import Redis

    url = f"redis://{redis_proc.host}:{redis_proc.port}/0"
    client = client_of(make_app(events_url=url, idempotency_url=url))
    assert {each.status for each in client.check_health().values()} == {"ok"}
    with Redis.from_url(url) as redis:
        redis.config_set("maxmemory", 1)
        try:
            health = client.check_health()
        finally:
            redis.config_set("maxmemory", 0)
    assert (health["events"].status, health["idempotency"].status) == ("warn", "fail")


def test_plugins_say_how_they_are_in_an_app_context(make_app: Callable[..., Flask]) -> None:
    def check() -> Health:
        return Health("warn", f"{current_app.name} has old prices; call +34911234567")

    app = make_app(plugin(check), plugin(lambda: None, "silent"))
    health = client_of(app).check_health()
    assert health["prices"].text == "desk has old prices; call +34*******67"
    assert "silent" not in health


def test_a_plugin_that_crashes_has_failed(make_app: Callable[..., Flask]) -> None:
    def check() -> Health:
        raise OSError("redis://:pa55word@example.com")

    health = client_of(make_app(plugin(check))).check_health()["prices"]
    assert health.status == "fail"
    assert health.text.startswith("OSError: ")
    assert "pa55word" not in health.text


def test_a_plugin_of_a_parts_name_hides_nothing(make_app: Callable[..., Flask]) -> None:
    app = make_app(plugin(lambda: Health("ok"), "settings"), dry_run=True)
    health = client_of(app).check_health()
    assert (health["settings"].status, health["plugin settings"].status) == ("warn", "ok")


def test_a_part_that_hangs_is_waited_for_briefly_and_not_asked_twice(
    make_app: Callable[..., Flask],
) -> None:
    go_on, asked = threading.Event(), []

    def check() -> Health:
        asked.append(1)
        go_on.wait(20)
        return Health("ok")

    client = client_of(make_app(plugin(check), plugin(lambda: Health("ok"), "other")))
    begin = time.monotonic()
    for _ in range(2):
        health = client.check_health(deadline=0.05)
        assert health["prices"] == Health("fail", "no answer within 0.05 s")
        assert health["other"].status == "ok"
    assert time.monotonic() - begin < 5
    assert len(asked) == 1
    go_on.set()
    assert client.check_health(deadline=10)["prices"].status == "ok"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_asks_anew(make_app: Callable[..., Flask]) -> None:
    go_on, parent = threading.Event(), os.getpid()

    def check() -> Health:
        if os.getpid() == parent:
            go_on.wait(20)
        return Health("ok")

    client = client_of(make_app(plugin(check)))
    assert client.check_health(deadline=0.01)["prices"].status == "fail"
    child = os.fork()
    if not child:
        os._exit(client.check_health(deadline=10)["prices"].status != "ok")
    go_on.set()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
