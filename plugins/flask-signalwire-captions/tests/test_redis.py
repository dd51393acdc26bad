"""Several workers at one Redis, which goes away and comes back."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
import urllib.request
from typing import Any

import pytest

from flask_signalwire import exceptions
from flask_signalwire.testing import Tester
from flask_signalwire_captions import shared

pytestmark = pytest.mark.services

CALL = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
PATH = f"/signalwire/captions/{CALL}"

APP = """
import os
from flask import Flask
from flask_signalwire import SignalWire

app = Flask("desk")
app.config.update(
    TESTING=True,
    SECRET_KEY="a key that only tests have",
    SIGNALWIRE_SPACE="simulator",
    SIGNALWIRE_PUBLIC_URL="http://localhost",
    SIGNALWIRE_PLUGINS_BLOCKED=["audit", "autolang"],
    SIGNALWIRE_PLUGINS_REQUIRED=["captions"],
    SIGNALWIRE_CAPTIONS_URL=os.environ["CAPTIONS_REDIS"],
    SIGNALWIRE_CAPTIONS_AUTHORIZE=lambda call_id: True,
    SIGNALWIRE_CAPTIONS_HEARTBEAT=0.5,
)
SignalWire(app)

@app.get("/pid")
def pid():
    return str(os.getpid())

@app.after_request
def name_the_worker(response):
    response.headers["X-Worker"] = str(os.getpid())
    return response
"""


@pytest.fixture
def url(redis_proc):
    """A Redis that is empty, and runs again when a test has stopped it."""
    redis = pytest.importorskip("redis")
    address = f"redis://{redis_proc.host}:{redis_proc.port}/0"
    with redis.Redis.from_url(address) as client:
        client.flushall()
        client.save()
        client.config_set("save", "")  # what it keeps over a stop is what a test saves
    yield address
    if not redis_proc.running():
        redis_proc.start()


@pytest.fixture
def worker(make_app, serve, url):
    """Makes an app at the Redis that is served, as a worker of its own; and its Tester."""
    testers = []

    def make(**config):
        app = make_app(SIGNALWIRE_CAPTIONS_URL=url, **config)
        testers.append(Tester(app))
        testers[-1].__enter__()
        return testers[-1], serve(app)

    yield make
    for tester in testers:
        tester.__exit__(None, None, None)
        store = tester.client.plugins.get("captions")._store
        thread, store._thread = store._thread, None  # it need not wait for others to come
        if thread is not None:
            thread.join()


def utterance(content, at, *, final=True):
    said = {"role": "remote-caller", "content": content, "timestamp": at, "final": final}
    return {"call_info": {"call_id": CALL}, "utterance": said}


def say(tester, content, at=1785578400.0, *, final=True):
    tester.post_raw("live", utterance(content, at, final=final))


def contents(sent):
    return [json.loads(event.data)["content"] for event in sent]


def test_what_one_worker_hears_all_tell(worker, browse) -> None:
    (one, port), (two, other_port) = worker(), worker()
    browsers = [browse(port), browse(other_port)]
    say(one, "Nece", 1, final=False)
    for browser in browsers:
        assert contents(browser.read(1)) == ["Nece"]
    say(two, "Necesito ayuda", 2)  # ends the line that the other one began
    sent = [browser.read(1) for browser in browsers]
    assert sent[0] == sent[1]
    assert contents(sent[0]) == ["Necesito ayuda"]
    assert json.loads(sent[0][0].data)["id"].endswith("-1")
    assert browse(other_port).read(1) == sent[0]  # the part is gone


def test_many_writers_lose_nothing(worker, browse) -> None:
    workers = [worker() for _ in range(2)]
    browser = browse(workers[0][1])

    def write(tester, who):
        for number in range(40):
            say(tester, f"{who} {number}", 1000 * who + number)

    threads = [threading.Thread(target=write, args=(w[0], n)) for n, w in enumerate(workers * 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = browser.read(160)
    assert sorted(contents(sent)) == sorted(f"{w} {n}" for w in range(4) for n in range(40))
    assert [int(event.id.partition("-")[2]) for event in sent] == list(range(1, 161))


def test_a_history_of_a_redis_is_bounded_too(worker, browse, url) -> None:
    from redis import Redis

    tester, port = worker(SIGNALWIRE_CAPTIONS_HISTORY=10, SIGNALWIRE_CAPTIONS_KEEP=100)
    for number in range(300):
        say(tester, str(number), number)
    gap, *rest = browse(port).read(2)
    assert gap.event == "gap"
    assert int(contents(rest)[0]) > 100
    with Redis.from_url(url) as client:
        names = [shared._state(CALL), shared._stream(CALL), shared.FEED]
        assert all(100 < client.ttl(name) <= shared.IDLE for name in names)
        tester.post("call_state", call_id=CALL, state="ended")
        assert all(0 < client.ttl(name) <= 100 for name in names[:2])


@pytest.mark.parametrize("kept", [True, False])
def test_finals_that_were_said_while_the_redis_was_down_come_later(
    worker, browse, redis_proc, url, caplog, kept
) -> None:
    from redis import Redis

    (one, port), (_, other_port) = worker(), worker()
    browsers = [browse(port), browse(other_port)]
    say(one, "before", 1)
    for browser in browsers:
        assert contents(browser.read(1)) == ["before"]
    if kept:
        with Redis.from_url(url) as client:
            client.save()
    redis_proc.stop()
    begin = time.monotonic()
    say(one, "a part", 2, final=False)
    say(one, "meanwhile", 3)
    say(one, "meanwhile too", 4)
    assert time.monotonic() - begin < 3
    late = browse(port)  # is taken, and waits
    assert late.status == 200
    redis_proc.start()
    for browser in browsers:
        if not kept:
            assert browser.read(1)[0].event == "gap"
        assert contents(browser.read(2)) == ["meanwhile", "meanwhile too"]
    assert contents(late.read(2 + kept))[-2:] == ["meanwhile", "meanwhile too"]
    say(one, "afterwards", 5)
    for browser in [*browsers, late]:
        assert contents(browser.read(1)) == ["afterwards"]
    assert "the Redis of SIGNALWIRE_CAPTIONS_URL failed" in caplog.text
    assert "meanwhile" not in caplog.text


def test_a_redis_that_hangs_holds_up_one_webhook_for_half_a_second(worker, browse, url) -> None:
    from redis import Redis

    tester, port = worker()
    browser = browse(port)
    say(tester, "before", 1)
    assert contents(browser.read(1)) == ["before"]
    with Redis.from_url(url) as client:
        client.execute_command("CLIENT", "PAUSE", "3000", "ALL")
        begin = time.monotonic()
        for number in range(20):
            say(tester, f"meanwhile {number}", 2 + number)
        assert time.monotonic() - begin < 2.5
    assert contents(browser.read(20)) == [f"meanwhile {number}" for number in range(20)]


def test_what_others_wrote_into_the_redis_is_passed_over(worker, browse, url) -> None:
    from redis import Redis

    tester, port = worker()
    browser = browse(port)
    browser.next()
    with Redis.from_url(url) as client:
        client.set(shared._state(CALL), '{"version": 99}')
        client.xadd(shared.FEED, {"call": CALL, "message": "{}"})
        client.xadd(shared.FEED, {"unheard": "of"})
    say(tester, "uno", 1)
    assert [event for event in browser.read(1) if event.event == "utterance"]


def test_a_transcript_that_was_lost_alone_is_a_gap(worker, browse, url) -> None:
    from redis import Redis

    tester, port = worker()
    browser = browse(port)
    say(tester, "uno", 1)
    first = browser.read(1)
    time.sleep(0.01)  # numbering begins with the time, in milliseconds
    with Redis.from_url(url) as client:
        client.delete(shared._state(CALL))
    say(tester, "dos", 2)
    gap, *sent = browser.read(2)
    assert (gap.event, contents(sent)) == ("gap", ["dos"])
    assert [event.event for event in browse(port).read(3)] == ["utterance", "gap", "utterance"]
    assert browse(port, last=first[0].id).read(2) == [gap, *sent]


def test_the_thread_ends_when_nobody_listens(worker, browse, eventually, monkeypatch) -> None:
    monkeypatch.setattr(shared, "IDLE_THREAD", 0.1)
    tester, port = worker(SIGNALWIRE_CAPTIONS_HEARTBEAT=0.1)
    store = tester.client.plugins.get("captions")._store
    browsers = [browse(port) for _ in range(3)]
    thread = eventually(lambda: store._thread)
    assert [t.name for t in threading.enumerate()].count("signalwire-captions") == 1
    for browser in browsers:
        browser.close()
    eventually(lambda: store._thread is None and not thread.is_alive())
    say(tester, "uno", 1)
    assert contents(browse(port).read(1)) == ["uno"]


def test_a_wrong_url_is_named(make_app) -> None:
    with pytest.raises(exceptions.ConfigurationError, match="SIGNALWIRE_CAPTIONS_URL"):
        make_app(SIGNALWIRE_CAPTIONS_URL="redis://localhost/0?unheard_of=1")


# -- gunicorn -------------------------------------------------------------------------------------


def start_gunicorn(folder, redis, *options):
    pytest.importorskip("gunicorn")
    (folder / "desk.py").write_text(textwrap.dedent(APP), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        *options,
        "desk:app",
    ]
    server = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "CAPTIONS_REDIS": redis},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    return server, port


@pytest.fixture
def gunicorn(tmp_path, url):
    servers = []

    def start(*options):
        server, port = start_gunicorn(tmp_path, url, *options)
        servers.append(server)
        until = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/pid", timeout=5):
                    return port
            except OSError:
                assert server.poll() is None, server.stderr.read().decode()
                assert time.monotonic() < until
                time.sleep(0.1)

    yield start
    for server in servers:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)


def post(port, target, content, at, *, final=True):
    """Post to any worker; gives its process."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{target}",
        json.dumps(utterance(content, at, final=final)).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.headers["X-Worker"]


@pytest.mark.parametrize("preload", [False, True])
def test_two_workers_of_gunicorn(
    gunicorn, browse, make_app, redis_proc, eventually, preload
) -> None:
    options = ["--workers", "2", "--worker-class", "gthread", "--threads", "32"]
    port = gunicorn(*options, "--graceful-timeout", "1", *["--preload"] * preload)
    target = make_app().signalwire.webhooks.url("live").removeprefix("http://localhost")
    one_each: dict[str, Any] = {}

    def both():
        browser = browse(port, PATH)  # which worker takes it, the kernel decides
        if one_each.setdefault(browser.headers["x-worker"], browser) is not browser:
            browser.close()
        return len(one_each) == 2

    eventually(both, 60)
    browsers = list(one_each.values())
    wrote: set[str] = set()
    number = 0
    while len(wrote) < 2:
        number += 1
        assert number < 200, "only one worker takes requests"
        wrote.add(post(port, target, f"said {number}", number))
    for browser in browsers:
        assert contents(browser.read(number)) == [f"said {n}" for n in range(1, number + 1)]
    redis_proc.stop()
    post(port, target, "meanwhile", 1000)
    redis_proc.start()
    for browser in browsers:
        gap, said = browser.read(2)
        assert gap.event == "gap"
        assert contents([said]) == ["meanwhile"]
    post(port, target, "afterwards", 1001)
    for browser in browsers:
        assert contents(browser.read(1)) == ["afterwards"]


def test_sync_workers_of_gunicorn_refuse(gunicorn, browse) -> None:
    port = gunicorn("--workers", "1")
    assert browse(port, PATH).status == 503
