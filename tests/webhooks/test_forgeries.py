"""Requests that the service did not send: each is refused, and nobody hears of it."""

from __future__ import annotations

import base64
import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from flask_signalwire import events, hookimpl, signals
from flask_signalwire.redaction import text_of
from flask_signalwire.webhooks.signatures import SHA1, SHA256, sign

from .conftest import CALL, Seen, call_state, path, post, webhooks

Desk = Callable[..., Flask]
Serve = Callable[[Flask], int]

OTHER = "4fa85f64-5717-4562-b3fc-2c963f66afa6"
BASE = "https://desk.example.com/voice"
KEY = "PSK_test"
BODY = json.dumps(call_state()).encode()


@pytest.fixture
def heard(seen: Seen) -> Iterator[list[events.Event]]:
    """Whatever reaches a plugin or a signal of an app of this test.

    Another test's simulator may be posting while its app is closed.
    """

    def receive(sender: Flask, event: events.Event, **extra: Any) -> None:
        plugins = sender.extensions["signalwire"].plugins
        if any(plugins.get(info.name) is seen for info in plugins):
            seen.events.append(event)

    with signals.event_received.connected_to(receive):
        yield seen.events


def ask(port: int, target: str, *headers: str, body: bytes = BODY, method: str = "POST") -> int:
    """A request as bytes, which no client library puts in order: the status."""
    head = [f"{method} {target} HTTP/1.1", *headers, "Content-Type: application/json"]
    if not any(header.startswith("Host:") for header in headers):
        head.append("Host: desk.example.com")
    head += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
    with socket.create_connection(("127.0.0.1", port), timeout=20) as talker:
        talker.sendall("\r\n".join(head).encode("latin-1") + body)
        found = b""
        while chunk := talker.recv(65536):
            found += chunk
    return int(found.split()[1])


# -- tokens, through an app -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("missing", 401),
        ("another call", 403),
        ("another purpose", 403),
        ("another account", 403),
        ("another account's project", 403),
        ("expired", 401),
        ("another key", 401),
        ("truncated", 401),
        ("two of them", 401),
        ("in the body", 401),
    ],
)
def test_a_token_that_does_not_fit_lets_nothing_in(
    desk: Desk,
    make_app: Any,
    heard: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    reason: str,
    status: int,
) -> None:
    accounts = {"eu": {"project_id": "p-eu", "space": "simulator"}}
    app = desk(accounts=accounts, project_id="p", webhook_lifetime=600)
    app.secret_key = "one"
    good, payload = path(app), call_state()
    if reason == "missing":
        good = "/signalwire/calls"
    elif reason == "another call":
        good = path(app, call_id=OTHER)
    elif reason == "another purpose":
        good = path(app, "live").replace("/live", "/calls")
    elif reason == "another account":
        stranger = make_app(name="stranger", accounts={"us": {"project_id": "p-us"}})
        stranger.secret_key = "one"
        good = path(stranger, call_id=CALL, account="us")
    elif reason == "another account's project":
        payload["project_id"] = "p-eu"
    elif reason == "expired":
        later = time.time() + 601
        monkeypatch.setattr(time, "time", lambda: later)
    elif reason == "another key":
        app.secret_key = "two"
    elif reason == "truncated":
        good = good[:-1]
    elif reason == "two of them":
        good += f"&{good.partition('?')[2]}"
    elif reason == "in the body":
        payload["token"] = good.partition("token=")[2]
        good = "/signalwire/calls"
    assert app.test_client().post(good, json=payload).status_code == status
    assert heard == []
    assert webhooks(app).counts.refused == 1


def test_a_replay_is_acknowledged_and_reaches_nobody(
    desk: Desk, heard: list[Any], serve: Serve
) -> None:
    app = desk(public_url=BASE, signing_key=KEY, webhook_auth="token+signature")
    port, target = serve(app), path(app)
    recorded = [f"{name}: {value}" for name, value in sign(KEY, BASE + target, BODY).items()]
    assert ask(port, target, *recorded) == 200
    told = len(heard)
    assert told == 2
    assert [ask(port, target, *recorded) for _ in range(3)] == [200] * 3
    assert len(heard) == told


# -- the call of a dial ---------------------------------------------------------------------------


def test_an_event_that_is_refused_does_not_say_whose_a_dial_is(
    desk: Desk, heard: list[Any]
) -> None:
    app = desk(project_id="p", accounts={"eu": {"project_id": "p-eu", "space": "simulator"}})
    forged = {**call_state(call_id=OTHER), "project_id": "p-eu"}
    assert post(app, forged, command_id="d-1").status_code == 403
    assert heard == []
    assert post(app, call_state(), command_id="d-1").status_code == 200


def test_the_answer_to_a_dial_counts_for_more_than_an_event_before_it(app: Flask) -> None:
    assert post(app, call_state(call_id=OTHER), command_id="d-1").status_code == 200
    webhooks(app).store.pin("default", "d-1", CALL)
    assert post(app, call_state(), command_id="d-1").status_code == 200
    assert post(app, call_state(call_id=OTHER, at=2), command_id="d-1").status_code == 403


def test_outsiders_leave_nothing_in_memory(app: Flask) -> None:
    store = webhooks(app).store
    for number in range(200):
        app.test_client().post(f"/signalwire/calls?token=x.{number}", json=call_state(at=number))
        post(app, call_state(at=number, call_id=OTHER))
    assert not store._memory._newer
    assert not store._memory._older


# -- signatures, over sockets ---------------------------------------------------------------------


@pytest.fixture
def signed(desk: Desk) -> Flask:
    return desk(public_url=BASE, signing_key=KEY, webhook_auth="signature")


TARGET = "/signalwire/calls?a=%2F&b"
GOOD = sign(KEY, BASE + TARGET, BODY)
RAW = base64.b64encode(bytes.fromhex(GOOD[SHA256])).decode()


def lines(*pairs: tuple[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in pairs]


FORGED = {
    "none": [],
    "wrong": lines((SHA256, "0" * 64)),
    "empty": lines((SHA256, "")),
    "truncated": lines((SHA256, GOOD[SHA256][:-1])),
    "longer": lines((SHA256, GOOD[SHA256] + "0")),
    "uppercase": lines((SHA256, GOOD[SHA256].upper())),
    "base64": lines((SHA256, RAW)),
    "named": lines((SHA256, f"sha256={GOOD[SHA256]}")),
    "no ascii": lines((SHA256, "\xe9" * 64)),
    "SHA-1 in the place of SHA-256": lines((SHA256, GOOD[SHA1])),
    "SHA-256 in the place of SHA-1": lines((SHA1, GOOD[SHA256])),
    "the URL alone": lines(*sign(KEY, BASE + TARGET, b"").items()),
    "the body alone": lines(*sign(KEY, "", BODY).items()),
    "an empty key": lines(*sign("", BASE + TARGET, BODY).items()),
    "right SHA-1 beside a wrong SHA-256": lines((SHA256, "0" * 64), (SHA1, GOOD[SHA1])),
    "right SHA-1 beside an empty SHA-256": lines((SHA256, ""), (SHA1, GOOD[SHA1])),
    "twice": lines((SHA256, GOOD[SHA256]), (SHA256, GOOD[SHA256])),
    "wrong and right": lines((SHA256, "0" * 64), (SHA256, GOOD[SHA256])),
    "SHA-1 twice": lines((SHA1, GOOD[SHA1]), (SHA1, GOOD[SHA1])),
    "of another endpoint": lines(*sign(KEY, f"{BASE}/signalwire/live?a=%2F&b", BODY).items()),
    "of another query": lines(*sign(KEY, f"{BASE}/signalwire/calls?a=/&b", BODY).items()),
    "of another host": lines(*sign(KEY, f"https://evil.example{TARGET}", BODY).items()),
    "of plain http": lines(*sign(KEY, BASE.replace("s:", ":") + TARGET, BODY).items()),
    "in the query": [],
}


@pytest.mark.parametrize("behind_a_proxy", [False, True])
def test_no_forged_signature_lets_anything_in(
    signed: Flask, heard: list[Any], serve: Serve, behind_a_proxy: bool
) -> None:
    if behind_a_proxy:
        fixed = ProxyFix(signed.wsgi_app, x_for=1, x_proto=1, x_host=1, x_port=1, x_prefix=1)
        signed.wsgi_app = fixed  # type: ignore[method-assign]
    port = serve(signed)
    for what, forged in FORGED.items():
        target = f"{TARGET}&{SHA256}={GOOD[SHA256]}" if what == "in the query" else TARGET
        assert (what, ask(port, target, *forged)) == (what, 401)
    right = lines(*GOOD.items())
    assert ask(port, TARGET, *right, body=BODY[:-1] + b" ") == 401
    assert ask(port, TARGET, *right, body=BODY + b" ") == 401
    assert ask(port, TARGET + "&c", *right) == 401
    assert ask(port, TARGET.replace("calls", "live"), *right) == 401
    assert heard == []
    # What a request says of its own host makes a signature neither better nor worse.
    said = ["Host: evil.example", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: http"]
    said += ["X-Forwarded-Prefix: /evil", "X-Forwarded-Port: 81", "X-Original-URL: /evil"]
    evil = lines(*sign(KEY, f"http://evil.example:81/evil{TARGET}", BODY).items())
    assert ask(port, TARGET, *said, *evil) == 401
    assert heard == []
    assert ask(port, TARGET, *said, *right) == 200
    assert len(heard) == 2


def test_a_signature_is_no_token(desk: Desk, heard: list[Any], serve: Serve) -> None:
    port = serve(desk(public_url=BASE, signing_key=KEY))
    assert ask(port, TARGET, *lines(*GOOD.items())) == 401
    assert heard == []


# -- user and password ----------------------------------------------------------------------------


def basic(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [f"Authorization: Basic {basic('desk:wrong')}"],
        [f"Authorization: Basic {basic('desk')}"],
        [f"Authorization: Basic {basic(':hunter2')}"],
        [f"Authorization: Basic {basic('desk:hunter2')}x"],
        [f"Authorization: Bearer {basic('desk:hunter2')}"],
        [f"Authorization: Digest {basic('desk:hunter2')}"],
        [f"Authorization: {basic('desk:hunter2')}"],
        ["Authorization: Basic desk:hunter2"],
        ["Authorization: Basic \xe9"],
        [f"Proxy-Authorization: Basic {basic('desk:hunter2')}"],
        [f"Authorization: Basic {basic('desk:hunter2')}"] * 2,
        [f"Authorization: Basic {basic('a:b')}", f"Authorization: Basic {basic('desk:hunter2')}"],
    ],
)
def test_no_other_credentials_let_anything_in(
    desk: Desk, heard: list[Any], serve: Serve, headers: list[str]
) -> None:
    port = serve(desk(webhook_auth="basic", webhook_user="desk", webhook_password="hunter2"))
    assert ask(port, "/signalwire/calls", *headers) == 401
    assert heard == []


# -- paths and methods ----------------------------------------------------------------------------


def test_no_path_and_no_method_is_a_way_around(app: Flask, heard: list[Any], serve: Serve) -> None:
    port, query = serve(app), path(app).partition("?")[2]
    for target in (
        "//signalwire/calls",
        "/signalwire//calls",
        "/signalwire/calls/",
        "/signalwire/calls;x=1",
        "/signalwire/calls%00",
        "/signalwire/calls%0a",
        "/signalwire/x/%2e%2e/calls",
        "/signalwire/../signalwire/calls",
        "/SIGNALWIRE/calls",
        "/signalwire/swml",
        "/signalwire/%ff",
        "/signalwire/%63alls",
        "http://evil.example/signalwire/calls",
    ):
        assert (target, ask(port, target)) in [(target, s) for s in (308, 401, 404)]
        assert ask(port, f"{target}?{query.replace('token=', 'token=x')}") in (308, 401, 404)
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CALL"):
        assert ask(port, path(app), method=method) == 405
        assert ask(port, "/signalwire/operations?state=playing", method=method) in (401, 405)
    override = ["X-HTTP-Method-Override: POST", "X-HTTP-Method: POST"]
    assert ask(port, path(app), *override, method="GET") == 405
    assert heard == []


@pytest.mark.parametrize("query", ["\xff", "token=\xff", "token=x&a=\xc3"])
def test_a_query_that_is_no_text_is_a_400(app: Flask, heard: list[Any], query: str) -> None:
    """As servers hand it on that quote nothing."""
    for purpose, method in (("calls", "POST"), ("operations", "GET")):
        response = app.test_client().open(
            f"/signalwire/{purpose}", method=method, environ_overrides={"QUERY_STRING": query}
        )
        assert (response.status_code, response.json) == (400, {"error": "the query is no UTF-8"})
    assert heard == []


# -- what an event says, in the log ---------------------------------------------------------------

EVIL = "x\r\n2026-08-01 ERROR all is lost\u2028\x1b[2J\x00\x07"


def test_an_id_forges_no_line_where_a_plugin_fails(
    desk: Desk, log: pytest.LogCaptureFixture
) -> None:
    class Failing:
        @hookimpl
        def signalwire_event_received(self, event: events.Event) -> None:
            raise LookupError("no such row")

    app = desk(Failing())
    url = webhooks(app).url("calls").removeprefix("http://localhost")
    assert app.test_client().post(url, json=call_state(call_id=EVIL)).status_code == 200
    (failure,) = [record for record in log.records if record.levelno == logging.ERROR]
    assert "crashed in" in failure.getMessage().splitlines()[0]
    assert not any(line.startswith("2026-08-01") for line in log.text.splitlines())
    assert not {"\x1b", "\x00", "\x07"} & set(log.text)


def test_an_id_of_a_megabyte_does_not_fill_the_log(
    app: Flask, log: pytest.LogCaptureFixture
) -> None:
    url = webhooks(app).url("calls").removeprefix("http://localhost")
    app.test_client().post(url, json=call_state(call_id="x" * 500_000))
    assert "<500000 characters>" in log.text
    assert len(log.text) < 1000


def test_text_for_a_log_has_no_orders_for_a_terminal() -> None:
    assert text_of("a\x1b[2Jb\x00\ud83d\u202ec\td\xa0é 😀") == "a?[2Jb???c d é 😀"
