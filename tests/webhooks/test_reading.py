"""Bodies: what can be read, and what is told of those that can't."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from flask_signalwire.exceptions import WebhookInvalid
from flask_signalwire.webhooks.reading import parse_body, parse_json

from .conftest import Seen, call_state, post, utterance, webhooks

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ('{"a": "ñ"}'.encode(), JSON),
        ('{"a": "ñ"}'.encode(), ""),
        ('{"a": "ñ"}'.encode(), "text/json"),
        ('{"a": "ñ"}'.encode(), "Application/JSON ; Charset=UTF-8"),
        ('{"a": "ñ"}'.encode(), "application/vnd.signalwire+json"),
        ('\ufeff{"a": "ñ"}'.encode(), JSON),
        ('\ufeff{"a": "ñ"}'.encode(), 'application/json; charset="utf-8"'),
        ('{"a": "ñ"}'.encode("utf-16"), JSON),
        ('{"a": "ñ"}'.encode("utf-32-be"), JSON),
        ('{"a": "ñ"}'.encode("utf-16-le"), "application/json; charset=utf-16le"),
        ('{"a": "ñ"}'.encode("latin-1"), "application/json; charset=ISO-8859-1"),
        (b'{"a": "\\u00f1"}', "application/json; charset=us-ascii"),
        (b"a=%C3%B1", FORM),
        ("a=ñ".encode(), FORM),
        (b"a=%C3%B1", f"{FORM}; charset=utf-8"),
    ],
)
def test_readable(body: bytes, content_type: str) -> None:
    assert parse_body(body, content_type) == {"a": "ñ"}


DEEP = b'{"a":' * 100 + b"1" + b"}" * 100


@pytest.mark.parametrize(
    ("body", "content_type", "status", "text"),
    [
        (b"", JSON, 400, "no JSON: line 1, column 1"),
        (b"{", JSON, 400, "no JSON: line 1, column 2"),
        (b'{"a": 1}}', JSON, 400, "no JSON"),
        (b"[]", JSON, 400, "no JSON object"),
        (b'"a"', JSON, 400, "no JSON object"),
        (b"null", JSON, 400, "no JSON object"),
        (b'{"a": NaN}', JSON, 400, "NaN is no number"),
        (b'{"a": -Infinity}', JSON, 400, "-Infinity is no number"),
        (b'{"a": 1e999}', JSON, 400, "too large"),
        (b'{"a": ' + b"9" * 31 + b"}", JSON, 400, "more than 30 digits"),
        (b'{"a": ' + b"9" * 100_000 + b"}", JSON, 400, "more than 30 digits"),
        (b'{"a": 1, "a": 1}', JSON, 400, "twice"),
        (b'{"b": {"a": 1, "a": 2}}', JSON, 400, "twice"),
        (DEEP, JSON, 400, "more than 64 levels"),
        (b'{"a":' + b"[" * 500_000, JSON, 400, ""),
        (b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}", JSON, 400, "more than 64 levels"),
        (b'{"a": "\\ud83d"}', JSON, 400, "half a character"),
        (b'{"\\ud83d": 1}', JSON, 400, "half a character"),
        (b'{"a": "\xff"}', JSON, 400, "no utf-8 (byte 7)"),
        (b'{"a": "\xed\xa0\xbd"}', JSON, 400, "no utf-8"),
        (b'{"a": "\xc3\xb1"}', "application/json; charset=ascii", 400, "no ascii"),
        (b"{}", "application/json; charset=klingon", 415, "charset"),
        (b"{}", "application/json; charset=idna", 415, "charset"),
        (b"{}", "application/json; charset=rot13", 415, "charset"),
        (b"{}", "application/json; charset=zlib", 415, "charset"),
        (b"{}", "application/json; charset=" + "u" * 5000, 415, "charset"),
        (b"{}", "text/plain", 415, "Content-Type"),
        (b"{}", "multipart/form-data; boundary=x", 415, "Content-Type"),
        (b"{}", "application/xml", 415, "Content-Type"),
        (b"", FORM, 400, "empty form"),
        (b"a=1&a=2", FORM, 400, "twice"),
        (b"a=%ff", FORM, 400, "no UTF-8"),
        (b"a=\xff", FORM, 400, "no utf-8"),
        (b"&".join(b"k%d=" % i for i in range(1001)), FORM, 400, "more than 1000 fields"),
    ],
)
def test_unreadable(
    app: Flask, seen: Seen, body: bytes, content_type: str, status: int, text: str
) -> None:
    started = time.monotonic()
    response = post(app, body, content_type=content_type)
    assert time.monotonic() - started < 1
    assert response.status_code == status
    assert response.mimetype == JSON
    assert text in response.json["error"]
    assert seen.events == []
    assert webhooks(app).counts.invalid == 1


def test_a_compressed_body_is_refused(app: Flask) -> None:
    response = post(app, b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    assert response.status_code == 415
    assert "Content-Encoding" in response.json["error"]
    assert post(app, call_state(), headers={"Content-Encoding": "identity"}).status_code == 200


def test_what_is_refused_is_not_quoted(app: Flask, log: pytest.LogCaptureFixture) -> None:
    response = post(app, b'{"+34911234567": hunter2}')
    assert response.status_code == 400
    assert "911234567" not in response.text + log.text
    assert "hunter2" not in response.text + log.text


def test_64_levels_are_read() -> None:
    assert parse_json('{"a":' * 64 + "1" + "}" * 64)
    with pytest.raises(WebhookInvalid):
        parse_json('{"a":' * 65 + "1" + "}" * 65)


def test_a_pair_of_surrogates_is_a_character() -> None:
    assert parse_json('{"a": "\\ud83d\\ude00"}') == {"a": "😀"}


@given(
    body=st.binary(max_size=300), content_type=st.text(max_size=40), encoding=st.text(max_size=5)
)
@example(body=b"{}", content_type="application/json; charset=\0", encoding="")
def test_no_body_raises_anything_else(body: bytes, content_type: str, encoding: str) -> None:
    found: Any = None
    with contextlib.suppress(WebhookInvalid):
        found = parse_body(body, content_type, encoding)
    assert found is None or isinstance(found, dict)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
WORDS = st.sampled_from(["event_type", "params", "call_id", "utterance", "timestamp", "call_state"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=st.dictionaries(WORDS | st.text(max_size=5), VALUES, max_size=6))
def test_no_payload_is_an_error_of_ours(app: Flask, payload: dict[str, Any]) -> None:
    """Authenticated, and nonsense: what is strict JSON is an event, the rest a 400."""
    response = post(app, json.dumps(payload).encode(), purpose="live")
    assert response.status_code in (200, 400, 403)
    failures = app.extensions["signalwire"].plugins.failures
    assert not failures


def test_a_form_is_an_event(app: Flask, seen: Seen) -> None:
    body = "CallSid=3fa85f64-5717-4562-b3fc-2c963f66afa6&CallStatus=ringing&From=%2B34911234567"
    assert post(app, body.encode(), content_type=FORM).status_code == 200
    (event,) = seen.events
    assert event.kind == "call_state"
    assert event.raw["From"] == "+34911234567"
    assert event.body == body.encode()


def test_the_raw_payload_and_its_bytes_are_kept(app: Flask, seen: Seen) -> None:
    payload = {**utterance(), "new_key": {"deep": [1, None, 2.5]}}
    post(app, json.dumps(payload).encode(), purpose="live")
    (event,) = seen.events
    assert event.raw == payload
    assert json.loads(event.body) == payload
