"""The path of a command: prepare, validate, authorize, send, observe, signals. Nothing else."""

from __future__ import annotations

import copy
import logging
import time
from collections.abc import Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from blinker import NamedSignal
from flask import Flask

from . import signals
from .commands import Command
from .exceptions import CommandError, CommandRejected, Outcome, OutcomeUnknown, PluginError
from .plugins import hookimpl
from .plugins.manager import Failure, PluginManager
from .redaction import scrubbed_traceback, text_of, type_of
from .results import CallLeg

logger = logging.getLogger("flask_signalwire.command")
plugin_logger = logging.getLogger("flask_signalwire.plugins")

# A log that is broken must not undo a call: what a handler or a filter raises ends here.
_broken_log = suppress(Exception)

Stage = Literal["prepare", "validate", "authorize", "send"]


@dataclass
class _Answer:
    """What the innermost of all senders gave back, whatever its wrappers made of it.

    :param asked: whether sending got that far; before, nothing was sent.
    """

    asked: bool = False
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
        answer = _Answer()
        try:
            command = self._prepare(command)
            stage = "validate"
            command = command.spec.validate(command)
            stage = "authorize"
            self._authorize(command)
            stage = "send"
            for interruption in self._signal(signals.command_sending, command=command):
                raise interruption
            leg = self._send(command, answer)
            leg.command = command  # one that a plugin made may not have it
        except CommandError as error:
            self._failed(command, error, stage, time.perf_counter() - started)
            raise
        except Exception as error:  # of a plugin's schema, say: what is ours raises CommandErrors
            crashed = _crashed(command, answer, stage, error)
            self._failed(command, crashed, stage, time.perf_counter() - started)
            raise crashed from error
        except BaseException as interruption:
            # A worker's shutdown, Ctrl-C, a green thread's timeout. It goes on, but not unrecorded.
            stopped = _crashed(command, answer, stage, interruption)
            self._failed(command, stopped, stage, time.perf_counter() - started)
            raise
        self._succeeded(command, leg, time.perf_counter() - started)
        return leg

    # -- before sending -------------------------------------------------------------------------

    def _prepare(self, command: Command) -> Command:
        for hook in self._plugins.implementations("signalwire_prepare_command"):
            try:
                changed = hook({"command": command})
            except Exception as error:
                raise _stopped(command, hook.plugin, hook.hook, error) from error
            if changed is None or changed is command:
                continue
            if not isinstance(changed, Command):
                raise PluginError(
                    f"{command.spec.method} was not sent: the plugin {hook.plugin} returned "
                    f"{type_of(changed)} from {hook.hook}; expected a Command or None",
                    plugin=hook.plugin,
                    hook=hook.hook,
                    command=command,
                )
            if not isinstance(changed.params, Mapping):
                raise PluginError(
                    f"{command.spec.method} was not sent: the plugin {hook.plugin} made params of "
                    f"{type_of(changed.params)} in {hook.hook}; expected a dict",
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
                verdict = hook({"command": command})
            except Exception as error:
                raise _stopped(command, hook.plugin, hook.hook, error) from error
            if verdict is not None:
                raise PluginError(
                    f"{command.spec.method} was not sent: the plugin {hook.plugin} returned "
                    f"{type_of(verdict)} from {hook.hook}; a veto is raised: "
                    "CommandRejected('why')",
                    plugin=hook.plugin,
                    hook=hook.hook,
                    command=command,
                )

    # -- sending --------------------------------------------------------------------------------

    def _send(self, command: Command, answer: _Answer) -> CallLeg:
        hook = "signalwire_send_command"
        try:
            result = self._ask_senders(command, answer)
        except Exception as error:
            before = answer.leg is None and answer.error in (None, error)
            if before and _is_veto(error, command):
                raise _signed(error, command, self._plugins.culprit(hook, error)) from error
            if error is answer.error and getattr(error, "command", None) is command:
                raise
            raise self._send_crashed(command, answer, error) from error
        if isinstance(result, CallLeg):
            return result
        found = f"{type(result).__name__}; expected the CallLeg that its yield gave"
        if answer.leg is not None:
            what = "The service accepted the command; do not send it again"
        elif answer.error is not None:
            what = f"Sending had failed: {text_of(answer.error)}"
        else:
            what, found = "No plugin sent it", f"{type(result).__name__}; expected a CallLeg"
        raise PluginError(
            f"{command.spec.method}: a plugin lost the service's answer in {hook} and returned "
            f"{found}. {what}",
            plugin=self._plugins.wrappers(hook) or "unknown",
            hook=hook,
            command=command,
            outcome=_outcome(answer),
            leg=answer.leg,
        ) from answer.error

    def _ask_senders(self, command: Command, answer: _Answer) -> Any:
        if self._plugins.wraps("signalwire_send_command"):
            self._answers[command.id] = answer
            try:
                return self._plugins.hook.signalwire_send_command(command=command)
            finally:
                del self._answers[command.id]
        answer.asked = True
        try:
            leg = self._plugins.call_first("signalwire_send_command", {"command": command})
        except BaseException as error:
            answer.error = error
            raise
        if isinstance(leg, CallLeg):
            answer.leg = leg
        return leg

    def _send_crashed(self, command: Command, answer: _Answer, error: Exception) -> PluginError:
        hook = "signalwire_send_command"
        plugin = self._plugins.culprit(hook, error)
        if answer.leg is not None:
            what = "The service had accepted the command; do not send it again"
        elif answer.error is not None:
            what = f"Sending had failed before that: {text_of(answer.error)}"
        else:
            what = "Nothing was sent"
        return PluginError(
            f"{command.spec.method}: the plugin {plugin} crashed in {hook} "
            f"({type(error).__name__}: {text_of(error)}). {what}",
            plugin=plugin,
            hook=hook,
            command=command,
            outcome=_outcome(answer),
            leg=answer.leg,
        )

    @hookimpl(wrapper=True, trylast=True)
    def signalwire_send_command(self, command: Command) -> Generator[None, CallLeg, CallLeg]:
        """The innermost wrapper: registered last, so that it sees the answer before all others."""
        answer = self._answers[command.id]
        answer.asked = True
        try:
            leg = yield
        except BaseException as error:
            answer.error = error
            raise
        if isinstance(leg, CallLeg):
            answer.leg = leg
        return leg

    # -- after sending --------------------------------------------------------------------------

    def _succeeded(self, command: Command, leg: CallLeg, elapsed: float) -> None:
        interruptions = self._observe(
            "signalwire_command_succeeded", command=command, leg=leg, elapsed=elapsed
        )
        interruptions += self._signal(signals.command_succeeded, command=command, leg=leg)
        if logger.isEnabledFor(logging.INFO):  # scrubbing takes longer than all the rest here
            with _broken_log:
                logger.info(
                    "command %s %s %s: call %s, status %s, %.3f s",
                    command.id,
                    command.name,
                    _happened(leg),
                    text_of(leg.id or command.call_id),
                    text_of(leg.status),
                    elapsed,
                    extra={"command_id": command.id},
                )
        for interruption in interruptions:
            raise interruption

    def _failed(self, command: Command, error: CommandError, stage: Stage, elapsed: float) -> None:
        given: dict[str, Any] = {"command": command, "error": error, "stage": stage}
        interruptions = self._observe("signalwire_command_failed", elapsed=elapsed, **given)
        if isinstance(error, CommandRejected):
            interruptions += self._signal(signals.command_rejected, command=command, error=error)
        interruptions += self._signal(signals.command_failed, **given)
        with _broken_log:
            logger.warning(
                "command %s %s failed at %s: %s, %s",
                command.id,
                command.name,
                stage,
                error.outcome,
                text_of(error),
                extra={"command_id": command.id},
            )
        for interruption in interruptions:
            raise interruption

    def _observe(self, hook: str, **given: Any) -> list[BaseException]:
        """Call each observer; what one of them does to a leg is seen by no other.

        :returns: interruptions, such as a worker's shutdown, to be raised when all were called.
        """
        interruptions = []
        for implementation in self._plugins.implementations(hook):
            try:
                implementation(_own_leg(given) if implementation.own_leg else given)
            except Exception as error:  # noqa: BLE001  # somebody else's code
                self._report(given["command"], implementation.plugin, hook, error)
            except BaseException as interruption:  # noqa: BLE001  # raised in the end
                interruptions.append(interruption)
        return interruptions

    def _signal(self, signal: NamedSignal, command: Command, **given: Any) -> list[BaseException]:
        interruptions = []
        if signal.receivers:
            given = _own_leg(given)
            for receiver, error in signals.send_safely(signal, self._app, command=command, **given):
                if isinstance(error, Exception):
                    self._report(command, receiver, signal.name, error)
                else:
                    interruptions.append(error)
        return interruptions

    def _report(self, command: Command, plugin: str, hook: str, error: Exception) -> None:
        """Log and signal an observer's crash; the command's outcome stands."""
        with _broken_log:
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
        failed = signals.plugin_failed
        for receiver, crash in signals.send_safely(failed, self._app, **given):
            with _broken_log:
                plugin_logger.error(
                    "command %s %s: %s crashed in %s\n%s",
                    command.id,
                    command.name,
                    receiver,
                    failed.name,
                    scrubbed_traceback(crash),
                    extra={"command_id": command.id},
                )


def _own_leg(given: dict[str, Any]) -> dict[str, Any]:
    """The arguments with a leg of their own: what is done to it is not what the caller gets."""
    leg: CallLeg | None = given.get("leg")
    return given if leg is None else {**given, "leg": leg.detached()}


def _outcome(answer: _Answer) -> Outcome:
    if answer.leg is not None:
        return "accepted"
    if answer.error is not None:
        outcome: Outcome = getattr(answer.error, "outcome", "unknown")
        return outcome
    return "not_sent"


def _crashed(command: Command, answer: _Answer, stage: Stage, error: BaseException) -> CommandError:
    """The error of a command that something else than a CommandError ended."""
    outcome = _outcome(answer)
    if outcome == "not_sent" and answer.asked:
        outcome = "unknown"
    how = "crashed on" if isinstance(error, Exception) else "was interrupted by"
    message = f"{command.spec.method} {how} {type(error).__name__} at {stage}"
    if isinstance(error, Exception) or outcome == "accepted":
        return PluginError(
            f"{message}: {text_of(error)}",
            plugin=command.spec.schema.__qualname__ if stage == "validate" else "unknown",
            hook=stage,
            command=command,
            outcome=outcome,
            leg=answer.leg,
        )
    kind = OutcomeUnknown if outcome == "unknown" else CommandError
    return kind(message, command=command, outcome=outcome)


def _is_veto(error: Exception, command: Command) -> bool:
    """Whether it is a veto of this command: one of another command is a crash, as any error is."""
    if not isinstance(error, CommandRejected):
        return False
    return error.command is None or error.command.id == command.id


def _signed(error: Exception, command: Command, plugin: str) -> CommandRejected:
    """A copy of a veto with its command and plugin: the plugin may keep and raise the original."""
    veto: CommandRejected = copy.copy(error)  # type: ignore[assignment]
    veto.command, veto.plugin = command, plugin
    return veto


def _happened(leg: CallLeg) -> str:
    if leg.dry_run:
        return "not sent (dry run)"
    return "not sent (replayed)" if leg.replayed else "accepted"


def _stopped(command: Command, plugin: str, hook: str, error: Exception) -> CommandError:
    """A veto as it is, anything else as a crash: both stop the command before it is sent."""
    if _is_veto(error, command):
        return _signed(error, command, plugin)
    return PluginError(
        f"{command.spec.method} was not sent: the plugin {plugin} crashed in {hook} "
        f"({type(error).__name__}: {text_of(error)})",
        plugin=plugin,
        hook=hook,
        command=command,
    )
