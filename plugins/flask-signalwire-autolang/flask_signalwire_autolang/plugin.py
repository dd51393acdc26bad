"""The plugin: fills in what a start leaves out, and listens to what is spoken then."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask_signalwire import CallLeg, Command, events, hookimpl

from . import detectors, signals
from .choosing import Chooser
from .decision import Decision
from .evidence import EvidencePlugins
from .filling import TRANSCRIBE, TRANSLATE, Filler, missing
from .listening import Listener
from .memory import CallMemory, Choice
from .settings import AutolangSettings
from .sources import built_in, warm_up

if TYPE_CHECKING:
    import click
    from flask import Flask

    from flask_signalwire import Client

logger = logging.getLogger("flask_signalwire_autolang")

STATE = "autolang"


class Autolang:
    """Picks the languages of one app's sessions; entry point ``autolang``."""

    @hookimpl
    def signalwire_setup(self, app: Flask, client: Client) -> None:
        self._app = app
        self.settings = settings = AutolangSettings.load(app.config)
        self.catalogue = settings.read_catalogue()
        self._detector = None
        if settings.detector is not None and detectors.is_installed(settings.detector):
            catalogue = self.catalogue
            self._detector = detectors.make(settings.detector, lambda: catalogue.bases)
        self._memory = CallMemory()
        self.plugins = EvidencePlugins(
            built_in(settings, self._memory, self._detector),
            client.settings.plugins_blocked,
            strict=client.settings.plugins_strict,
        )
        self.plugins.load_entry_points()
        for own in settings.evidence:
            self.plugins.add(own, str(getattr(own, "name", None) or _name(own)))
        self.chooser = Chooser(settings, self.catalogue, self.plugins, self._memory)
        self._filler = Filler(settings, self.catalogue, self.chooser)
        self._listener = Listener(app, settings, self.catalogue, self._memory, self._detector)
        if settings.warm_up:
            self.warm_up()

    @hookimpl
    def signalwire_register_cli(self, group: click.Group) -> None:
        from .cli import language_group

        group.add_command(language_group(self))

    def warm_up(self) -> None:
        """Load the tables and the detector now: before a server forks its workers, say."""
        warm_up(self._detector)

    @hookimpl
    def signalwire_prepare_command(self, command: Command) -> Command | None:
        if command.name not in (TRANSLATE, TRANSCRIBE):
            return None
        changed, decision, refused = self._filler.fill(command)
        if decision is not None:
            command.state[STATE] = decision
            _log(command, decision)
            signals.send(signals.language_decided, self._app, command=command, decision=decision)
        if refused is not None:
            raise refused
        return changed if changed is not command else None

    @hookimpl
    def signalwire_command_succeeded(self, command: Command, leg: CallLeg) -> None:
        if leg.dry_run or leg.replayed:
            return
        self._memory.learn(leg)
        if command.name == TRANSLATE:
            self._remember(command)

    def _remember(self, command: Command) -> None:
        """What a session was started with counts for the next one of the call."""
        start = command.param("action.start")
        tag = start.get(self.settings.remote_key) if isinstance(start, Mapping) else None
        if not isinstance(tag, str) or missing(tag):
            return
        decision: Decision | None = command.state.get(STATE)
        given = decision is None or getattr(decision, self.settings.remote_key) is None
        confidence = 1.0 if decision is None or given else decision.confidence
        # Utterances are held against a default, too; as evidence it is below any threshold.
        self._memory.choose(command.call_id, Choice(tag, confidence, given))

    @hookimpl
    def signalwire_event_received(self, event: events.Event) -> None:
        if isinstance(event, events.Utterance):
            self.hear(event)

    def hear(self, utterance: events.Utterance) -> None:
        """Learn from what was said in a call: for an app that gets its utterances otherwise."""
        self._listener.hear(utterance)


def _name(source: Any) -> str:
    return str(getattr(source, "__name__", type(source).__name__))


def _log(command: Command, decision: Decision) -> None:
    logger.log(
        logging.WARNING if decision.undecided else logging.INFO,
        "command %s: from_lang=%s to_lang=%s lang=%s by %s (%s), confidence %.2f: %s",
        command.id,
        decision.from_lang or "-",
        decision.to_lang or "-",
        decision.lang or "-",
        decision.source,
        decision.evidence or "no evidence",
        decision.confidence,
        decision.reason,
        extra={"command_id": command.id},
    )
