"""One dial for one idempotency key, however often it is asked for.

A key is reserved before the first byte is sent, and what became of the command is written down
before its caller hears of it. Whenever nobody can say whether the service acted, the key is kept:
a dial that is refused for no need costs less than a second telephone call.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from ...commands import Command
from ...exceptions import CommandError, IdempotencyConflict, IdempotencyUnavailable
from ...health import Health
from ...idempotency import Entry, Store, StoreError, fingerprint, name_of
from ...redaction import scrub
from ...results import CallLeg
from .. import hookimpl

logger = logging.getLogger("flask_signalwire.command")
config_logger = logging.getLogger("flask_signalwire.config")

NAME = "idempotency"
MARGIN = 60.0
"""Seconds that a reservation outlives its command's deadline at least: it must not end first."""

_WHAT_TO_DO = {
    "in_progress": (
        "and has not ended. Try again later, with the same key. If its process died, look that "
        "command up in your logs: the key stays reserved for SIGNALWIRE_IDEMPOTENCY_TTL"
    ),
    "other_params": (
        "with other params. A key names one dial: use a new key for a new call, or the params of "
        "the first one to get its leg"
    ),
    "unknown_outcome": (
        "and nobody knows whether the service placed its call. Look for the call in the space; "
        "if there is none, dial with a new key"
    ),
}


@dataclass
class _Attempt:
    """What is known of one command with a key; its corner of ``command.state``.

    :param own: the caller's own callback URLs and what goes with them, before plugins filled them
        in; None for what was left out.
    :param name: the key's name in the store.
    :param entry: what was reserved, or is about to be; None while nothing was.
    :param text: the entry as it is in the store.
    :param sending: whether the reservation succeeded, so that the command was let through.
    """

    own: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    entry: Entry | None = None
    text: str = ""
    sending: bool = False


class Idempotency:
    """Keeps the promise of ``idempotency_key=``.

    :param store: remembers the keys.
    :param ttl: seconds that a key lives after its command ended.
    :param deadline: seconds that a command takes at most where it has no deadline of its own.
    :param accounts: what each account's name stands for. It is the same in every app that uses the
        same project, and another one for other projects, so that apps can share a store.
    :param warn: whether to tell that a store which no other process sees may not be enough.
    """

    def __init__(
        self,
        store: Store,
        *,
        ttl: float,
        deadline: float,
        accounts: Mapping[str, str],
        warn: bool = False,
    ) -> None:
        self._store = store
        self._ttl = ttl
        self._deadline = deadline
        self._accounts = accounts
        self._warn = warn and not store.shared

    @hookimpl(tryfirst=True)
    def signalwire_prepare_command(self, command: Command) -> None:
        if command.idempotency_key is not None:
            spec = command.spec
            keys = ("status_url", *(path[0] for path in spec.callback_fields))
            own = {key: command.params.get(key) for key in (*keys, *spec.schema.beside_callback)}
            command.state[NAME] = _Attempt(own)

    @hookimpl(tryfirst=True)
    def signalwire_send_command(self, command: Command) -> CallLeg | None:
        key = command.idempotency_key
        if key is None:
            return None
        if self._warn:
            self._warn = False
            config_logger.warning(
                "SIGNALWIRE_IDEMPOTENCY_URL is unset: idempotency keys are known to this process "
                "alone. Set redis://… where several processes dial, or where keys must outlive one"
            )
        attempt: _Attempt = command.state[NAME]
        account = self._accounts[command.account]
        # What plugins filled in for callbacks may carry a token that is never the same twice.
        params = {**command.params, **attempt.own}
        entry = Entry(command.id, fingerprint(account, command.name, params), time.time())
        attempt.name, attempt.text = name_of(account, key), entry.encode()
        attempt.entry = entry  # before the store is asked: an interruption may come from now on
        lifetime = max(self._ttl, (command.deadline or self._deadline) + MARGIN)
        try:
            found = self._store.reserve(attempt.name, attempt.text, lifetime)
            if found is None:
                attempt.sending = True
                return None
            attempt.entry = None
            first = Entry.decode(found)
        except StoreError as error:
            raise IdempotencyUnavailable(
                f"{command.spec.method} was not sent: its idempotency key can't be checked. "
                f"{str(error)[:1].upper()}{str(error)[1:]}",
                command=command,
            ) from error
        return self._replay(command, entry, first)

    @hookimpl(tryfirst=True)
    def signalwire_command_succeeded(self, command: Command, leg: CallLeg) -> None:
        self._end(command, "accepted", leg)

    @hookimpl(tryfirst=True)
    def signalwire_command_failed(self, command: Command, error: CommandError) -> None:
        self._end(command, error.outcome, getattr(error, "leg", None))

    @hookimpl
    def signalwire_check_health(self) -> Health | None:
        if not self._store.shared:
            return None
        try:
            self._store.check()
        except StoreError as error:
            return Health("fail", f"{error}; dials with a key are not sent")
        return Health("ok")

    def _replay(self, command: Command, entry: Entry, first: Entry) -> CallLeg:
        """The first attempt's leg, or why there is none."""
        if first.fingerprint == entry.fingerprint and first.leg is not None:
            logger.info(
                "command %s %s: not sent, its idempotency key was answered: command %s, %s",
                command.id,
                command.name,
                first.command_id,
                first.started,
                extra={"command_id": command.id},
            )
            return CallLeg(first.leg, command=command, request_id=first.request_id, replayed=True)
        same = first.fingerprint == entry.fingerprint
        reason = first.state if same and first.state != "answered" else "other_params"
        raise IdempotencyConflict(
            f"{command.spec.method} was not sent: command {first.command_id} was started with its "
            f"idempotency key {scrub(repr(command.idempotency_key))} at {first.started}, "
            f"{_WHAT_TO_DO[reason]}",
            reason=reason,
            first_command_id=first.command_id,
            command=command,
        )

    def _end(self, command: Command, outcome: str, leg: CallLeg | None) -> None:
        """Write down what became of a command that has a reservation."""
        attempt = command.state.get(NAME)
        if not isinstance(attempt, _Attempt) or attempt.entry is None:
            return
        entry, attempt.entry = attempt.entry, None
        if not attempt.sending:
            # The reservation failed, maybe after the store had heard of it; its error is told.
            with suppress(StoreError):
                self._store.release(attempt.name, attempt.text)
            return
        try:
            if outcome in ("not_sent", "refused") or (leg is not None and leg.dry_run):
                kept = self._store.release(attempt.name, attempt.text)
            else:
                ended = _ended(entry, leg).encode()
                kept = self._store.replace(attempt.name, attempt.text, ended, self._ttl)
        except StoreError as error:
            raise StoreError(
                f"{error}. What became of command {command.id} ({outcome}) is not written down: "
                "until its idempotency key ends, nothing is sent with that key"
            ) from error
        if not kept:
            raise StoreError(
                f"another command has taken the idempotency key of command {command.id} "
                f"({outcome}) while it was sent: was the store emptied? There may be two calls"
            )


def _ended(entry: Entry, leg: CallLeg | None) -> Entry:
    if leg is None:
        return replace(entry, state="unknown_outcome")
    return replace(entry, state="answered", leg=dict(leg), request_id=leg.request_id)
