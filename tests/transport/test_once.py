"""Nothing dials twice: whatever goes wrong after the first byte, one dial is seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from flask_signalwire import exceptions
from flask_signalwire.calling import Calling

from .servers import (
    CALL,
    LEG,
    Script,
    Server,
    Wire,
    answer,
    closes,
    cut,
    hangs,
    ok,
    proxies,
    raw,
    reads_and_closes,
    reads_and_resets,
    replies,
)

WHOLE = answer()
HEAD = WHOLE[: WHOLE.index(b"\r\n\r\n") + 4]
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BODY = json.dumps(LEG).encode()
DIAL: dict[str, Any] = {
    "from_": "+12025550100",
    "to": "+34911234567",
    "url": "https://example.com/swml",
}
START = {"start": {"from_lang": "en-US", "to_lang": "es-ES", "direction": ["local-caller"]}}

LOST: dict[str, Script] = {
    "stall": hangs(),
    "close": reads_and_closes,
    "reset": reads_and_resets,
    "half a status line, close": raw(b"HTTP/1.1 20"),
    "half a status line, reset": cut(b"HTTP/1.1 20"),
    "half a status line, stall": hangs(b"HTTP/1.1 20"),
    "half the headers, close": raw(HEAD[:-10]),
    "half the headers, stall": hangs(HEAD[:-10]),
    "no body, stall": hangs(HEAD),
    "half the body, close": raw(WHOLE[:-10]),
    "half the body, reset": cut(WHOLE[:-10]),
    "half the body, stall": hangs(WHOLE[:-10]),
    "half a chunk": raw(CHUNKED + b"%x\r\n" % len(BODY) + BODY[:-10]),
    "no last chunk": raw(CHUNKED + b"%x\r\n" % len(BODY) + BODY + b"\r\n"),
    "no chunk at all": raw(CHUNKED + b"this is none\r\n"),
    "an interim answer only": raw(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "early hints": raw(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
    "noise": raw(b"\x00\xff\x16\x03\x01" * 20),
    "a header line without end": raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000),
    "more headers than fit": raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"),
}
FAILED: dict[str, Script] = {
    "500": replies({"error": "Internal Server Error"}, "500 Internal Server Error"),
    "502 in HTML": replies(b"<h1>Bad Gateway</h1>", "502 Bad Gateway", Content_Type="text/html"),
    "503 with Retry-After": replies({}, "503 Service Unavailable", Retry_After="0"),
    "504, half of it": raw(answer({}, "504 Gateway Timeout", length=100)),
}


def dial(calling: Calling, **options: Any) -> Any:
    return calling.dial(**DIAL, **options)


@pytest.mark.parametrize("retries", [None, 5])
@pytest.mark.parametrize("script", LOST.values(), ids=LOST)
def test_a_dial_without_an_answer_is_not_repeated(
    serve: Callable[..., Server],
    calling: Callable[..., Calling],
    script: Script,
    retries: int | None,
) -> None:
    server = serve(script)
    settings = {} if retries is None else {"retries": retries}
    with pytest.raises(exceptions.OutcomeUnknown) as caught:
        dial(calling(server, timeout=[1, 0.4], **settings))
    assert caught.value.outcome == "unknown"
    assert not isinstance(caught.value, exceptions.RemoteError)
    assert "may have acted" in str(caught.value)
    assert caught.value.command is not None
    assert caught.value.command.id in str(caught.value)
    assert server.commands == ["dial"]


@pytest.mark.parametrize("script", FAILED.values(), ids=FAILED)
def test_a_dial_that_the_service_failed_at_is_not_repeated(
    serve: Callable[..., Server], calling: Callable[..., Calling], script: Script
) -> None:
    server = serve(script)
    with pytest.raises(exceptions.ServerError) as caught:
        dial(calling(server, retries=5))
    assert caught.value.outcome == "unknown"
    assert isinstance(caught.value, exceptions.OutcomeUnknown)
    assert server.commands == ["dial"]


def test_a_connection_closed_unread_leaves_the_outcome_unknown(
    serve: Callable[..., Server], calling: Callable[..., Calling]
) -> None:
    # The bytes left; that nobody read them is more than this side can know.
    server = serve(closes)
    with pytest.raises(exceptions.OutcomeUnknown) as caught:
        dial(calling(server, retries=5))
    assert caught.value.outcome == "unknown"
    assert server.connections == 1


def test_a_dial_that_a_proxy_swallows_is_not_repeated(
    serve: Callable[..., Server],
    calling: Callable[..., Calling],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # urllib3 calls it a proxy that was not reached.
    server = serve()
    proxy = serve(then=proxies(drops=True))
    monkeypatch.setenv("HTTP_PROXY", f"http://{proxy.space}")
    with pytest.raises(exceptions.OutcomeUnknown) as caught:
        dial(calling(server, retries=5))
    assert caught.value.outcome == "unknown"
    assert server.commands == ["dial"]


def test_retries_of_the_vendor_options_do_not_repeat_a_dial_either(
    serve: Callable[..., Server], calling: Callable[..., Calling]
) -> None:
    class Options:
        timeout = None
        retries = 9

    server = serve(reads_and_resets)
    with pytest.raises(exceptions.OutcomeUnknown):
        dial(calling(server), request_options=Options())
    assert server.commands == ["dial"]


UNREADABLE: dict[str, Script] = {
    "an empty 200": replies(b""),
    "204": raw(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "202 with a word": replies(b"ok", "202 Accepted"),
    "HTML": replies(b"<html>Welcome</html>", Content_Type="text/html"),
    "a list": replies([LEG]),
    "a leg without an id": replies({"status": "queued"}),
    "an id that is no text": replies({"id": 7}),
    "latin-1 that says nothing": replies('{"id": "é"}'.encode("latin-1")),
    "a charset that there is none of": replies(
        '{"id": "é"}'.encode("latin-1"), Content_Type="application/json; charset=klingon"
    ),
    "2 MiB": replies(b"[" + b" " * (2 << 20) + b"]"),
    "too deep": replies(b"[" * 100_000 + b"]" * 100_000),
    "too deep in latin-1": replies(
        b'["\xe9",' + b"[" * 100_000 + b"]" * 100_001,
        Content_Type="application/json; charset=latin-1",
    ),
    "no gzip": replies(b"no gzip", Content_Encoding="gzip"),
    "an integer without end": replies(b'{"id": ' + b"9" * 5000 + b"}"),
}

# Only a dial's answer must say which call it is.
NAMELESS = [UNREADABLE["a leg without an id"], UNREADABLE["an id that is no text"]]


@pytest.mark.parametrize("script", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize("command", ["dial", "end"])
def test_a_200_that_cannot_be_read_was_accepted(
    serve: Callable[..., Server],
    calling: Callable[..., Calling],
    script: Script,
    command: str,
) -> None:
    server = serve(script)
    commands = calling(server, retries=5)
    if command == "end" and script in NAMELESS:
        assert commands.end(CALL) is not None
        return
    send = partial(dial, commands) if command == "dial" else partial(commands.end, CALL)
    with pytest.raises(exceptions.UnreadableAnswer) as caught:
        send()
    assert caught.value.outcome == "accepted"
    assert caught.value.status in (200, 202, 204)
    assert "Do not send it again" in str(caught.value)
    assert len(server.requests) == 1


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("script", [*LOST.values(), *FAILED.values()], ids=[*LOST, *FAILED])
def test_what_cannot_act_twice_is_repeated(
    serve: Callable[..., Server], calling: Callable[..., Calling], script: Script
) -> None:
    server = serve(script)
    leg = calling(server, timeout=[1, 0.5]).end(CALL)
    assert leg.id == LEG["id"]
    assert server.commands == ["calling.end", "calling.end"]
    first, second = server.requests
    assert first.body == second.body


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("action", ["stop", START], ids=["stop", "start"])
def test_a_translation_that_is_stopped_or_started_is_repeated(
    serve: Callable[..., Server], calling: Callable[..., Calling], action: Any
) -> None:
    server = serve(reads_and_resets, FAILED["500"])
    calling(server).live_translate(CALL, action=action)
    assert server.commands == ["calling.live_translate"] * 3


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize(
    "action",
    [{"inject": {"message": "Un momento", "direction": "local-caller"}}, {"summarize": {}}],
    ids=["inject", "summarize"],
)
@pytest.mark.parametrize("script", [reads_and_resets, FAILED["500"]], ids=["reset", "500"])
def test_what_would_be_said_twice_is_not_repeated(
    serve: Callable[..., Server], calling: Callable[..., Calling], action: Any, script: Script
) -> None:
    server = serve(script)
    with pytest.raises(exceptions.OutcomeUnknown):
        calling(server, retries=5).live_translate(CALL, action=action)
    assert server.commands == ["calling.live_translate"]


@pytest.mark.usefixtures("hasty")
def test_repetitions_are_counted(
    serve: Callable[..., Server], calling: Callable[..., Calling]
) -> None:
    server = serve(then=reads_and_resets)
    with pytest.raises(exceptions.OutcomeUnknown):
        calling(server, retries=3).end(CALL)
    assert len(server.requests) == 4


@pytest.mark.usefixtures("hasty")
def test_no_retries_means_none(
    serve: Callable[..., Server], calling: Callable[..., Calling]
) -> None:
    server = serve(then=reads_and_resets)
    with pytest.raises(exceptions.OutcomeUnknown):
        calling(server, retries=0).end(CALL)
    assert len(server.requests) == 1


@pytest.mark.usefixtures("hasty")
def test_a_refusal_after_a_lost_answer_leaves_the_outcome_unknown(
    serve: Callable[..., Server], calling: Callable[..., Calling]
) -> None:
    # The first one may be the very reason why the second one finds no call.
    server = serve(reads_and_resets, replies({"error": "Not Found"}, "404 Not Found"))
    with pytest.raises(exceptions.NotFound) as caught:
        calling(server).end(CALL)
    assert caught.value.outcome == "unknown"


@pytest.mark.usefixtures("hasty")
def test_a_space_that_goes_down_after_a_lost_answer_leaves_the_outcome_unknown(
    serve: Callable[..., Server], calling: Callable[..., Calling]
) -> None:
    def last_words(wire: Wire) -> None:
        wire.read()
        wire.server.stop_listening()
        wire.reset()

    server = serve(last_words)
    with pytest.raises(exceptions.OutcomeUnknown) as caught:
        calling(server).end(CALL)
    assert caught.value.outcome == "unknown"
    assert isinstance(caught.value.__cause__, exceptions.TransportError)
    assert caught.value.__cause__.outcome == "not_sent"


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("command", ["dial", "end"])
def test_429_with_retry_after_is_repeated(
    serve: Callable[..., Server], calling: Callable[..., Calling], command: str
) -> None:
    server = serve(replies({}, "429 Too Many Requests", Retry_After="0"), ok)
    commands = calling(server)
    leg = dial(commands) if command == "dial" else commands.end(CALL)
    assert leg.id == CALL
    assert len(server.requests) == 2


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("value", [None, "soon", "-5", "1.5", "Mon, 32 Foo 2024 99:99:99 GMT"])
def test_429_that_does_not_say_when_is_raised(
    serve: Callable[..., Server], calling: Callable[..., Calling], value: str | None
) -> None:
    headers = {} if value is None else {"Retry_After": value}
    server = serve(replies({}, "429 Too Many Requests", **headers))
    with pytest.raises(exceptions.RateLimited) as caught:
        dial(calling(server, retries=5))
    assert caught.value.outcome == "refused"
    assert caught.value.retry_after is None
    assert len(server.requests) == 1
