"""Connections: one engine a process, nothing open across a fork, SQLite that waits for its turn."""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, inspect
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from .errors import AuditError
from .table import commands, metadata

PATIENCE = 10.0
"""Seconds that a command waits for a busy SQLite database before it is stopped."""

_WRITES = "signalwire_audit_writes"


class Database:
    """The journal's database. Opened at first use, by every process anew.

    :param url: which one.
    :param own_file: whether it is a SQLite file to be made here, folder included, for nobody else's
        eyes.
    """

    def __init__(self, url: URL, *, own_file: bool = False) -> None:
        self._url = url
        self._own_file = own_file
        # By process id: a child that is forked opens its own connections and leaves the inherited
        # ones alone. `dict.setdefault` is atomic, so no lock has to survive the fork either.
        self._opened: dict[int, _Opened] = {}
        weakref.finalize(self, _close, self._opened)

    @contextmanager
    def transaction(self, *, writes: bool) -> Iterator[Connection]:
        """A connection inside of a transaction, committed at the end.

        :raises AuditError: where the database fails.
        """
        opened = self._opened.get(os.getpid())
        if opened is None:
            opened = self._opened.setdefault(os.getpid(), _Opened(self._url))
        try:
            with opened.turn():
                if not opened.ready:
                    self._create(opened)
                with opened.engine.connect() as connection:
                    connection.execution_options(**{_WRITES: writes})
                    with connection.begin():
                        yield connection
        except (SQLAlchemyError, OSError) as error:
            # The driver's own words: SQLAlchemy's would add the statement.
            cause = error.orig if isinstance(error, DBAPIError) else error
            verb = "written" if writes else "read"
            raise AuditError(
                f"the audit's database can't be {verb} ({type(cause).__name__}: {cause})"
            ) from error

    def _create(self, opened: _Opened) -> None:
        if self._own_file and self._url.database:
            path = Path(self._url.database)
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        if opened.is_file:
            _use_wal(opened.engine)
        try:
            with opened.engine.connect() as connection:
                connection.execution_options(**{_WRITES: True})
                with connection.begin():
                    metadata.create_all(connection)
        except DBAPIError:
            # Another process may have been faster; SQLite made it wait, other databases don't.
            if not inspect(opened.engine).has_table(commands.name):
                raise
        opened.ready = True


class _Opened:
    """What one process has open."""

    def __init__(self, url: URL) -> None:
        is_sqlite = url.get_backend_name() == "sqlite"
        options: dict[str, Any] = {}
        if is_sqlite and "timeout" not in url.query:
            options["connect_args"] = {"timeout": PATIENCE}
        if _in_memory(url):
            # The database lives as long as its connection, so all threads share one.
            options["poolclass"] = StaticPool
            options.setdefault("connect_args", {})["check_same_thread"] = False
        # Errors must not quote what was being written.
        self.engine: Engine = create_engine(url, hide_parameters=True, **options)
        self.is_file = is_sqlite and not _in_memory(url)
        self.ready = False
        # SQLite takes one writer at a time. Threads that queue here are served at once, while those
        # that meet in SQLite poll, and the unlucky ones starve.
        self.lock = threading.Lock()
        self._is_sqlite = is_sqlite
        if is_sqlite:
            _take_over_transactions(self.engine)
        if self.is_file:
            _close_before_forks(self)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for this thread's turn; databases other than SQLite need none."""
        if not self._is_sqlite:
            yield
            return
        if not self.lock.acquire(timeout=2 * PATIENCE):
            raise AuditError("the audit's database is busy: too many commands wait to be written")
        try:
            yield
        finally:
            self.lock.release()


def _in_memory(url: URL) -> bool:
    if url.get_backend_name() != "sqlite":
        return False
    name = url.database or ":memory:"
    return ":memory:" in name or url.query.get("mode") == "memory" or "mode=memory" in name


def _take_over_transactions(engine: Engine) -> None:
    """Begin with ``BEGIN IMMEDIATE`` where something is written.

    Python's sqlite3 begins by itself, and lazily: a transaction that turns from reading to writing
    fails at once with "database is locked" when another one wrote meanwhile, whatever the timeout.
    """

    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _use_wal(engine: Engine) -> None:
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


def _close_before_forks(opened: _Opened) -> None:
    """Close idle connections before this process forks.

    SQLite's locks belong to a process while its memory of them is inherited: a child would believe
    that it holds locks that it does not hold, even on connections of its own.
    """
    kept = weakref.ref(opened)
    held: list[_Opened] = []

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


def _close(opened: dict[int, _Opened]) -> None:
    here = opened.pop(os.getpid(), None)
    if here is not None:
        here.engine.dispose()
