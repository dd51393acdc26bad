"""The simulator behind a plain requests session, without a socket."""

from __future__ import annotations

import io
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from flask_signalwire.simulator import SimulatorAdapter, behaviours

URL = "https://acme.signalwire.com/api/calling/calls"
DIAL = {
    "command": "dial",
    "params": {"from": "+12025550100", "to": "+34911234567", "url": "https://example.com"},
}


@pytest.fixture
def mounted(space, session):
    session.mount("https://", SimulatorAdapter(space.simulator))
    return session


def test_a_session_reaches_the_simulator(space, mounted):
    answer = mounted.post(URL, json=DIAL, auth=("project", "token"), timeout=(1, 5))
    assert (answer.status_code, answer.reason, answer.ok) == (200, "OK", True)
    assert answer.json()["id"] in space.simulator.calls
    assert answer.url == URL
    assert answer.request.url == URL
    assert answer.encoding == "utf-8"
    assert answer.headers["content-type"] == "application/json"
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert answer.headers["X-Request-Id"]
    assert answer.elapsed.total_seconds() > 0
    answer.close()


def test_refusals_raise_for_status_as_those_of_the_service_do(mounted):
    answer = mounted.post(URL, json={})
    assert (answer.status_code, answer.reason) == (422, "Unprocessable Content")
    with pytest.raises(requests.HTTPError, match="422 Client Error"):
        answer.raise_for_status()


def test_a_streamed_answer_is_read_in_pieces(mounted):
    with mounted.post(URL, json=DIAL, stream=True) as answer:
        pieces = list(answer.iter_content(16))
    assert max(map(len, pieces)) <= 16
    assert json.loads(b"".join(pieces))["status"] == "queued"
    with mounted.post(URL, json=DIAL, stream=True) as answer:
        assert answer.raw.status == 200
        assert json.loads(answer.raw.read())["status"] == "queued"


def body_kinds():
    raw = json.dumps(DIAL).encode()
    return [raw, raw.decode(), io.BytesIO(raw), iter([raw[:10], raw[10:]])]


@pytest.mark.parametrize("kind", range(4))
def test_bodies_of_all_kinds_arrive(mounted, kind):
    headers = {"Content-Type": "application/json"}
    assert mounted.post(URL, data=body_kinds()[kind], headers=headers).status_code == 200


def test_credentials_arrive(make_space, session):
    space = make_space(credentials={"project": "token"})
    session.mount("https://", SimulatorAdapter(space.simulator))
    assert session.post(URL, json=DIAL).status_code == 401
    assert session.post(URL, json=DIAL, auth=("project", "token")).status_code == 200
    assert session.post(URL, json=DIAL, auth=("project", "wrong")).status_code == 401


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_other_methods_are_refused(mounted, method):
    answer = mounted.request(method, URL)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert bool(answer.content) == (method != "HEAD")


def test_the_path_arrives_unquoted(mounted):
    assert mounted.post(URL.replace("calls", "c%61lls"), json=DIAL).status_code == 200
    assert mounted.post(f"{URL}/caf%C3%A9?x=1", json=DIAL).status_code == 404


def test_what_wraps_the_simulator_sees_a_proper_environment(space, session):
    seen = {}

    class Answer(list):
        closed = False

        def close(self):
            Answer.closed = True

    def app(environ, start_response):
        seen.update(environ)
        write = start_response("200 Fine", [("X-Two", "a"), ("X-Two", "b")])
        write(b"written ")
        return Answer([b"and ", b"returned"])

    session.mount("http://", SimulatorAdapter(app))
    answer = session.get("http://user:pw@x.test:8080/a%2Fb?q=1", headers={"X-Y": b"z"})
    assert answer.text == "written and returned"
    assert answer.headers["X-Two"] == "a, b"
    assert Answer.closed
    expected = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/a/b",
        "QUERY_STRING": "q=1",
        "SERVER_NAME": "x.test",
        "SERVER_PORT": "8080",
        "HTTP_HOST": "x.test:8080",
        "HTTP_X_Y": "z",
        "CONTENT_LENGTH": "0",
        "wsgi.url_scheme": "http",
    }
    assert {key: seen[key] for key in expected} == expected


def test_fifty_threads_dial_and_end_at_once(space, mounted):
    def conversation(_):
        leg = mounted.post(URL, json=DIAL).json()
        body = {"command": "calling.end", "id": leg["id"], "params": {}}
        return leg["id"], mounted.post(URL, json=body).json()["status"]

    with ThreadPoolExecutor(50) as pool:
        done = list(pool.map(conversation, range(500)))
    assert len(dict(done)) == 500
    assert set(dict(done).values()) == {"ended"}
    assert len(space.simulator.calls) == 500
    assert len(space.simulator.journal) == 1000


def test_of_fifty_who_end_one_call_one_succeeds(space, mounted, monkeypatch):
    def dawdle(call, params):
        time.sleep(0.001)  # as if the scheduler chose the worst moment to change threads
        behaviours.calls.end(call, params)

    monkeypatch.setitem(behaviours.BEHAVIOURS, "calling.end", dawdle)
    call = space.simulator.inbound(from_="+34911234567", to="+12025550100")
    body = {"command": "calling.end", "id": call.id, "params": {}}
    with ThreadPoolExecutor(50) as pool:
        statuses = list(pool.map(lambda _: mounted.post(URL, json=body).status_code, range(50)))
    assert sorted(statuses) == [200] + [422] * 49


def test_of_fifty_who_start_one_session_is_opened(space, mounted, start):
    call = space.simulator.inbound(from_="+34911234567", to="+12025550100")
    body = {"command": "calling.live_translate", "id": call.id, "params": {"action": start}}
    with ThreadPoolExecutor(50) as pool:
        statuses = list(pool.map(lambda _: mounted.post(URL, json=body).status_code, range(50)))
    assert set(statuses) == {200}
    assert len(call.translations) == 1
