"""The rule of the house, and who may use the desk."""

from __future__ import annotations

import pytest

import example_app
from flask_signalwire import exceptions

from .conftest import CUSTOMER

pytestmark = pytest.mark.once

TOKENS = {"alice": "alice-0123456789", "bob": "bob-0123456789ab"}


@pytest.mark.parametrize(
    "number", ["+19005550100", "+34803123456", "+447912345678", "+449098790000", "+97912345678"]
)
def test_premium_numbers_are_refused_and_not_sent(http, signalwire, number):
    refused = number != "+447912345678"  # a mobile telephone, which is no premium number
    answer = http.post("/calls", json={"to": number})
    assert answer.status_code == (403 if refused else 201)
    if not refused:
        signalwire.assert_sent_once("dial", to=number)
    else:
        signalwire.assert_nothing_sent()
        assert answer.json["error"] == "CommandRejected"
        assert "charge the caller" in answer.json["message"]


@pytest.mark.parametrize(
    "to", ["+1 (900) 555-0100", "001 900 555 0100", "sip:someone@example.com", "9005550100"]
)
def test_numbers_are_read_however_they_are_written(app, to):
    """The routes are stricter, but the rule holds for whoever sends a command."""
    calling = app.extensions["signalwire"].calling
    with app.app_context(), pytest.raises(exceptions.CommandRejected) as refused:
        calling.dial(from_="+12025550100", to=to, url="https://example.com/swml")
    assert refused.value.plugin == "premium_numbers"


def test_a_number_that_a_script_picks_is_refused(app):
    calling = app.extensions["signalwire"].calling
    with app.app_context(), pytest.raises(exceptions.CommandRejected):
        calling.dial(from_="+1", to_script="https://e.example/x", url="https://e.example/swml")


def test_the_refused_prefixes_are_a_setting(make_desk):
    http = make_desk(DESK_REFUSED_PREFIXES=["+34"]).test_client()
    assert http.post("/calls", json={"to": CUSTOMER}).status_code == 403
    assert http.post("/calls", json={"to": "+19005550100"}).status_code == 201


@pytest.mark.parametrize("prefixes", ["+34", ["34"], 34, None, [5]])
def test_prefixes_that_would_refuse_nothing_stop_the_app(make_desk, prefixes):
    with pytest.raises(exceptions.ConfigurationError, match="DESK_REFUSED_PREFIXES"):
        make_desk(DESK_REFUSED_PREFIXES=prefixes)


def test_with_tokens_nobody_gets_in_without_one(make_desk):
    app = make_desk(DESK_TOKENS=TOKENS)
    http = app.test_client()
    for header in (None, "Bearer", "Bearer wrong", "Basic YTpi", f"Basic {TOKENS['bob']}", "é"):
        answer = http.post(
            "/calls",
            json={"to": CUSTOMER},
            headers={} if header is None else {"Authorization": header},
        )
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert "Authorization: Bearer" in answer.json["message"]
    assert not app.extensions["signalwire"].simulator.calls


def test_the_token_says_who_it_is(make_desk):
    http = make_desk(DESK_TOKENS=TOKENS).test_client()
    headers = {"Authorization": f"Bearer {TOKENS['bob']}"}
    assert http.post("/calls", json={"to": CUSTOMER}, headers=headers).json["user"] == "bob"


def test_real_calls_need_tokens(make_desk):
    with pytest.raises(exceptions.ConfigurationError, match="DESK_TOKENS"):
        make_desk(SIGNALWIRE_SPACE="example.signalwire.com")


@pytest.mark.parametrize("space", ["simulator", "127.0.0.1:5055", "localhost:5055"])
def test_simulated_calls_need_none(make_desk, space):
    assert make_desk(SIGNALWIRE_SPACE=space)


@pytest.mark.parametrize("tokens", [["x" * 20], {"alice": "short"}, {"alice": 1e20}])
def test_tokens_that_cannot_be_used_stop_the_app(make_desk, tokens):
    with pytest.raises(exceptions.ConfigurationError, match="DESK_TOKENS"):
        make_desk(DESK_TOKENS=tokens)


def test_settings_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("FLASK_SIGNALWIRE_PLUGINS_BLOCKED", "audit,autolang")
    monkeypatch.setenv("FLASK_DESK_TOKENS__alice", TOKENS["alice"])
    monkeypatch.setenv("FLASK_DESK_LANGUAGE", "de-DE")
    app = example_app.create_app({"TESTING": True})
    assert app.config["DESK_TOKENS"] == {"alice": TOKENS["alice"]}
    assert app.config["DESK_LANGUAGE"] == "de-DE"
    assert app.config["SIGNALWIRE_SPACE"] == "simulator"
    assert example_app.DEFAULTS["DESK_TOKENS"] == {}


def test_the_vendors_variable_names_the_space(monkeypatch, make_desk):
    monkeypatch.setenv("SIGNALWIRE_SPACE", "example.signalwire.com")
    app = make_desk(SIGNALWIRE_SPACE=None, DESK_TOKENS=TOKENS)
    assert app.extensions["signalwire"].settings.space == "example.signalwire.com"
