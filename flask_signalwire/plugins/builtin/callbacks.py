"""Fills in the callback URLs that commands leave out, so that the service reports to this app."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ...commands import Command, CommandSpec
from ...commands.fields import Keyed
from ...exceptions import CommandError
from ...readonly import MAPPING, ReadOnlyDict, freeze
from ...results import CallLeg
from .. import hookimpl

logger = logging.getLogger("flask_signalwire.config")

NAME = "callbacks"


class Calls(Protocol):
    """What is remembered of calls, by account; :class:`flask_signalwire.webhooks.store.EventStore`
    is one.
    """

    def pin(self, account: str, command_id: str, call_id: str) -> object:
        """Bind a dial's command to the call that it placed."""

    def remember(self, account: str, call_id: str) -> object:
        """A command of ours acted on a call."""


class Callbacks:
    """Fills in callback URLs, and tells which calls will report to them.

    :param url: a signed URL for a purpose, an account, and a call's id or else a command's;
        keywords ``call_id``, ``command_id``, ``account``.
    :param calls: learns which call a command placed or acted on.
    :param reachable: whether there is a public URL at all; without one nothing is filled in, and
        the first command that could have one is warned of.
    """

    def __init__(self, url: Callable[..., str], calls: Calls, *, reachable: bool) -> None:
        self._url = url
        self._calls = calls
        self._reachable = reachable
        self._warned = False

    @hookimpl(trylast=True)  # what other plugins filled in stays
    def signalwire_prepare_command(self, command: Command) -> Command | None:
        if not command.spec.callback_fields or not command.callbacks:
            return None
        if self._warned:  # and so unreachable, for good
            return None
        places = list(_left_out(command))
        bound = _bound(command) if places else {}
        if not bound:
            return None
        if not self._reachable:
            self._warn()
            return None
        params: Mapping[str, Any] = command.params
        for path, purpose in places:
            params = _with(params, path, self._url(purpose, account=command.account, **bound))
            if len(path) == 1:
                params = _with_companions(params, command.spec)
        return command.replace(params=params)

    def check(self, command: Command) -> None:
        """Raise where a URL has to be filled in that can't be made.

        Asked before a command starts: a setting that is missing is no crash of a plugin.

        :raises ConfigurationError: what `url` raises.
        """
        if self._reachable and command.callbacks and command.spec.callback_fields:
            bound = _bound(command)
            for _, purpose in _left_out(command) if bound else ():
                self._url(purpose, account=command.account, **bound)

    @hookimpl
    def signalwire_command_succeeded(self, command: Command, leg: CallLeg) -> None:
        self._learn(command, leg)

    @hookimpl
    def signalwire_command_failed(self, command: Command, error: CommandError) -> None:
        leg = getattr(error, "leg", None)
        if isinstance(leg, CallLeg):  # accepted, and lost on its way back through plugins
            self._learn(command, leg)

    def _learn(self, command: Command, leg: CallLeg) -> None:
        spec = command.spec
        if leg.dry_run or not (spec.callback_fields or spec.starts_call):
            return
        bound = _bound(command)
        call_id = bound.get("call_id") or leg.id
        if not isinstance(call_id, str):
            return
        # Without a public URL no token was handed out that a pin would be for.
        if self._reachable and "command_id" in bound and not leg.replayed:
            self._calls.pin(command.account, command.id, call_id)
        self._calls.remember(command.account, call_id)

    def _warn(self) -> None:
        if not self._warned:
            self._warned = True
            logger.warning(
                "SIGNALWIRE_PUBLIC_URL is unset: no callback URLs are filled in, so the service "
                "reports nothing to this app. Set it; or set SIGNALWIRE_CALLBACKS to False"
            )


def _bound(command: Command) -> dict[str, str]:
    """What a command's URLs are bound to: its call, or the command where it has none yet.

    Empty where the call's id is no text: then the command is invalid, and is told so.
    """
    spec = command.spec
    if not spec.takes_id and "id" not in spec.payload.keys:
        return {"command_id": command.id}
    call_id = command.call_id if spec.takes_id else command.params.get("id")
    return {"call_id": call_id} if isinstance(call_id, str) else {}


def _left_out(command: Command) -> Any:
    """The callback fields that have a place in the payload, and are not there."""
    payload = command.spec.payload
    for path, purpose in command.spec.callback_fields.items():
        *way, last = path
        inner: Any = command.params
        for key in way:
            inner = inner.get(key) if isinstance(inner, MAPPING) else None
        if not isinstance(inner, MAPPING) or last in inner:
            continue
        if way and isinstance(payload.keys[way[0]], Keyed) and len(command.params[way[0]]) != 1:
            continue
        # Keys may exclude each other: a sidecar's `url` has no place beside an `action`.
        if not way and last in payload.between({**command.params, last: ""}):
            continue
        yield path, purpose


def _with(params: Mapping[str, Any], path: tuple[str, ...], value: str) -> ReadOnlyDict:
    """A copy with one value more; what is not on the way to it is shared, since none can change."""
    key, *rest = path
    inner = _with(params[key], tuple(rest), value) if rest else value
    return ReadOnlyDict({**params, key: inner})


def _with_companions(params: Mapping[str, Any], spec: CommandSpec) -> ReadOnlyDict:
    missing = {k: v for k, v in spec.schema.beside_callback.items() if k not in params}
    return ReadOnlyDict({**params, **{key: freeze(value) for key, value in missing.items()}})
