"""Requests that nobody thought of: none is a 5xx, and none costs much time or memory."""

from __future__ import annotations

import gc
import io
import json
import logging
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, run_wsgi_app

from flask_signalwire.config import ENDPOINTS

from .conftest import CALL, Seen, call_state, path, post, utterance, webhooks

# Thousands of requests.
pytestmark = pytest.mark.once

Desk = Callable[..., Flask]
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
MEGABYTE = 1024 * 1024

once_an_app = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of lines are not what is measured here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


# -- whatever bytes -------------------------------------------------------------------------------

ROOTS = [
    call_state(),
    utterance(),
    {"params": {"control_id": "c-1", "state": "playing", "call_id": CALL, "duration": 1.5}},
    {
        "conversation_summary": [{"lang": "es", "text": "hola"}],
        "channel_data": {"call_end_date": 0},
    },
    {"sidecar_event": {"channel_data": {"call_id": CALL}}, "timestamp": "2026-08-01T10:00:00Z"},
]
ODD = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        10**29,
        1e308,
        -1e-320,
        "",
        "\x00",
        "\u2028",
        "x" * 5000,
        "1e999",
        "٣",
        CALL,
    ]
)
VALUES = st.recursive(
    ODD | st.text(max_size=20) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["call_id", "text", "lang", "content", "es"]), inner)
    ),
    max_leaves=10,
)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A payload of the service in which some values are others, or gone, or elsewhere."""

    def walk(value: Any) -> Any:
        if draw(st.integers(0, 5)) == 0:
            return draw(VALUES)
        if isinstance(value, dict):
            return {key: walk(inner) for key, inner in value.items() if draw(st.integers(0, 9))}
        return [walk(inner) for inner in value] if isinstance(value, list) else value

    return walk(draw(st.sampled_from(ROOTS)))


@once_an_app
@given(payload=mutated(), purpose=st.sampled_from(ENDPOINTS), data=st.data())
def test_mutated_json_is_an_event_or_a_4xx(
    app: Flask, payload: Any, purpose: str, data: st.DataObject
) -> None:
    body = json.dumps(payload).encode()
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(body)))
        cut = data.draw(st.integers(0, 8))
        body = body[:at] + data.draw(st.binary(max_size=4)) + body[at + cut :]
    assert post(app, body, purpose).status_code in (200, 400, 403)
    assert not app.extensions["signalwire"].plugins.failures


NAMES = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=30)
TYPES = st.sampled_from([JSON, FORM, "text/plain", "application/a+json", "multipart/form-data", ""])


@once_an_app
@given(
    body=st.binary(max_size=200)
    | st.sampled_from(["utf-7", "utf-16", "cp037", "rot13"]).map(lambda c: f"{{ {c}".encode()),
    kind=TYPES | NAMES,
    charset=st.none() | st.sampled_from(["utf-8", "UTF_16", "utf-7", "idna", "punycode"]) | NAMES,
    encoding=st.sampled_from(["", "gzip", "identity", "br, br"]) | NAMES,
    length=st.none() | st.sampled_from(["0", "-1", "1e3", "9" * 30, "²", "5", "0x10"]),
    transfer=st.none() | st.sampled_from(["chunked", "gzip, chunked", "identity", "\xff"]),
    query=NAMES,
)
def test_whatever_comes_is_a_200_or_a_4xx(
    app: Flask,
    body: bytes,
    kind: str,
    charset: str | None,
    encoding: str,
    length: str | None,
    transfer: str | None,
    query: str,
) -> None:
    """As WSGI servers hand requests on, which do not all look at what they hand on."""
    about = {"CONTENT_TYPE": kind if charset is None else f"{kind}; charset={charset}"}
    about["HTTP_CONTENT_ENCODING"] = encoding
    about |= {} if length is None else {"CONTENT_LENGTH": length}
    about |= {} if transfer is None else {"HTTP_TRANSFER_ENCODING": transfer}
    for purpose, method in (("calls", "POST"), ("operations", "GET")):
        token = path(app, purpose).partition("?")[2]
        response = app.test_client().open(
            f"/signalwire/{purpose}",
            method=method,
            data=body,
            environ_overrides={**about, "QUERY_STRING": f"{token}&{query}"},
        )
        assert response.status_code in (200, 400, 403, 413, 415)


class _Failing:
    def read(self, size: int = -1) -> bytes:
        raise RuntimeError("no chunk: b'zz'")

    readline = read


def test_a_server_that_fails_to_read_a_body_makes_it_a_400(app: Flask, seen: Seen) -> None:
    """Of servers that have errors of their own: gunicorn's for a broken chunk is no OSError."""
    overrides = {"wsgi.input": _Failing(), "wsgi.input_terminated": True, "CONTENT_LENGTH": "20"}
    response = app.test_client().post(path(app), environ_overrides=overrides)
    assert (response.status_code, response.json) == (400, {"error": "the body breaks off"})
    assert seen.events == []


# -- by a description -----------------------------------------------------------------------------

ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string", "minLength": 1, "maxLength": 200}},
    "additionalProperties": False,
}
REFUSED = {
    str(status): {"description": "refused", "content": {JSON: {"schema": ERROR}}}
    for status in (400, 401, 403, 413, 415)
}
EVENT = {
    "type": "object",
    "properties": {
        "event_type": {"type": "string"},
        "timestamp": {"type": ["number", "string"]},
        "call_info": {"type": "object"},
        "utterance": {"type": "object", "properties": {"content": {"type": "string"}}},
        "params": {
            "type": "object",
            "properties": {
                "call_id": {"const": CALL},
                "call_state": {"enum": ["created", "ringing", "answered", "ended"]},
                "control_id": {"type": "string"},
            },
        },
    },
}
DESCRIPTION = {
    "openapi": "3.1.0",
    "info": {"title": "callbacks", "version": "1"},
    "paths": {
        f"/signalwire/{purpose}": {
            "post": {
                "parameters": [{"name": "token", "in": "query", "schema": {"type": "string"}}],
                "requestBody": {
                    "required": True,
                    "content": {JSON: {"schema": EVENT}, FORM: {"schema": EVENT}},
                },
                "responses": {"200": {"description": "taken"}, **REFUSED},
            }
        }
        for purpose in ENDPOINTS
    },
}


@pytest.mark.services
@pytest.mark.filterwarnings("default")  # the tool's own, of each release others
@pytest.mark.parametrize("purpose", ENDPOINTS)
@pytest.mark.parametrize("valid", [True, False])
def test_the_endpoints_are_as_they_are_described(app: Flask, purpose: str, valid: bool) -> None:
    import schemathesis
    from schemathesis import checks

    @app.get("/openapi.json")
    def describe() -> Any:
        return DESCRIPTION

    described = schemathesis.openapi.from_wsgi("/openapi.json", app)
    operation = described[f"/signalwire/{purpose}"]["POST"]
    mode = schemathesis.GenerationMode.POSITIVE if valid else schemathesis.GenerationMode.NEGATIVE
    token = path(app, purpose).partition("token=")[2]
    held = [checks.not_a_server_error]
    held += [
        checks.CHECKS.get_one(name)
        for name in (
            "status_code_conformance",
            "content_type_conformance",
            "response_schema_conformance",
        )
    ]
    tried = []

    @settings(max_examples=60, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy(generation_mode=mode), let_in=st.booleans())
    def probe(case: Any, let_in: bool) -> None:
        if let_in:
            case.query = {"token": token}
        tried.append(case.call_and_validate(checks=held).status_code)

    probe()
    assert len(tried) >= 10
    assert 401 in tried


# -- memory and time ------------------------------------------------------------------------------


def left(work: Callable[[], Any]) -> int:
    """Blocks of memory that are in use after some work, and were not before."""
    gc.collect()
    before = sys.getallocatedblocks()
    work()
    gc.collect()
    return sys.getallocatedblocks() - before


def test_ten_thousand_requests_of_outsiders_leave_nothing(app: Flask) -> None:
    body = json.dumps(call_state()).encode()
    plain = EnvironBuilder(path="/signalwire/calls", method="POST").get_environ()

    def ask(first: int, last: int) -> None:
        for number in range(first, last):
            asked = {
                **plain,
                "QUERY_STRING": f"token=WyJk.{number:x}.AA",
                "CONTENT_TYPE": f"application/json; charset=x{number}",
                "CONTENT_LENGTH": str(len(body)),
                "wsgi.input": io.BytesIO(body),
            }
            _, status, _ = run_wsgi_app(app, asked)
            assert status == "401 UNAUTHORIZED"

    ask(0, 100)
    assert left(lambda: ask(100, 10_100)) < 2000
    assert webhooks(app).counts.refused == 10_100


def test_charsets_that_nobody_knows_leave_nothing(app: Flask) -> None:
    def ask(first: int) -> None:
        client, target = app.test_client(), path(app)
        for number in range(first, first + 1000):
            kind = f"application/json; charset=x{'y' * 500}{number}"
            assert client.post(target, data=b"{}", content_type=kind).status_code == 415

    ask(0)
    assert left(lambda: ask(1000)) < 500


def test_large_bodies_leave_nothing(make_app: Callable[..., Flask]) -> None:
    app = make_app()

    def ask(first: int) -> None:
        client, target = app.test_client(), path(app, "live")
        for number in range(first, first + 20):
            body = b'{"n": %d, "text": "' % number + b"x" * (MEGABYTE - 40) + b'"}'
            assert client.post(target, data=body, content_type=JSON).status_code == 200

    ask(0)
    gc.collect()
    tracemalloc.start()
    try:
        ask(20)
        gc.collect()
        # The last request's body may still be there.
        assert tracemalloc.get_traced_memory()[0] < 3 * MEGABYTE
        assert tracemalloc.get_traced_memory()[1] < 40 * MEGABYTE  # one at a time
    finally:
        tracemalloc.stop()


def of_a_megabyte(piece: str, before: str = '{"a":[', after: str = "]}") -> bytes:
    room = MEGABYTE - len(before) - len(after)
    return f"{before}{','.join([piece] * (room // (len(piece) + 1)))}{after}".encode()


LONG = MEGABYTE - 100
PATHOLOGICAL = {
    "lists": of_a_megabyte("[]"),
    "objects": of_a_megabyte("{}"),
    "towers": of_a_megabyte("[" * 60 + "]" * 60),
    "numbers": of_a_megabyte("1"),
    "floats": of_a_megabyte("1e1"),
    "summaries": of_a_megabyte("[[],[]]", '{"summary":['),
    "keys": ("{" + ",".join(f'"{n:x}":0' for n in range(100_000)) + "}").encode(),
    "languages": (
        '{"translation":{' + ",".join(f'"en-{n:x}":"x"' for n in range(60_000)) + "}}"
    ).encode(),
    "one number": b'{"a":0.' + b"1" * LONG + b"}",
    "one word": json.dumps({"params": {"state": "aA" * (LONG // 2)}}).encode(),
    "one gap": json.dumps({"params": {"state": "- " * (LONG // 2)}}).encode(),
    "one time": json.dumps({"timestamp": "2020-01-01T00:00" + " " * (LONG - 50)}).encode(),
    "one URL": json.dumps(
        {"params": {"url": "://a:" * (LONG // 5), "call_id": "://a:" * 9}}
    ).encode(),
    "escapes": b'{"a":"' + b"\\ud83d\\ude00" * (LONG // 12) + b'"}',
    "open": b'{"a":' + b"[" * LONG,
}


@pytest.mark.parametrize("what", PATHOLOGICAL)
def test_no_megabyte_takes_long(app: Flask, what: str) -> None:
    """Alone they take 10 to 200 ms of a processor; ten times that is a defect."""
    body = PATHOLOGICAL[what]
    assert len(body) <= MEGABYTE
    target = path(app, "live")
    started = time.thread_time()
    response = app.test_client().post(target, data=body, content_type=JSON)
    assert response.status_code in (200, 400, 403)
    assert time.thread_time() - started < 2.0


def test_many_small_values_are_refused(app: Flask, seen: Seen) -> None:
    response = post(app, PATHOLOGICAL["lists"])
    assert (response.status_code, response.json) == (400, {"error": "more than 50000 values"})
    talk = [{"role": "remote-caller", "content": "hola", "timestamp": n} for n in range(12_000)]
    assert post(app, {"conversation_log": talk, "summary": "hola"}, "live").status_code == 200
    assert [event.kind for event in seen.events] == ["conversation_summary"]


# -- at once --------------------------------------------------------------------------------------


def test_forty_threads_with_forty_events_deliver_each(app: Flask, seen: Seen) -> None:
    start, answers = threading.Barrier(40), []

    def deliver(number: int) -> None:
        start.wait(20)
        for _ in range(3):
            answers.append(post(app, utterance(at=number), purpose="live").status_code)

    threads = [threading.Thread(target=deliver, args=[number]) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [200] * 120
    assert len({event.timestamp for event in seen.events}) == len(seen.events) == 40
    counts = webhooks(app).counts
    assert (counts.received, counts.duplicate, counts.failed) == (120, 80, 0)
