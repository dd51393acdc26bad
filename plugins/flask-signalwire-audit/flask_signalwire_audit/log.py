"""Reading: :class:`AuditLog`, what an app asks its journal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, or_, select

from .chain import moment, parse_moment
from .errors import AuditError
from .journal import Journal
from .table import entries, numbers

BATCH = 500


@dataclass(frozen=True)
class AuditRow:
    """One command, from its intent to its outcome; or an event, or a mark of the journal itself.

    Times are aware, in UTC; text is masked.

    :param seq: its place in the journal.
    :param kind: ``command``, ``event``, ``gap``, ``purged`` or ``erased``.
    :param recorded_at: when the row was begun.
    :param id: the command's id, the one in its log lines.
    :param account: the credentials that it was for, by name.
    :param name: the wire name, such as ``calling.live_translate``; an event's kind.
    :param call_id: the call that it acts on; None for a ``dial``.
    :param control_id: the operation that it is about.
    :param params: its payload, without secrets, masked; as it was sent, where it came that far.
        None where it was erased.
    :param who: the user who sent it.
    :param intent_at: when it was about to be sent; None where it never came so far.
    :param finished_at: when its outcome was known.
    :param outcome: ``accepted``, ``refused``, ``not_sent`` or ``unknown`` as in
        ``CommandError.outcome``; ``dry_run``; ``replayed``; None while it is unresolved.
    :param stage: where it failed: ``prepare``, ``validate``, ``authorize`` or ``send``.
    :param error: the class of its error. :param message: the error's text.
    :param leg_id: the call in the service's answer. :param leg_status: its state then.
    :param request_id: the service's id of the request, for its support desk.
    :param elapsed: seconds from the call to the outcome.
    :param erased: whether personal data was erased from it.
    :param details: what a mark says: since when a gap was, how far was purged.
    """

    seq: int
    kind: str
    recorded_at: datetime
    id: str | None
    account: str | None
    name: str | None
    call_id: str | None
    control_id: str | None
    params: Mapping[str, Any] | None
    who: str | None
    intent_at: datetime | None
    finished_at: datetime | None
    outcome: str | None
    stage: str | None
    error: str | None
    message: str | None
    leg_id: str | None
    leg_status: str | None
    request_id: str | None
    elapsed: float | None
    erased: bool
    details: Mapping[str, Any] | None


@dataclass(frozen=True)
class Filter:
    """Which rows are wanted; what is None does not matter.

    :param call_id: of one call, the ``dial`` that began it included.
    :param command: a wire name, or an event's kind. :param user: who sent it.
    :param since: not before. :param until: before.
    :param outcome: as in :attr:`AuditRow.outcome`, or ``unresolved``.
    :param number: commands and events that a telephone number took part in.
    :param id: of one command.
    """

    call_id: str | None = None
    command: str | None = None
    user: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    outcome: str | None = None
    number: str | None = None
    id: str | None = None


_COLUMNS = [column.name for column in entries.columns]
_first = entries.alias("first")
_last = entries.alias("last")
_intent = entries.alias("intent")


class AuditLog:
    """An app's journal of commands: ``app.extensions["signalwire_audit"]``.

    :param journal: what is read.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def rows(
        self, call_id: str | None = None, limit: int = 100, wanted: Filter | None = None
    ) -> list[AuditRow]:
        """What was written, newest first.

        :param call_id: only those of one call, the ``dial`` that began it included.
        :param limit: how many at most. :param wanted: more to choose by.
        :raises AuditError: where the database can't be read.
        """
        wanted = wanted or Filter()
        if call_id is not None:
            wanted = replace(wanted, call_id=call_id)
        return list(self.iterate(wanted, limit=limit))

    def unresolved(self, limit: int = 100) -> list[AuditRow]:
        """Commands whose outcome nobody wrote down, newest first.

        Those that are being sent at this moment are among them. An old one was lost: its process
        ended, or the database failed, after the intent and before the outcome. The service may have
        acted on it.

        :param limit: how many at most.
        :raises AuditError: where the database can't be read.
        """
        return self.rows(limit=limit, wanted=Filter(outcome="unresolved"))

    def iterate(
        self,
        wanted: Filter | None = None,
        *,
        oldest_first: bool = False,
        limit: int | None = None,
    ) -> Iterator[AuditRow]:
        """What was written, a few hundred at a time, whatever there is.

        :param limit: how many at most.
        :raises AuditError: where the database can't be read.
        """
        query = select(_first, *(column.label(f"last_{column.name}") for column in _last.columns))
        query = query.select_from(
            _first.outerjoin(
                _last, and_(_last.c.command_id == _first.c.command_id, _last.c.kind == "outcome")
            )
        )
        for condition in self._conditions(wanted or Filter()):
            query = query.where(condition)
        order = _first.c.seq.asc() if oldest_first else _first.c.seq.desc()
        query = query.order_by(order)
        at: int | None = None
        left = limit
        while left is None or left > 0:
            size = BATCH if left is None else min(BATCH, left)
            page: Select[Any] = query.limit(size)
            if at is not None:
                page = page.where(_first.c.seq > at if oldest_first else _first.c.seq < at)
            with self._journal.database.transaction(writes=False) as connection:
                found = connection.execute(page).all()
            for each in found:
                yield _row(each)
            if len(found) < size:
                return
            at = found[-1].seq
            left = None if left is None else left - len(found)

    def _conditions(self, wanted: Filter) -> Iterator[ColumnElement[bool]]:
        # A command is its intent and what is joined to it; its outcome alone where it has none.
        of_it = and_(_intent.c.command_id == _first.c.command_id, _intent.c.kind == "intent")
        yield or_(_first.c.kind != "outcome", ~exists().where(of_it))
        if wanted.call_id is not None:
            yield _among(
                select(entries.c.seq).where(
                    or_(entries.c.call_id == wanted.call_id, entries.c.leg_id == wanted.call_id)
                )
            )
        if wanted.number is not None:
            digests = self._journal.numbers(wanted.number)
            yield _among(select(numbers.c.seq).where(numbers.c.digest.in_(digests)))
        if wanted.id is not None:
            yield _first.c.command_id == wanted.id
        if wanted.command is not None:
            yield _first.c.name == wanted.command
        if wanted.user is not None:
            yield _first.c.who == wanted.user
        if wanted.since is not None:
            yield _first.c.at >= moment(wanted.since)
        if wanted.until is not None:
            yield _first.c.at < moment(wanted.until)
        if wanted.outcome == "unresolved":
            yield and_(_first.c.kind == "intent", _last.c.seq.is_(None))
        elif wanted.outcome is not None:
            yield _last.c.outcome == wanted.outcome


def _among(seqs: Select[tuple[int]]) -> ColumnElement[bool]:
    """Whether one of a row's entries is among some."""
    return or_(_first.c.seq.in_(seqs), _last.c.seq.in_(seqs))


def _row(found: Row[Any]) -> AuditRow:
    one: dict[str, Any] = found._asdict()
    last = {name: one[f"last_{name}"] for name in _COLUMNS}
    over = last if last["seq"] is not None else one
    first_personal, last_personal = _json(one["personal"]), _json(last["personal"])
    is_command = one["kind"] in ("intent", "outcome")
    return AuditRow(
        seq=one["seq"],
        kind="command" if is_command else one["kind"],
        recorded_at=_moment(one["seq"], one["at"]),
        id=one["command_id"],
        account=one["account"],
        name=one["name"],
        call_id=one["call_id"],
        control_id=one["control_id"],
        params=first_personal.get("params"),
        who=one["who"],
        intent_at=_moment(one["seq"], one["at"]) if one["kind"] == "intent" else None,
        finished_at=None if last["at"] is None else _moment(last["seq"], last["at"]),
        outcome=last["outcome"],
        stage=over["stage"],
        error=over["error"],
        message=last_personal.get("message"),
        leg_id=over["leg_id"],
        leg_status=over["leg_status"],
        request_id=over["request_id"],
        elapsed=over["elapsed"],
        erased=any(each["digest"] and each["personal"] is None for each in (one, last)),
        details=_details(one, first_personal),
    )


def _details(one: Mapping[str, Any], personal: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if one["kind"] == "event":
        return {key: value for key, value in personal.items() if key not in ("nonce", "numbers")}
    return _json(one["details"]) or None


def _moment(seq: object, text: str) -> datetime:
    try:
        return parse_moment(text)
    except (ValueError, TypeError):
        raise AuditError(
            f"entry {seq} was changed: its time is none; run `flask signalwire audit verify`"
        ) from None


def _json(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text) if text else {}
    except ValueError:  # tampered with; `verify` says so
        found = {}
    return found if isinstance(found, dict) else {}
