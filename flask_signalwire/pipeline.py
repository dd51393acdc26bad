"""The path of a command: prepare, validate, authorize, send, observe, signals. Nothing else."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Literal

from blinker import NamedSignal
from flask import Flask

from . import signals
from .commands import Command
from .exceptions import CommandError, CommandRejected, OutcomeUnknown, PluginError
from .plugins import hookimpl
from .plugins.manager import Failure, PluginManager
from .redaction import scrub, scrubbed_traceback
from .results import CallLeg

logger = logging.getLogger("flask_signalwire.command")
plugin_logger = logging.getLogger("flask_signalwire.plugins")

Stage = Literal["prepare", "validate", "authorize", "send"]


@dataclass
class _Answer:
    """What the innermost of all senders gave back, whatever its wrappers made of it."""

    leg: CallLeg | None = None
    error: BaseException | None = None


class Pipeline:
    """Takes commands of one app along their path."""

    def __init__(self, app: Flask, plugins: PluginManager) -> None:
        self._app = app
        self._plugins = plugins
        self._answers: dict[str, _Answer] = {}

    def run(self, command: Command) -> CallLeg:
        """Send one command.

        :returns: the service's answer.
        :raises CommandError: whatever went wrong; its ``outcome`` says whether the service may have
            acted. Every command ends in exactly one of succeeded and failed.
        """
        started = time.perf_counter()
        stage: Stage = "prepare"
        try:
            command = self._prepare(command)
            stage = "validate"
            command = command.spec.validate(command)
            stage = "authorize"
            self._authorize(command)
            stage = "send"
            self._signal(signals.command_sending, command=command)
            leg = self._send(command)
            leg.command = command  # one that a plugin made may not have it
        except CommandError as error:
            self._failed(command, error, stage, time.perf_counter() - started)
            raise
        except BaseException as interruption:
            # A worker's shutdown, Ctrl-C, a green thread's timeout. It goes on, but not unrecorded.
            kind = OutcomeUnknown if stage == "send" else CommandError
            stopped = kind(
                f"{command.spec.method} was interrupted by {type(interruption).__name__}",
                command=command,
                outcome="unknown" if stage == "send" else "not_sent",
            )
            self._failed(command, stopped, stage, time.perf_counter() - started)
            raise
        self._succeeded(command, leg, time.perf_counter() - started)
        return leg

    # -- before sending -------------------------------------------------------------------------

    def _prepare(self, command: Command) -> Command:
        for hook in self._plugins.implementations("signalwire_prepare_command"):
            try:
                changed = hook(command=command)
            except Exception as error:
                raise _stopped(command, hook.plugin, hook.hook, error) from error
            if changed is None or changed is command:
                continue
            if not isinstance(changed, Command):
                raise PluginError(
                    f"{command.spec.method} was not sent: the plugin {hook.plugin} returned a "
                    f"{type(changed).__name__} from {hook.hook}; expected a Command or None",
                    plugin=hook.plugin,
                    hook=hook.hook,
                    command=command,
                )
            # Params are all that a plugin may change, so they are all that is taken over.
            command = command.replace(params=changed.params)
        return command

    def _authorize(self, command: Command) -> None:
        for hook in self._plugins.implementations("signalwire_authorize_command"):
            try:
                verdict = hook(command=command)
            except Exception as error:
                raise _stopped(command, hook.plugin, hook.hook, error) from error
            if verdict is not None:
                raise PluginError(
                    f"{command.spec.method} was not sent: the plugin {hook.plugin} returned "
                    f"{verdict!r} from {hook.hook}; a veto is raised: CommandRejected('why')",
                    plugin=hook.plugin,
                    hook=hook.hook,
                    command=command,
                )

    # -- sending --------------------------------------------------------------------------------

    def _send(self, command: Command) -> CallLeg:
        hook = "signalwire_send_command"
        answer = self._answers[command.id] = _Answer()
        try:
            result = self._plugins.hook.signalwire_send_command(command=command)
        except Exception as error:
            before = answer.leg is None and answer.error in (None, error)
            if before and isinstance(error, CommandRejected) and error.command is None:
                error.command, error.plugin = command, self._plugins.culprit(hook, error)
                raise
            if error is answer.error and getattr(error, "command", None) is command:
                raise
            raise self._send_crashed(command, answer, error) from error
        finally:
            del self._answers[command.id]
        if not isinstance(result, CallLeg):
            raise PluginError(
                f"{command.spec.method}: a plugin around {hook} lost the service's answer and "
                f"returned {type(result).__name__}; a wrapper returns what its yield gave. The "
                "service accepted the command; do not send it again",
                plugin=self._plugins.wrappers(hook),
                hook=hook,
                command=command,
                outcome="accepted" if answer.leg is not None else "unknown",
                leg=answer.leg,
            )
        return result

    def _send_crashed(self, command: Command, answer: _Answer, error: Exception) -> PluginError:
        hook = "signalwire_send_command"
        plugin = self._plugins.culprit(hook, error)
        if answer.leg is not None:
            outcome, what = "accepted", "The service had accepted the command; do not send it again"
        elif answer.error is not None:
            outcome = getattr(answer.error, "outcome", "unknown")
            what = f"Sending had failed before that: {scrub(str(answer.error))}"
        else:
            outcome, what = "not_sent", "Nothing was sent"
        return PluginError(
            f"{command.spec.method}: the plugin {plugin} crashed in {hook} "
            f"({type(error).__name__}: {scrub(str(error))}). {what}",
            plugin=plugin,
            hook=hook,
            command=command,
            outcome=outcome,  # type: ignore[arg-type]  # the words of Outcome
            leg=answer.leg,
        )

    @hookimpl(wrapper=True, trylast=True)
    def signalwire_send_command(self, command: Command) -> Generator[None, CallLeg, CallLeg]:
        """The innermost wrapper: registered last, so that it sees the answer before all others."""
        answer = self._answers[command.id]
        try:
            leg = yield
        except BaseException as error:
            answer.error = error
            raise
        answer.leg = leg
        return leg

    # -- after sending --------------------------------------------------------------------------

    def _succeeded(self, command: Command, leg: CallLeg, elapsed: float) -> None:
        logger.info(
            "command %s %s %s: call %s, status %s, %.3f s",
            command.id,
            command.name,
            _happened(leg),
            leg.id or command.call_id,
            leg.status,
            elapsed,
            extra={"command_id": command.id},
        )
        # Observers get a copy: what one of them does to it is not what the caller is answered.
        seen = CallLeg(
            leg,
            command=leg.command,
            request_id=leg.request_id,
            dry_run=leg.dry_run,
            replayed=leg.replayed,
        )
        self._observe("signalwire_command_succeeded", command=command, leg=seen, elapsed=elapsed)
        self._signal(signals.command_succeeded, command=command, leg=seen)

    def _failed(self, command: Command, error: CommandError, stage: Stage, elapsed: float) -> None:
        logger.warning(
            "command %s %s failed at %s: %s, %s",
            command.id,
            command.name,
            stage,
            error.outcome,
            # In one line, so that a search for the id finds all of it; plugins write errors, too.
            scrub(" ".join(str(error).split())),
            extra={"command_id": command.id},
        )
        self._observe(
            "signalwire_command_failed", command=command, error=error, stage=stage, elapsed=elapsed
        )
        if isinstance(error, CommandRejected):
            self._signal(signals.command_rejected, command=command, error=error)
        self._signal(signals.command_failed, command=command, error=error, stage=stage)

    def _observe(self, hook: str, **given: Any) -> None:
        for implementation in self._plugins.implementations(hook):
            try:
                implementation(**given)
            except Exception as error:  # noqa: BLE001  # somebody else's code
                self._report(given["command"], implementation.plugin, hook, error)

    def _signal(self, signal: NamedSignal, command: Command, **given: Any) -> None:
        if signal.receivers:
            for receiver, error in signals.send_safely(signal, self._app, command=command, **given):
                self._report(command, receiver, signal.name, error)

    def _report(self, command: Command, plugin: str, hook: str, error: Exception) -> None:
        """Log and signal an observer's crash; the command's outcome stands."""
        plugin_logger.error(
            "command %s %s: %s crashed in %s; the command's outcome stands\n%s",
            command.id,
            command.name,
            plugin,
            hook,
            scrubbed_traceback(error),
            extra={"command_id": command.id},
        )
        self._plugins.failures.append(Failure(plugin, hook, error))
        given = {"plugin": plugin, "hook": hook, "error": error}
        for receiver, crash in signals.send_safely(signals.plugin_failed, self._app, **given):
            plugin_logger.error(
                "command %s %s: %s crashed in %s\n%s",
                command.id,
                command.name,
                receiver,
                signals.plugin_failed.name,
                scrubbed_traceback(crash),
                extra={"command_id": command.id},
            )


def _happened(leg: CallLeg) -> str:
    if leg.dry_run:
        return "not sent (dry run)"
    return "not sent (replayed)" if leg.replayed else "accepted"


def _stopped(command: Command, plugin: str, hook: str, error: Exception) -> CommandError:
    """A veto as it is, anything else as a crash: both stop the command before it is sent."""
    if isinstance(error, CommandRejected) and error.command is None:
        error.command, error.plugin = command, plugin
        return error
    return PluginError(
        f"{command.spec.method} was not sent: the plugin {plugin} crashed in {hook} "
        f"({type(error).__name__}: {scrub(str(error))})",
        plugin=plugin,
        hook=hook,
        command=command,
    )
