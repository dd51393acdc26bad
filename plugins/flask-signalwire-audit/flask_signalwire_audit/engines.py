"""Engines: SQLite that waits for its turn, PostgreSQL that is not waited for for ever."""

from __future__ import annotations

import os
import random
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from .errors import AuditError

PATIENCE = 10.0
"""Seconds that a command waits for a busy database before it is stopped."""

CONNECTING = 5
"""Seconds that connecting to a PostgreSQL server may take."""

LAZY = "signalwire_audit_lazy"
"""The execution option of connections that write to an app's own SQLite engine: it may begin a
transaction lazily, so the first statement has to be one that writes."""

WRITES = "signalwire_audit_writes"
"""The execution option of connections that write."""


class Opened:
    """What one process has open.

    :param engine: a new one of ours, or the app's own.
    :param own: whether it is ours.
    """

    def __init__(self, engine: Engine, *, own: bool) -> None:
        self.engine = engine
        self.own = own
        self.ready = False
        self.queue: deque[Any] = deque()
        """Entries that wait to be written, by the thread that leads."""
        self.leading = False
        self.gate = threading.Lock()
        """Held for a moment, to look at the queue."""
        # One writer a process: those that meet in the database poll, or wait one by one.
        self.lock = threading.Lock()
        self.is_sqlite = engine.dialect.name == "sqlite"
        self.is_file = self.is_sqlite and not in_memory(engine.url)
        if own and self.is_sqlite:
            _set_up_sqlite(engine)
        if own and not in_memory(engine.url):
            _close_before_forks(self)

    @contextmanager
    def turn(self, *, writes: bool) -> Iterator[None]:
        """Wait for this thread's turn; who only reads a server needs none."""
        if not (writes or self.is_sqlite):
            yield
            return
        if not self.lock.acquire(timeout=2 * PATIENCE):
            raise AuditError("the audit's database is busy: too many commands wait to be written")
        try:
            yield
        finally:
            self.lock.release()

    def patience(self, connection: Connection) -> None:
        """Bound the waiting for others' locks in this transaction."""
        if self.engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE:.0f}s'")


def open_url(url: URL) -> Opened:
    """An engine of our own."""
    options: dict[str, Any] = {"connect_args": {}}
    backend = url.get_backend_name()
    if backend == "sqlite" and "timeout" not in url.query:
        options["connect_args"]["timeout"] = PATIENCE
    if in_memory(url):
        # The database lives as long as its connection, so all threads share one.
        options["poolclass"] = StaticPool
        options["connect_args"]["check_same_thread"] = False
    if backend == "postgresql" and url.get_driver_name() in ("psycopg", "psycopg2"):
        # A server that vanished without a word is noticed, too.
        given = {"connect_timeout": CONNECTING, "tcp_user_timeout": int(PATIENCE * 1000)}
        options["connect_args"] = {
            name: value for name, value in given.items() if name not in url.query
        }
    # Errors must not quote what was being written.
    return Opened(create_engine(url, hide_parameters=True, **options), own=True)


def open_engine(engine: Engine) -> Opened:
    """The app's own engine; its transactions are ours to begin and end all the same."""
    if engine.dialect.name != "sqlite":
        # Under a stricter level a writer that waited for the head would fail instead.
        engine = engine.execution_options(isolation_level="READ COMMITTED")
    return Opened(engine, own=False)


def in_memory(url: URL) -> bool:
    """Whether it is a SQLite database without a file."""
    if url.get_backend_name() != "sqlite":
        return False
    name = url.database or ":memory:"
    return ":memory:" in name or url.query.get("mode") == "memory" or "mode=memory" in name


def use_wal(engine: Engine) -> None:
    """Let readers and the writer work at the same time; the file remembers it.

    SQLite's own timeout does not cover this switch when many processes try it at once.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with engine.connect() as connection:
                raw = connection.connection.cursor()
                try:
                    raw.execute("PRAGMA journal_mode=WAL")
                finally:
                    raw.close()
            return
        except Exception as error:  # the driver's own class, which depends on the driver
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _set_up_sqlite(engine: Engine) -> None:
    """Begin with ``BEGIN IMMEDIATE`` where something is written, and overwrite what is deleted.

    Python's sqlite3 begins by itself, and lazily: a transaction that turns from reading to writing
    fails at once with "database is locked" when another one wrote meanwhile, whatever the timeout.
    """

    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get(WRITES):
            _begin_immediately(connection)
        else:
            connection.exec_driver_sql("BEGIN")


def _begin_immediately(connection: Connection) -> None:
    """Wait for other processes that write, often enough to have a chance.

    SQLite's own waiting gets slower with time, up to a look every 100 ms: a process that waits has
    little chance against those that have just written and want to again, and gives up in the end.
    """
    (patience,) = connection.exec_driver_sql("PRAGMA busy_timeout").one()
    until = time.monotonic() + patience / 1000
    connection.exec_driver_sql(f"PRAGMA busy_timeout={min(patience, 10)}").close()
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            except OperationalError as error:
                if "locked" not in str(error.orig) or time.monotonic() > until:
                    raise
                time.sleep(random.uniform(0.001, 0.005))  # noqa: S311  # not for a secret
            else:
                return
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}").close()


def _close_before_forks(opened: Opened) -> None:
    """Close idle connections before this process forks.

    Two processes must not talk to a server on one connection. And SQLite's locks belong to a
    process while its memory of them is inherited: a child would believe that it holds locks that it
    does not hold, even on connections of its own.
    """
    kept = weakref.ref(opened)
    held: list[Opened] = []

    def before() -> None:
        opened = kept()
        if opened is not None and opened.lock.acquire(timeout=PATIENCE):
            held.append(opened)
            opened.engine.dispose()

    def after() -> None:
        while held:
            held.pop().lock.release()

    if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
        os.register_at_fork(before=before, after_in_parent=after, after_in_child=after)
