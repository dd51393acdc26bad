"""Calling, the commands of one account; and Call, those of one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from .commands import Command, CommandSpec, CommandTable, freeze
from .commands.fields import suggest
from .exceptions import PayloadError
from .methods import CallingMethods, CallMethods, CallOptions
from .pipeline import Pipeline
from .results import CallLeg

if TYPE_CHECKING:
    from typing_extensions import Unpack

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_OPTIONS = tuple(CallOptions.__annotations__)


class Calling(CallingMethods):
    """Sends the commands of one account; ``app.signalwire.calling``.

    Method names, argument order and keywords are those of the vendor's SDK. A keyword that is None
    is left out, as it is there.

    :param ready: raises a ConfigurationError while the account can't send.
    """

    def __init__(
        self, account: str, table: CommandTable, pipeline: Pipeline, ready: Callable[[], None]
    ) -> None:
        self._account = account
        self._table = table
        self._pipeline = pipeline
        self._ready = ready

    def send(
        self,
        name: str,
        call_id: str | None = None,
        params: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Send a command by its wire name: for commands that a plugin added, and for names in data.

        :param name: such as ``calling.live_translate``.
        :param call_id: the uuid of the call; None for ``dial`` and ``update``.
        :param params: the payload, with the service's own names (``from``, not ``from_``).
        :raises LookupError: for an unknown name, with the nearest known one.
        """
        return self._run(name, call_id, dict(params or {}), options)

    def call(self, call_id: str) -> Call:
        """The commands of one call, without repeating its id."""
        return Call(self, call_id)

    def _run(
        self,
        name: str,
        call_id: str | None,
        params: dict[str, Any],
        options: CallOptions,
    ) -> CallLeg:
        spec = self._table[name]
        _check_keywords(spec, options)
        self._ready()
        return self._pipeline.run(self._command(spec, call_id, params, options))

    def _command(
        self,
        spec: CommandSpec,
        call_id: str | UUID | None,
        params: dict[str, Any],
        options: CallOptions,
    ) -> Command:
        extras = options.get("extras") or _NOTHING
        vendor = options.get("request_options")
        deadline = options.get("deadline")
        if deadline is not None and not (_is_number(deadline) and deadline > 0):
            raise ValueError(f"deadline={deadline!r}; expected a number of seconds above 0")
        timeout, retries = getattr(vendor, "timeout", None), getattr(vendor, "retries", None)
        if timeout is not None and not (_is_number(timeout) and timeout > 0):
            raise ValueError(f"timeout={timeout!r} of request_options; expected seconds above 0")
        if retries is not None and not (type(retries) is int and retries >= 0):
            raise ValueError(f"retries={retries!r} of request_options; expected 0 or more")
        try:
            given = {key: value for key, value in params.items() if value is not None}
            payload = freeze(spec.complete({**given, **extras}))
        except ValueError as error:
            raise PayloadError({"params": [str(error)]}, name=spec.method) from error
        return Command(
            spec,
            call_id=str(call_id) if isinstance(call_id, UUID) else call_id,
            params=payload,
            extras=extras,
            account=self._account,
            context=MappingProxyType(dict(options.get("context") or {})),
            deadline=deadline,
            timeouts=None if timeout is None else (timeout, timeout),
            retries=retries,
        )


class Call(CallMethods):
    """The commands of one call; ``calling.call(call_id)``.

    :ivar id: the uuid of the call.
    """

    def __init__(self, calling: Calling, call_id: str) -> None:
        self._calling = calling
        self.id = call_id

    def _run(
        self,
        name: str,
        call_id: str | None,
        params: dict[str, Any],
        options: CallOptions,
    ) -> CallLeg:
        return self._calling.send(name, call_id, params, **options)

    def __repr__(self) -> str:
        return f"<Call {self.id}>"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _check_keywords(spec: CommandSpec, options: Mapping[str, Any]) -> None:
    for keyword in options:
        if keyword not in _OPTIONS:
            known = (*spec.payload.keys, *_OPTIONS)
            hint = suggest(keyword, known)
            raise TypeError(f"{spec.method}() got an unexpected keyword argument {keyword!r}{hint}")
