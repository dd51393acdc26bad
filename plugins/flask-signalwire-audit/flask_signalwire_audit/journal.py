"""Appending to the chain: many threads and processes, one order, a transaction for many entries."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from .chain import Entry, seal
from .database import Database, begin, explained
from .engines import LAZY, PATIENCE, Opened
from .errors import AuditError
from .keys import Key, Keys
from .table import entries, head, numbers

# Made once: to make them takes longer than to run them.
_HEAD = select(head.c.seq, head.c.mac, head.c.key_id)
_LOCK = _HEAD.with_for_update()
_TAKE_OVER = update(head).values(seq=head.c.seq)
_APPEND = insert(entries)
_INDEX = insert(numbers)
_MOVE = update(head).values(
    seq=bindparam("to_seq"), mac=bindparam("to_mac"), key_id=bindparam("to_key")
)

_NO_HEAD = "the audit's head is gone from its database; verify the journal"


@dataclass(eq=False)
class _Waiting:
    """Entries of one thread, until they are committed or have failed.

    :param woken: set when they are done, or when it is on this thread to write them.
    :param leads: whether it is on this thread to write what waits.
    """

    entries: Sequence[Entry]
    done: bool = False
    leads: bool = False
    woken: threading.Event = field(default_factory=threading.Event)
    error: AuditError | None = None


class Journal:
    """What is appended to; nothing in it is changed again, but for what is erased or purged.

    :param database: where it is kept. :param keys: what seals it.
    """

    def __init__(self, database: Database, keys: Keys) -> None:
        self.database = database
        self.keys = keys

    def append(self, *new: Entry) -> None:
        """Append and commit.

        Threads that wait for their turn have their entries written by the one that has it, in one
        transaction: so the disk is waited for once for all of them.

        :raises AuditError: where they could not be written.
        """
        opened = self.database.opened
        mine = _Waiting(new)
        try:
            if not _joined(opened, mine):
                with explained(writes=True), opened.turn(writes=True):
                    self._write_all(opened)
        finally:
            _leave(opened, mine)
        if mine.error is not None:
            raise AuditError(str(mine.error)) from mine.error

    def check(self) -> None:
        """Read the head.

        :raises AuditError: where the database, its tables or the keys are not as they should be.
        """
        with self.database.transaction(writes=False) as connection:
            found = connection.execute(_HEAD).one_or_none()
        if found is None:
            raise AuditError(_NO_HEAD)
        self.keys.check(found.key_id)

    def key(self) -> Key:
        """The key that writes; it is made where there is none, and nothing is sealed yet.

        :raises AuditError: where it can't be had.
        """
        if self.keys.current is not None:
            return self.keys.current
        with self.database.transaction(writes=False) as connection:
            found = connection.execute(_HEAD).one_or_none()
        if found is None:
            raise AuditError(_NO_HEAD)
        return self.keys.writing(found.key_id)

    def numbers(self, number: str) -> list[str]:
        """What a telephone number may be stored as.

        :raises AuditError: where the key of the entries is not known: the number's entries would
            not be found, and it would look as if there were none.
        """
        self.check()
        return self.keys.numbers(number)

    def _write_all(self, opened: Opened) -> None:
        waiting: list[_Waiting] = []
        try:
            with opened.gate:
                waiting += opened.queue
                opened.queue.clear()
            self._write(opened, waiting)
        except BaseException as error:
            for each in waiting:
                if not each.done:
                    each.error = AuditError(f"an entry can't be made ({type(error).__name__})")
                    each.error.__cause__ = error
                    each.done = True
                    each.woken.set()
            if not isinstance(error, Exception):
                raise

    def _write(self, opened: Opened, waiting: list[_Waiting]) -> None:
        try:
            with explained(writes=True):
                self._commit(opened, [entry for each in waiting for entry in each.entries])
        except AuditError as error:
            if len(waiting) > 1 and isinstance(error.__cause__, IntegrityError):
                for each in waiting:  # one of them is at fault; the others are not to suffer
                    self._write(opened, [each])
                return
            for each in waiting:
                each.error = error
        for each in waiting:
            each.done = True
            each.woken.set()

    def _commit(self, opened: Opened, new: Sequence[Entry]) -> None:
        self.database.prepare(opened)
        try:
            with begin(opened, writes=True) as connection:
                self.chain(connection, new)
        except DBAPIError as error:
            # A connection that was kept and has died meanwhile: the next one is new.
            if not error.connection_invalidated:
                raise
            with begin(opened, writes=True) as connection:
                # It may have died after the commit.
                self.chain(connection, [entry for entry in new if not _written(connection, entry)])

    def chain(self, connection: Connection, new: Sequence[Entry]) -> None:
        """Append inside of a transaction that writes.

        :raises AuditError: where the journal was sealed with a key that is not known.
        """
        if connection.get_execution_options().get(LAZY):
            connection.execute(_TAKE_OVER)
        locked = connection.execute(_LOCK).one_or_none()
        if locked is None:
            raise AuditError(_NO_HEAD)
        key = self.keys.writing(locked.key_id)
        seq, mac = locked.seq, locked.mac
        rows: list[dict[str, Any]] = []
        found: list[dict[str, Any]] = []
        for entry in new:
            seq += 1
            row = entry.row(key)
            row["seq"] = seq
            mac = row["mac"] = seal(key, mac, row)
            rows.append(row)
            found += [{"digest": digest, "seq": seq} for digest in entry.digests(key)]
        if rows:
            connection.execute(_APPEND, rows)
        if found:
            connection.execute(_INDEX, found)
        connection.execute(_MOVE, {"to_seq": seq, "to_mac": mac, "to_key": key.id})

    def change(self, make: Callable[[Connection], Entry | None]) -> bool:
        """Erase or purge something, and append the entry that says so, in one transaction.

        :returns: whether there was something to do.
        :raises AuditError: where that fails; nothing has changed then.
        """
        with self.database.transaction(writes=True) as connection:
            entry = make(connection)
            if entry is not None:
                self.chain(connection, [entry])
        return entry is not None


def _joined(opened: Opened, mine: _Waiting) -> bool:
    """Queue, and wait: True when another thread has written this one's entries, False to lead."""
    with opened.gate:
        # A queue of this process: a forked child does not write its parent's entries.
        opened.queue.append(mine)
        if not opened.leading:
            opened.leading = mine.leads = True
            return False
    mine.woken.wait(2 * PATIENCE)
    with opened.gate:
        if not mine.woken.is_set() and mine in opened.queue:
            raise AuditError("the audit's database is busy: too many commands wait to be written")
    mine.woken.wait()  # the thread that took them is writing
    return mine.done


def _leave(opened: Opened, mine: _Waiting) -> None:
    """Whoever led wakes the next one, whatever happened."""
    with opened.gate:
        if mine in opened.queue:  # its turn never came
            opened.queue.remove(mine)
        if mine.leads:
            opened.leading = bool(opened.queue)
            if opened.queue:
                following: _Waiting = opened.queue[0]
                following.leads = True
                following.woken.set()


def _written(connection: Connection, entry: Entry) -> bool:
    command_id = entry.values.get("command_id")
    if command_id is None:
        return False
    query = select(entries.c.seq).where(
        entries.c.command_id == command_id, entries.c.kind == entry.kind
    )
    return connection.execute(query).first() is not None
