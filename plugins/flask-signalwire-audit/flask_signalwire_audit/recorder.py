"""Writing: the intent before a command is sent, the outcome after."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, update

from flask_signalwire import CallLeg, Command, exceptions

from . import masking
from .table import commands

if TYPE_CHECKING:
    from .database import Database

LONGEST_MESSAGE = 10_000


class Recorder:
    """Writes one app's journal.

    :param database: where to.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def intent(self, command: Command) -> None:
        """Write down that a command is about to be sent, and commit that.

        :raises AuditError: where it can't be written; the command must not be sent then.
        """
        now = _now()
        row = {**_described(command), "recorded_at": now, "intent_at": now}
        with self._database.transaction(writes=True) as connection:
            connection.execute(insert(commands), row)

    def succeeded(self, command: Command, leg: CallLeg, elapsed: float) -> None:
        """Write down that the service accepted a command, or that a dry run did not send it."""
        self._finished(command, _outcome("accepted", leg), elapsed, leg=leg)

    def failed(
        self, command: Command, error: exceptions.CommandError, stage: str, elapsed: float
    ) -> None:
        """Write down how a command failed; one that never came to its intent gets its row here."""
        # The service may have answered before something else went wrong.
        leg = error.leg if isinstance(error, exceptions.PluginError) else None
        self._finished(
            command,
            _outcome(error.outcome, leg),
            elapsed,
            leg=leg,
            stage=stage,
            error=type(error).__name__,
            message=masking.clean(error, LONGEST_MESSAGE),
            request_id=masking.clean(getattr(error, "request_id", None)),
        )

    def _finished(
        self, command: Command, outcome: str, elapsed: float, leg: CallLeg | None, **more: Any
    ) -> None:
        now = _now()
        values = {"finished_at": now, "outcome": outcome, "elapsed": elapsed, **more}
        if leg is not None:
            values["leg_id"] = masking.clean(leg.id)
            values["leg_status"] = masking.clean(leg.status)
            values["request_id"] = masking.clean(leg.request_id)
        with self._database.transaction(writes=True) as connection:
            known = update(commands).where(commands.c.id == command.id).values(values)
            if connection.execute(known).rowcount == 0:
                row = {**_described(command), "recorded_at": now, **values}
                connection.execute(insert(commands), row)


def _described(command: Command) -> dict[str, Any]:
    # `update` names its call among its params.
    call_id = command.call_id
    if call_id is None and not command.spec.takes_id:
        call_id = command.param("id")
    return {
        "id": command.id,
        "account": masking.clean(command.account),
        "name": masking.clean(command.name),
        "call_id": masking.clean(call_id),
        "params": masking.params(command),
        "who": masking.user(command),
    }


def _outcome(outcome: str, leg: CallLeg | None) -> str:
    """A dry run's answer is made up: to call it accepted would be a lie."""
    if leg is None or not (leg.dry_run or leg.replayed):
        return outcome
    return "dry_run" if leg.dry_run else "replayed"  # nothing was sent, so nothing was accepted


def _now() -> datetime:
    return datetime.now(timezone.utc)
