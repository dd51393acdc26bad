"""The endpoints, as the service and outsiders meet them."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, Response, request

from flask_signalwire import SignalWire, events, hookimpl, signals
from flask_signalwire.exceptions import ConfigurationError

from .conftest import CALL, Seen, call_state, path, post, utterance, webhooks

OTHER = "4fa85f64-5717-4562-b3fc-2c963f66afa6"
Serve = Callable[[Flask], int]
Desk = Callable[..., Flask]


# -- the whole path -------------------------------------------------------------------------------


def test_an_utterance_reaches_plugin_handler_and_signals_in_this_order(make_app: Any) -> None:
    order: list[tuple[str, str]] = []

    class Plugin:
        @hookimpl
        def signalwire_event_received(self, event: events.Event) -> None:
            order.append(("plugin", event.kind))

    signalwire = SignalWire(plugins=[Plugin])

    @signalwire.on(events.Utterance)
    def handle(event: events.Utterance) -> None:
        order.append(("handler", event.content or ""))

    app = Flask("desk")
    app.secret_key = "k"
    app.config.update(
        TESTING=True,
        SIGNALWIRE_SPACE="acme.signalwire.com",
        SIGNALWIRE_PROJECT_ID="p",
        SIGNALWIRE_API_TOKEN="t",
        SIGNALWIRE_PUBLIC_URL="https://desk.example.com/voice",
        SIGNALWIRE_PLUGINS_BLOCKED=["audit", "autolang"],
    )
    signalwire.init_app(app)

    @signals.event_received.connect_via(app)
    def all_of_them(sender: Flask, event: events.Event, **extra: Any) -> None:
        assert sender is app
        order.append(("signal", event.kind))

    @signals.utterance_received.connect_via(app)
    def utterances(sender: Flask, event: events.Utterance, **extra: Any) -> None:
        order.append(("signal of its kind", event.kind))

    @signals.translation_received.connect_via(app)
    def translations(sender: Flask, **extra: Any) -> None:
        order.append(("signal", "of another kind"))

    url = webhooks(app).url("live", call_id=CALL)
    assert url.startswith("https://desk.example.com/voice/signalwire/live?token=")
    with app.test_client() as client:
        response = client.post(url.removeprefix("https://desk.example.com/voice"), json=utterance())
    assert (response.status_code, response.data) == (200, b"")
    assert order == [
        ("plugin", "utterance"),
        ("handler", "hola"),
        ("signal", "utterance"),
        ("signal of its kind", "utterance"),
    ]


def test_an_event_says_where_it_comes_from(app: Flask, seen: Seen) -> None:
    post(app, call_state("answered"))
    (event,) = seen.events
    assert isinstance(event, events.CallState)
    assert (event.account, event.purpose, event.call_id) == ("default", "calls", CALL)
    assert event.known
    assert not event.late
    assert event.received_at.utcoffset().total_seconds() == 0


def test_counts(app: Flask) -> None:
    post(app, call_state("ended", at=2))
    post(app, call_state("ended", at=2))
    post(app, call_state("answered", at=1))
    post(app, b"{")
    app.test_client().post("/signalwire/calls", json=call_state())
    assert webhooks(app).counts.as_dict() == {
        "received": 3,
        "refused": 1,
        "invalid": 1,
        "duplicate": 1,
        "late": 1,
        "failed": 0,
    }


# -- who may post ---------------------------------------------------------------------------------


def test_garbage_of_an_outsider_is_refused_before_it_is_parsed(app: Flask, seen: Seen) -> None:
    response = app.test_client().post("/signalwire/calls", data=b"{{{")
    assert (response.status_code, response.json) == (401, {"error": "the URL has no token"})
    counts = webhooks(app).counts
    assert (counts.refused, counts.invalid, counts.received) == (1, 0, 0)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "%00", "%ff" * 20, "x" * 5000])
def test_a_token_of_no_use_is_a_401(app: Flask, seen: Seen, token: str) -> None:
    response = app.test_client().post(f"/signalwire/calls?token={token}", json=call_state())
    assert response.status_code == 401
    assert seen.events == []


def test_a_url_is_good_for_one_endpoint_and_one_call(app: Flask, seen: Seen) -> None:
    elsewhere = path(app, "calls").replace("/calls", "/live")
    assert app.test_client().post(elsewhere, json=call_state()).status_code == 403
    assert post(app, call_state(call_id=OTHER)).status_code == 403
    assert seen.events == []
    assert webhooks(app).counts.refused == 2


def test_a_url_without_a_call_is_good_for_all_of_them(app: Flask, seen: Seen) -> None:
    url = webhooks(app).url("calls").removeprefix("http://localhost")
    for call_id in (CALL, OTHER):
        assert app.test_client().post(url, json=call_state(call_id=call_id)).status_code == 200
    assert [event.call_id for event in seen.events] == [CALL, OTHER]
    assert not any(event.known for event in seen.events)


def test_an_event_without_a_call_is_about_the_call_of_its_url(app: Flask, seen: Seen) -> None:
    payload = {"event_type": "calling.call.play", "params": {"control_id": "c", "state": "playing"}}
    assert post(app, payload, purpose="operations").status_code == 200
    assert seen.events[0].call_id == CALL


def test_the_url_of_a_dial_is_for_the_call_of_its_first_event(app: Flask, seen: Seen) -> None:
    assert post(app, call_state("ringing"), command_id="d-1").status_code == 200
    assert post(app, call_state("ringing", call_id=OTHER), command_id="d-1").status_code == 403
    assert post(app, call_state("ringing", call_id=OTHER), command_id="d-2").status_code == 200
    assert [(event.command_id, event.known) for event in seen.events] == [
        ("d-1", True),
        ("d-2", True),
    ]


def test_the_url_of_a_dial_is_for_the_call_that_the_answer_named(app: Flask) -> None:
    webhooks(app).store.pin("default", "d-1", OTHER)
    assert post(app, call_state(), command_id="d-1").status_code == 403
    assert post(app, call_state(call_id=OTHER), command_id="d-1").status_code == 200


def test_the_url_of_a_dial_tells_the_call_where_the_event_does_not(app: Flask, seen: Seen) -> None:
    params = {"control_id": "c", "state": "playing"}
    payload = {"event_type": "calling.call.play", "params": params}
    post(app, payload, purpose="operations", command_id="d-1")
    post(app, call_state(), command_id="d-1")
    params["state"] = "finished"
    post(app, payload, purpose="operations", command_id="d-1")
    assert [event.call_id for event in seen.events] == [None, CALL, CALL]


def test_without_a_token_the_project_tells_the_account(desk: Desk, seen: Seen) -> None:
    app = desk(
        space="acme.signalwire.com",
        project_id="p-1",
        api_token="t",
        public_url="https://desk.example.com",
        accounts={"eu": {"project_id": "p-2"}},
        webhook_auth="basic",
        webhook_user="u",
        webhook_password="p",
    )
    for project in ("p-1", "p-2", "p-3"):
        response = app.test_client().post(
            "/signalwire/calls", json={**call_state(), "project_id": project}, auth=("u", "p")
        )
        assert response.status_code == 200
    assert [event.account for event in seen.events] == ["default", "eu", "default"]


# -- methods, paths, settings ---------------------------------------------------------------------


def test_a_stream_may_report_by_get(app: Flask, seen: Seen) -> None:
    url = path(app, "operations")
    query = f"call_id={CALL}&control_id=c-1&state=streaming&url=wss%3A%2F%2Fx.example.com"
    response = app.test_client().get(f"{url}&{query}")
    assert response.status_code == 200
    (event,) = seen.events
    assert (event.call_id, event.control_id) == (CALL, "c-1")
    assert "token" not in event.raw
    assert app.test_client().get(url).json == {"error": "the query tells nothing"}
    assert app.test_client().get(f"{url}&state=%ff").status_code == 400
    assert app.test_client().get("/signalwire/operations?state=streaming").status_code == 401


def test_head_delivers_nothing(app: Flask, seen: Seen) -> None:
    response = app.test_client().head(f"{path(app, 'operations')}&state=streaming")
    assert response.status_code == 405
    assert seen.events == []


@pytest.mark.parametrize("purpose", ["calls", "live", "sidecar"])
def test_the_others_are_posted_to(app: Flask, purpose: str) -> None:
    assert app.test_client().get(path(app, purpose)).status_code == 405


def test_there_is_no_endpoint_for_swml(app: Flask) -> None:
    assert app.test_client().post("/signalwire/swml").status_code == 404


def test_the_prefix_is_a_setting(desk: Desk, seen: Seen) -> None:
    app = desk(webhook_prefix="/hooks/voice")
    assert path(app).startswith("/hooks/voice/calls?")
    assert post(app, call_state()).status_code == 200
    assert app.test_client().post("/signalwire/calls").status_code == 404


def test_the_endpoints_can_be_switched_off(desk: Desk) -> None:
    app = desk(webhooks=False)
    assert "signalwire" not in app.blueprints
    assert app.test_client().post("/signalwire/calls").status_code == 404


def test_an_app_with_a_blueprint_of_that_name_is_told() -> None:
    from flask import Blueprint

    app = Flask("desk")
    app.register_blueprint(Blueprint("signalwire", "desk"))
    app.config["SIGNALWIRE_SPACE"] = "simulator"
    with pytest.raises(ConfigurationError, match="SIGNALWIRE_WEBHOOKS"):
        SignalWire(app)
    assert "signalwire" not in app.extensions


def test_two_apps_in_one_process_keep_apart(desk: Desk, make_app: Any) -> None:
    one, two = Seen(), Seen()
    apps = [make_app(one, name="one"), make_app(two, name="two")]
    for app in apps:
        app.secret_key = f"key of {app.name}"
    assert post(apps[0], call_state()).status_code == 200
    assert post(apps[1], call_state()).status_code == 200
    assert len(one.events) == len(two.events) == 1
    assert apps[1].test_client().post(path(apps[0]), json=call_state(at=9)).status_code == 401


# -- an app's own handlers ------------------------------------------------------------------------


@pytest.mark.parametrize("read", ["form", "data", "stream", "json"])
def test_an_app_that_reads_bodies_itself_takes_none_away(app: Flask, seen: Seen, read: str) -> None:
    @app.before_request
    def look() -> None:
        found = {
            "form": lambda: request.form,
            "data": lambda: request.get_data(cache=False),
            "stream": lambda: request.stream.read(),
            "json": lambda: request.get_json(silent=True),
        }[read]()
        assert found

    body = f"CallSid={CALL}&CallStatus=ringing" if read == "form" else json.dumps(call_state())
    kind = "application/x-www-form-urlencoded" if read == "form" else "application/json"
    assert post(app, body.encode(), content_type=kind).status_code == 200
    assert seen.events[0].body == body.encode()


def test_an_app_that_lets_nobody_in_lets_the_service_in_where_it_says_so(app: Flask) -> None:
    @app.before_request
    def log_in() -> tuple[str, int] | None:
        return None if request.blueprint == "signalwire" else ("who are you?", 401)

    assert post(app, call_state()).status_code == 200
    assert app.test_client().get("/").status_code == 401


def test_error_handlers_for_people_do_not_answer_the_service(app: Flask) -> None:
    @app.errorhandler(Exception)
    @app.errorhandler(400)
    @app.errorhandler(401)
    @app.errorhandler(413)
    def apologise(error: Exception) -> tuple[str, int]:
        return "<h1>Sorry</h1>", 500

    too_long = b"x" * (1024 * 1024 + 1)
    for response, status in (
        (app.test_client().post("/signalwire/calls"), 401),
        (post(app, b"{"), 400),
        (post(app, too_long), 413),
    ):
        assert response.status_code == status
        assert set(response.json) == {"error"}


def test_after_request_handlers_run(app: Flask) -> None:
    @app.after_request
    def sign(response: Response) -> Response:
        response.headers["X-Served-By"] = "desk-1"
        return response

    assert post(app, call_state()).headers["X-Served-By"] == "desk-1"


# -- sizes, and real sockets ----------------------------------------------------------------------


@pytest.mark.parametrize("apps_own", [10, None, 10**9])
def test_the_limit_is_the_one_of_the_setting(desk: Desk, seen: Seen, apps_own: int | None) -> None:
    app = desk(webhook_max_body=2000)
    app.config["MAX_CONTENT_LENGTH"] = apps_own
    whole = json.dumps(call_state()).encode()
    assert post(app, whole.ljust(2000)).status_code == 200
    response = post(app, whole.ljust(2001))
    assert (response.status_code, response.json) == (413, {"error": "more than 2000 bytes"})
    assert len(seen.events) == 1


def _talk(port: int, *parts: bytes, pause: float = 0.0, shut: bool = False) -> bytes:
    """Send parts with pauses between; what is answered until the end."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as talker:
        for part in parts:
            talker.sendall(part)
            time.sleep(pause)
        if shut:
            talker.shutdown(socket.SHUT_WR)
        found = b""
        try:
            while chunk := talker.recv(65536):
                found += chunk
        except ConnectionResetError:
            pass
        return found


def _head(app: Flask, *headers: str) -> bytes:
    lines = [f"POST {path(app)} HTTP/1.1", "Host: x", "Content-Type: application/json", *headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def test_a_chunked_body_that_comes_slowly_is_read(app: Flask, seen: Seen, serve: Serve) -> None:
    body = json.dumps(call_state()).encode()
    parts = [_chunk(body[i : i + 50]) for i in range(0, len(body), 50)]
    head = _head(app, "Transfer-Encoding: chunked")
    answer = _talk(serve(app), head, *parts, b"0\r\n\r\n", pause=0.02)
    assert b" 200 OK" in answer
    assert [event.body for event in seen.events] == [body]


def test_a_chunked_body_without_end_is_cut_at_the_limit(
    desk: Desk, seen: Seen, serve: Serve
) -> None:
    app = desk(webhook_max_body=2000)
    endless = [_chunk(b"x" * 1000)] * 3
    answer = _talk(serve(app), _head(app, "Transfer-Encoding: chunked"), *endless)
    assert b" 413 " in answer
    assert seen.events == []


def test_a_length_beyond_the_limit_is_refused_before_the_body_comes(
    app: Flask, serve: Serve
) -> None:
    started = time.monotonic()
    answer = _talk(serve(app), _head(app, "Content-Length: 1000000000"))
    assert b" 413 " in answer
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("headers", "rest"),
    [
        (["Content-Length: 500"], b'{"a": 1'),
        (["Transfer-Encoding: chunked"], _chunk(b'{"a": 1}') + b"zz\r\n"),
        (["Transfer-Encoding: chunked"], b"10\r\nhalf"),
        ([], b""),
        (["Content-Length: -5"], b"{}"),
        (["Content-Length: many"], b"{}"),
    ],
)
def test_half_a_body_is_a_400(
    app: Flask, seen: Seen, serve: Serve, headers: list[str], rest: bytes
) -> None:
    answer = _talk(serve(app), _head(app, *headers), rest, shut=True)
    assert b" 400 " in answer
    assert seen.events == []


def test_forty_threads_with_one_event_deliver_it_once(app: Flask, seen: Seen, serve: Serve) -> None:
    port, body = serve(app), json.dumps(call_state()).encode()
    request = _head(app, f"Content-Length: {len(body)}") + body
    start, answers = threading.Barrier(40), []

    def deliver() -> None:
        start.wait(10)
        answers.append(_talk(port, request))

    threads = [threading.Thread(target=deliver) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [b" 200 OK" in answer for answer in answers] == [True] * 40
    assert len(seen.events) == 1
    assert (webhooks(app).counts.received, webhooks(app).counts.duplicate) == (40, 39)


# -- what is logged -------------------------------------------------------------------------------


def test_an_event_is_one_line_without_what_people_said(
    app: Flask, log: pytest.LogCaptureFixture
) -> None:
    post(app, utterance("mi número es +34911234567"), purpose="live")
    lines = [record for record in log.records if record.name == "flask_signalwire.webhooks"]
    assert [(line.levelno, line.getMessage()) for line in lines] == [
        (logging.INFO, f"event utterance: call {CALL}, control None, delivered")
    ]


def test_a_refusal_is_logged_without_its_token(app: Flask, log: pytest.LogCaptureFixture) -> None:
    url = path(app, "calls")
    token = url.partition("token=")[2]
    app.test_client().post(url.replace("/calls", "/live"), json=call_state())
    (line,) = log.records
    assert line.levelno == logging.WARNING
    assert "live from 127.0.0.1 is refused (403, another purpose)" in line.getMessage()
    assert token not in log.text


def test_a_log_that_is_broken_undoes_nothing(
    app: Flask, seen: Seen, log: pytest.LogCaptureFixture
) -> None:
    class Broken(logging.Filter):
        def filter(self, record: logging.LogRecord) -> bool:
            raise OSError("disk full")

    logger = logging.getLogger("flask_signalwire.webhooks")
    broken = Broken()
    logger.addFilter(broken)
    try:
        assert post(app, call_state()).status_code == 200
        assert post(app, b"{").status_code == 400
    finally:
        logger.removeFilter(broken)
    assert len(seen.events) == 1


def test_ids_of_outsiders_can_not_forge_lines(app: Flask, log: pytest.LogCaptureFixture) -> None:
    payload = {"event_type": "calling.call.play", "params": {"control_id": "x\nERROR all is lost"}}
    post(app, payload, purpose="operations")
    assert "\nERROR" not in log.text
