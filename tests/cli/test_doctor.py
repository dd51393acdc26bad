"""``flask signalwire doctor``: it says what is wrong, and does nothing else."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from flask_signalwire import SignalWire, hookimpl
from flask_signalwire.exceptions import CommandRejected
from tests.transport.servers import Server, hangs, raw

Run = Callable[..., Result]
NO_SUCH_CALL = {"error": "Not Found"}


def found(result: Result) -> dict[str, dict[str, str]]:
    return {check["name"]: check for check in json.loads(result.stdout)}


def reply(status: int, body: Any, **headers: str) -> Any:
    data = json.dumps(body).encode() if not isinstance(body, bytes) else body
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return raw(f"HTTP/1.1 {status} X\r\n{head}Content-Length: {len(data)}\r\n\r\n".encode() + data)


def test_all_is_well(serve: Callable[..., Server], desk: Callable[..., Flask], run: Run) -> None:
    server = serve(reply(404, NO_SUCH_CALL, Date=formatdate(time.time(), usegmt=True)))
    result = run(desk(server.space), "doctor")
    assert result.exit_code == 0, result.output
    assert "credentials accepted" in result.output
    assert "agrees with the service's" in result.output
    assert "marshmallow" in result.output
    assert "s3cr3t" not in result.output
    # One request, that can't act.
    assert server.commands == ["calling.end"]


def test_no_plugin_sees_or_stops_the_request(
    serve: Callable[..., Server], desk: Callable[..., Flask], run: Run
) -> None:
    class Audit:
        seen: list[Any] = []  # noqa: RUF012  # of this test alone

        @hookimpl
        def signalwire_authorize_command(self, command: Any) -> None:
            self.seen.append(command)
            raise CommandRejected("never")

        @hookimpl
        def signalwire_command_failed(self, error: Any) -> None:
            self.seen.append(error)

    server = serve(reply(404, NO_SUCH_CALL))
    assert run(desk(server.space, Audit), "doctor").exit_code == 0
    assert not Audit.seen


@pytest.mark.parametrize(
    ("script", "status", "advice"),
    [
        (reply(401, {"error": "Unauthorized"}), "fail", "all three belong together"),
        (reply(403, {"error": "Forbidden"}), "fail", "calling scope"),
        (reply(404, b"<h1>no such page</h1>"), "fail", "the right host?"),
        (reply(200, b"<h1>welcome</h1>"), "fail", "the right host?"),
        (reply(200, {}), "warn", "the right host?"),
        (reply(302, b"", Location="https://example.com/"), "fail", "the right host?"),
        (reply(500, {"error": "oops"}), "fail", "the service fails"),
        (reply(429, {"error": "slow down"}), "warn", "try again later"),
    ],
    ids=["401", "403", "404 of a web site", "200 of a web site", "200", "302", "500", "429"],
)
def test_what_the_space_answers_is_explained(
    script: Any,
    status: str,
    advice: str,
    serve: Callable[..., Server],
    desk: Callable[..., Flask],
    run: Run,
) -> None:
    server = serve(script)
    result = run(desk(server.space), "doctor", "--json")
    check = found(result)["account default: network"]
    assert (check["status"], result.exit_code) == (status, int(status == "fail"))
    assert advice in check["advice"]
    assert len(server.commands) == 1


def test_a_space_that_is_not_there(desk: Callable[..., Flask], run: Run) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        result = run(desk(f"127.0.0.1:{nobody.getsockname()[1]}"), "doctor")
    assert result.exit_code == 1
    assert "can't be reached" in result.output
    assert "proxies and firewalls" in result.output


def test_it_does_not_wait_for_ever(
    serve: Callable[..., Server],
    desk: Callable[..., Flask],
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("flask_signalwire.cli.doctor.DEADLINE", 0.3)
    started = time.monotonic()
    result = run(desk(serve(hangs()).space), "doctor")
    assert result.exit_code == 1
    assert time.monotonic() - started < 4


def test_a_wrong_clock(serve: Callable[..., Server], desk: Callable[..., Flask], run: Run) -> None:
    server = serve(reply(404, NO_SUCH_CALL, Date=formatdate(time.time() - 600, usegmt=True)))
    result = run(desk(server.space), "doctor", "--json")
    check = found(result)["account default: clock"]
    assert (check["status"], result.exit_code) == ("warn", 0)
    assert "ahead of the service's" in check["text"]


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Jan 2026 99:99:99 GMT"])
def test_a_date_that_is_none_is_passed_by(
    date: str, serve: Callable[..., Server], desk: Callable[..., Flask], run: Run
) -> None:
    result = run(desk(serve(reply(404, NO_SUCH_CALL, Date=date)).space), "doctor", "--json")
    assert result.exit_code == 0
    assert "account default: clock" not in found(result)


def test_offline_nothing_is_sent(
    serve: Callable[..., Server], desk: Callable[..., Flask], run: Run
) -> None:
    server = serve()
    assert run(desk(server.space), "doctor", "--offline").exit_code == 0
    assert server.connections == 0


def test_missing_credentials_and_broken_plugins_fail(
    make_app: Callable[..., Flask], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(space=None, accounts={"eu": {"space": "127.0.0.1:1", "project_id": "p"}})
    app.extensions["signalwire"].plugins._broken(
        app.extensions["signalwire"].plugins["sender"], ValueError("boom at https://a:pw@e.org")
    )
    result = run(app, "doctor", "--json")
    checks = found(result)
    assert result.exit_code == 1
    assert checks["account eu"]["status"] == "fail"
    assert "SIGNALWIRE_ACCOUNTS['eu']['api_token']" in checks["account eu"]["text"]
    assert checks["plugin sender"]["status"] == "fail"
    assert "pw" not in checks["plugin sender"]["text"]


def test_the_simulator_is_for_development(make_app: Callable[..., Flask], run: Run) -> None:
    app = make_app()
    assert found(run(app, "doctor", "--json"))["account default"]["status"] == "ok"
    app.testing = False
    result = run(app, "doctor", "--json")
    assert found(result)["account default"]["status"] == "warn"
    assert result.exit_code == 0


def test_a_proxy_is_named_without_its_password(
    make_app: Callable[..., Flask], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://ana:hunter2@proxy.example:3128")
    app = make_app(space="acme.signalwire.test", project_id="p", api_token="PTs3cr3tt0k3n")
    check = found(run(app, "doctor", "--offline", "--json"))["account default: proxy"]
    assert "proxy.example:3128" in check["text"]
    assert "hunter2" not in check["text"]


# -- callbacks ------------------------------------------------------------------------------------

PUBLIC = {"public_url": "https://desk.example.com", "webhook_prefix": "/voice"}


@pytest.mark.parametrize(
    ("settings", "key", "status", "text"),
    [
        (PUBLIC, "k", "ok", "received at https://desk.example.com/voice/"),
        (PUBLIC, None, "fail", "no secret key"),
        ({"public_url": "http://localhost:5000"}, "k", "warn", "the service can't reach it"),
        ({}, "k", "warn", "no callback URLs are filled in"),
        ({"callbacks": False}, "k", "ok", "off"),
    ],
)
def test_whether_callbacks_can_reach_the_app(
    desk: Callable[..., Flask],
    run: Run,
    settings: dict[str, Any],
    key: str | None,
    status: str,
    text: str,
) -> None:
    app = desk("acme.signalwire.com", **settings)
    app.secret_key = key
    result = run(app, "doctor", "--offline", "--json")
    check = found(result)["callbacks"]
    assert (check["status"], text in check["text"]) == (status, True)
    assert result.exit_code == (status == "fail")


def test_callbacks_that_somebody_should_know_of(desk: Callable[..., Flask], run: Run) -> None:
    app = desk(
        "acme.signalwire.com", **PUBLIC, webhooks=False, webhook_auth={"live": "unauthenticated"}
    )
    app.secret_key = "k"
    app.testing = False
    checks = found(run(app, "doctor", "--offline", "--json"))
    for name in ("callbacks: endpoints", "callbacks: live", "callbacks: store"):
        assert checks[name]["status"] == "warn"
        assert checks[name]["advice"]
    assert "callbacks: calls" not in checks


def test_callbacks_of_the_simulator(make_app: Callable[..., Flask], run: Run) -> None:
    check = found(run(make_app(), "doctor", "--offline", "--json"))["callbacks"]
    assert (check["status"], check["text"]) == ("ok", "delivered in process, by the simulator")


# -- views of SWML --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "status", "text"),
    [
        ({}, "fail", "set SIGNALWIRE_SIGNING_KEY"),
        ({"signing_key": "PSK_x"}, "ok", "greeting"),
        ({"webhook_auth": {"swml": "unauthenticated"}}, "warn", "anybody can ask"),
    ],
)
def test_views_of_swml_that_would_answer_500_fail(
    settings: dict[str, Any], status: str, text: str, desk: Callable[..., Flask], run: Run
) -> None:
    app = desk("127.0.0.1:9", public_url="https://desk.example.com", **settings)
    app.secret_key = "a long random text"
    result = run(app, "doctor", "--offline", "--json")
    assert ("swml" in found(result), result.exit_code) == (False, 0)

    @app.post("/greeting")
    @SignalWire().swml
    def greeting(asked: Any) -> Any:
        return {}

    result = run(app, "doctor", "--offline", "--json")
    check = found(result)["swml"]
    assert (check["status"], result.exit_code) == (status, int(status == "fail"))
    assert text in f"{check['text']} {check['advice']}"
    assert "greeting" in check["text"]
