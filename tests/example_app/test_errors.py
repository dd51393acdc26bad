"""Every error: its status, its words, and whether a repetition is safe."""

from __future__ import annotations

import pytest

from flask_signalwire import CallLeg, exceptions, hookimpl

from .conftest import CUSTOMER

pytestmark = pytest.mark.once

NOT_SAFE = "Do not repeat this"


def failing(error):
    """A plugin that sends nothing, and fails as a service or a network would."""

    class Fails:
        @hookimpl(tryfirst=True)
        def signalwire_send_command(self, command):
            error.command = command
            raise error

    return Fails


def remote(kind, status, **more):
    return kind(f"the service answered {status}", status=status, **more)


CASES = [
    (exceptions.CommandRejected("no"), 403, "not_sent", True),
    (remote(exceptions.AuthenticationFailed, 401), 502, "refused", True),
    (remote(exceptions.NotFound, 404), 404, "refused", True),
    (remote(exceptions.Conflict, 409), 409, "refused", True),
    (remote(exceptions.RateLimited, 429), 429, "refused", True),
    (remote(exceptions.RemoteError, 400), 502, "refused", True),
    (remote(exceptions.ServerError, 503), 502, "unknown", False),
    (remote(exceptions.UnreadableAnswer, 200), 502, "accepted", False),
    (exceptions.TransportError("not reached"), 502, "not_sent", True),
    (exceptions.OutcomeUnknown("no answer"), 504, "unknown", False),
]


@pytest.mark.parametrize(
    ("error", "status", "outcome", "safe"),
    CASES,
    ids=[f"{type(case[0]).__name__}-{case[1]}" for case in CASES],
)
def test_each_error_has_its_status_and_its_advice(make_desk, error, status, outcome, safe):
    answer = make_desk(failing(error)).test_client().post("/calls", json={"to": CUSTOMER})
    assert answer.status_code == status
    body = answer.json
    assert body["error"] == type(error).__name__
    assert body["message"] == str(error)
    assert body["outcome"] == outcome
    assert body["safe_to_repeat"] is safe
    assert (NOT_SAFE in body.get("advice", "")) is not safe
    assert body["command_id"] == error.command.id


def test_an_unknown_outcome_of_what_acts_once_may_be_repeated(make_desk):
    http = make_desk(failing(exceptions.OutcomeUnknown("no answer"))).test_client()
    ended = http.delete("/calls/3f2c1c7e-7b1e-4d0e-9f0a-0d6a0c9a4b11")
    assert (ended.status_code, ended.json["outcome"]) == (504, "unknown")
    assert ended.json["safe_to_repeat"] is True
    assert "advice" not in ended.json


@pytest.mark.parametrize(("seconds", "header"), [(2.0, "2"), (0.4, "1"), (None, None)])
def test_a_rate_limit_says_when_to_come_back(make_desk, seconds, header):
    error = remote(exceptions.RateLimited, 429, retry_after=seconds)
    answer = make_desk(failing(error)).test_client().post("/calls", json={"to": CUSTOMER})
    assert answer.headers.get("Retry-After") == header


def test_what_the_service_found_wrong_is_told_by_path(make_desk):
    errors = [
        {"attribute": "from", "message": "is not yours", "code": "invalid"},
        {"attribute": "from", "code": "unverified"},
        {"message": "no credit"},
    ]
    error = remote(exceptions.Unprocessable, 422, body={"errors": errors})
    answer = make_desk(failing(error)).test_client().post("/calls", json={"to": CUSTOMER})
    assert answer.status_code == 422
    assert answer.json["problems"] == {
        "from": ["is not yours", "unverified"],
        "payload": ["no credit"],
    }


class Crashes:
    """Crashes after the service has accepted."""

    @hookimpl(wrapper=True)
    def signalwire_send_command(self, command):
        yield
        raise RuntimeError("the disk is full")


@pytest.mark.parametrize("testing", [True, False])
def test_a_plugin_that_crashed_after_the_answer_names_the_call(make_desk, testing):
    app = make_desk(Crashes, TESTING=testing)
    answer = app.test_client().post("/calls", json={"to": CUSTOMER})
    [call_id] = app.extensions["signalwire"].simulator.calls
    assert answer.status_code == 500
    assert answer.json["error"] == "PluginError"
    assert answer.json["outcome"] == "accepted"
    assert answer.json["call"] == call_id
    assert NOT_SAFE in answer.json["advice"]
    assert ("the disk is full" in answer.json["message"]) is testing


@pytest.mark.parametrize("testing", [True, False])
def test_the_operators_mistakes_are_not_told_to_everybody(make_desk, caplog, testing):
    app = make_desk(
        TESTING=testing,
        SIGNALWIRE_SPACE="example.signalwire.com",
        DESK_TOKENS={"alice": "0123456789abcdef"},
    )
    answer = app.test_client().post(
        "/calls",
        json={"to": CUSTOMER},
        headers={"Authorization": "Bearer 0123456789abcdef"},
    )
    assert answer.status_code == 500
    assert answer.json["error"] == "ConfigurationError"
    assert ("SIGNALWIRE_API_TOKEN" in answer.json["message"]) is testing
    assert "SIGNALWIRE_API_TOKEN" in caplog.text


def test_a_bug_is_json_too(make_desk):
    class Wrong:
        @hookimpl(tryfirst=True)
        def signalwire_send_command(self, command):
            return CallLeg({"id": 5, "status": set()})

    app = make_desk(Wrong, TESTING=False)
    answer = app.test_client().post("/calls", json={"to": CUSTOMER})
    assert answer.status_code == 500
    assert answer.json["error"] == "Internal Server Error"


# -- requests that are wrong -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({}, {"to": "missing; expected a telephone number with + and its country, such as +34"}),
        ({"to": 34911234567}, {"to": "an integer; expected a telephone number"}),
        ({"to": "911234567"}, {"to": "text; expected a telephone number"}),
        ({"to": "+34911234567\n"}, {"to": "text; expected a telephone number"}),
        ({"to": CUSTOMER, "timeout": "30"}, {"timeout": "expected an integer from 1 to 600"}),
        ({"to": CUSTOMER, "timeout": True}, {"timeout": "expected an integer from 1 to 600"}),
        ({"to": CUSTOMER, "form": "x"}, {"form": "unknown key"}),
        ({"to": CUSTOMER, "swml": {}}, {"swml": "unknown key"}),
        ({"to": CUSTOMER, "time_out": 3}, {"time_out": "did you mean `timeout`?"}),
    ],
)
def test_a_body_is_checked_before_anything_is_sent(http, signalwire, body, problems):
    answer = http.post("/calls", json=body)
    assert answer.status_code == 422
    assert answer.json["error"] == "PayloadError"
    assert answer.json["outcome"] == "not_sent"
    assert answer.json["problems"].keys() == problems.keys()
    for path, text in problems.items():
        assert text in answer.json["problems"][path][0]
    signalwire.assert_nothing_sent()


def test_a_misspelt_key_is_explained(http, call):
    answer = http.post(f"{call}/translation", json={"to_langg": "es-ES", "direction": ["local"]})
    assert answer.status_code == 422
    assert answer.json["problems"] == {
        "to_langg": ["unknown key; did you mean `to_lang`?"],
        "direction.0": ['text "local"; expected one of "local-caller", "remote-caller"'],
    }


@pytest.mark.parametrize("key", ["webhook", "status_url", "deepgram_key_override", "action"])
def test_where_words_are_sent_is_not_for_the_caller_to_choose(http, call, key):
    answer = http.post(f"{call}/translation", json={"to_lang": "es-ES", key: "https://e.example"})
    assert answer.status_code == 422
    assert key in answer.json["problems"]


@pytest.mark.parametrize(
    ("data", "kind", "status", "text"),
    [
        (b"{", "application/json", 400, "the body is no JSON"),
        (b'{"to": NaN}', "application/json", 400, "NaN"),
        (b"\xff\xfe\xff", "application/json", 400, "the body is no JSON"),
        (b"[" * 50_000, "application/json", 400, "nested too deeply"),
        (b"[]", "application/json", 400, "no JSON object"),
        (b"null", "application/json", 400, "no JSON object"),
        (b"to=+34911234567", "application/x-www-form-urlencoded", 415, "application/json"),
        (b"{}", "text/plain", 415, "application/json"),
        (b" " * 70_000, "application/json", 413, ""),
    ],
)
def test_a_body_that_cannot_be_read(http, data, kind, status, text):
    answer = http.post("/calls", data=data, content_type=kind)
    assert answer.status_code == status
    assert answer.is_json
    assert text in answer.json["message"]


def test_flasks_own_errors_are_json_and_keep_their_headers(http):
    missing = http.get("/nowhere")
    assert (missing.status_code, missing.json["error"]) == (404, "Not Found")
    wrong = http.put("/calls")
    assert (wrong.status_code, wrong.json["error"]) == (405, "Method Not Allowed")
    assert "POST" in wrong.headers["Allow"]


@pytest.mark.parametrize("action", ["translation", "translation/sentences"])
def test_a_call_nobody_knows(http, action):
    call = "/calls/3f2c1c7e-7b1e-4d0e-9f0a-0d6a0c9a4b11"
    body = {"message": "Hello"} if action.endswith("sentences") else {"to_lang": "es-ES"}
    answer = http.post(f"{call}/{action}", json=body)
    assert (answer.status_code, answer.json["error"]) == (404, "NotFound")


def test_an_id_that_is_none(http, signalwire):
    answer = http.delete("/calls/latest")
    assert answer.status_code == 422
    assert answer.json["problems"] == {"call_id": ['text "latest"; expected a uuid']}
    signalwire.assert_nothing_sent()


def test_a_call_that_is_over(http, call):
    http.delete(call)
    again = http.delete(call)
    assert again.status_code == 422
    assert again.json["outcome"] == "refused"
    assert again.json["problems"]
