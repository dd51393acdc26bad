"""The journal's database: opened at first use, by every process anew; its transactions."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from flask_signalwire import scrub

from . import schema
from .engines import LAZY, WRITES, Opened, open_engine, open_url, use_wal
from .errors import AuditError


class Database:
    """Where a journal is kept.

    :param where: a URL, or a function that gives the app's own engine.
    :param own_file: whether it is a SQLite file to be made here, folder included, for nobody else's
        eyes.
    """

    def __init__(self, where: URL | Callable[[], Engine], *, own_file: bool = False) -> None:
        self._where = where
        self._own_file = own_file
        # By process id: a child that is forked opens its own connections and leaves the inherited
        # ones alone. `dict.setdefault` is atomic, so no lock has to survive the fork either.
        self._opened: dict[int, Opened] = {}
        weakref.finalize(self, _close, self._opened)

    @property
    def opened(self) -> Opened:
        """What this process has open.

        :raises AuditError: where the app's own engine can't be had.
        """
        found = self._opened.get(os.getpid())
        if found is None:
            if isinstance(self._where, URL):
                new = open_url(self._where)
            else:
                new = open_engine(self._where())
            found = self._opened.setdefault(os.getpid(), new)
        return found

    @contextmanager
    def transaction(self, *, writes: bool) -> Iterator[Connection]:
        """A connection inside of a transaction, committed at the end; its turn is waited for.

        :raises AuditError: where the database fails, or its tables are not those of this version.
        """
        opened = self.opened
        with explained(writes=writes), opened.turn(writes=writes):
            self.prepare(opened)
            with begin(opened, writes=writes) as connection:
                yield connection

    def prepare(self, opened: Opened) -> None:
        """Make the file, switch it to write-ahead logging, and check the tables: once a process."""
        if opened.ready:
            return
        self._make_file()
        if opened.own and opened.is_file:
            use_wal(opened.engine)
        with begin(opened, writes=False) as connection:
            found = schema.revision(connection)
            fresh = found is None and opened.own and opened.is_sqlite and schema.empty(connection)
        if fresh:
            with begin(opened, writes=True) as connection:
                schema.upgrade(connection)
                found = schema.revision(connection)
        schema.check(found)
        opened.ready = True

    def upgrade(self) -> tuple[str | None, str]:
        """Bring the tables to this version.

        :returns: the revision before, and the one now.
        :raises AuditError: where that fails.
        """
        opened = self.opened
        with explained(writes=True), opened.turn(writes=True):
            self._make_file()
            if opened.own and opened.is_file:
                use_wal(opened.engine)
            with begin(opened, writes=True) as connection:
                before = schema.revision(connection)
                if before != schema.REVISION:
                    schema.upgrade(connection)
            opened.ready = False
        return before, schema.REVISION

    def _make_file(self) -> None:
        if self._own_file and isinstance(self._where, URL) and self._where.database:
            path = Path(self._where.database)
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


@contextmanager
def begin(opened: Opened, *, writes: bool) -> Iterator[Connection]:
    """A connection inside of a transaction; nobody's turn is waited for."""
    with opened.engine.connect() as connection:
        lazy = opened.is_sqlite and not opened.own
        connection.execution_options(**{WRITES: writes, LAZY: lazy})
        with connection.begin():
            if writes:
                opened.patience(connection)
            yield connection


@contextmanager
def explained(*, writes: bool) -> Iterator[None]:
    """Turn what a database raises into an AuditError that quotes nothing that was written."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        verb = "written" if writes else "read"
        raise AuditError(f"the audit's database can't be {verb} ({reason(error)})") from error


def reason(error: Exception) -> str:
    """The driver's own words: SQLAlchemy's would add the statement, and further lines the row."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    lines = str(cause).splitlines() or [""]
    return f"{type(cause).__name__}: {scrub(lines[0].strip())}"


def _close(opened: dict[int, Opened]) -> None:
    here = opened.pop(os.getpid(), None)
    if here is not None and here.own:
        here.engine.dispose()
