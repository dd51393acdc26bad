"""The plugin: which hook writes what."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from flask_signalwire import CallLeg, Command, exceptions, hookimpl

from .cli import build_group
from .database import Database
from .log import AuditLog
from .recorder import Recorder
from .settings import database_url, is_own_file

if TYPE_CHECKING:
    import click
    from flask import Flask

EXTENSION = "signalwire_audit"


class Audit:
    """The journal of one app; entry point ``audit``."""

    @hookimpl
    def signalwire_setup(self, app: Flask) -> None:
        database = Database(database_url(app), own_file=is_own_file(app))
        self._recorder = Recorder(database)
        self._log = app.extensions[EXTENSION] = AuditLog(database)

    @hookimpl
    def signalwire_register_cli(self, group: click.Group) -> None:
        group.add_command(build_group(self._log))

    # Outermost, so that what other wrappers do to a command (stop it, delay it) is journalled too.
    @hookimpl(wrapper=True, tryfirst=True)
    def signalwire_send_command(self, command: Command) -> Generator[None, CallLeg, CallLeg]:
        self._recorder.intent(command)
        return (yield)

    @hookimpl
    def signalwire_command_succeeded(self, command: Command, leg: CallLeg, elapsed: float) -> None:
        self._recorder.succeeded(command, leg, elapsed)

    @hookimpl
    def signalwire_command_failed(
        self, command: Command, error: exceptions.CommandError, stage: str, elapsed: float
    ) -> None:
        self._recorder.failed(command, error, stage, elapsed)
