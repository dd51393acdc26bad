"""Signatures: what the service signs is taken, and nothing that merely looks like it."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import EnvironHeaders, Headers

from flask_signalwire.exceptions import WebhookRefused
from flask_signalwire.webhooks.signatures import SHA1, SHA256, check, sign

KEY = "PSK_7TruNcSNTxp4zNrykMj4EPzF"
URL = "https://desk.example.com/signalwire/swml?token=a%2Fb&x=1&x=2"
BODY = b'{"call": {"call_id": "9d2f0c1e"}}'


def reason(
    headers: Headers | dict[str, str], *keys: str, url: str = URL, body: bytes = BODY
) -> str:
    given = headers if isinstance(headers, Headers) else Headers(headers)
    with pytest.raises(WebhookRefused) as caught:
        check(keys or (KEY,), url, body, given)
    assert caught.value.status == 401
    assert not any(key in str(caught.value) for key in (KEY, *keys))
    return caught.value.reason


def test_the_headers_are_those_of_the_contract() -> None:
    message = URL.encode() + BODY
    assert sign(KEY, URL, BODY) == {
        "X-SignalWire-SHA256-Signature": hmac.new(KEY.encode(), message, "sha256").hexdigest(),
        "X-SignalWire-Signature": hmac.new(KEY.encode(), message, "sha1").hexdigest(),
    }


def test_a_known_signature() -> None:
    # RFC 4231, test case 2: the message is split where a URL ends and a body begins.
    signed = sign("Jefe", "what do ya want ", b"for nothing?")
    assert signed[SHA256] == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    # RFC 2202, test case 2.
    assert signed[SHA1] == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"


@given(st.text(), st.text(), st.binary())
def test_what_is_signed_is_accepted_with_either_header(key: str, url: str, body: bytes) -> None:
    try:
        key.encode(), url.encode()
    except UnicodeEncodeError:
        return
    both = sign(key, url, body)
    check((key,), url, body, Headers(both))
    check((key,), url, body, Headers({SHA256: both[SHA256]}))
    check((key,), url, body, Headers({SHA1: both[SHA1]}))


@given(st.binary(min_size=1), st.data())
def test_one_other_byte_in_the_body_is_another_body(body: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body) - 1))
    other = body[:place] + bytes([body[place] ^ data.draw(st.integers(1, 255))]) + body[place + 1 :]
    signed = sign(KEY, URL, body)
    assert reason(signed, body=other) == "wrong signature"
    assert reason(signed, body=body + b"\n") == "wrong signature"
    assert reason(signed, body=body[:-1]) == "wrong signature"


def test_the_whole_url_is_signed() -> None:
    signed = sign(KEY, URL, BODY)
    for other in (
        URL.replace("https", "http"),
        URL.replace("desk", "evil"),
        URL.replace("%2F", "%2f"),
        URL.replace("%2F", "/"),
        URL.replace("x=1&x=2", "x=2&x=1"),
        URL.partition("?")[0],
        URL + "&",
        URL + "#",
    ):
        assert reason(signed, url=other) == "wrong signature"


def test_basic_credentials_in_the_url_are_not_signed() -> None:
    with_user = URL.replace("https://", "https://user:p%40ss@")
    assert sign(KEY, with_user, BODY) == sign(KEY, URL, BODY)
    with_more = "https://desk.example.com/x?mail=a@b.example"  # no credentials
    assert sign(KEY, with_more, BODY) != sign(KEY, "https://b.example", BODY)


def test_during_a_rotation_both_keys_count_and_no_third() -> None:
    old, new = sign("old", URL, BODY), sign("new", URL, BODY)
    check(("new", "old"), URL, BODY, Headers(old))
    check(("new", "old"), URL, BODY, Headers(new))
    assert reason(old, "new") == "wrong signature"
    assert reason(sign("", URL, BODY), "new", "old") == "wrong signature"


def test_what_is_no_signature_is_refused() -> None:
    mac = sign(KEY, URL, BODY)[SHA256]
    raw = bytes.fromhex(mac)
    url_only = hmac.new(KEY.encode(), URL.encode(), "sha256")
    for forged in (
        "",
        " ",
        mac[:-1],
        mac[:40],
        mac + "0",
        mac.upper(),
        f" {mac}",
        f"{mac} ",
        f"{mac}\n",
        f"0x{mac}",
        f"sha256={mac}",
        f"{mac},{mac}",
        f"{mac}, {'0' * 64}",
        f"{'0' * 64},{mac}",
        base64.b64encode(raw).decode(),
        url_only.hexdigest(),
        base64.b64encode(url_only.digest()).decode(),
        hmac.new(KEY.encode(), BODY, "sha256").hexdigest(),
        hmac.new(KEY.encode(), BODY + URL.encode(), "sha256").hexdigest(),
        hashlib.sha256(KEY.encode() + URL.encode() + BODY).hexdigest(),
        hmac.new(KEY.encode(), URL.encode() + BODY, "sha1").hexdigest(),
        "ä" * 64,
        "٣" * 64,  # digits, but not of hex
    ):
        headers = EnvironHeaders({"HTTP_X_SIGNALWIRE_SHA256_SIGNATURE": forged})
        assert reason(headers) == "wrong signature", forged


def test_a_good_sha1_does_not_mend_a_bad_sha256() -> None:
    good = sign(KEY, URL, BODY)
    for bad in ("", "0" * 64, good[SHA1], "x"):
        assert reason({**good, SHA256: bad}) == "wrong signature"
    # And the other way round SHA-1 is not asked at all.
    check((KEY,), URL, BODY, Headers({**good, SHA1: "0" * 40}))


def test_a_header_that_is_there_twice_is_refused_whatever_it_says() -> None:
    good = sign(KEY, URL, BODY)
    for name in (SHA256, SHA1):
        twice = Headers(good)
        twice.add(name, good[name])
        assert reason(twice) == "duplicated header"


def test_a_request_without_a_signature_is_told_apart() -> None:
    assert reason({}) == "no signature"
    assert reason({"X-Twilio-Signature": sign(KEY, URL, BODY)[SHA1]}) == "no signature"


def test_without_a_key_nothing_is_accepted() -> None:
    with pytest.raises(WebhookRefused):
        check((), URL, BODY, Headers(sign("", URL, BODY)))
