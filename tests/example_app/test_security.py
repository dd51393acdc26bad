"""What the desk's page does for the safety of whoever uses it, and of whom they call."""

from __future__ import annotations

import re

import pytest

from flask_signalwire import exceptions

from .browser import Browser
from .conftest import CUSTOMER

pytestmark = pytest.mark.once

TOKEN = "alice-0123456789"
OTHER = "bobby-0123456789"
TOKENS = {"alice": TOKEN, "bob": OTHER}
HTTPS = "https://desk.example.com"
CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}

with_tokens = pytest.mark.parametrize("settings", [{"DESK_TOKENS": TOKENS}], ids=["tokens"])


@pytest.fixture
def alice(browser) -> Browser:
    """Signed in."""
    browser.visit("/sign-in")
    assert browser.press("Sign in", token=TOKEN).status == 200
    return browser


# -- headers and cookies ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/calls/{}", "/nowhere", "/calls", "/sign-in", "/static/desk.css"]
)
def test_every_answer_has_the_headers(browser, path):
    browser.visit("/")
    call = browser.send("Call", to=CUSTOMER).location.rpartition("/")[2]
    with browser.open(path.format(call)) as answer:
        told = dict(
            part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; ")
        )
        assert told == CSP
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in answer.headers
        stored = answer.headers.get("Cache-Control", "")
        assert ("no-store" in stored) is (not path.startswith("/static"))


def test_nothing_in_a_page_needs_more_than_the_policy_allows(browser):
    browser.visit("/")
    call = browser.press("Call", to=CUSTOMER)
    for page in (call, browser.visit("/"), browser.visit("/nowhere")):
        assert not re.search(r"<style|\bstyle=|\bon[a-z]+=|javascript:", page.html)
        assert all(script.get("src") and not script.text for script in page.root.all("script"))
        for link in [*page.root.all("script"), *page.root.all("link"), *page.root.all("img")]:
            where = link.get("src") or link["href"]
            with browser.open(where) as answer:
                assert where.startswith("/")
                assert answer.status_code == 200


def test_the_cookie_is_for_this_host_and_no_script(browser):
    answer = browser.open("/")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("desk=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


@pytest.mark.parametrize("settings", [{"SIGNALWIRE_PUBLIC_URL": HTTPS}])
def test_behind_https_all_is_bound_to_it(http):
    browser = Browser(http, HTTPS)
    answer = browser.open("/")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-desk=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    browser.visit("/")
    assert browser.send("Call", to=CUSTOMER).status_code == 303


def test_real_calls_need_a_secret_key_and_the_simulator_makes_one(make_desk):
    settings = {"SECRET_KEY": None, "DESK_TOKENS": TOKENS}
    with pytest.raises(exceptions.ConfigurationError, match="SECRET_KEY: is missing"):
        make_desk(
            **settings,
            SIGNALWIRE_SPACE="acme.signalwire.com",
            SIGNALWIRE_PROJECT_ID="project",
            SIGNALWIRE_API_TOKEN="token",
        )
    one, other = make_desk(**settings), make_desk(**settings)
    assert one.secret_key != other.secret_key
    assert len(one.secret_key) >= 32


# -- forms that another site sends -----------------------------------------------------------------


FORMS = [
    "/desk/calls",
    "/desk/calls/check",
    "/desk/calls/{}/translation",
    "/desk/calls/{}/sentences",
]
FORMS += ["/desk/calls/{}/summary", "/desk/calls/{}/end", "/sign-in", "/sign-out"]


@pytest.mark.parametrize("path", FORMS)
def test_a_form_that_is_not_the_desks_own_is_refused(app, browser, signalwire, path):
    browser.visit("/")
    call = browser.send("Call", to=CUSTOMER).location.rpartition("/")[2]
    somebody = Browser(app.test_client()).visit("/").root.all("input", name="csrf_token")[0]
    signalwire.outbox.clear()
    data = {"to": CUSTOMER, "to_lang": "es-ES", "message": "Hello", "token": TOKEN}
    for token in ({}, {"csrf_token": "x"}, {"csrf_token": somebody["value"]}):
        answer = browser.open(path.format(call), "POST", data=data | token)
        assert answer.status_code == 400, path
        assert "Nothing was done" in answer.text
    assert not signalwire.outbox


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    ],
    ids=str,
)
@pytest.mark.parametrize("settings", [{}, {"SIGNALWIRE_PUBLIC_URL": None}], ids=["url", "no url"])
def test_the_json_without_tokens_does_not_listen_to_other_sites(http, signalwire, call, headers):
    signalwire.outbox.clear()
    for method, path in [
        ("POST", "/calls"),
        ("DELETE", call),
        ("POST", f"{call}/translation"),
        ("POST", f"{call}/translation/summary"),
        ("DELETE", f"{call}/translation"),
    ]:
        answer = http.open(path, method=method, headers=headers)
        assert (answer.status_code, answer.json["error"]) == (403, "Forbidden")
    assert not signalwire.outbox
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
def test_programs_and_its_own_site_may_use_the_json(http, headers):
    assert http.post("/calls", json={"to": CUSTOMER}, headers=headers).status_code == 201


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_what_a_form_could_send_is_no_json(http, signalwire, content_type):
    answer = http.post("/calls", data=f'{{"to": "{CUSTOMER}"}}', content_type=content_type)
    assert answer.status_code == 415
    assert not signalwire.outbox


@with_tokens
def test_who_has_a_token_is_no_browsers_victim(http):
    headers = {"Authorization": f"Bearer {TOKEN}", "Origin": "https://tool.example"}
    assert http.post("/calls", json={"to": CUSTOMER}, headers=headers).status_code == 201


# -- signing in ------------------------------------------------------------------------------------


@with_tokens
def test_people_sign_in_and_out(browser, signalwire):
    page = browser.visit("/")
    assert page.root.one("h1").text == "Sign in"
    assert page.answer.request.path == "/sign-in"
    page = browser.press("Sign in", token=TOKEN)
    assert page.root.one("header").one("span").text == "alice"
    page = browser.press("Call", to=CUSTOMER)
    assert signalwire.assert_sent_once("dial").command.context["user"] == "alice"
    path = page.answer.request.path
    page = browser.press("Sign out")
    assert page.root.one("h1").text == "Sign in"
    page = browser.visit(path)
    assert page.root.one("h1").text == "Sign in"
    page = browser.press("Sign in", token=OTHER)
    assert page.answer.request.path == path  # where they wanted to go
    assert browser.visit("/sign-in").answer.request.path == "/"


@with_tokens
@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "x", "alice", "ñ" * 16])
def test_a_wrong_token_is_told_and_not_sent_back(browser, token):
    browser.visit("/sign-in")
    page = browser.press("Sign in", token=token)
    assert page.status == 422
    assert "nobody's token" in page.error_of("Your token")
    assert page.labelled("Your token").get("value") is None
    assert not token or f'"{token}"' not in page.html
    assert browser.visit("/").root.one("h1").text == "Sign in"


@with_tokens
@pytest.mark.parametrize("path", ["/", "/calls/x", "/desk/calls", "/desk/calls/x/end", "/sign-out"])
def test_without_a_session_every_page_leads_to_the_sign_in_form(browser, signalwire, path):
    method = "GET" if path in ("/", "/calls/x") else "POST"
    answer = browser.open(path, method)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert not signalwire.outbox


@with_tokens
def test_a_session_that_somebody_else_began_is_not_the_one_that_is_signed_in(browser):
    before = browser.visit("/sign-in").root.all("input", name="csrf_token")[0]["value"]
    cookie = browser.http.get_cookie("desk").value
    browser.press("Sign in", token=TOKEN)
    assert browser.http.get_cookie("desk").value != cookie
    data = {"csrf_token": before, "to": CUSTOMER}
    assert browser.open("/desk/calls", "POST", data=data).status_code == 400
    browser.http.set_cookie("desk", cookie)
    assert browser.open("/").status_code == 303


@with_tokens
def test_a_session_ends_with_the_token_that_it_was_begun_with(app, alice):
    assert alice.open("/").status_code == 200
    app.config["DESK_TOKENS"] = {**TOKENS, "alice": "another-0123456789"}
    assert alice.open("/").status_code == 303
    app.config["DESK_TOKENS"] = {"bob": OTHER}
    assert alice.open("/").status_code == 303


@with_tokens
def test_the_json_takes_commands_from_tokens_only(alice, signalwire):
    for headers in ({}, {"Sec-Fetch-Site": "same-origin"}, {"Authorization": f"Bearer {TOKEN}x"}):
        answer = alice.http.post("/calls", json={"to": CUSTOMER}, headers=headers)
        assert answer.status_code == 401
        assert "Bearer" in answer.headers["WWW-Authenticate"]
    assert not signalwire.outbox


@with_tokens
def test_no_secret_is_in_a_page_or_its_cookie(app, alice, signalwire):
    alice.visit("/")
    pages = [alice.press("Call", to=CUSTOMER), alice.visit("/"), alice.visit("/nowhere")]
    secrets = [TOKEN, OTHER, app.secret_key]
    for page in pages:
        assert not [secret for secret in secrets if secret in page.html]
        assert "token=" not in page.html  # no link that would be a proof
    cookie = alice.http.get_cookie("desk").value
    signed = app.session_interface.get_signing_serializer(app).loads(cookie)
    assert signed["user"] == "alice"
    assert not [secret for secret in secrets if secret in signed.values()]


@pytest.mark.parametrize(
    "settings", [{"DESK_TOKENS": TOKENS, "SIGNALWIRE_PLUGINS_BLOCKED": ["audit", "autolang"]}]
)
def test_captions_are_for_those_who_signed_in(app, alice):
    alice.visit("/")
    page = alice.press("Call", to=CUSTOMER)
    stream = page.root.all("section", aria_label="Live captions")[0]["data-signalwire-captions"]
    reading = {"headers": {"Accept": "text/event-stream"}}
    with app.test_client().get(stream, **reading) as answer:
        assert (answer.status_code, answer.is_json) == (401, True)
    threads = {"environ_overrides": {"wsgi.multithread": True}}
    with alice.http.get(stream, **reading, **threads) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "text/event-stream")
