"""The deployment of the documentation: commands, callbacks, streams, and what goes wrong."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest

from .site import ALICE, Answer, Event, Site, eventually

pytestmark = [pytest.mark.services, pytest.mark.once]

TOO_MUCH = b'{"a": "' + b"x" * 1_100_000 + b'"}'


def is_translated(event: Event) -> bool:
    """Whether it is the scenario's first sentence, with its translation."""
    if event.data.get("content") != "Mi paquete no ha llegado.":
        return False
    return bool(event.data["translations"] == {"en-US": "My parcel has not come."})


def test_a_call_is_placed_and_the_service_tells_of_it(site: Site) -> None:
    placed = site.command("POST", "/calls", {"to": "+34911234567"})
    assert placed.status == 201, placed.text
    call_id = placed.json["id"]
    stream = site.listen(call_id)
    states = stream.until(lambda event: event.data.get("state") == "answered")
    assert "ringing" in [event.data.get("state") for event in states]
    # Whichever worker is asked: what it needs to know is in the request.
    started = site.command("POST", f"/calls/{call_id}/translation", {"to_lang": "es-ES"})
    assert started.status in (201, 409), started.text  # the desk may have started it by itself
    stream.until(is_translated)
    access = site.log("desk-access.log")
    assert re.search(r'"POST /signalwire/calls HTTP/1\.1" 200', access)
    assert re.search(r'"POST /signalwire/live HTTP/1\.1" 200', access)


def test_all_workers_know_the_call(site: Site) -> None:
    call_id = site.command("POST", "/calls", {"to": "+34911234567"}).json["id"]
    for worker in site.workers():
        with site.only(worker) as port:
            found = site.plainly(port, "GET", f"/calls/{call_id}", Authorization=f"Bearer {ALICE}")
            assert found.status == 200


def test_a_person_signs_in_and_calls_from_the_page(site: Site) -> None:
    html = {"Accept": "text/html", "Referer": "https://localhost/sign-in"}
    form = site.ask("GET", "/sign-in", headers=html)
    assert form.status == 200
    cookie = form.headers["set-cookie"]
    assert cookie.startswith("__Host-")
    assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))
    signed_in = post_form(site, "/sign-in", form, token=ALICE)
    desk = site.ask(
        "GET", "/", headers={**html, "Cookie": signed_in.headers["set-cookie"].partition(";")[0]}
    )
    placed = post_form(site, "/desk/calls", desk, to="+34911234567", to_lang="es-ES")
    call_id = placed.headers["location"].rpartition("/")[2]
    # The desk starts the translation by itself, whichever worker hears that somebody answered.
    stream = site.listen(call_id)
    stream.until(is_translated)


def post_form(site: Site, path: str, page: Answer, **fields: str) -> Answer:
    """Send a form of a page as a browser does; it leads to another page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found, page.text
    headers = {
        "Accept": "text/html",
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": page.headers["set-cookie"].partition(";")[0],
        "Referer": "https://localhost/",
    }
    body = urlencode({**fields, "csrf_token": found[1]}).encode()
    answer = site.ask("POST", path, body, headers)
    assert answer.status == 303, answer.text
    return answer


# -- streams ---------------------------------------------------------------------------------------


def test_streams_are_not_held_up(site: Site, call: str) -> None:
    stream = site.listen(call)
    for number in range(3):
        site.say(call, f"{number}", 1000 + number)
        # The stream goes on: a buffer would have kept it until there is more, or for a minute.
        assert stream.finals(f"{number}") == [f"{number}"]
    assert stream.next().event == "comment"  # the heartbeat comes through, too


def test_browsers_of_all_workers_are_told_what_any_worker_hears(site: Site, call: str) -> None:
    workers, streams = sorted(site.workers()), []
    for worker in workers:
        with site.only(worker) as port:
            streams.append(site.listen(call, port=port))
    for worker in workers:
        with site.only(worker) as port:
            assert site.say(call, f"heard by {worker}", 1000 + worker, port).status == 200
    site.say(call, "the end", 999_999_999)
    for stream in streams:
        assert stream.finals("the end") == [*(f"heard by {pid}" for pid in workers), "the end"]


def test_a_worker_dies_and_its_stream_goes_on_at_another(site: Site, call: str) -> None:
    stream = site.listen(call)
    for number in range(3):
        site.say(call, f"before {number}", 1000 + number)
    assert stream.finals("before 2") == ["before 0", "before 1", "before 2"]
    killed = site.workers()
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    assert stream.rest() == []
    eventually(lambda: len(site.workers() - killed) == 2)
    eventually(lambda: site.say(call, "meanwhile", 1010).status == 200)
    again = site.listen(call, stream.last)
    site.say(call, "after", 1011)
    # Nothing is missing, and nothing is told again.
    assert again.finals("after") == ["meanwhile", "after"]


def test_a_reload_loses_no_callback_and_no_sentence(site: Site, call: str) -> None:
    stream, old = site.listen(call), site.workers()
    statuses: list[int] = []
    end = threading.Event()

    def post(who: int) -> list[str]:
        said: list[str] = []
        while not end.is_set():
            said.append(f"{who}/{len(said)}")
            statuses.append(site.say(call, said[-1], 1000 * who + len(said)).status)
        return said

    with ThreadPoolExecutor(3) as pool:
        posting = [pool.submit(post, who) for who in (1, 2, 3)]
        try:
            eventually(lambda: len(statuses) > 10)
            site.signal("gunicorn", signal.SIGHUP)
            began = time.monotonic()
            told = stream.rest()
            # The stream did not use up the time of grace: the browser is soon at a new worker.
            assert time.monotonic() - began < 10
            eventually(lambda: len(site.workers()) == 2 and not old & site.workers())
            seen = len(statuses)
            eventually(lambda: len(statuses) > seen + 10)
        finally:
            end.set()
        said = [text for each in posting for text in each.result()]
    assert set(statuses) == {200}
    site.say(call, "the end", 9000)
    told += site.listen(call, stream.last).finals("the end")
    assert sorted(told) == sorted([*said, "the end"])


# -- callbacks -------------------------------------------------------------------------------------


def test_an_event_that_comes_many_times_at_once_is_delivered_once(site: Site, call: str) -> None:
    target = site.target("calls", call)
    payload = {
        "event_type": "calling.call.state",
        "timestamp": time.time(),
        "params": {"call_id": call, "call_state": "answered"},
    }
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: site.ask("POST", target, payload).status, range(60)))
    assert answers == [200] * 60
    rows = site.audit("list", "--call-id", call, "--json").splitlines()
    assert [json.loads(row)["kind"] for row in rows] == ["event"]


def test_what_is_too_large_is_refused(site: Site, call: str) -> None:
    target = site.target("live", call)
    assert site.ask("POST", target, TOO_MUCH).status == 413
    assert site.command("POST", "/calls", b'{"to": "' + b"1" * 70_000 + b'"}').status == 413
    # The app would have refused it by itself.
    assert site.plainly(site.gunicorn_port, "POST", target, TOO_MUCH).status == 413


def test_headers_that_strangers_write_change_nothing(site: Site, call: str) -> None:
    lies = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Port": "81",
        "X-Forwarded-Prefix": "/evil",
        "X-Real-IP": "203.0.113.9",
        "Forwarded": "for=203.0.113.9;host=evil.example;proto=http",
    }
    payload = {"call_info": {"call_id": call}, "utterance": {"content": "x", "timestamp": 1}}
    assert site.ask("POST", site.target("live", call), payload, lies).status == 200
    assert site.ask("POST", "/signalwire/live?token=forged", payload, lies).status == 401
    alice = {"Authorization": f"Bearer {ALICE}", **lies}
    answer = site.ask("POST", "/calls", {"to": "+34911234567"}, alice)
    assert answer.status == 201
    assert "evil" not in str(answer)
    # Who was refused is told by the address that nginx saw.
    assert "from 127.0.0.1" in site.log("gunicorn.out")
    assert "203.0.113.9" not in site.log("gunicorn.out") + site.log("desk-access.log")


def test_another_host_is_not_answered(site: Site) -> None:
    with pytest.raises((http.client.HTTPException, OSError)):
        site.ask("GET", "/healthz", headers={"Host": "evil.example"})
    with socket.create_connection(("127.0.0.1", site.https), 10) as raw:
        trusting = ssl._create_unverified_context()
        with pytest.raises(ssl.SSLError):
            trusting.wrap_socket(raw, server_hostname="evil.example")


def test_http_leads_to_https(site: Site) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.http, timeout=20)
    connection.request("GET", "/calls?a=b", headers={"Host": "localhost"})
    answer = connection.getresponse()
    connection.close()
    assert (answer.status, answer.headers["Location"]) == (308, f"{site.public}/calls?a=b")


def test_https_is_for_good(site: Site) -> None:
    for target in ("/healthz", "/signalwire/nothing", "/"):
        found = site.ask("GET", target).headers["strict-transport-security"]
        assert found == "max-age=31536000"


def test_guessing_is_slowed_down_and_callbacks_are_not(site: Site, call: str) -> None:
    # From an address of its own: the others' tests sign in, too.
    source = "127.0.0.66"
    guesses = [
        site.ask("POST", "/sign-in", b"token=guess", source=source).status for _ in range(15)
    ]
    assert guesses[-1] == 429
    assert 429 not in [site.say(call, f"{number}", number + 1).status for number in range(20)]


def test_tokens_are_in_no_access_log(site: Site, call: str) -> None:
    token = site.target("live", call).partition("token=")[2]
    site.say(call, "something", 1000)
    site.ask("GET", f"/signalwire/captions/{call}?token={token}")
    referrer = f"{site.public}/watch?token={token}"
    site.ask("GET", f"/nowhere/{call}", headers={"Referer": referrer})
    for name in ("desk-access.log", "gunicorn.out"):
        eventually(lambda name=name: f"/nowhere/{call} " in site.log(name))
        assert '"POST /signalwire/live HTTP/1.1" 200' in site.log(name)
        assert f"/signalwire/captions/{call} " in site.log(name)
        for secret in (token, "token=", ALICE):
            assert secret not in site.log(name), name


# -- health ----------------------------------------------------------------------------------------


def test_what_a_redis_that_is_down_stops_and_what_not(
    site: Site, call: str, redis_proc: Any
) -> None:
    stream = site.listen(call)
    site.say(call, "before", 1000)
    stream.finals("before")
    redis_proc.stop()
    try:
        eventually(lambda: site.ask("GET", "/readyz").status == 503)
        assert site.ask("GET", "/readyz").json == {"status": "fail"}
        parts = site.command("GET", "/readyz").json["parts"]
        statuses = {name: part["status"] for name, part in parts.items()}
        assert statuses["idempotency"] == "fail"
        assert statuses["audit"] == "ok"
        assert statuses["events"] == statuses["captions"] == "warn"
        assert site.ask("GET", "/healthz").status == 200
        # Callbacks are taken all the same; what was said comes when the Redis is back.
        assert site.say(call, "meanwhile", 1001).status == 200
    finally:
        redis_proc.start()
    eventually(lambda: site.ask("GET", "/readyz").status == 200)
    stream.finals("meanwhile")


def test_a_service_that_is_down_is_no_reason_to_take_the_desk_out(site: Site, call: str) -> None:
    site.kill("space")
    try:
        placed = site.command("POST", "/calls", {"to": "+34911234567"})
        assert (placed.status, placed.json["outcome"]) == (502, "not_sent")
        assert site.ask("GET", "/readyz").status == 200
        assert site.say(call, "something", 1000).status == 200
    finally:
        site.start_space()
    assert site.command("POST", "/calls", {"to": "+34911234567"}).status == 201


def test_a_probe_costs_little(site: Site) -> None:
    connection = site.connection()
    took = []
    for _ in range(60):
        began = time.perf_counter()
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        answer.read()
        took.append(time.perf_counter() - began)
    connection.close()
    # Most of these were answered from memory, on a machine that may be busy.
    assert sorted(took)[30] < 0.1
