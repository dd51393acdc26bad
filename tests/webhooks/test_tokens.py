"""Tokens: only what the app handed out is taken, and only where it belongs."""

from __future__ import annotations

import string
import time

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from flask_signalwire.exceptions import ConfigurationError, WebhookRefused
from flask_signalwire.webhooks.tokens import Claim, Tokens

CALL = "9d2f0c1e-5c58-4c0c-8d9c-6a8f3b0f2a11"
CLAIM = Claim("eu", "calls", call_id=CALL)


def tokens(*keys: str | bytes, lifetime: float = 3600.0) -> Tokens:
    return Tokens(lambda: list(keys or ("secret",)), lifetime)


def refused(reader: Tokens, token: str, purpose: str = "calls") -> tuple[str, int]:
    with pytest.raises(WebhookRefused) as caught:
        reader.read(token, purpose)
    assert token not in str(caught.value) or not token
    return caught.value.reason, caught.value.status


@given(
    st.builds(
        Claim,
        st.text(),
        st.sampled_from(["calls", "operations", "live", "sidecar", "swml"]),
        st.none() | st.text(),
        st.none() | st.text(),
    )
)
def test_what_is_issued_is_read_and_fits_into_a_url(claim: Claim) -> None:
    token = tokens().issue(claim)
    assert set(token) <= set(string.ascii_letters + string.digits + "-_.")
    assert tokens().read(token, claim.purpose) == claim


def test_an_old_key_is_read_until_it_is_taken_away_and_never_signs() -> None:
    old = tokens("old").issue(CLAIM)
    rotated = tokens("new", "old")
    assert rotated.read(old, "calls") == CLAIM
    assert tokens("new").read(rotated.issue(CLAIM), "calls") == CLAIM
    assert refused(tokens("new"), old) == ("malformed", 401)


def test_keys_are_read_at_each_use() -> None:
    keys: list[str | bytes] = []
    rotating = Tokens(lambda: keys, 60)
    assert not rotating
    with pytest.raises(ConfigurationError, match="SECRET_KEY: is missing"):
        rotating.issue(CLAIM)
    assert refused(rotating, tokens().issue(CLAIM)) == ("malformed", 401)
    keys.append(b"first")
    first = rotating.issue(CLAIM)
    keys[:] = ["second"]
    assert refused(rotating, first)[0] == "malformed"
    keys.append("first")  # text or bytes is one key
    assert rotating.read(first, "calls") == CLAIM


def test_a_token_ends_with_its_lifetime(monkeypatch: pytest.MonkeyPatch) -> None:
    token = tokens().issue(CLAIM)
    now = time.time()
    for passed, lifetime, reason in [
        (50, 60.0, None),
        (70, 60.0, "expired"),
        (3500, 3600.0, None),
        # The clocks of two machines may differ by seconds; not by an hour.
        (-30, 60.0, None),
        (-3600, 60.0, "expired"),
    ]:
        monkeypatch.setattr(time, "time", lambda passed=passed: now + passed)
        reader = tokens(lifetime=lifetime)
        if reason is None:
            assert reader.read(token, "calls") == CLAIM
        else:
            assert refused(reader, token) == (reason, 401)


def test_a_token_is_for_one_endpoint() -> None:
    assert refused(tokens(), tokens().issue(CLAIM), "live") == ("another purpose", 403)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "ä.ö.ü", "." * 100, "A" * 5000, "\0"])
def test_what_is_no_token(token: str) -> None:
    assert refused(tokens(), token) == ("missing" if token == "" else "malformed", 401)


def test_no_single_character_of_a_token_can_be_changed_or_cut_off() -> None:
    token = tokens().issue(CLAIM)
    for index, character in enumerate(token[:-1]):  # the last one has bits of no meaning
        changed = token[:index] + ("A" if character != "A" else "B") + token[index + 1 :]
        assert refused(tokens(), changed)[0] in ("malformed", "expired")
        assert refused(tokens(), token[:index])[0] in ("malformed", "missing")


def test_other_things_that_the_app_signs_with_its_key_are_no_tokens() -> None:
    said = ["eu", "calls", CALL, None]
    session = Flask("desk").session_interface.get_signing_serializer(_app())  # type: ignore[attr-defined]
    assert refused(tokens(), session.dumps(said))[0] == "malformed"
    assert refused(tokens(), URLSafeTimedSerializer("secret").dumps(said))[0] == "malformed"


def _app() -> Flask:
    app = Flask("desk")
    app.secret_key = "secret"
    return app
