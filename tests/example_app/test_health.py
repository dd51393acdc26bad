"""What load balancers ask, and what strangers are not told."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from example_app import health
from flask_signalwire import Health, hookimpl

pytestmark = pytest.mark.once

TOKENS = {"alice": "a token of Alice's, long"}
ALICE = {"Authorization": f"Bearer {TOKENS['alice']}"}


class Prices:
    """A plugin whose file of prices may be missing."""

    answer = Health("ok")
    asked = 0

    @hookimpl
    def signalwire_check_health(self) -> Health:
        self.asked += 1
        return self.answer


def test_a_desk_that_is_well(http: FlaskClient) -> None:
    for path in ("/healthz", "/readyz"):
        answer = http.get(path)
        assert answer.status_code == 200
        assert answer.get_json()["status"] == "ok"
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("status", "code"), [("ok", 200), ("warn", 200), ("fail", 503)])
def test_the_worst_part_decides(make_desk: Callable[..., Flask], status: Any, code: int) -> None:
    prices = Prices()
    prices.answer = Health(status, "the file of prices is old")
    http = make_desk(prices, DESK_TOKENS=TOKENS).test_client()
    stranger, alice = http.get("/readyz"), http.get("/readyz", headers=ALICE)
    assert stranger.status_code == alice.status_code == code
    assert stranger.get_json() == {"status": status}
    assert alice.get_json()["parts"]["Prices"] == {
        "status": status,
        "text": "the file of prices is old",
    }
    assert http.get("/healthz").status_code == 200


def test_one_question_a_second(
    make_desk: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    prices = Prices()
    monkeypatch.setattr(health, "FRESH", 3600)
    http = make_desk(prices).test_client()
    for _ in range(5):
        http.get("/readyz")
    assert prices.asked == 1
    monkeypatch.setattr(health, "FRESH", 0)
    http = make_desk(prices).test_client()
    for _ in range(5):
        http.get("/readyz")
    assert prices.asked == 6


def test_a_store_that_is_down_and_its_password(make_desk: Callable[..., Flask]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"redis://:pa55word@127.0.0.1:{port}/0"
    events = make_desk(SIGNALWIRE_EVENTS_URL=url).test_client().get("/readyz")
    assert (events.status_code, events.get_json()["status"]) == (200, "warn")
    keys = make_desk(SIGNALWIRE_IDEMPOTENCY_URL=url).test_client().get("/readyz")
    assert (keys.status_code, keys.get_json()["status"]) == (503, "fail")
    assert "pa55word" not in events.text + keys.text


def test_the_proxies_that_are_believed(make_desk: Callable[..., Flask]) -> None:
    for hops, expected in ((0, "http 127.0.0.1"), (1, "https 198.51.100.7")):
        app = make_desk(DESK_PROXIES=hops)

        @app.get("/who")
        def who() -> str:
            return f"{request.scheme} {request.remote_addr}"

        headers = {"X-Forwarded-For": "203.0.113.1, 198.51.100.7", "X-Forwarded-Proto": "https"}
        assert app.test_client().get("/who", headers=headers).text == expected
