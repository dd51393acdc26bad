"""Who is let in: the proofs of a purpose's policy, alone, together, and as alternatives."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import Headers, MultiDict
from werkzeug.middleware.proxy_fix import ProxyFix

from flask_signalwire import Settings
from flask_signalwire.exceptions import ConfigurationError, WebhookRefused
from flask_signalwire.webhooks.authentication import Authenticator
from flask_signalwire.webhooks.signatures import sign
from flask_signalwire.webhooks.tokens import Claim, Tokens

from .conftest import CALL, call_state, path

KEY = "PSK_hunter2"
BASE = "https://desk.example.com"
URL = f"{BASE}/signalwire/calls"
BODY = b'{"a": 1}'
CLAIM = Claim("default", "calls", call_id=CALL)
TOKENS = Tokens(lambda: ["secret"], 3600)


def authenticator(auth: Any = None, **settings: Any) -> Authenticator:
    given: dict[str, Any] = {
        "public_url": BASE,
        "signing_key": KEY,
        "webhook_user": "désk",
        "webhook_password": "hunter:2",
        "webhook_auth": auth,
        "accounts": {"eu": {"project_id": "p-eu"}},
        "project_id": "p",
        **settings,
    }
    config = {f"SIGNALWIRE_{key.upper()}": value for key, value in given.items()}
    return Authenticator(Settings.load(config, {}), TOKENS)


def basic(user: str = "désk", password: str = "hunter:2", scheme: str = "Basic") -> dict[str, str]:
    encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"{scheme} {encoded}"}


def check(
    checked: Authenticator,
    headers: Any = (),
    *tokens: str,
    purpose: str = "calls",
    body: bytes = BODY,
) -> Claim | None:
    args = MultiDict([("token", token) for token in tokens])
    return checked.check(purpose, url=lambda: URL, headers=Headers(headers), args=args, body=body)


def reason(*given: Any, **options: Any) -> str:
    with pytest.raises(WebhookRefused) as caught:
        check(*given, **options)
    assert "hunter" not in str(caught.value)
    return caught.value.reason


TOKEN = TOKENS.issue(CLAIM)


# -- tokens, the default ------------------------------------------------------------------------


def test_a_token_gives_its_claim() -> None:
    assert check(authenticator(), (), TOKEN) == CLAIM


def test_a_token_of_another_purpose_or_account_or_none_at_all() -> None:
    default = authenticator()
    assert reason(default) == "missing"
    assert reason(default, (), "") == "missing"
    assert reason(default, (), TOKEN, TOKEN) == "malformed"  # which one would be meant?
    assert reason(default, (), TOKEN[:-5]) == "malformed"
    assert reason(default, (), TOKEN, purpose="live") == "another purpose"
    assert reason(default, (), TOKENS.issue(Claim("us", "calls"))) == "another account"
    # Signatures and passwords are worth nothing where a token is demanded.
    assert reason(default, {**sign(KEY, URL, BODY), **basic()}) == "missing"


def test_a_body_tells_of_the_call_and_account_of_its_token_or_is_refused() -> None:
    default = authenticator()
    default.bind(CLAIM, call_id=CALL, project_id="p")
    default.bind(CLAIM, call_id=CALL.upper(), project_id=None)
    default.bind(CLAIM, call_id=None, project_id="a project that no account has")
    default.bind(None, call_id="any", project_id="p-eu")
    default.bind(Claim("default", "calls", command_id="c"), call_id="any", project_id="p")
    for told, call_id, project_id in [
        ("another call", "9d2f0c1e-5c58-4c0c-8d9c-6a8f3b0f2a11", "p"),
        ("another account", CALL, "p-eu"),
    ]:
        with pytest.raises(WebhookRefused) as caught:
            default.bind(CLAIM, call_id=call_id, project_id=project_id)
        assert (caught.value.reason, caught.value.status) == (told, 403)


# -- signatures -----------------------------------------------------------------------------------


def test_a_signature_lets_in_and_a_valid_token_beside_it_tells_whose_it_is() -> None:
    signed = authenticator("signature")
    assert check(signed, sign(KEY, URL, BODY)) is None
    assert check(signed, sign(KEY, URL, BODY), TOKEN) == CLAIM
    assert check(signed, sign(KEY, URL, BODY), "forged") is None
    assert reason(signed, (), TOKEN) == "no signature"
    assert reason(signed, sign(KEY, URL, BODY), body=b"other") == "wrong signature"
    assert reason(signed, sign("other", URL, BODY)) == "wrong signature"


# -- basic authentication -------------------------------------------------------------------------


def test_user_and_password_let_in() -> None:
    assert check(authenticator("basic"), basic()) is None
    assert check(authenticator("basic"), basic(scheme="bAsIc")) is None


@pytest.mark.parametrize(
    "headers",
    [
        basic("desk"),
        basic(password="hunter"),
        basic("", ""),
        basic("désk:hunter", "2x"),
        basic(scheme="Bearer"),
        {"Authorization": "Basic"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic désk:hunter:2"},
        {"Authorization": basic()["Authorization"][:-2]},
        {"Authorization": basic()["Authorization"] + ", Basic eDp5"},
    ],
)
def test_any_other_user_or_password_does_not(headers: dict[str, str]) -> None:
    assert reason(authenticator("basic"), headers) == "wrong credentials"


def test_who_has_no_password_is_asked_for_one() -> None:
    with pytest.raises(WebhookRefused) as caught:
        check(authenticator("basic"))
    assert caught.value.get_response().headers["WWW-Authenticate"].startswith("Basic ")
    twice = Headers([*basic().items(), *basic().items()])
    assert reason(authenticator("basic"), twice) == "duplicated header"


# -- policies -------------------------------------------------------------------------------------


def test_both_means_both() -> None:
    both = authenticator("token+signature")
    assert check(both, sign(KEY, URL, BODY), TOKEN) == CLAIM
    assert reason(both, sign(KEY, URL, BODY)) == "missing"
    assert reason(both, (), TOKEN) == "no signature"


def test_of_alternatives_one_is_enough_and_the_one_that_was_tried_is_told() -> None:
    either = authenticator(["token", "signature+basic"])
    assert check(either, (), TOKEN) == CLAIM
    assert check(either, {**sign(KEY, URL, BODY), **basic()}) is None
    assert reason(either) == "missing"
    assert reason(either, sign("other", URL, BODY)) == "wrong signature"
    assert reason(either, {**sign(KEY, URL, BODY), **basic("x")}) == "wrong credentials"
    assert reason(either, sign(KEY, URL, BODY), "forged") == "malformed"


def test_unauthenticated_lets_everybody_in_and_believes_valid_tokens_only() -> None:
    nobody = authenticator("unauthenticated")
    assert check(nobody) is None
    assert check(nobody, (), "forged") is None
    assert check(nobody, (), TOKEN) == CLAIM


def test_a_purpose_whose_default_can_t_work_says_what_to_set() -> None:
    keyless = authenticator(signing_key=None)
    with pytest.raises(ConfigurationError, match=r"AUTH \(swml\).*set SIGNALWIRE_SIGNING_KEY"):
        check(keyless, sign("", URL, BODY), purpose="swml")


# -- through an app -------------------------------------------------------------------------------


def test_a_callback_is_signed_over_the_public_url_whatever_the_proxy_says(desk: Any) -> None:
    app: Flask = desk(
        public_url=f"{BASE}/voice", signing_key=["new", KEY], webhook_auth="token+signature"
    )
    app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
        app.wsgi_app, x_for=1, x_proto=1, x_host=1, x_port=1, x_prefix=1
    )
    forwarded = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil"}
    target = path(app) + "&x=%2F"
    payload = call_state()
    body = app.json.dumps(payload).encode()

    def post(signature: dict[str, str], **options: Any) -> int:
        headers = {**forwarded, **signature}
        client = app.test_client()
        options.setdefault("data", body)
        return client.post(
            target, headers=headers, content_type="application/json", **options
        ).status_code

    good = sign(KEY, f"{BASE}/voice{target}", body)
    assert post(good) == 200
    assert post(good, base_url="http://inner:8000/mounted") == 200
    assert post(sign("new", f"{BASE}/voice{target}", body)) == 200
    assert post(sign("old", f"{BASE}/voice{target}", body)) == 401
    assert post(good, data=body + b" ") == 401
    assert post(sign(KEY, f"http://localhost{target}", body)) == 401
    assert post(sign(KEY, f"https://evil.example/evil{target}", body)) == 401
    assert post(sign(KEY, f"{BASE}/voice{target}".replace("%2F", "/"), body)) == 401
    assert post({}) == 401


def test_a_refusal_is_short_json_and_a_line_without_secrets(
    desk: Any, log: pytest.LogCaptureFixture
) -> None:
    app: Flask = desk(webhook_auth=["token", "basic"], webhook_user="u", webhook_password="hunter2")
    forged = path(app)[:-3] + "AAA"
    answer = app.test_client().post(forged, json=call_state(), headers=basic("u", "hunter3"))
    assert (answer.status_code, answer.content_type) == (401, "application/json")
    assert answer.json == {"error": "the token is not one of ours"}
    assert "WWW-Authenticate" in answer.headers
    line = log.records[-1].getMessage()
    assert "calls" in line
    assert "malformed" in line
    assert "hunter" not in log.text
    assert forged.partition("=")[2] not in log.text
