"""Views that answer requests for SWML: who may ask, what they are told, and what they answer."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from flask import Blueprint, Flask, Response, abort, request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from flask_signalwire import SignalWire
from flask_signalwire.exceptions import ClientNotFound, ConfigurationError
from flask_signalwire.webhooks.signatures import sign
from flask_signalwire.webhooks.swml import LONGEST, MOST, SwmlRequest

from .conftest import CALL

BASE = "https://desk.example.com"
KEY = "PSK_hunter2"
DOCUMENT = {"version": "1.0.0", "sections": {"main": [{"play": "say:Hello"}, "hangup"]}}
FETCH = {
    "call": {
        "call_id": CALL,
        "node_id": "n@us",
        "segment_id": "s",
        "tag": "t",
        "call_state": "created",
        "direction": "inbound",
        "type": "phone",
        "from": "+34911234567",
        "to": "+12025550100",
        "from_number": "+34911234567",
        "to_number": "+12025550100",
        "dial_winner": "true",
        "headers": [{"name": "X-Ticket", "value": "42"}, {"name": 5}, "x"],
        "parent": {"call_id": "p"},
        "peer": {"call_id": "q"},
        "sip_data": {"sip_req_host": "h"},
        "project_id": "p",
        "space_id": "sp",
    },
    "vars": {"lang": "es"},
    "envs": {"stage": "test"},
    "params": {"menu": "main"},
}


class Desk:
    """An app with a view of SWML at /swml, and what the view was told."""

    def __init__(self, answer: Any = DOCUMENT, **settings: Any) -> None:
        self.signalwire = SignalWire()
        self.app = Flask("desk")
        self.app.testing = True
        given = {
            "space": "simulator",
            "plugins_blocked": ["audit", "autolang"],
            "public_url": BASE,
            "signing_key": [KEY, "other"],
            **settings,
        }
        self.app.config.update({f"SIGNALWIRE_{k.upper()}": v for k, v in given.items()})
        self.signalwire.init_app(self.app)
        self.asked: list[SwmlRequest] = []
        self.answer = answer

        @self.app.route("/swml", methods=["GET", "POST"])
        @self.signalwire.swml
        def swml(asked: SwmlRequest) -> Any:
            self.asked.append(asked)
            return self.answer() if callable(self.answer) else self.answer

    def fetch(
        self, payload: Any = FETCH, target: str = "/swml", *, key: str = KEY, **options: Any
    ) -> TestResponse:
        """As the service does: signed over the public URL and the body."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        options.setdefault("content_type", "application/json")
        headers = {**sign(key, BASE + target, body), **options.pop("headers", {})}
        return self.app.test_client().open(
            target, **{"method": "POST", "data": body, "headers": headers, **options}
        )


@pytest.fixture
def desk() -> Desk:
    return Desk()


# -- what it is told ------------------------------------------------------------------------------


def test_a_view_is_told_all_that_the_service_says(desk: Desk) -> None:
    answer = desk.fetch()
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json == DOCUMENT
    (asked,) = desk.asked
    for name, value in FETCH["call"].items():
        if name not in ("from", "headers", "dial_winner"):
            assert getattr(asked, name) == value
    assert (asked.from_, asked.dial_winner) == ("+34911234567", True)
    assert asked.headers == (("X-Ticket", "42"),)
    assert (asked.vars, asked.envs, asked.params) == (
        {"lang": "es"},
        {"stage": "test"},
        {"menu": "main"},
    )
    assert asked.raw == FETCH
    assert "911234567" not in repr(asked)


def test_what_it_is_told_can_t_be_changed(desk: Desk) -> None:
    desk.fetch()
    (asked,) = desk.asked
    with pytest.raises(FrozenInstanceError):
        asked.call_id = "x"  # type: ignore[misc]
    with pytest.raises(TypeError, match="read-only"):
        asked.raw["call"]["call_id"] = "x"
    with pytest.raises(TypeError, match="read-only"):
        asked.vars["lang"] = "en"  # type: ignore[index]


def test_a_fetch_by_get_tells_by_its_query(desk: Desk) -> None:
    target = "/swml?call=%7B%22call_id%22%3A%22c-1%22%7D&x=1&y=%2F&token=abc"
    assert desk.fetch(b"", target, method="GET").status_code == 200
    (asked,) = desk.asked
    assert asked.call_id == "c-1"
    assert asked.raw == {"call": '{"call_id":"c-1"}', "x": "1", "y": "/"}


def test_a_form_and_a_flat_object_tell_too(desk: Desk) -> None:
    form = b"CallSid=c-2&CallStatus=ringing&From=%2B34911234567&To=x"
    assert desk.fetch(form, content_type="application/x-www-form-urlencoded").status_code == 200
    assert desk.fetch({"call_id": "c-3", "direction": "inbound"}).status_code == 200
    form_, flat = desk.asked
    assert (form_.call_id, form_.call_state, form_.from_) == ("c-2", "ringing", "+34911234567")
    assert (flat.call_id, flat.direction) == ("c-3", "inbound")


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'{"a": NaN}', b"null"])
def test_what_can_t_be_read_is_answered_all_the_same(
    desk: Desk, body: bytes, log: pytest.LogCaptureFixture
) -> None:
    assert desk.fetch(body).json == DOCUMENT
    assert desk.asked[0].raw == {}
    assert "can't be read" in log.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*FETCH["call"], *FETCH, "x"]), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from([*FETCH, *FETCH["call"]]), JSON))
def test_fields_of_other_types_are_left_out(raw: Any) -> None:
    asked = SwmlRequest.of(raw)
    for name in ("call_id", "node_id", "from_", "to_number", "space_id"):
        assert isinstance(getattr(asked, name), (str, type(None)))
    assert isinstance(asked.headers, tuple)
    assert all(isinstance(part, str) for pair in asked.headers for part in pair)
    assert asked.raw == raw
    repr(asked)


# -- who may ask ----------------------------------------------------------------------------------


def test_only_the_service_is_answered(desk: Desk, log: pytest.LogCaptureFixture) -> None:
    client = desk.app.test_client()
    body = json.dumps(FETCH).encode()
    for headers in ({}, sign("forged", f"{BASE}/swml", body), sign(KEY, f"{BASE}/swml", b"")):
        answer = client.post("/swml", data=body, headers=headers)
        assert answer.status_code == 401
        assert answer.content_type == "application/json"
    assert not desk.asked
    assert "request for SWML at swml is refused (401, no signature)" in log.text
    assert desk.app.extensions["signalwire"].webhooks.counts.refused == 3
    assert desk.fetch(key="other").status_code == 200


def test_a_token_may_be_demanded_in_place_of_a_signature_and_binds_the_call() -> None:
    desk = Desk(webhook_auth={"swml": "token"}, accounts={"eu": {"project_id": "p-eu"}})
    webhooks = desk.app.extensions["signalwire"].webhooks
    url = webhooks.url("swml", call_id=CALL, account="eu", path="/swml?x=1")
    client = desk.app.test_client()
    assert client.post(url.removeprefix(BASE), json=FETCH).json == DOCUMENT
    assert desk.asked[0].account == "eu"
    another = {"call": {**FETCH["call"], "call_id": "9d2f0c1e-5c58-4c0c-8d9c-6a8f3b0f2a11"}}
    assert client.post(url.removeprefix(BASE), json=another).status_code == 403
    assert client.post("/swml", json=FETCH).status_code == 401


REAL = {"space": "acme.signalwire.com", "project_id": "p", "api_token": "PThunter2"}


def test_without_a_signing_key_a_view_says_so_when_it_is_used() -> None:
    desk = Desk(signing_key=None, **REAL)
    with pytest.raises(ConfigurationError, match="set SIGNALWIRE_SIGNING_KEY"):
        desk.app.test_client().post("/swml", json=FETCH)


def test_without_a_signing_key_a_warning_says_so_once_when_the_first_view_is_decorated(
    log: pytest.LogCaptureFixture,
) -> None:
    desk = Desk(signing_key=None, **REAL)
    desk.signalwire.swml(lambda asked: DOCUMENT)
    assert log.text.count("nothing but 500") == 1
    assert "set SIGNALWIRE_SIGNING_KEY" in log.text


def test_views_that_are_older_than_the_app_are_warned_of_when_that_is_initialised(
    log: pytest.LogCaptureFixture,
) -> None:
    signalwire = SignalWire()
    signalwire.swml(lambda asked: DOCUMENT)
    for key, warnings in (("PSK_hunter2", 0), (None, 1)):
        app = Flask("desk")
        app.config.update({f"SIGNALWIRE_{name.upper()}": value for name, value in REAL.items()})
        app.config.update(SIGNALWIRE_PUBLIC_URL=BASE, SIGNALWIRE_SIGNING_KEY=key)
        signalwire.init_app(app)
        assert log.text.count("nothing but 500") == warnings


def test_on_the_simulator_a_signing_key_is_made_that_nobody_knows(
    log: pytest.LogCaptureFixture,
) -> None:
    desk, other = Desk(signing_key=None), Desk(signing_key=None)
    (key,) = desk.app.extensions["signalwire"].settings.signing_key
    assert (desk.fetch(key=key).status_code, other.fetch(key=key).status_code) == (200, 401)
    assert desk.app.test_client().post("/swml", json=FETCH).status_code == 401
    assert "nothing but 500" not in log.text
    assert key not in repr(desk.app.extensions["signalwire"].settings)


def test_an_app_without_the_extension_says_so() -> None:
    app = Flask("other")
    app.testing = True
    app.add_url_rule("/swml", view_func=SignalWire().swml(lambda asked: DOCUMENT), endpoint="x")
    with pytest.raises(ClientNotFound, match="'other'"):
        app.test_client().get("/swml")


def test_a_body_that_is_too_long_is_refused_unread() -> None:
    desk = Desk(webhook_max_body=1024)
    assert desk.fetch(b" " * 1025).status_code == 413
    assert not desk.asked


def test_what_read_the_body_before_does_not_take_it_away(desk: Desk) -> None:
    desk.app.before_request(lambda: request.get_json(silent=True) and None)
    assert desk.fetch().status_code == 200
    assert desk.asked[0].call_id == CALL


def test_the_view_can_read_the_request_itself() -> None:
    seen: list[Any] = []
    desk = Desk(lambda: seen.append((request.get_data(), request.json)) or DOCUMENT)
    desk.fetch()
    assert seen == [(json.dumps(FETCH).encode(), FETCH)]


# -- what it answers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        (None, "null"),
        ("hello +34911234567", "+34*******67"),
        ([], "a list"),
        ({}, "sections"),
        ({"sections": {}}, "main"),
        ({"sections": {"main": {}}}, "sections.main"),
        ({"sections": {"main": [5]}}, "sections.main.0"),
        ({**DOCUMENT, "sectoins": {}}, "did you mean"),
        ({"sections": {"main": [{"set": {"x": object()}}]}}, "JSON does not have"),
    ],
)
def test_what_is_no_swml_is_an_error_in_the_log_and_none_of_the_services_business(
    returned: Any, told: str, log: pytest.LogCaptureFixture
) -> None:
    answer = Desk(returned).fetch()
    assert answer.status_code == 500
    assert answer.json == {"error": "internal error"}
    (line,) = [record for record in log.records if record.levelname == "ERROR"]
    assert line.getMessage().startswith("the view swml returned no SWML: ")
    assert told in line.getMessage()
    assert "911234567" not in log.text


def test_a_view_s_own_errors_are_flask_s() -> None:
    def gone() -> Response:
        abort(404)

    assert Desk(gone).fetch().status_code == 404
    desk = Desk(lambda: 1 / 0)
    desk.app.config["PROPAGATE_EXCEPTIONS"] = False
    assert desk.fetch().status_code == 500


def test_a_repeated_request_gets_the_same_answer_without_the_view(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = iter(range(100))
    desk = Desk(lambda: {"sections": {"main": [{"play": f"say:{next(numbers)}"}]}})

    def said(*args: Any, **options: Any) -> Any:
        return desk.fetch(*args, **options).json["sections"]["main"][0]["play"]

    assert [said(), said(), said()] == ["say:0"] * 3
    assert said({**FETCH, "vars": {}}) == "say:1"
    assert said(target="/swml?x=1") == "say:2"
    assert said() == "say:0"
    assert len(desk.asked) == 3
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 61)
    assert said() == "say:3"


def test_a_repeated_request_is_authenticated_again(desk: Desk) -> None:
    desk.fetch()
    assert desk.fetch(key="forged").status_code == 401


def test_an_answer_that_failed_is_asked_for_again() -> None:
    answers = iter([{}, DOCUMENT])
    desk = Desk(lambda: next(answers))
    assert [desk.fetch().status_code, desk.fetch().status_code] == [500, 200]


def test_requests_at_the_same_time_ask_the_view_once() -> None:
    calls: list[int] = []
    begun = threading.Barrier(4, timeout=10)

    def slowly() -> Any:
        calls.append(1)
        time.sleep(0.1)
        return DOCUMENT

    desk = Desk(slowly)

    def fetch(_: int) -> int:
        begun.wait()
        return desk.fetch().status_code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(fetch, range(4))) == [200] * 4
    assert len(calls) == 1


def test_few_and_short_answers_are_remembered() -> None:
    desk = Desk()
    desk.fetch()
    for n in range(MOST):
        desk.fetch({"n": n})
    desk.fetch()
    assert len(desk.asked) == MOST + 2
    long = {"sections": {"main": [{"play": "x" * LONGEST}]}}
    large = Desk(long)
    assert large.fetch().json == large.fetch().json == long
    assert len(large.asked) == 2


def test_what_it_answers_is_not_what_the_view_does_to_its_dict_later() -> None:
    document = json.loads(json.dumps(DOCUMENT))
    desk = Desk(document)
    first = desk.fetch().json
    document["sections"]["main"].append("x")
    assert desk.fetch().json == first


# -- kinds of views -------------------------------------------------------------------------------


def test_views_of_blueprints_with_url_parameters(desk: Desk) -> None:
    blueprint = Blueprint("menus", __name__, url_prefix="/menus")

    @blueprint.get("/<name>/<int:level>")
    @desk.signalwire.swml
    def menu(asked: SwmlRequest, name: str, level: int) -> Any:
        """Say where we are."""
        return {"sections": {"main": [{"play": f"say:{name} {level} {asked.call_id}"}]}}

    desk.app.register_blueprint(blueprint)
    assert (menu.__name__, menu.__doc__) == ("menu", "Say where we are.")
    answer = desk.fetch(b"", "/menus/caf%C3%A9/2?call_id=c", method="GET")
    assert answer.json["sections"]["main"] == [{"play": "say:café 2 c"}]


def test_views_that_are_coroutine_functions(desk: Desk) -> None:
    @desk.app.post("/later")
    @desk.signalwire.swml
    async def later(asked: SwmlRequest) -> Any:
        return {"sections": {"main": [{"play": f"say:{asked.direction}"}]}}

    assert desk.fetch(target="/later").json["sections"]["main"] == [{"play": "say:inbound"}]


def test_one_decorator_serves_many_apps(desk: Desk) -> None:
    other = Desk()
    view: Callable[..., Any] = desk.signalwire.swml(lambda asked: DOCUMENT)
    for app in (desk.app, other.app):
        app.add_url_rule("/shared", endpoint="shared", view_func=view, methods=["POST"])
    assert desk.fetch(target="/shared").status_code == 200
    assert other.fetch(target="/shared").status_code == 200
