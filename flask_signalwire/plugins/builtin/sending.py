"""Sending, as the last plugin that is asked; and not sending, for dry runs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import uuid4

from ...commands import Command
from ...results import CallLeg
from .. import hookimpl

logger = logging.getLogger("flask_signalwire.command")


class Sender:
    """Hands commands to the transport of their account.

    :param send: sends one command; raises a CommandError.
    """

    def __init__(self, send: Callable[[Command], CallLeg]) -> None:
        self._send = send

    @hookimpl(trylast=True)
    def signalwire_send_command(self, command: Command) -> CallLeg:
        return self._send(command)


class DryRun:
    """Sends nothing, and says what would have gone; registered last, so that it is asked first.

    :param always: whether that is so for all commands (``SIGNALWIRE_DRY_RUN``), or only for those
        that were given ``dry_run=True``.
    """

    def __init__(self, always: bool) -> None:
        self._always = always

    @hookimpl(tryfirst=True)
    def signalwire_send_command(self, command: Command) -> CallLeg | None:
        if command.dry_run:
            return _rehearse(command, logging.INFO)
        # Nobody asked for it where the command was made, so it is said louder.
        return _rehearse(command, logging.WARNING) if self._always else None


def _rehearse(command: Command, level: int) -> CallLeg:
    """A leg that is made up, and says so (``leg.dry_run``)."""
    call_id = command.call_id or command.params.get("id") or str(uuid4())
    logger.log(
        level,
        "command %s %s: dry run, not sent: id=%s params=%s",
        command.id,
        command.name,
        command.call_id,
        command.masked_params(),
        extra={"command_id": command.id},
    )
    leg = {"id": call_id, "status": None}
    return CallLeg(leg, command=command, dry_run=True)
