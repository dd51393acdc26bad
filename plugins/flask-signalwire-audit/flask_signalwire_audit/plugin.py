"""The plugin: which hook writes what."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from flask_signalwire import CallLeg, Command, Health, events, exceptions, hookimpl

from .cli import build_group
from .database import Database
from .journal import Journal
from .log import AuditLog
from .recorder import Recorder
from .settings import AuditSettings

if TYPE_CHECKING:
    import click
    from flask import Flask

EXTENSION = "signalwire_audit"


class Audit:
    """The journal of one app; entry point ``audit``."""

    @hookimpl
    def signalwire_setup(self, app: Flask) -> None:
        self._settings = AuditSettings.load(app)
        database = Database(self._settings.where, own_file=self._settings.own_file)
        self._journal = Journal(database, self._settings.keys)
        self._recorder = Recorder(self._journal, self._settings)
        app.extensions[EXTENSION] = AuditLog(self._journal)

    @hookimpl
    def signalwire_register_cli(self, group: click.Group) -> None:
        group.add_command(build_group(self._journal))

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

    @hookimpl
    def signalwire_check_health(self) -> Health:
        return self._recorder.health()

    @hookimpl
    def signalwire_event_received(self, event: events.Event) -> None:
        if self._settings.events:
            self._recorder.event(event)
