from __future__ import annotations

import gc
import getpass
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from flask_signalwire import SignalWire

MakeApp = Callable[..., Flask]
KEY = "a key that nobody guesses"


@pytest.fixture
def make_app(tmp_path: Path) -> Iterator[MakeApp]:
    """Apps on the simulator with the installed audit, and nothing else that is installed."""
    count = 0

    def make(*plugins: Any, folder: Path | None = None, **config: Any) -> Flask:
        nonlocal count
        count += 1
        app = Flask("desk", instance_path=str(folder or tmp_path / f"instance{count}"))
        app.testing = True
        app.config.update(
            SIGNALWIRE_SPACE="simulator",
            SIGNALWIRE_PLUGINS_BLOCKED=["autolang", "captions"],
            SIGNALWIRE_PLUGINS_REQUIRED=["audit"],
        )
        app.config.update(config)
        SignalWire(app, plugins=plugins)
        return app

    yield make
    gc.collect()  # an app that leaves a connection open is reported in the test that made it


@pytest.fixture
def dial() -> Callable[..., Any]:
    """Places a call; context and the like go through."""

    def place(app: Flask, **options: Any) -> Any:
        return app.signalwire.calling.dial(
            **{
                "from_": "+14155550100",
                "to": "+34911234567",
                "url": "https://desk:hunter2@example.com/swml?token=sesame",
                **options,
            }
        )

    return place


@pytest.fixture
def run() -> Callable[..., Any]:
    """Runs ``flask signalwire audit``."""

    def call(app: Flask, *arguments: str, code: int = 0, **options: Any) -> str:
        result = app.test_cli_runner().invoke(args=["signalwire", "audit", *arguments], **options)
        assert result.exit_code == code, result.output
        return result.output

    return call


class PostgreSQL:
    """A server of our own, on a free port of the loopback, which tests stop and start.

    It refuses to be run by root, so root has another user run it.
    """

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._data = folder / "data"
        self._log = folder / "log"
        self._as: dict[str, Any] = {"cwd": folder}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(folder, user.pw_uid, user.pw_gid)
            self._as |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [programs / "initdb", "-D", self._data, "-U", "desk", "-A", "trust", "--no-sync"]
        subprocess.run([*command, "-E", "UTF8"], check=True, stdout=subprocess.DEVNULL, **self._as)
        self._process: subprocess.Popen[bytes] | None = None
        self._count = itertools.count()

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://desk@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        options = ["-p", str(self.port), "-h", "127.0.0.1", "-k", "", "-F"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, *options],
                stdout=log,
                stderr=log,
                **self._as,
            )
        for _ in range(300):
            try:
                self.sql("postgres", "SELECT 1")
            except OperationalError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(self._log.read_text())

    def stop(self, how: int = signal.SIGINT) -> None:
        """``SIGINT`` ends its connections; ``SIGQUIT`` does so without tidying up."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    @property
    def running(self) -> bool:
        return self._process is not None

    def sql(self, database: str, statement: str, **values: Any) -> Any:
        return run_sql(self.url(database), statement, **values)

    def new_database(self) -> str:
        """The URL of an empty one."""
        name = f"desk{os.getpid()}_{next(self._count)}"
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self.url(name)


def run_sql(url: str, statement: str, **values: Any) -> Any:
    """What somebody does who has the database, and goes past us."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        result = connection.execute(text(statement), values)
        return [tuple(row) for row in result] if result.returns_rows else result.rowcount


def _programs() -> Path:
    """Where the server's programs are; distributions keep them out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=os.path.getmtime)
    on_path = shutil.which("initdb")
    if not found and not on_path:
        pytest.fail("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    return (found[-1] if found else Path(str(on_path))).parent


@pytest.fixture(scope="session")
def _postgresql() -> Iterator[PostgreSQL]:
    # Not below pytest's own folders, which no other user may enter.
    with tempfile.TemporaryDirectory(prefix=f"audit-{getpass.getuser()}-") as folder:
        server = PostgreSQL(_programs(), Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture
def postgresql(_postgresql: PostgreSQL) -> Iterator[PostgreSQL]:
    """A running server, which runs again when a test has stopped it."""
    yield _postgresql
    if not _postgresql.running:
        _postgresql.start()


@dataclass
class Store:
    """A database to keep a journal in, and what an app needs to use it."""

    url: str

    @property
    def config(self) -> dict[str, Any]:
        return {"SIGNALWIRE_AUDIT_URL": self.url, "SIGNALWIRE_AUDIT_KEY": KEY}

    def sql(self, statement: str, **values: Any) -> Any:
        return run_sql(self.url, statement, **values)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def store(request: pytest.FixtureRequest, tmp_path: Path, run: Any, make_app: MakeApp) -> Store:
    """A journal's database, its tables made, on each kind of database that is tested."""
    if request.param == "sqlite":
        return Store(f"sqlite:///{tmp_path}/store.sqlite")
    made = Store(request.getfixturevalue("postgresql").new_database())
    run(make_app(**made.config), "upgrade")
    return made
