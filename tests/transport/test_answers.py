"""What the service answers, and what becomes of it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from flask_signalwire import exceptions
from flask_signalwire.calling import Calling

from .conftest import PROJECT, TOKEN
from .servers import CALL, LEG, Server, Wire, answer, raw, replies
from .test_once import CHUNKED, DIAL, dial

Serve = Callable[..., Server]
Connect = Callable[..., Calling]

STATUSES = [
    ("400 Bad Request", exceptions.RemoteError, "refused"),
    ("401 Unauthorized", exceptions.AuthenticationFailed, "refused"),
    ("402 Payment Required", exceptions.RemoteError, "refused"),
    ("403 Forbidden", exceptions.AuthenticationFailed, "refused"),
    ("404 Not Found", exceptions.NotFound, "refused"),
    ("409 Conflict", exceptions.Conflict, "refused"),
    ("422 Unprocessable Entity", exceptions.Unprocessable, "refused"),
    ("429 Too Many Requests", exceptions.RateLimited, "refused"),
    ("499 Whatever", exceptions.RemoteError, "refused"),
    ("500 Internal Server Error", exceptions.ServerError, "unknown"),
    ("502 Bad Gateway", exceptions.ServerError, "unknown"),
    ("503 Service Unavailable", exceptions.ServerError, "unknown"),
    ("599 Whatever", exceptions.ServerError, "unknown"),
]


@pytest.mark.parametrize(("status", "kind", "outcome"), STATUSES, ids=[s for s, _, _ in STATUSES])
def test_every_status_has_its_error(
    serve: Serve,
    calling: Connect,
    status: str,
    kind: type[exceptions.RemoteError],
    outcome: str,
) -> None:
    body = {"error": status.partition(" ")[2]}
    server = serve(replies(body, status, X_Request_Id="req-1"))
    with pytest.raises(exceptions.RemoteError) as caught:
        dial(calling(server))
    error = caught.value
    assert type(error) is kind
    assert error.outcome == outcome
    assert error.status == int(status[:3])
    assert error.body == body
    assert error.request_id == "req-1"
    assert error.retry_after is None
    for words in (status.partition(" ")[2], "req-1", error.command.id):
        assert words in str(error)
    assert server.commands == ["dial"]


def test_an_answer_without_a_request_id_has_none_in_its_error(
    serve: Serve, calling: Connect
) -> None:
    commands = calling(serve(replies({}, "404 Not Found"), raw(b"HTTP/1.1 200 OK\r\n\r\n{")))
    for kind in (exceptions.NotFound, exceptions.UnreadableAnswer):
        with pytest.raises(kind, match=r"\(command id [0-9a-f-]{36}\)"):
            commands.end(CALL)


@pytest.mark.parametrize(
    "header",
    ["X-Request-Id", "x-request-id", "X-SignalWire-Request-Id", "Request-Id", "X-Amzn-RequestId"],
)
def test_every_spelling_of_the_request_id(serve: Serve, calling: Connect, header: str) -> None:
    headers = {header.replace("-", "_"): "req-1"}
    server = serve(replies(**headers), replies({}, "404 Not Found", **headers))
    commands = calling(server)
    assert dial(commands).request_id == "req-1"
    with pytest.raises(exceptions.NotFound) as caught:
        commands.end(CALL)
    assert caught.value.request_id == "req-1"


def test_a_leg_says_which_command_it_answers(serve: Serve, calling: Connect) -> None:
    leg = dial(calling(serve()))
    assert leg == LEG
    assert leg.command_id
    assert leg.request_id is None


def test_422_names_every_field(serve: Serve, calling: Connect) -> None:
    errors = [
        {
            "type": "validation_error",
            "code": "invalid",
            "message": "is no language",
            "attribute": "params.to_lang",
            "url": "https://example.com/docs",
        },
        {"type": "validation_error", "code": "missing_required", "attribute": "params.from"},
        {"message": "without a place"},
        "only text",
    ]
    server = serve(replies({"errors": errors}, "422 Unprocessable Entity"))
    with pytest.raises(exceptions.Unprocessable) as caught:
        dial(calling(server))
    assert caught.value.errors == errors[:3]
    text = str(caught.value)
    assert "params.to_lang: is no language" in text
    assert "params.from: missing_required" in text
    assert "payload: without a place" in text
    assert "only text" in text


@pytest.mark.parametrize(
    "body", [{"errors": None}, {"errors": "all wrong"}, {"errors": {}}, [], "text", None, 7]
)
def test_422_of_another_shape(serve: Serve, calling: Connect, body: Any) -> None:
    with pytest.raises(exceptions.Unprocessable) as caught:
        dial(calling(serve(replies(body, "422 Unprocessable Entity"))))
    assert caught.value.body == body
    assert caught.value.errors == []


def test_half_a_refusal_is_a_refusal(serve: Serve, calling: Connect) -> None:
    server = serve(raw(answer(b'{"error": "Not', "404 Not Found", length=100)))
    with pytest.raises(exceptions.NotFound) as caught:
        dial(calling(server, retries=5))
    assert caught.value.outcome == "refused"


def test_an_error_nested_deeper_than_text_can_show(serve: Serve, calling: Connect) -> None:
    # Somewhere on the way json reads what str() can't write.
    bodies = [
        b'{"error": ' + b"[" * depth + b"]" * depth + b"}"
        for depth in (*range(500, 1000, 12), 5000)
    ]
    commands = calling(serve(*[replies(body, "404 Not Found") for body in bodies]))
    for _ in bodies:
        with pytest.raises(exceptions.NotFound):
            commands.end(CALL)


# -- what can be read -----------------------------------------------------------------------------

BODY = json.dumps(LEG).encode()
NAMED = {**LEG, "name": "Peñón"}
READABLE = {
    "chunked": raw(CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)),
    "HTTP/1.0": raw(b"HTTP/1.0 200 OK\r\n\r\n" + BODY),
    "Connection: close": raw(answer(Connection="close")),
    "no length, read to the end": raw(b"HTTP/1.1 200 OK\r\n\r\n" + BODY),
    "a 100 before it": raw(b"HTTP/1.1 100 Continue\r\n\r\n" + answer()),
    "gzip, unasked": replies(gzip.compress(BODY), Content_Encoding="gzip"),
    "HTML by its type": replies(BODY, Content_Type="text/html"),
    "201": replies(BODY, "201 Created"),
    "a byte order mark": replies(b"\xef\xbb\xbf" + BODY),
    "UTF-16": replies(BODY.decode().encode("utf-16")),
    "white space around it": replies(b"\r\n " + BODY + b"\n"),
}


@pytest.mark.parametrize("script", READABLE.values(), ids=READABLE)
def test_answers_that_can_be_read(serve: Serve, calling: Connect, script: Any) -> None:
    server = serve(script)
    assert dial(calling(server, retries=0)) == LEG
    assert server.commands == ["dial"]


@pytest.mark.parametrize(
    ("charset", "kind"),
    [
        ("utf-8", "application/json"),
        ("utf-8", "application/json; charset=utf-8"),
        ("latin-1", "application/json; charset=iso-8859-1"),
        ("latin-1", "text/plain"),
        ("cp1252", 'application/json; charset="windows-1252"'),
    ],
)
def test_answers_in_their_charset(serve: Serve, calling: Connect, charset: str, kind: str) -> None:
    body = json.dumps(NAMED, ensure_ascii=False).encode(charset)
    assert dial(calling(serve(replies(body, Content_Type=kind)))) == NAMED


# -- what is not told -----------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request", "422 No", "502 Bad Gateway"])
def test_secrets_that_the_service_echoes_are_not_told(
    serve: Serve, calling: Connect, log: pytest.LogCaptureFixture, status: str
) -> None:
    password = "hunter2-of-the-sip-line"

    def echoes(wire: Any) -> None:
        seen = wire.read()
        said = (
            f"to {DIAL['to']} and {quote(DIAL['to'])} and 34911234567 of {TOKEN}, "
            f"{seen.headers['authorization']}, {password} "
            f"at https://{PROJECT}:{TOKEN}@acme.signalwire.com/?to={quote(DIAL['to'])} "
            f"from {DIAL['from_']}\nforged line"
        )
        if status.startswith("4"):
            body = json.dumps({"errors": [{"attribute": "to", "message": said}]}).encode()
        else:
            body = f"<html>{said}</html>".encode()
        wire.send(answer(body, status))

    with pytest.raises(exceptions.CommandError) as caught:
        dial(calling(serve(echoes)), username="sip-user", password=password)
    basic = caught.value.__class__  # the shape is not the point here
    assert issubclass(basic, exceptions.RemoteError)
    for text in (str(caught.value), log.text):
        for secret in (TOKEN, password, "34911234567", "12025550100", "Basic MTE"):
            assert secret not in text
        assert "\nforged line" not in text
    assert "+34*******67" in str(caught.value)
    assert "34911234567" in str(caught.value.body)  # who asks for the raw answer gets it


def test_a_page_full_of_tokens_shows_no_end_of_one(serve: Serve, calling: Connect) -> None:
    server = serve(replies((TOKEN * 2000).encode(), "502 Bad Gateway"))
    with pytest.raises(exceptions.ServerError) as caught:
        dial(calling(server))
    assert TOKEN[:6] not in str(caught.value)


def test_a_short_number_that_is_echoed_is_masked(serve: Serve, calling: Connect) -> None:
    server = serve(replies({"error": "112233 is busy, sip:maria@example.com too"}, "409 Conflict"))
    with pytest.raises(exceptions.Conflict) as caught:
        calling(server).dial(from_="112233", to="sip:maria@example.com", url="https://a.example")
    assert "112233" not in str(caught.value)
    assert "maria" not in str(caught.value)
    assert "is busy" in str(caught.value)


# -- redirects and cookies ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308"]
)
def test_redirects_are_not_followed(serve: Serve, calling: Connect, status: str) -> None:
    elsewhere = serve()
    server = serve(replies({}, status, Location=f"http://{elsewhere.space}/api/calling/calls"))
    with pytest.raises(exceptions.RemoteError) as caught:
        dial(calling(server, retries=5))
    assert caught.value.outcome == "refused"
    assert "SIGNALWIRE_SPACE" in str(caught.value)
    assert elsewhere.connections == 0
    assert len(server.requests) == 1


@pytest.mark.parametrize("location", ["http://[bad", "", "::::", "\xff\xfe", "http://a b/"])
def test_redirects_to_nowhere(serve: Serve, calling: Connect, location: str) -> None:
    server = serve(replies({}, "302 Found", Location=location))
    with pytest.raises(exceptions.RemoteError) as caught:
        dial(calling(server))
    assert caught.value.status == 302
    assert caught.value.outcome == "refused"


def test_a_redirect_is_not_read_without_bounds(serve: Serve, calling: Connect) -> None:
    server = serve(replies(b"x" * (3 << 20), "302 Found", Location="/elsewhere"))
    with pytest.raises(exceptions.RemoteError) as caught:
        dial(calling(server))
    assert len(caught.value.body) <= (1 << 20) + 65536


ENDLESS = {
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n",
    "no length": b"HTTP/1.1 200 OK\r\n\r\n",
    "a length": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
    "a length of no digits": b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\n",
    "chunks beside a length": CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 5\r\n\r\n")
    + b"ffffff\r\n",
}


@pytest.mark.parametrize("head", ENDLESS.values(), ids=ENDLESS)
def test_no_more_is_read_than_an_answer_may_have(
    serve: Serve, calling: Connect, head: bytes
) -> None:
    def script(wire: Wire) -> None:
        wire.read()
        wire.send(head + b" " * ((1 << 20) + 65536))
        wire.stall()

    commands = calling(serve(script), deadline=20)
    with pytest.raises(exceptions.UnreadableAnswer, match="longer than 1024 KiB"):
        dial(commands)


def test_cookies_are_not_kept(serve: Serve, calling: Connect) -> None:
    server = serve(then=replies(Set_Cookie="session=1; Path=/"))
    commands = calling(server)
    dial(commands)
    dial(commands)
    assert all("cookie" not in seen.headers for seen in server.requests)
