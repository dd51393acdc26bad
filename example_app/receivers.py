"""Receivers of signals: what an app does that wants to know, and needs no plugin for it."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from flask_signalwire import CallLeg, Command, signals
from flask_signalwire.exceptions import CommandError

logger = logging.getLogger("example_app")


@dataclass(frozen=True)
class Line:
    """One thing that happened.

    :param signal: which signal fired: ``sending``, ``succeeded``, ``failed``, ``plugin_failed``.
    """

    signal: str
    text: str
    command_id: str = ""
    command: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


class DeskLog:
    """The latest lines, the oldest first.

    Signals hold their receivers weakly, and the app holds this log: so both go together.
    """

    def __init__(self, limit: int = 500) -> None:
        self.lines: deque[Line] = deque(maxlen=limit)

    # A signal may gain arguments in a later version, so each receiver takes `extra`.

    def sending(self, app: Flask, command: Command, **extra: Any) -> None:
        """A command has passed every check and is about to be sent."""
        self._note("sending", "about to be sent", command)

    def succeeded(self, app: Flask, command: Command, leg: CallLeg, **extra: Any) -> None:
        """The service accepted it."""
        self._note("succeeded", f"the call is {leg.status}", command)

    def failed(
        self, app: Flask, command: Command, error: CommandError, stage: str, **extra: Any
    ) -> None:
        """It ended in an error, whose ``outcome`` says whether the service may have acted."""
        self._note("failed", f"{type(error).__name__} at {stage}, {error.outcome}", command)

    def plugin_failed(
        self, app: Flask, plugin: str, hook: str, error: Exception, **extra: Any
    ) -> None:
        """Somebody who only watches crashed; the command's outcome stands."""
        self.lines.append(Line("plugin_failed", f"{plugin} in {hook}: {type(error).__name__}"))

    def _note(self, signal: str, text: str, command: Command) -> None:
        # The masked params: a log is no place for numbers and secrets.
        params = command.masked_params()
        self.lines.append(Line(signal, text, command.id, command.name, params))
        logger.info("%s %s: %s", command.name, signal, text)


def init_app(app: Flask) -> None:
    """Connect the log to this app's signals: to nobody else's."""
    log = app.extensions["call_desk_log"] = DeskLog()
    signals.command_sending.connect(log.sending, sender=app)
    signals.command_succeeded.connect(log.succeeded, sender=app)
    signals.command_failed.connect(log.failed, sender=app)
    signals.plugin_failed.connect(log.plugin_failed, sender=app)
