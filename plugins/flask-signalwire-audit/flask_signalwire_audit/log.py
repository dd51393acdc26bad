"""Reading: :class:`AuditLog`, what an app asks its journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, or_, select

from .table import commands

if TYPE_CHECKING:
    from .database import Database


@dataclass(frozen=True)
class AuditRow:
    """One command. Times are aware, in UTC; text is masked.

    :param id: the command's id, the one in its log lines.
    :param recorded_at: when the row was begun.
    :param account: the credentials that it was for, by name.
    :param name: the wire name, such as ``calling.live_translate``.
    :param call_id: the call that it acts on; None for a ``dial``.
    :param params: its payload, without secrets and with masked numbers; as it was sent, where it
        came that far.
    :param who: the user in its context.
    :param intent_at: when it was about to be sent; None where it never came so far.
    :param finished_at: when its outcome was known.
    :param outcome: ``accepted``, ``refused``, ``not_sent`` or ``unknown`` as in
        ``CommandError.outcome``; ``dry_run``; ``replayed``; None while it is unresolved.
    :param stage: where it failed: ``prepare``, ``validate``, ``authorize`` or ``send``.
    :param error: the class of its error. :param message: the error's text.
    :param leg_id: the call in the service's answer. :param leg_status: its state then.
    :param request_id: the service's id of the request, for its support desk.
    :param elapsed: seconds from the call to the outcome.
    """

    id: str
    recorded_at: datetime
    account: str
    name: str
    call_id: str | None
    params: Mapping[str, Any]
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


class AuditLog:
    """An app's journal of commands: ``app.extensions["signalwire_audit"]``.

    :param database: where it is kept.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self, call_id: str | None = None, limit: int = 100) -> list[AuditRow]:
        """Commands, newest first.

        :param call_id: only those of one call, the ``dial`` that began it included.
        :param limit: how many at most.
        :raises AuditError: where the database can't be read.
        """
        query = select(commands)
        if call_id is not None:
            query = query.where(or_(commands.c.call_id == call_id, commands.c.leg_id == call_id))
        return self._read(query, limit)

    def unresolved(self, limit: int = 100) -> list[AuditRow]:
        """Commands whose outcome nobody wrote down, newest first.

        Those that are being sent at this moment are among them. An old one was lost: its process
        ended, or the database failed, after the intent and before the outcome. The service may have
        acted on it.

        :param limit: how many at most.
        :raises AuditError: where the database can't be read.
        """
        return self._read(select(commands).where(commands.c.outcome.is_(None)), limit)

    def _read(self, query: Select[Any], limit: int) -> list[AuditRow]:
        query = query.order_by(commands.c.recorded_at.desc(), commands.c.id).limit(limit)
        with self._database.transaction(writes=False) as connection:
            return [AuditRow(**found) for found in connection.execute(query).mappings()]
