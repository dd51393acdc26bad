"""What leaves: the bytes, the credentials, the headers."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable

import pytest

import flask_signalwire
from flask_signalwire import exceptions
from flask_signalwire.calling import Calling

from .conftest import PROJECT, TOKEN
from .servers import CALL, Server, Wire, reads_and_resets, replies
from .test_once import dial

Serve = Callable[..., Server]
Connect = Callable[..., Calling]


def test_head_and_body_leave_together(serve: Serve, calling: Connect) -> None:
    whole = []

    def script(wire: Wire) -> None:
        if not wire.buffer:  # of a second command there is something already
            wire.fill()
        head, _, body = wire.buffer.partition(b"\r\n\r\n")
        whole.append(f"Content-Length: {len(body)}\r\n".encode() in head + b"\r\n")
        replies()(wire)

    commands = calling(serve(then=script))
    for _ in range(10):
        commands.end(CALL)
    assert whole == [True] * 10


def test_a_translation_on_the_wire(serve: Serve, calling: Connect) -> None:
    server = serve()
    calling(server).live_translate(
        CALL,
        action={
            "start": {
                "from_lang": "en-US",
                "to_lang": "es-ES",
                "direction": ["local-caller", "remote-caller"],
                "filter_from": "prompt:en español, por favor",
            }
        },
        status_url="https://example.com/status",
        context={"remote_number": "+34911234567"},
    )
    (seen,) = server.requests
    assert seen.line == "POST /api/calling/calls HTTP/1.1"
    assert seen.json == {
        "command": "calling.live_translate",
        "id": CALL,
        "params": {
            "action": {
                "start": {
                    "from_lang": "en-US",
                    "to_lang": "es-ES",
                    "direction": ["local-caller", "remote-caller"],
                    "filter_from": "prompt:en español, por favor",
                }
            },
            "status_url": "https://example.com/status",
        },
    }
    assert seen.headers["content-length"] == str(len(seen.body))
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["accept"] == "application/json"
    assert seen.headers["accept-encoding"] == "identity"
    assert seen.headers["host"] == server.space
    assert "transfer-encoding" not in seen.headers


def test_a_dial_on_the_wire_names_no_call(serve: Serve, calling: Connect) -> None:
    server = serve()
    dial(calling(server))
    assert server.requests[0].json == {
        "command": "dial",
        "params": {
            "from": "+12025550100",
            "to": "+34911234567",
            "url": "https://example.com/swml",
        },
    }


def test_params_that_are_none_at_all_are_an_empty_object(serve: Serve, calling: Connect) -> None:
    server = serve()
    calling(server).end(CALL)
    assert server.requests[0].json == {"command": "calling.end", "id": CALL, "params": {}}


def test_the_user_agent_has_our_version(serve: Serve, calling: Connect) -> None:
    server = serve()
    dial(calling(server))
    agent = server.requests[0].headers["user-agent"]
    assert agent.startswith(f"flask-signalwire/{flask_signalwire.__version__}")


@pytest.mark.parametrize("token", [TOKEN, "señal", "ключ-от-всего", "with:colon", "🔑"])
def test_credentials_are_utf_8(serve: Serve, calling: Connect, token: str) -> None:
    server = serve()
    dial(calling(server, api_token=token))
    scheme, _, value = server.requests[0].headers["authorization"].partition(" ")
    assert scheme == "Basic"
    assert base64.b64decode(value).decode() == f"{PROJECT}:{token}"


def test_a_netrc_does_not_override_them(
    serve: Serve,
    calling: Connect,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    netrc = tmp_path_factory.mktemp("home") / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve()
    dial(calling(server))
    value = server.requests[0].headers["authorization"].partition(" ")[2]
    assert base64.b64decode(value).decode() == f"{PROJECT}:{TOKEN}"


@pytest.mark.usefixtures("hasty")
def test_repetitions_are_logged(
    serve: Serve, calling: Connect, log: pytest.LogCaptureFixture
) -> None:
    server = serve(
        reads_and_resets, replies({"error": f"{TOKEN} +34911234567"}, "500 Internal Server Error")
    )
    leg = calling(server).end(CALL)
    lines = [record for record in log.records if record.name == "flask_signalwire.transport"]
    warnings = [record for record in lines if record.levelno == logging.WARNING]
    assert len(warnings) == 2
    for record in warnings:
        assert leg.command_id in record.getMessage()
        assert record.command_id == leg.command_id
        assert "calling.end" in record.getMessage()
    assert "OutcomeUnknown" in warnings[0].getMessage()
    assert "ServerError" in warnings[1].getMessage()
    for secret in (TOKEN, "34911234567", "Basic "):
        assert secret not in log.text


def test_a_first_success_warns_of_nothing(
    serve: Serve, calling: Connect, log: pytest.LogCaptureFixture
) -> None:
    dial(calling(serve()))
    assert not [record for record in log.records if record.levelno >= logging.WARNING]


def test_what_is_wrong_is_not_sent(serve: Serve, calling: Connect) -> None:
    server = serve()
    with pytest.raises(exceptions.PayloadError):
        calling(server).dial(from_="+12025550100")
    assert server.connections == 0
