"""Retention: what is old is purged, a person's data is erased; the rest stays verifiable."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, delete, func, or_, select, union, update

from .chain import Entry, moment
from .journal import Journal
from .table import entries, numbers

BATCH = 500


def purge(journal: Journal, before: datetime) -> int:
    """Delete the entries up to the first one that is not older than a moment.

    The journal gets a mark that says how far, sealed like any entry, and the chain is verified from
    there on.

    :returns: how many entries were deleted.
    :raises AuditError: where the database fails.
    """
    through = 0

    def mark(connection: Connection) -> Entry | None:
        nonlocal through
        kept = select(func.min(entries.c.seq)).where(entries.c.at >= moment(before))
        first_kept = connection.execute(kept).scalar()
        last = select(func.max(entries.c.seq))
        if first_kept is not None:
            last = last.where(entries.c.seq < first_kept)
        through = connection.execute(last).scalar() or 0
        oldest = connection.execute(select(func.min(entries.c.seq))).scalar()
        query = select(entries.c.kind, entries.c.mac).where(entries.c.seq == through)
        found = connection.execute(query).one_or_none()
        if found is None or (found.kind == "purged" and oldest == through):
            through = 0  # nothing, or nothing but the last mark
            return None
        mac = found.mac
        return Entry(
            "purged",
            details={"through": through, "mac": mac, "before": moment(before)},
        )

    if not journal.change(mark):
        return 0
    deleted = 0
    while True:
        # A few at a time, so that commands do not wait for all of them.
        with journal.database.transaction(writes=True) as connection:
            oldest = connection.execute(select(func.min(entries.c.seq))).scalar()
            if oldest is None or oldest > through:
                return deleted
            end = min(through, oldest + 10 * BATCH - 1)
            connection.execute(delete(numbers).where(numbers.c.seq <= end))
            deleted += connection.execute(delete(entries).where(entries.c.seq <= end)).rowcount


def erase(journal: Journal, number: str) -> int:
    """Remove the data of whoever has a telephone number: what was sent to and said on their calls.

    Of each entry that they took part in, and of all entries of the same calls, the personal part
    goes: params, messages, and the numbers that it is found by. That a command was sent, by whom
    and when, stays, and so does the chain.

    :returns: how many entries lost their personal part.
    :raises AuditError: where the database fails.
    """
    erased = 0
    for chosen in _chosen(journal, number):

        def remove(connection: Connection, chosen: list[int] = chosen) -> Entry | None:
            nonlocal erased
            here = entries.c.seq.in_(chosen) & entries.c.personal.is_not(None)
            found = list(connection.execute(select(entries.c.seq).where(here)).scalars())
            if not found:
                return None
            connection.execute(update(entries).where(here).values(personal=None))
            connection.execute(delete(numbers).where(numbers.c.seq.in_(found)))
            erased += len(found)
            return Entry("erased", details={"entries": sorted(found)})

        journal.change(remove)
    if erased:
        _forget(journal)
    return erased


def _chosen(journal: Journal, number: str) -> Iterator[list[int]]:
    """The entries of a number and of its calls, in batches."""
    digests = journal.numbers(number)
    with journal.database.transaction(writes=False) as connection:
        direct = select(numbers.c.seq).where(numbers.c.digest.in_(digests))
        own = entries.c.seq.in_(direct)
        calls = union(
            select(entries.c.call_id).where(own, entries.c.call_id.is_not(None)),
            select(entries.c.leg_id).where(own, entries.c.leg_id.is_not(None)),
        )
        of_calls = or_(entries.c.call_id.in_(calls), entries.c.leg_id.in_(calls))
        # An intent that named no call yet, and its outcome, belong together.
        related = select(entries.c.command_id).where(
            or_(own, of_calls), entries.c.command_id.is_not(None)
        )
        query = select(entries.c.seq).where(
            or_(own, of_calls, entries.c.command_id.in_(related)), entries.c.personal.is_not(None)
        )
        found = list(connection.execute(query.order_by(entries.c.seq)).scalars())
    for begin in range(0, len(found), BATCH):
        yield found[begin : begin + BATCH]


def _forget(journal: Journal) -> None:
    """Write what was erased over in the file too: SQLite keeps old pages in its log."""
    opened = journal.database.opened
    if opened.own and opened.is_file:
        with opened.turn(writes=True), opened.engine.connect() as connection:
            cursor = connection.connection.cursor()
            try:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                cursor.close()
