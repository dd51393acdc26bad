"""The plugin: fills in what a translation's start leaves out."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask_signalwire import CallLeg, Command, hookimpl

from .cli import build_command
from .decision import Decision, Finding, Source
from .finding import find
from .memory import RemoteNumbers
from .settings import AutolangSettings

if TYPE_CHECKING:
    import click
    from flask import Flask

logger = logging.getLogger("flask_signalwire_autolang")

COMMAND = "calling.live_translate"
STATE = "autolang"


class Autolang:
    """Picks the languages of one app's translations; entry point ``autolang``."""

    @hookimpl
    def signalwire_setup(self, app: Flask) -> None:
        self._settings = AutolangSettings.load(app.config)
        self._numbers = RemoteNumbers()

    @hookimpl
    def signalwire_register_cli(self, group: click.Group) -> None:
        group.add_command(build_command(self._settings))

    @hookimpl
    def signalwire_command_succeeded(self, leg: CallLeg) -> None:
        self._numbers.learn(leg)

    @hookimpl
    def signalwire_prepare_command(self, command: Command) -> Command | None:
        start = command.param("action.start")
        if command.name != COMMAND or not isinstance(start, Mapping):
            return None
        # null counts as missing: it is what `to_lang=profile.language` gives where nobody knows.
        missing = {key for key in ("from_lang", "to_lang") if start.get(key) is None}
        if not missing:
            return None
        decision = self._decide(command, missing)
        command.state[STATE] = decision
        _log(command, decision)
        for key, tag in (("from_lang", decision.from_lang), ("to_lang", decision.to_lang)):
            if tag is not None:
                command = command.with_param(f"action.start.{key}", tag)
        return command

    def _decide(self, command: Command, missing: set[str]) -> Decision:
        settings = self._settings
        chosen: dict[str, str | None] = {"from_lang": None, "to_lang": None}
        source: Source = "setting"
        finding = Finding(None, "", 1.0, "only the local party's language was missing")
        if settings.remote_key in missing:
            source, finding = self._look(command)
            chosen[settings.remote_key] = finding.tag
        reason = finding.reason
        if settings.local_key in missing:
            chosen[settings.local_key] = settings.local
            if settings.local is None:
                reason += (
                    f"; {settings.local_key} needs SIGNALWIRE_AUTOLANG_LOCAL, which is not set"
                )
        return Decision(
            from_lang=chosen["from_lang"],
            to_lang=chosen["to_lang"],
            source=source,
            evidence=finding.evidence,
            confidence=finding.confidence,
            reason=reason,
            undecided=tuple(sorted(key for key in missing if chosen[key] is None)),
        )

    def _look(self, command: Command) -> tuple[Source, Finding]:
        number = command.context.get("remote_number")
        if number is not None and number != "":
            # What the application says counts, even where it leads nowhere: a remembered number
            # would be somebody else's.
            return "context", find(number, self._settings.regions)
        number = self._numbers.get(command.call_id)
        if number is not None:
            return "remembered", find(number, self._settings.regions)
        reason = (
            "nothing is known of the remote party; pass context={'remote_number': '+34…'} with the "
            "command"
        )
        return "none", Finding(None, "", 0.0, reason)


def _log(command: Command, decision: Decision) -> None:
    logger.log(
        logging.WARNING if decision.undecided else logging.INFO,
        "command %s: from_lang=%s to_lang=%s by %s (%s), confidence %.2f: %s",
        command.id,
        decision.from_lang or "-",
        decision.to_lang or "-",
        decision.source,
        decision.evidence or "no number",
        decision.confidence,
        decision.reason,
        extra={"command_id": command.id},
    )
