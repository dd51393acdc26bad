"""What is written when: the intent before a command is sent, the outcome after."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from typing import Any, TypeGuard

from flask_signalwire import CallLeg, Command, Health, events, exceptions

from . import masking
from .chain import Entry, dump, moment
from .errors import AuditError
from .gaps import BestEffort
from .journal import Journal
from .keys import Key, normalise
from .settings import AuditSettings

logger = logging.getLogger("flask_signalwire_audit")

LONGEST_MESSAGE = 10_000
CORNER = "audit"
"""Ours of ``Command.state``: the columns of the command's intent, once that is written."""

STOPPED = "audit_stopped"
"""Ours as well: set where the intent could not be written, so that the command is not sent."""


class Recorder:
    """Writes one app's journal.

    :param journal: where to. :param settings: how.
    """

    def __init__(self, journal: Journal, settings: AuditSettings) -> None:
        self._journal = journal
        self._settings = settings
        self._best_effort = BestEffort(journal) if settings.mode == "best-effort" else None

    def intent(self, command: Command) -> None:
        """Write down that a command is about to be sent, and commit that.

        :raises AuditError: where it can't be written and must be; the command must not be sent
            then.
        """
        values, personal, numbers = self._described(command, self._user(command))
        entry = Entry("intent", values, personal=personal, numbers=frozenset(numbers))
        try:
            if self._append(entry):
                command.state[CORNER] = values
        except AuditError:
            command.state[STOPPED] = True
            raise

    def succeeded(self, command: Command, leg: CallLeg, elapsed: float) -> None:
        """Write down that the service accepted a command, or that a dry run did not send it."""
        self._outcome(command, _outcome("accepted", leg), elapsed, leg, {})

    def failed(
        self, command: Command, error: exceptions.CommandError, stage: str, elapsed: float
    ) -> None:
        """Write down how a command failed, those that never came to their intent too."""
        # The service may have answered before something else went wrong.
        leg = error.leg if isinstance(error, exceptions.PluginError) else None
        more = {
            "stage": stage,
            "error": type(error).__name__,
            "request_id": masking.clean(getattr(error, "request_id", None)),
        }
        message = masking.clean(error, LONGEST_MESSAGE)
        # Where the journal fails still, the caller has that very error already.
        with suppress(AuditError) if STOPPED in command.state else nullcontext():
            self._outcome(command, _outcome(error.outcome, leg), elapsed, leg, more, message)

    def event(self, event: events.Event) -> None:
        """Write down that a callback came, without what it says.

        Its digest is kept: it tells whether a payload that somebody shows is the one that came.
        """
        numbers = {normalise(number) for number in _numbers(event.raw)}
        values = {
            "account": masking.clean(event.account),
            "name": masking.clean(event.kind),
            "call_id": masking.clean(event.call_id),
            "control_id": masking.clean(event.control_id),
        }
        raw = dump(masking.plain(event.raw))
        personal = {
            "purpose": masking.clean(event.purpose),
            "timestamp": moment(event.timestamp) if event.timestamp else None,
            "payload_digest": key.digest(raw) if (key := self._key()) else None,
        }
        self._append(
            Entry(
                "event",
                values,
                personal=personal,
                numbers=frozenset(numbers),
                at=event.received_at,
            )
        )

    def health(self) -> Health:
        """Whether commands can be recorded, as far as reading the database tells.

        In best-effort mode nothing is asked: a database that hangs must not make the app look dead.
        """
        if self._best_effort is not None:
            since = self._best_effort.since
            return Health("ok") if since is None else Health("warn", f"no audit since {since}")
        try:
            self._journal.check()
        except AuditError as error:
            return Health("fail", f"{error}; no command is sent")
        return Health("ok")

    def _append(self, entry: Entry) -> bool:
        if self._best_effort is not None:
            return self._best_effort.append(entry)
        self._journal.append(entry)
        return True

    def _outcome(
        self,
        command: Command,
        outcome: str,
        elapsed: float,
        leg: CallLeg | None,
        more: Mapping[str, Any],
        message: str | None = None,
    ) -> None:
        values, personal, numbers = command.state.get(CORNER), dict[str, Any](), set[str]()
        if values is None:
            try:
                who = self._user(command)
            except AuditError:  # it was not sent; what stopped it is the error
                who = None
            values, personal, numbers = self._described(command, who)
        values = {**values, **more, "outcome": outcome, "elapsed": elapsed}
        if message is not None:
            personal["message"] = message
        if leg is not None:
            values["leg_id"] = masking.clean(leg.id)
            values["leg_status"] = masking.clean(leg.status)
            values["request_id"] = masking.clean(leg.request_id)
            numbers |= {normalise(each) for each in (leg.from_, leg.to) if is_number(each)}
        self._append(Entry("outcome", values, personal=personal, numbers=frozenset(numbers)))

    def _described(
        self, command: Command, who: str | None
    ) -> tuple[dict[str, Any], dict[str, Any], set[str]]:
        hashed = self._key() if self._settings.hash_numbers else None
        params = masking.Params(command, self._settings.text, hashed)
        values = {**_identified(command), "who": who}
        return values, {"params": params.masked}, params.numbers

    def _key(self) -> Key | None:
        try:
            return self._journal.key()
        except AuditError:  # nothing can be written either, and that is reported there
            return None

    def _user(self, command: Command) -> str | None:
        if self._settings.user is None:
            return masking.user(command.context.get("user"))
        try:
            return masking.user(self._settings.user(command))
        except Exception as error:
            if self._best_effort is None:
                raise AuditError(
                    f"SIGNALWIRE_AUDIT_USER raised {type(error).__name__}, so nobody knows who "
                    "sends this command"
                ) from error
            logger.exception(
                "SIGNALWIRE_AUDIT_USER crashed; the command is recorded without a user"
            )
            return None


def _identified(command: Command) -> dict[str, Any]:
    # `update` names its call among its params.
    call_id = command.call_id
    if call_id is None and not command.spec.takes_id:
        call_id = command.param("id")
    return {
        "command_id": command.id,
        "account": masking.clean(command.account),
        "name": masking.clean(command.name),
        "call_id": masking.clean(call_id),
        "control_id": masking.clean(command.param("control_id")),
    }


def _outcome(outcome: str, leg: CallLeg | None) -> str:
    """A dry run's answer is made up: to call it accepted would be a lie."""
    if leg is None or not (leg.dry_run or leg.replayed):
        return outcome
    return "dry_run" if leg.dry_run else "replayed"  # nothing was sent, so nothing was accepted


def is_number(value: object) -> TypeGuard[str]:
    """Whether something may be a number: an answer's keys can hold anything."""
    return isinstance(value, str) and bool(value.strip())


def _numbers(value: Any, key: str = "") -> list[str]:
    """The numbers in a callback's payload: what stands under the keys that carry them."""
    if isinstance(value, Mapping):
        return [each for name, inner in value.items() for each in _numbers(inner, str(name))]
    if isinstance(value, (list, tuple)):
        return [each for inner in value for each in _numbers(inner, key)]
    found = key.lower() in _NUMBER_KEYS and is_number(value)
    return [value] if found else []


_NUMBER_KEYS = {"from", "to", "from_number", "to_number", "caller_id_number", "destination_number"}
