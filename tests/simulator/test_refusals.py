"""What is no proper command, and how that is answered."""

from __future__ import annotations

import base64
import io
import json
from uuid import UUID

import pytest

from flask_signalwire.commands import CommandSpec, CommandTable, PayloadSchema
from flask_signalwire.commands.fields import Integer

PATH = "/api/calling/calls"
ID = "3fa85f64-5717-4562-b3fc-2c963f66afa6"


def errors(answer):
    assert answer.status_code == 422
    assert set(answer.json) == {"errors"}
    for error in answer.json["errors"]:
        assert set(error) == {"type", "code", "message", "attribute", "url"}
        assert all(isinstance(value, str) for value in error.values())
    return {(error["attribute"], error["code"]) for error in answer.json["errors"]}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"dial"',
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        '{"command": "dial"}'.encode("utf-16"),
        b'{"command": NaN}',
        b'{"command": -Infinity}',
        b"[" * 2000,
        b'{"params": ' + b"[" * 101 + b"]" * 101 + b"}",
        b'{"a": ' * 500 + b"1" + b"}" * 500,
        b'{"params": {"timeout": 1' + b"0" * 400 + b"}}",
        b'{"params": {"timeout": 1' + b"0" * 5000 + b"}}",
    ],
)
def test_a_body_that_is_no_json_object_is_a_bad_request(space, body):
    answer = space.post(body)
    assert (answer.status_code, answer.json) == (400, {"error": "Bad Request"})


def test_many_brackets_are_no_depth(space):
    sections = {"main": [{"play": {"urls": []}}] * 100}
    assert space.dial(url="https://example.com", custom_variables={})["status"] == "queued"
    answer = space.command(
        "dial", from_="+12025550100", to="+34911234567", swml={"sections": sections}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_another_content_type_is_a_bad_request(space, content_type):
    body = {"command": "calling.end", "id": ID, "params": {}}
    answer = space.post(body, content_type=content_type)
    assert (answer.status_code, answer.json) == (400, {"error": "Bad Request"})


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_be_declared_at_length(space, content_type):
    body = {"command": "calling.end", "id": ID, "params": {}}
    assert space.post(body, content_type=content_type).status_code == 404


@pytest.mark.parametrize("length", ["-1", "ten", "²", "1.0"])
def test_a_length_that_is_no_number_is_a_bad_request(space, length):
    environ = {"CONTENT_LENGTH": length}
    answer = space.post({}, environ_overrides=environ)
    assert answer.status_code == 400


def test_a_body_of_a_mebibyte_is_read_and_a_longer_one_is_not(space):
    for extra, status in ((0, 422), (1, 413)):
        body = json.dumps({"command": "", "params": {}}).encode().ljust(2**20 + extra)
        assert space.post(body).status_code == status
    answer = space.post(b"", environ_overrides={"CONTENT_LENGTH": "9" * 40})
    assert (answer.status_code, answer.json) == (413, {"error": "Content Too Large"})


def test_a_chunked_body_is_read_to_its_end(space):
    for size, status in ((100, 422), (2**20 + 1, 413)):
        body = json.dumps({"command": "", "params": {}}).encode().ljust(size)
        answer = space.client.post(
            PATH,
            content_type="application/json",
            input_stream=io.BytesIO(body),
            environ_overrides={"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
        )
        assert answer.status_code == status


@pytest.mark.parametrize(
    "path", ["/", "/api/calling", "/api/calling/calls/", "/api/calling/calls/1"]
)
def test_there_is_one_path(space, path):
    answer = space.client.post(path, json={})
    assert (answer.status_code, answer.json) == (404, {"error": "Not Found"})


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_there_is_one_method(space, method):
    answer = space.client.open(PATH, method=method)
    assert (answer.status_code, answer.json) == (405, {"error": "Method Not Allowed"})
    assert answer.headers["Allow"] == "POST"


def test_head_has_no_body(space):
    answer = space.client.head(PATH)
    assert (answer.status_code, answer.data) == (405, b"")


def test_any_host_name_and_query_will_do(space):
    body = json.dumps({"command": "calling.end", "id": ID, "params": {}})
    for url in ("https://acme.signalwire.com", "http://127.0.0.1:8080", "http://x.test"):
        answer = space.client.post(
            f"{PATH}?debug=1", base_url=url, data=body, content_type="application/json"
        )
        assert answer.status_code == 404


def test_every_answer_has_an_id_of_its_own(space):
    answers = [space.client.get("/"), space.post(b""), space.command("dial")]
    answers.append(space.post({"command": "calling.end", "id": ID, "params": {}}))
    ids = {str(UUID(answer.headers["X-Request-Id"])) for answer in answers}
    assert len(ids) == len(answers)
    assert {answer.headers["Content-Type"] for answer in answers} == {"application/json"}


def basic(text):
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Basic"},
        {"Authorization": "Basic ²"},
        {"Authorization": basic("project:token")["Authorization"].replace("Basic", "Bearer")},
        basic("project:wrong"),
        basic("other:token"),
        basic("project:"),
        basic(":"),
    ],
)
def test_wrong_credentials_are_unauthorized(make_space, headers):
    space = make_space(credentials={"project": "token", "second": "secret"})
    answer = space.post({"command": "calling.end", "id": ID, "params": {}}, headers=headers)
    assert (answer.status_code, answer.json) == (401, {"error": "Unauthorized"})
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_the_right_credentials_are_let_in(make_space):
    space = make_space(credentials={"project": "token", "second": "se:cret"})
    body = {"command": "calling.end", "id": ID, "params": {}}
    for headers in (basic("project:token"), basic("second:se:cret")):
        assert space.post(body, headers=headers).status_code == 404
        headers["Authorization"] = headers["Authorization"].replace("Basic", "basic")
        assert space.post(body, headers=headers).status_code == 404


def test_no_project_is_let_in_where_there_is_none(make_space):
    space = make_space(credentials={})
    assert space.post({}, headers=basic(":")).status_code == 401


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {("command", "missing"), ("params", "missing")}),
        ({"command": None, "params": {}}, {("command", "invalid")}),
        ({"command": 5, "params": {}}, {("command", "invalid")}),
        ({"command": "calling.emd", "params": {}}, {("command", "invalid")}),
        ({"command": "calling.end", "params": {}}, {("id", "missing")}),
        ({"command": "calling.end", "id": None, "params": {}}, {("id", "invalid")}),
        ({"command": "calling.end", "id": f"{{{ID}}}", "params": {}}, {("id", "invalid")}),
        ({"command": "calling.end", "id": 7, "params": {}}, {("id", "invalid")}),
        ({"command": "calling.end", "id": ID}, {("params", "missing")}),
        ({"command": "calling.end", "id": ID, "params": None}, {("params", "invalid")}),
        ({"command": "calling.end", "id": ID, "params": []}, {("params", "invalid")}),
        (
            {"command": "calling.end", "id": ID, "params": {}, "param": {}, "x": 1},
            {("param", "unknown_key"), ("x", "unknown_key")},
        ),
        (
            {"command": "update", "id": ID, "params": {"id": ID, "status": "completed"}},
            {("id", "unknown_key")},
        ),
        ({"command": "update", "params": {"id": ID}}, {("params", "invalid")}),
        ({"command": "update", "params": {"status": "completed"}}, {("id", "missing")}),
    ],
)
def test_the_frame_of_a_command_is_checked(space, body, expected):
    assert errors(space.post(body)) == expected


def test_a_dial_names_no_call(space):
    params = {"from": "+12025550100", "to": "+34911234567", "url": "https://example.com"}
    for call_id in (ID, None):
        answer = space.post({"command": "dial", "id": call_id, "params": params})
        assert errors(answer) == {("id", "unknown_key")}
    assert not space.simulator.calls


def test_all_problems_are_named_at_once(space):
    answer = space.post(
        {
            "command": "calling.live_translate",
            "nonsense": True,
            "params": {
                "action": {
                    "start": {"from_lang": "en-US", "to_langg": "es-ES", "direction": ["x"]}
                },
                "status_url": "no url",
            },
        }
    )
    assert errors(answer) == {
        ("nonsense", "unknown_key"),
        ("id", "missing"),
        ("action.start.to_langg", "unknown_key"),
        ("action.start.to_lang", "missing"),
        ("action.start.direction.0", "invalid"),
        ("status_url", "invalid"),
    }
    messages = {error["attribute"]: error["message"] for error in answer.json["errors"]}
    assert "did you mean `to_lang`?" in messages["action.start.to_langg"]


def test_a_near_miss_is_named(space):
    (error,) = space.command("calling.emd").json["errors"]
    assert "did you mean `calling.end`?" in error["message"]


def test_the_schema_comes_before_the_call(space):
    answer = space.command("calling.end", ID, reason="boredom")
    assert errors(answer) == {("reason", "invalid")}


class Shout(PayloadSchema):
    volume = Integer(0, 40, required=True)


class Tell(PayloadSchema):
    pass


@pytest.fixture
def wide(make_space):
    return make_space(
        table=CommandTable(
            [
                CommandSpec("calling.shout", "shout", Shout, True, "Be loud."),
                CommandSpec("space.tell", "tell", Tell, False, "Tell the space."),
            ]
        )
    )


def test_an_added_command_is_checked_and_answered_with_the_leg(wide):
    call = wide.simulator.inbound(from_="+34911234567", to="+12025550100")
    answer = wide.command("calling.shout", call.id, volume=11)
    assert (answer.status_code, answer.json) == (200, call.leg())
    assert errors(wide.command("calling.shout", call.id)) == {("volume", "missing")}
    assert wide.command("calling.shout", ID, volume=11).status_code == 404
    call.end()
    assert errors(wide.command("calling.shout", call.id, volume=11)) == {("id", "invalid_state")}


def test_an_added_command_that_acts_on_no_call_answers_an_empty_object(wide):
    answer = wide.command("space.tell")
    assert (answer.status_code, answer.json) == (200, {})


def test_an_added_command_is_unknown_elsewhere(space):
    assert errors(space.command("calling.shout", ID)) == {("command", "invalid")}
