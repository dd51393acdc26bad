"""An event on its way from the WSGI server to a handler, beside views that do less.

In the process, blocks interleaved: the whole path, views of plain Flask, and where the time goes.
Behind gunicorn on a port, a load of our own: events per second.
"""

from __future__ import annotations

import http.client
import io
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from .rounds import Row, compare, row
from .server import CALL_ID

UTTERANCE: dict[str, Any] = {
    "call_info": {"call_id": CALL_ID, "project_id": "p", "space_id": "s"},
    "utterance": {
        "content": "Good morning, I would like to change my appointment.",
        "role": "remote-caller",
        "lang": "en-US",
        "confidence": 0.97,
        "timestamp": 1786000000000000,
    },
}
STATE: dict[str, Any] = {
    "event_type": "calling.call.state",
    "timestamp": 1786000000.25,
    "project_id": "p",
    "space_id": "s",
    "params": {
        "call_id": CALL_ID,
        "node_id": "node-1",
        "tag": "bench",
        "call_state": "answered",
        "direction": "outbound",
        "device": {"type": "phone", "params": {"from_number": "+15550100001"}},
        "start_time": 1786000000000,
    },
}
PAYLOADS = {"live": UTTERANCE, "calls": STATE}
WORKERS, CONNECTIONS = 2, 8
# Each event must be another one: the decimal places of a number in it count them.
_MARK = "0.123456789"


def make_app(plugins: int = 1, *, on: bool = True) -> Any:
    """An app that takes events, one handler and plugins that do nothing, and two plain views."""
    from flask import Flask, request

    from flask_signalwire import SignalWire, events, hookimpl

    class Watching:
        @hookimpl
        def signalwire_event_received(self, event: Any) -> None:
            pass

    mine = [Watching() for _ in range(plugins)]
    for number, plugin in enumerate(mine):
        plugin.name = f"bench_{number}"  # type: ignore[attr-defined]
    app = Flask("bench")
    app.secret_key = "a secret key of some length"
    app.config.update(
        SIGNALWIRE_PROJECT_ID="p",
        SIGNALWIRE_API_TOKEN="t",
        SIGNALWIRE_SPACE="acme.signalwire.com",
        SIGNALWIRE_PUBLIC_URL="https://desk.example.com",
        TESTING=True,
    )
    extension = SignalWire(app, plugins=mine)
    if on:

        @extension.on(events.Event)
        def handle(event: Any) -> None:
            pass

    @app.post("/json")
    def read_json() -> str:
        request.get_json()
        return ""

    @app.post("/body")
    def read_body() -> str:
        request.get_data()
        return ""

    return app


def target(app: Any, purpose: str) -> str:
    """Where the service would post to."""
    url: str = app.signalwire.webhooks.url(purpose, call_id=CALL_ID)
    return url.removeprefix("https://desk.example.com")


class Posting:
    """One WSGI request after another, each with another event."""

    def __init__(self, app: Any, path: str, payload: Mapping[str, Any]) -> None:
        from werkzeug.test import EnvironBuilder

        self._app = app
        self._before, self._after = bodies(payload)
        given = {"method": "POST", "content_type": "application/json"}
        self._environ = EnvironBuilder(path, **given).get_environ()  # type: ignore[arg-type]
        self._numbers = count()

    def body(self) -> bytes:
        return self._before + b"%09d" % next(self._numbers) + self._after

    def environ(self) -> dict[str, Any]:
        body = self.body()
        about = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
        return {**self._environ, **about}

    def __call__(self) -> None:
        def start(status: str, headers: Any, *error: Any) -> Callable[[bytes], object]:
            if not status.startswith("200"):
                raise SystemExit(f"an event was answered with {status}")
            return lambda data: None

        answer = self._app(self.environ(), start)
        b"".join(answer)
        answer.close()


def bodies(payload: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """What is in front of the number that makes each event another one, and what is behind."""
    whole = json.dumps({**payload, "number": float(_MARK)}).encode()
    before, _, after = whole.partition(_MARK[2:].encode())
    return before, after


# -- in the process -------------------------------------------------------------------------------


def receiving(rounds: int) -> list[Row]:
    """The whole path beside plain views, and each step of it."""
    apps = {number: make_app(number) for number in (0, 1, 3)}
    alone = make_app(0, on=False)
    rows = []
    for purpose, payload in PAYLOADS.items():
        what = "utterance" if purpose == "live" else "call state"
        contestants: dict[str, Callable[[], Any]] = {
            f"{number} plugins": Posting(app, target(app, purpose), payload)
            for number, app in apps.items()
        }
        contestants |= {
            "alone": Posting(alone, target(alone, purpose), payload),
            "json": Posting(apps[1], "/json", payload),
            "body": Posting(apps[1], "/body", payload),
            **steps(apps[1], purpose, payload),
        }
        times = compare(contestants, rounds)
        rows += [
            row(f"{what} : view that parses JSON", times, "1 plugins", "json", 4.0),
            row(f"{what} : view that reads the body", times, "1 plugins", "body"),
            row(f"{what}, no plugin : view that parses JSON", times, "0 plugins", "json"),
            row(f"{what}, 3 plugins : view that parses JSON", times, "3 plugins", "json"),
            row(f"{what}, nobody listens : view that parses JSON", times, "alone", "json"),
        ]
        for step in ("token", "read", "parse", "claim", "dispatch"):
            rows.append(row(f"{what}, {step} : whole path", times, step, "1 plugins"))
        named = [times[step] for step in ("token", "read", "parse", "claim", "dispatch")]
        sums = [sum(parts) for parts in zip(*named, strict=True)]
        rests = [all_ - part for all_, part in zip(times["1 plugins"], sums, strict=True)]
        times["rest"] = rests
        rows.append(row(f"{what}, rest (Flask, order) : whole path", times, "rest", "1 plugins"))
    return rows


def steps(app: Any, purpose: str, payload: Mapping[str, Any]) -> dict[str, Callable[[], Any]]:
    """The steps of the path, each with what the one before it left."""
    from flask_signalwire.webhooks import parsing, reading
    from flask_signalwire.webhooks.deduplication import Deduplication

    webhooks = app.signalwire.webhooks
    posting = Posting(app, target(app, purpose), payload)
    request = app.test_request_context(target(app, purpose), method="POST").request
    body = posting.body()
    raw = json.loads(body)
    claims = Deduplication(webhooks.store)
    (event,) = parsing.parse(raw, body=body, purpose=purpose)
    dispatcher = webhooks.delivery.dispatcher
    # What a step needs and is no part of it is made outside of the measured blocks.
    limit = webhooks.settings.webhook_max_body

    def token() -> Any:
        vars(request).pop("args", None)
        return webhooks.authenticate(purpose, request, body)

    def read() -> Any:
        found = reading.read_body(posting.environ(), limit)
        return reading.parse_body(found, "application/json")

    numbers = count()

    def claim() -> None:
        # Another event each time, and no time for making it.
        vars(event).pop("key", None)
        vars(event)["call_id"] = str(next(numbers))
        claims.claim(event)
        claims.confirm(event)

    def parse() -> Any:
        return parsing.parse(raw, body=body, purpose=purpose)

    def dispatch() -> Any:
        return dispatcher.dispatch(event)

    context = app.app_context()
    context.push()
    return {"token": token, "read": read, "parse": parse, "claim": claim, "dispatch": dispatch}


# -- on a port ------------------------------------------------------------------------------------


def _use_all_cores() -> None:
    if hasattr(os, "sched_setaffinity"):  # the process that measures keeps to one
        os.sched_setaffinity(0, range(os.cpu_count() or 1))


@contextmanager
def served() -> Iterator[int]:
    """Gunicorn with threads, on the port that is given."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-k", "gthread"]
    command += ["-w", str(WORKERS), "--threads", "4", "--keep-alive", "60"]
    command += ["--log-level", "error", "benchmarks.webhooks:make_app()"]
    process = subprocess.Popen(
        command,
        cwd=Path(__file__).resolve().parents[1],
        preexec_fn=_use_all_cores,
    )
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def load(port: int, path: str, payload: Mapping[str, Any], seconds: float, first: int) -> float:
    """Requests that were answered in a second, over connections that stay open."""
    before, after = bodies(payload)
    numbers, done = count(first), []
    end = time.perf_counter() + seconds

    def post() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        mine = 0
        while time.perf_counter() < end:
            body = before + b"%09d" % next(numbers) + after
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"an event was answered with {answer.status}")
            mine += 1
        done.append(mine)
        connection.close()

    started = time.perf_counter()
    threads = [threading.Thread(target=post) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - started)


def per_second(rounds: int, seconds: float) -> list[Row]:
    """Events per second behind gunicorn; the load shares the machine, so it is the least."""
    path = target(make_app(), "live")
    rates: dict[str, list[float]] = {path: [], "/json": [], "/body": []}
    first = 0
    with served() as port:
        for name in rates:
            load(port, name, UTTERANCE, 0.5, first := first + 1_000_000)
        for _ in range(rounds):
            for name, found in rates.items():
                found.append(load(port, name, UTTERANCE, seconds, first := first + 1_000_000))
    rows = []
    for peer, what in (("/json", "parses JSON"), ("/body", "reads the body")):
        ratios = [mine / its for mine, its in zip(rates[path], rates[peer], strict=True)]
        rows.append(
            Row(
                f"events on a port : view that {what}",
                statistics.median(rates[path]),
                statistics.median(rates[peer]),
                "/s",
                ratios,
                0.35 if peer == "/json" else None,
                more_is_better=True,
            )
        )
    return rows
