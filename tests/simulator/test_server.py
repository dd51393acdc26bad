"""The simulator on a port."""

from __future__ import annotations

import http.client
import json
import logging
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from flask_signalwire.simulator import serve

PATH = "/api/calling/calls"
DIAL = {
    "command": "dial",
    "params": {"from": "+12025550100", "to": "+34911234567", "url": "https://example.com"},
}
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def connection(server):
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    yield connection
    connection.close()


def ask(connection, body=DIAL, method="POST", path=PATH, headers=JSON):
    if isinstance(body, dict):
        body = json.dumps(body).encode()
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer, answer.read()


def raw(server, request):
    with socket.create_connection((server.host, server.port), timeout=10) as wire:
        wire.sendall(request)
        wire.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: wire.recv(65536), b""))


def test_it_listens_on_a_free_port(space, server, session):
    assert server.url == f"http://127.0.0.1:{server.port}"
    assert repr(server) == f"<SimulatorServer {server.url}>"
    answer = session.post(server.url + PATH, json=DIAL, timeout=10)
    assert answer.status_code == 200
    assert answer.json()["id"] in space.simulator.calls


def test_a_connection_is_kept_open(connection):
    sockets = set()
    for _ in range(5):
        answer, content = ask(connection)
        assert (answer.status, answer.version) == (200, 11)
        assert json.loads(content)["status"] == "queued"
        sockets.add(connection.sock)
    assert len(sockets) == 1
    assert None not in sockets


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"path": "/elsewhere"}, 404),
        ({"method": "PUT"}, 405),
        ({"method": "HEAD", "body": None}, 405),
        ({"headers": {}}, 400),
        ({"body": b"{"}, 400),
        ({"body": b" " * (2**20 + 1)}, 413),
        ({"body": b""}, 400),
    ],
)
def test_a_refusal_does_not_upset_the_next_request(connection, options, status):
    answer, content = ask(connection, **options)
    assert answer.status == status
    assert (content == b"") == (options.get("method") == "HEAD")
    wire = connection.sock
    assert wire is not None
    assert ask(connection)[0].status == 200
    assert connection.sock is wire


def test_chunked_bodies_are_read(connection):
    content = json.dumps(DIAL).encode()
    for _ in range(2):
        connection.request("POST", PATH, iter([content[:9], content[9:]]), JSON)
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["status"]) == (200, "queued")
    connection.request("POST", PATH, iter([b" " * 2**20, b" "]), JSON)
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Connection")) == (413, "close")


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: ten",
        b"Content-Length: -1",
        b"Content-Length: 99999999999",
        b"Content-Length: " + b"9" * 40,
        b"Transfer-Encoding: chunked",
    ],
)
def test_where_a_body_has_no_end_the_connection_has_one(server, headers):
    request = b"POST %s HTTP/1.1\r\nContent-Type: application/json\r\n%s\r\n\r\nnonsense\r\n\r\n"
    answer = raw(server, request % (PATH.encode(), headers))
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 413 "))
    assert answer.count(b"HTTP/1.1") == 1
    assert b"Connection: close" in answer


def test_what_is_no_http_is_answered_and_not_logged(server, caplog):
    caplog.set_level(logging.INFO)
    assert b"400" in raw(server, b"+34911234567 token=correct-horse x y\r\n\r\n")
    assert "34911234567" not in caplog.text
    assert "correct-horse" not in caplog.text


def test_requests_are_logged_without_numbers_and_secrets(server, session, caplog):
    caplog.set_level(logging.INFO, "flask_signalwire.simulator")
    session.post(server.url + PATH, json=DIAL, auth=("project", "correct-horse"), timeout=10)
    session.post(server.url + "/calls/%2B34911234567/%0A?token=correct-horse", timeout=10)
    lines = [r.getMessage() for r in caplog.records if r.name == "flask_signalwire.simulator"]
    assert lines == [f"POST {PATH} 200", r"POST /calls/+34*******67/\n 404"]


def test_a_crash_is_logged_and_cuts_the_connection(session, caplog):
    def app(environ, start_response):
        raise RuntimeError("broken")

    with serve(app) as server:
        assert raw(server, b"POST / HTTP/1.1\r\n\r\n") == b""
    assert "a request crashed" in caplog.text


def test_fifty_clients_at_once(space, server):
    def conversation(_):
        connection = http.client.HTTPConnection(server.host, server.port, timeout=30)
        try:
            return [ask(connection)[0].status for _ in range(10)]
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(conversation, range(50))) == [[200] * 10] * 50
    assert len(space.simulator.calls) == 500


def test_a_taken_port_is_an_os_error(space, server):
    with pytest.raises(OSError, match=r"[Aa]ddress"):
        serve(space.simulator, port=server.port)


def test_closing_ends_every_connection_and_thread(space):
    before = set(threading.enumerate())
    server = serve(space.simulator)
    idle = http.client.HTTPConnection(server.host, server.port, timeout=10)
    silent = socket.create_connection((server.host, server.port), timeout=10)
    try:
        assert ask(idle)[0].status == 200
        server.close()
        assert silent.recv(1) == b""
        assert set(threading.enumerate()) <= before
        with pytest.raises(OSError, match=r".*"):
            socket.create_connection((server.host, server.port), timeout=10)
        server.close()
        server.wait()
    finally:
        idle.close()
        silent.close()


def test_it_listens_on_ipv6_too(space, session):
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        server = serve(space.simulator, "::1")
    except OSError:
        pytest.skip("this machine has no IPv6")
    with server:
        assert server.url == f"http://[::1]:{server.port}"
        assert session.post(server.url + PATH, json=DIAL, timeout=10).status_code == 200
