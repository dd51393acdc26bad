"""Verifying: whether the journal is what was written, all of it, in this order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from sqlalchemy import Connection, Select, func, select

from .chain import GENESIS, dump, seal
from .errors import AuditError
from .journal import Journal
from .keys import same
from .table import entries, head, numbers

BATCH = 1000


@dataclass(frozen=True)
class Problem:
    """What is wrong, and with which entry.

    :param seq: the entry's place; None where it is of no single one.
    """

    seq: int | None
    text: str

    def __str__(self) -> str:
        return self.text if self.seq is None else f"entry {self.seq} {self.text}"


@dataclass(frozen=True)
class Checkpoint:
    """The head of a journal at a moment, signed: to be kept where the journal's writers can't go.

    :param seq: the last entry. :param mac: its MAC. :param at: when, as text.
    :param key_id: the key of the signature. :param signature: over all of that.
    """

    seq: int
    mac: str
    at: str
    key_id: str
    signature: str

    def dump(self) -> str:
        """One line of JSON."""
        return json.dumps(vars(self), sort_keys=True)

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """The checkpoint in a line of JSON.

        :raises AuditError: where it is none.
        """
        try:
            found = json.loads(text)
            made = cls(**found)
            if not all(isinstance(value, str) for key, value in found.items() if key != "seq"):
                raise TypeError
            if not isinstance(made.seq, int):
                raise TypeError
        except (ValueError, TypeError):
            raise AuditError(
                "this is no checkpoint; expected what `audit checkpoint` prints"
            ) from None
        return made

    def signed(self) -> bytes:
        """What the signature is over."""
        return dump([self.seq, self.mac, self.at, self.key_id]).encode()


@dataclass
class Report:
    """What a verification found.

    :param entries: how many were looked at. :param first: the first one's place.
    :param last: the last one's. :param problems: none, where all is well.
    :param notes: what could not be compared, and why.
    """

    entries: int = 0
    first: int = 0
    last: int = 0
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def checkpoint(journal: Journal) -> Checkpoint:
    """The journal's head, signed.

    :raises AuditError: where it can't be read, or does not fit the last entry.
    """
    with journal.database.transaction(writes=False) as connection:
        at = _head(connection)
        query = select(entries.c.mac).where(entries.c.seq == at.seq)
        last = connection.execute(query).scalar()
    if at.seq and (last is None or not same(last, at.mac)):
        raise AuditError("the journal's head does not fit its last entry; verify the journal")
    key = journal.key()
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    unsigned = Checkpoint(at.seq, at.mac, now, key.id, "")
    return Checkpoint(at.seq, at.mac, now, key.id, key.sign(unsigned.signed()))


def verify(journal: Journal, checkpoints: Sequence[Checkpoint] = ()) -> Report:
    """Compare every entry with its MAC, and the journal with checkpoints.

    :raises AuditError: where the journal can't be read.
    """
    while True:
        scan = _Scan(journal, checkpoints)
        scan.run()
        with journal.database.transaction(writes=False) as connection:
            if _purged(connection) == scan.purged:  # else entries went while they were looked at
                return scan.report


@dataclass(frozen=True)
class _Head:
    seq: int
    mac: str
    key_id: str | None
    newest: int


def _head(connection: Connection) -> _Head:
    newest = select(func.max(entries.c.seq)).scalar_subquery()
    found = connection.execute(select(head, newest.label("newest"))).one_or_none()
    if found is None:
        raise AuditError("the audit's head is gone from its database")
    return _Head(found.seq, found.mac, found.key_id, found.newest or 0)


def _purged(connection: Connection) -> tuple[int, str]:
    """How far the journal was purged, by its last mark, and the MAC of the entry there."""
    query = (
        select(entries.c.details)
        .where(entries.c.kind == "purged")
        .order_by(entries.c.seq.desc())
        .limit(1)
    )
    text = connection.execute(query).scalar()
    try:
        found: dict[str, Any] = json.loads(text) if text else {"through": 0, "mac": GENESIS}
        return int(found["through"]), str(found["mac"])
    except (ValueError, KeyError, TypeError):
        return 0, GENESIS  # tampered with: the scan meets it, and says so


class _Scan:
    """One pass over the journal, in batches."""

    def __init__(self, journal: Journal, checkpoints: Sequence[Checkpoint]) -> None:
        self._journal = journal
        self.report = Report()
        self._seen: dict[int, list[Checkpoint]] = {}
        self._given = checkpoints
        self._without: set[int] = set()  # entries without their personal part, not yet explained
        self._places: dict[int, str] = {}
        # Of each key that is not known: its first and last entry, and how many there are.
        self._unknown: dict[str, tuple[int, int, int]] = {}

    def run(self) -> None:
        with self._journal.database.transaction(writes=False) as connection:
            self.purged = _purged(connection)
            at = _head(connection)
        self._check_signatures(at)
        self._at, self._mac = self.purged
        while True:
            self._to(max(at.seq, at.newest))
            with self._journal.database.transaction(writes=False) as connection:
                later = _head(connection)
            # What was erased while we looked is explained by an entry that came since.
            if not self._without or later.newest <= at.newest:
                break
            at = later
        self._check_end(at)
        for key_id, found in self._unknown.items():
            known = self._journal.keys.missing(key_id) if key_id == at.key_id else None
            which = known or f"{_short(key_id)}, which is not known"
            self._problem(None, f"{_places(*found)} sealed with the key {which}")
        for seq in sorted(self._without):
            self._problem(seq, "has lost its personal part, and no erasure was recorded")
        self._check_checkpoints()
        self.report.first, self.report.last = self.purged[0] + 1, self._at
        self.report.problems.sort(key=lambda problem: problem.seq or 0)

    def _problem(self, seq: int | None, text: str) -> None:
        self.report.problems.append(Problem(seq, text))

    def _to(self, end: int) -> None:
        if self.purged[0] == 0 and self._at == 0:
            self._before_the_first()
        while self._at < end:
            query = (
                select(entries)
                .where(entries.c.seq > self._at, entries.c.seq <= end)
                .order_by(entries.c.seq)
                .limit(BATCH)
            )
            rows = self._read(query)
            if not rows:
                break
            with self._journal.database.transaction(writes=False) as connection:
                indexed = _indexed(connection, rows[0]["seq"], rows[-1]["seq"])
            for row in rows:
                self._look_at(row, indexed.get(row["seq"], set()))

    def _read(self, query: Select[Any]) -> list[dict[str, Any]]:
        with self._journal.database.transaction(writes=False) as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def _before_the_first(self) -> None:
        query = select(entries.c.seq).where(entries.c.seq < 1).limit(BATCH)
        with self._journal.database.transaction(writes=False) as connection:
            for seq in connection.execute(query).scalars():
                self._problem(seq, "was inserted: the journal begins with 1")

    def _look_at(self, row: dict[str, Any], indexed: set[str]) -> None:
        seq = row["seq"]
        self.report.entries += 1
        missing = list(range(self._at + 1, seq)[:10])
        if missing:
            count = seq - self._at - 1
            through = f" to {seq - 1}" if count > 1 else ""
            which = "is missing" if count == 1 else f"{through.strip()} are missing"
            self._problem(self._at + 1, f"{which}: deleted")
        key = self._journal.keys.get(row["key_id"])
        if key is None:
            first, _, count = self._unknown.get(row["key_id"], (seq, seq, 0))
            self._unknown[row["key_id"]] = (first, seq, count + 1)
        elif not same(seal(key, self._mac, row), row["mac"]):
            if missing:
                # Its predecessor is gone, so its MAC can't be checked; the next one covers it.
                pass
            else:
                self._problem(seq, "was changed, or inserted")
        elif row["kind"] == "erased":
            self._without -= set(_erased(row["details"]))
        self._look_at_personal(row, indexed)
        self._at, self._mac = seq, row["mac"]
        for point in self._given:
            if point.seq == seq:
                self._places[seq] = row["mac"]

    def _look_at_personal(self, row: Mapping[str, Any], indexed: set[str]) -> None:
        seq, personal, digest = row["seq"], row["personal"], row["digest"]
        if personal is None:
            if digest is not None:
                self._without.add(seq)
            if indexed:
                self._problem(seq, "is found by numbers that it does not have")
            return
        key = self._journal.keys.get(row["key_id"])
        if key is None and digest is not None:
            return  # nobody can tell; that the key is not known is a problem already
        if digest is None or key is None or not same(key.digest(str(personal)), digest):
            self._problem(seq, "was changed in its personal part")
        elif set(json.loads(personal).get("numbers", ())) != indexed:
            self._problem(seq, "is not found by the numbers that it has")

    def _check_end(self, at: _Head) -> None:
        if at.newest > at.seq:
            self._problem(at.seq + 1, "was inserted: the journal's head is before it")
        elif at.newest < at.seq:
            self._problem(at.newest + 1, f"to {at.seq} are missing at the end: deleted")
        elif at.seq == self._at and not same(self._mac, at.mac):
            self._problem(at.seq, "does not fit the journal's head: one of them was changed")

    def _check_signatures(self, at: _Head) -> None:
        for point in self._given:
            key = self._journal.keys.get(point.key_id)
            if key is None and point.key_id == at.key_id:
                self._journal.keys.check(at.key_id)
            if key is None or not same(key.sign(point.signed()), point.signature):
                raise AuditError(
                    f"the checkpoint of {_short(point.at)} was not signed with a key of this app"
                )

    def _check_checkpoints(self) -> None:
        for point in self._given:
            if point.seq < self.purged[0]:
                self.report.notes.append(
                    f"the checkpoint of {point.at} is of entry {point.seq}, which was purged since"
                )
                continue
            mac = self._places.get(point.seq)
            if point.seq == self.purged[0]:
                mac = self.purged[1]
            if mac is None:
                self._problem(
                    point.seq,
                    f"was there at the checkpoint of {point.at}, and is gone: the end was cut off",
                )
            elif not same(mac, point.mac):
                self._problem(
                    point.seq,
                    f"is another one than at the checkpoint of {point.at}: the chain was rewritten",
                )


def _indexed(connection: Connection, first: int, last: int) -> dict[int, set[str]]:
    query = select(numbers).where(numbers.c.seq >= first, numbers.c.seq <= last)
    found: dict[int, set[str]] = {}
    for digest, seq in connection.execute(query):
        found.setdefault(seq, set()).add(digest)
    return found


def _erased(details: str | None) -> Iterator[int]:
    yield from json.loads(details or "{}").get("entries", ())


def _places(first: int, last: int, count: int) -> str:
    if count == 1:
        return f"entry {first} is"
    many = "entries" if last - first + 1 == count else f"{count} entries of"
    return f"{many} {first} to {last} are"


def _short(text: object) -> str:
    return repr(str(text)[:40])
