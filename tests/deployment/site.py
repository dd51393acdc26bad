"""The whole deployment on loopback: the simulated service, nginx, gunicorn, Redis, from the files
of the documentation.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
import trustme
from flask import Flask

from flask_signalwire import SignalWire

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "docs" / "deployment"
_PYTHON = shlex.quote(sys.executable)
_FLASK = f"{_PYTHON} -m flask --app example_app signalwire"
ALICE = "a token of Alice's, long enough"

SCENARIO = """
description: Short, for tests
call: {rings_after: 0.1, answers_after: 0.3}
lines:
  - at: 0.1
    who: remote-caller
    lang: es-ES
    text: Mi paquete no ha llegado.
    translations: {en-US: "My parcel has not come."}
    partials: ["Mi paquete"]
  - at: 1.5
    who: local-caller
    lang: en-US
    text: It comes tomorrow.
    translations: {es-ES: "Llega mañana."}
    partials: false
"""


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Event(NamedTuple):
    """One event of a stream; a heartbeat is a ``comment``."""

    event: str
    data: dict[str, Any]
    id: str | None
    at: float


def free_ports(count: int) -> list[int]:
    with ExitStack() as held:  # all at once: so none is given twice
        found = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in found]


def eventually(condition: Callable[[], Any], seconds: float = 20) -> Any:
    """Wait until something is true."""
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.02)
    return found


def rendered(name: str, values: dict[str, str]) -> str:
    """A file of the documentation, with the values that are another machine's."""
    text = (FILES / name).read_text()
    for old, new in values.items():
        assert old in text, f"{name} has no {old!r} any more"
        text = text.replace(old, new)
    return text


def settings_of(text: str) -> dict[str, str]:
    """What systemd makes of an EnvironmentFile as simple as ours."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {key: value for key, _, value in (line.partition("=") for line in lines)}


class Stream:
    """A browser's stream of captions."""

    def __init__(
        self, connection: http.client.HTTPConnection, call_id: str, last: str | None = None
    ) -> None:
        self._connection = connection
        headers = {"Authorization": f"Bearer {ALICE}"}
        if last is not None:
            headers["Last-Event-ID"] = last
        self._connection.request("GET", f"/signalwire/captions/{call_id}", headers=headers)
        self._answer = self._connection.getresponse()
        self.status = self._answer.status
        self.last: str | None = last

    def next(self) -> Event:
        """The next event or heartbeat. EOFError: it has ended."""
        found: dict[str, str] = {}
        while True:
            try:
                line = self._answer.readline()
            except (OSError, http.client.HTTPException) as error:
                if isinstance(error, TimeoutError):
                    raise
                raise EOFError from error
            if not line:
                raise EOFError
            text = line.decode().rstrip("\n")
            if text:
                name, _, value = text.partition(":")
                found[name or "comment"] = value.strip()
            elif "retry" not in found:
                break
            else:
                found = {}
        self.last = found.get("id", self.last)
        name = "comment" if "comment" in found else found["event"]
        return Event(name, json.loads(found.get("data", "{}")), found.get("id"), time.monotonic())

    def until(self, wanted: Callable[[Event], bool]) -> list[Event]:
        """All events up to the first that is wanted; heartbeats are left out."""
        events: list[Event] = []
        until = time.monotonic() + 20
        while not (events and wanted(events[-1])):
            assert time.monotonic() < until, events
            event = self.next()
            if event.event != "comment":
                events.append(event)
        return events

    def finals(self, last: str) -> list[str]:
        """What was said, up to a sentence."""
        events = self.until(lambda event: event.data.get("content") == last)
        return [event.data["content"] for event in events if event.data.get("final")]

    def rest(self) -> list[str]:
        """The finals until the stream ends."""
        found: list[str] = []
        while True:
            try:
                event = self.next()
            except EOFError:
                return found
            if event.data.get("final"):
                found.append(event.data["content"])

    def close(self) -> None:
        self._answer.close()
        self._connection.close()


class Site:
    """All servers. What it logs is in `folder`.

    :param redis: its port.
    """

    def __init__(self, folder: Path, redis: int) -> None:
        self.folder = folder
        self.key, self.project = secrets.token_hex(32), secrets.token_hex(8)
        self.http, self.https, self.gunicorn_port, self.space = free_ports(4)
        self.public = f"https://localhost:{self.https}"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._streams: list[Stream] = []
        self._write(redis)
        # It signs what the service is handed; it is the desk's twin by its key.
        self._signer = Flask("signer")
        self._signer.config.update(
            SECRET_KEY=self.key,
            SIGNALWIRE_SPACE=f"127.0.0.1:{self.space}",
            SIGNALWIRE_PROJECT_ID=self.project,
            SIGNALWIRE_API_TOKEN="t",
            SIGNALWIRE_PUBLIC_URL=self.public,
            SIGNALWIRE_PLUGINS_BLOCKED=["audit", "autolang", "captions"],
        )
        SignalWire(self._signer)

    def _write(self, redis: int) -> None:
        folder = self.folder
        authority = trustme.CA()
        certificate = authority.issue_cert("localhost")
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        for number, blob in enumerate(certificate.cert_chain_pems):
            blob.write_to_path(str(folder / "fullchain.pem"), append=number > 0)
        certificate.private_key_pem.write_to_path(str(folder / "privkey.pem"))
        self.tls = ssl.create_default_context(cafile=str(folder / "ca.pem"))
        (folder / "scenario.yaml").write_text(SCENARIO)
        site = {
            "https://desk.example.com$": f"{self.public}$",
            "desk.example.com": "localhost",
            "listen 80": f"listen 127.0.0.1:{self.http}",
            "listen 443": f"listen 127.0.0.1:{self.https}",
            "127.0.0.1:8000": f"127.0.0.1:{self.gunicorn_port}",
            "/etc/ssl/desk/": f"{folder}/",
            "/var/log/nginx/": f"{folder}/",
        }
        (folder / "desk.conf").write_text(rendered("nginx.conf", site))
        temporary = "".join(
            f"{kind}_temp_path {folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (folder / "nginx.conf").write_text(
            f"{'user root;' if os.geteuid() == 0 else ''} daemon off; worker_processes 1;"
            f"pid {folder}/nginx.pid; error_log {folder}/nginx.log; events {{}}"
            f"http {{ {temporary} include {folder}/desk.conf; }}"
        )
        ports = {
            "127.0.0.1:8000": f"127.0.0.1:{self.gunicorn_port}",
            "graceful_timeout = 30": "graceful_timeout = 12",
        }
        (folder / "gunicorn.conf.py").write_text(rendered("gunicorn.conf.py", ports))
        values = {
            "put-64-random-hex-digits-here": self.key,
            "put-your-project-id-here": f'"{self.project}"',
            "put-your-api-token-here": '"t"',
            "acme.signalwire.com": f"127.0.0.1:{self.space}",
            "https://desk.example.com": self.public,
            "127.0.0.1:6379": f"127.0.0.1:{redis}",
            "/var/lib/desk": str(folder),
            "put-64-other-random-hex-digits-here": secrets.token_hex(32),
            "put-a-random-token-of-16-characters-or-more-here": ALICE,
        }
        self.settings = settings_of(rendered("desk.env", values))
        self.settings["FLASK_SIGNALWIRE_CAPTIONS_HEARTBEAT"] = "1"
        self.settings["FLASK_SIGNALWIRE_AUDIT_EVENTS"] = "true"
        self.settings["FLASK_SIGNALWIRE_AUTOLANG_WARM_UP"] = "false"  # seconds that no test needs

    # -- processes ------------------------------------------------------------------------------

    def start(self) -> None:
        """Start all of it, in the order of the documentation."""
        self._spawn_space()
        self.audit("upgrade")
        app = f"-c {self.folder}/gunicorn.conf.py 'example_app:create_app()'"
        self._spawn("gunicorn", f"{_PYTHON} -m gunicorn {app}", self.settings)
        self._spawn("nginx", f"{_nginx()} -c {self.folder}/nginx.conf", {})
        self._wait("space", self.space)
        self._wait("gunicorn", self.gunicorn_port)
        self._wait("nginx", self.https)
        eventually(lambda: self.ask("GET", "/readyz").status == 200, 60)

    def start_space(self) -> None:
        """Start the simulated service."""
        self._spawn_space()
        self._wait("space", self.space)

    def _spawn_space(self) -> None:
        settings = {
            "FLASK_SIGNALWIRE_SPACE": "simulator",
            "FLASK_SIGNALWIRE_PROJECT_ID": f'"{self.project}"',
            "FLASK_SIGNALWIRE_API_TOKEN": '"t"',
            "FLASK_SIGNALWIRE_CA_FILE": str(self.folder / "ca.pem"),
        }
        scenario = f"--port {self.space} --scenario {self.folder}/scenario.yaml"
        self._spawn("space", f"{_FLASK} simulator run {scenario}", settings)

    def kill(self, name: str) -> None:
        """End a server without a word."""
        self._processes[name].kill()
        self._processes[name].wait(20)

    def run(self, command: str) -> str:
        """Run a command with the desk's settings."""
        done = subprocess.run(
            shlex.split(command),
            cwd=ROOT,
            env=self._environment(self.settings),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def audit(self, *arguments: str) -> str:
        return self.run(f"{_FLASK} audit {' '.join(arguments)}")

    def signal(self, name: str, number: int) -> None:
        self._processes[name].send_signal(number)

    def workers(self) -> set[int]:
        """The process ids of gunicorn's workers."""
        parent = self._processes["gunicorn"].pid
        found = Path(f"/proc/{parent}/task/{parent}/children").read_text()
        return {int(pid) for pid in found.split()}

    def log(self, name: str) -> str:
        return (self.folder / name).read_text()

    def stop(self) -> None:
        self.close_streams()
        for process in reversed(self._processes.values()):
            process.send_signal(signal.SIGTERM)
        for process in self._processes.values():
            process.wait(20)
        self._signer.extensions["signalwire"].close()

    def _spawn(self, name: str, command: str, settings: dict[str, str]) -> None:
        with (self.folder / f"{name}.out").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                shlex.split(command),
                cwd=ROOT,
                env=self._environment(settings),
                stdout=log,
                stderr=log,
            )

    def _wait(self, name: str, port: int) -> None:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
            except OSError:
                assert self._processes[name].poll() is None, self.log(f"{name}.out")
                time.sleep(0.05)
            else:
                return
        raise AssertionError(self.log(f"{name}.out"))

    def _environment(self, settings: dict[str, str]) -> dict[str, str]:
        own = ("FLASK_", "SIGNALWIRE_", "GUNICORN_")
        clean = {key: value for key, value in os.environ.items() if not key.startswith(own)}
        return {**clean, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), **settings}

    # -- clients --------------------------------------------------------------------------------

    def connection(self, source: str = "127.0.0.1") -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(
            "localhost", self.https, timeout=20, source_address=(source, 0), context=self.tls
        )

    def ask(
        self,
        method: str,
        target: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        source: str = "127.0.0.1",
    ) -> Answer:
        """Ask the desk by way of nginx, on a connection of its own, from an address of loopback."""
        connection = self.connection(source)
        try:
            return _ask(connection, method, target, body, headers)
        finally:
            connection.close()

    def command(self, method: str, target: str, body: Any = None) -> Answer:
        """What Alice's program does."""
        return self.ask(method, target, body, {"Authorization": f"Bearer {ALICE}"})

    def plainly(
        self, port: int, method: str, target: str, body: Any = None, **headers: str
    ) -> Answer:
        """Ask a port of this machine without TLS."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            return _ask(connection, method, target, body, headers)
        finally:
            connection.close()

    @contextmanager
    def only(self, worker: int) -> Iterator[int]:
        """Have one worker answer, whatever is asked of gunicorn: its port."""
        others = self.workers() - {worker}
        for pid in others:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield self.gunicorn_port
        finally:
            for pid in others:
                os.kill(pid, signal.SIGCONT)

    def target(self, purpose: str, call_id: str) -> str:
        """Where the service would report a call to: path and token."""
        url = self._signer.extensions["signalwire"].webhooks.url(purpose, call_id=call_id)
        parts = urlsplit(url)
        return f"{parts.path}?{parts.query}"

    def say(self, call_id: str, text: str, at: float, port: int | None = None) -> Answer:
        """Post a sentence as the service would; to a port: past nginx."""
        said = {
            "role": "remote-caller",
            "content": text,
            "lang": "es-ES",
            "timestamp": int(at * 1_000_000),
            "final": True,
        }
        payload = {"call_info": {"call_id": call_id}, "utterance": said}
        target = self.target("live", call_id)
        if port is None:
            return self.ask("POST", target, payload)
        return self.plainly(port, "POST", target, payload)

    def listen(self, call_id: str, last: str | None = None, port: int | None = None) -> Stream:
        """Open a stream; at a port: past nginx."""
        if port is None:
            stream = Stream(self.connection(), call_id, last)
        else:
            stream = Stream(http.client.HTTPConnection("127.0.0.1", port, timeout=20), call_id)
        self._streams.append(stream)
        assert stream.status == 200
        return stream

    def close_streams(self) -> None:
        for stream in self._streams:
            stream.close()
        self._streams.clear()


def _ask(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    body: Any,
    headers: dict[str, str] | None,
) -> Answer:
    data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    given = {"Content-Type": "application/json"} if data is not None else {}
    connection.request(method, target, data, {**given, **(headers or {})})
    answer = connection.getresponse()
    return Answer(
        answer.status,
        {name.lower(): value for name, value in answer.getheaders()},
        answer.read().decode(),
    )


def _nginx() -> str:
    """Debian keeps it out of the PATH."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        pytest.fail("no nginx is installed (Debian: apt-get install nginx-light)")
    return found
