"""Command, what is asked of the service; and CommandSpec, its row in the table."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from marshmallow import ValidationError

from ..exceptions import PayloadError
from ..readonly import ReadOnlyDict, freeze, thaw
from ..redaction import Show, text_of
from .fields import (
    PayloadSchema,
    UnknownKey,
    Uuid,
    callback_fields,
    check_json,
    new_uuid,
)

_EMPTY: Mapping[str, Any] = ReadOnlyDict()
# Nothing that passed validation is inside of itself.
_encode = json.JSONEncoder(check_circular=False).encode
_ID = Uuid(required=True)


@dataclass(frozen=True, eq=False)
class Command:
    """One command on its way to the service. Frozen: plugins make changed copies.

    :param spec: its row in the table.
    :param call_id: the uuid of the call that it acts on; None for ``dial`` and ``update``.
    :param params: its payload, read-only. After validation it is what is sent, byte for byte.
    :param extras: keys (of ``params``, already merged) that may be unknown to the schema.
    :param account: the name of the credentials that it is sent with.
    :param context: what the application knows and the service does not want: the remote party's
        number, text samples, a profile, a user. Never sent.
    :param state: a corner for each plugin, under the plugin's name; shared by all copies.
    :param deadline: seconds that the whole sending may take, retries included.
    :param timeouts: seconds to connect and to wait, where this call has its own.
    :param retries: repetitions that are allowed at most, where this call has its own.
    :param dry_run: whether it must not be sent: a plugin that sends, or that acts elsewhere because
        of a command, leaves it.
    :param callbacks: whether callback URLs that it leaves out may be filled in.
    :param idempotency_key: the caller's name for this call; the same one never starts a second.
    :param body: the bytes that are sent; empty before validation.
    :param started: when the command was given, by ``time.monotonic``: its deadline runs from there.
    :param id: a uuid made here: the correlation id in logs, the audit and callbacks.
    """

    spec: CommandSpec
    call_id: str | None = None
    params: Mapping[str, Any] = field(default_factory=ReadOnlyDict)
    extras: Mapping[str, Any] = field(default_factory=ReadOnlyDict)
    account: str = "default"
    context: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    state: dict[str, Any] = field(default_factory=dict)
    deadline: float | None = None
    timeouts: tuple[float, float] | None = None
    retries: int | None = None
    dry_run: bool = False
    callbacks: bool = True
    idempotency_key: str | None = None
    body: bytes = field(default=b"", repr=False)
    started: float = field(default_factory=time.monotonic)
    id: str = field(default_factory=new_uuid)

    def __post_init__(self) -> None:
        if type(self.params) is not ReadOnlyDict:
            object.__setattr__(self, "params", freeze(self.params))

    @property
    def name(self) -> str:
        """The wire name: ``calling.live_translate``."""
        return self.spec.name

    def replace(self, *, params: Mapping[str, Any]) -> Command:
        """A copy with other params; nothing else of a command can be changed."""
        return replace(self, params=params, body=b"")

    def param(self, path: str, default: Any = None) -> Any:
        """The param at a dotted path (``action.start.to_lang``), or the default where there is
        none.
        """
        value: Any = self.params
        for key in path.split("."):
            if not isinstance(value, Mapping) or key not in value:
                return default
            value = value[key]
        return value

    def with_param(self, path: str, value: Any) -> Command:
        """A copy with the param at a dotted path set; objects on the way are made where missing.

        :raises TypeError: where something on the way is not an object (``action`` may be
            ``"stop"``).
        """
        params = thaw(self.params)
        *way, last = path.split(".")
        inner = params
        for key in way:
            inner = inner.setdefault(key, {})
            if not isinstance(inner, dict):
                raise TypeError(f"can't set `{path}`: `{key}` is not an object in this command")
        inner[last] = value
        return self.replace(params=params)

    def masked_params(self, show: Show | None = None) -> dict[str, Any]:
        """The params with secrets left out and telephone numbers masked: for logs and records.

        :param show: a function of ``"number"`` or ``"words"`` and a text that a schema marks so,
            which returns what is shown in its place, None for the usual mask. Text that no schema
            knows counts as words.
        """
        masked: dict[str, Any] = self.spec.payload.mask(self.params, show)
        return masked

    def __repr__(self) -> str:
        call = f" call_id={text_of(self.call_id)}" if self.call_id else ""
        return f"<Command {self.name} id={self.id}{call} params={self.masked_params()!r}>"


def never(command: Command) -> bool:
    """The cautious rule for :attr:`CommandSpec.repeatable`: sent twice, it would act twice."""
    return False


def always(command: Command) -> bool:
    """The rule where sending it twice does what sending it once does."""
    return True


@dataclass(frozen=True)
class CommandSpec:
    """A row of the table: all that the package knows of one command of the service.

    :param name: the wire name: ``calling.play.stop``.
    :param method: the Python name: ``play_stop``.
    :param schema: validates the params.
    :param takes_id: whether it acts on a call that ``id`` names beside the params.
    :param summary: one sentence, for method docstrings and the reference.
    :param repeatable: whether sending it twice does what sending it once does, so that it may be
        repeated when nobody knows whether the first one arrived. May look at the params.
    :param starts_call: whether it starts a call, and so takes an ``idempotency_key``.
    """

    name: str
    method: str
    schema: type[PayloadSchema]
    takes_id: bool
    summary: str
    repeatable: Callable[[Command], bool] = never
    starts_call: bool = False

    @cached_property
    def payload(self) -> PayloadSchema:
        """Its schema, ready to use. Made when it is needed: an app sends a few of all commands."""
        return self.schema()

    @cached_property
    def callback_fields(self) -> Mapping[tuple[str, ...], str]:
        """The fields for callback URLs, by the keys that lead to them, and the purpose of each."""
        return dict(callback_fields(self.payload))

    def validate(self, command: Command) -> Command:
        """The command with its params as they will be sent: checked, tags normalised, encoded.

        :raises PayloadError: with every problem of the payload, each with its path.
        """
        messages: dict[str, Any] = {}
        if self.takes_id:
            try:
                _ID.check(command.call_id)
            except ValidationError as error:
                messages["call_id"] = error.messages
        elif command.call_id is not None:
            messages["call_id"] = [
                f"given; expected none, `{self.method}` names no call outside of its params"
            ]
        loaded: dict[str, Any] = {}
        try:
            loaded = self.load(command.params, command.extras)
        except ValidationError as error:
            messages["params"] = error.messages
        if messages:
            raise PayloadError(messages, name=self.method, command=command)
        envelope: dict[str, Any] = {"command": self.name}
        if command.call_id is not None:
            envelope["id"] = str(command.call_id)
        envelope["params"] = loaded
        body = _encode(envelope).encode()
        # Mostly nothing had to be normalised: then there is nothing to freeze again.
        params = command.params if loaded is command.params else freeze(loaded)
        # dataclasses.replace() takes longer than encoding, for two fields.
        valid: Command = object.__new__(Command)
        valid.__dict__.update(command.__dict__, params=params, body=body)
        return valid

    def complete(self, params: dict[str, Any]) -> dict[str, Any]:
        """Params of the contract, from those that a caller gave: shorthands written out, and fresh
        control ids where there are none.
        """
        params = self.schema.accept(params)
        for key, fill in self.payload.fills.items():
            if key not in params:
                params[key] = fill()
        return params

    def load(self, params: Mapping[str, Any], extras: Mapping[str, Any] = _EMPTY) -> dict[str, Any]:
        """Params as the service takes them.

        Keys that came in by `extras` may be unknown at any depth; known ones are checked all the
        same.

        :raises marshmallow.ValidationError: with nested messages.
        """
        try:
            loaded: dict[str, Any] = self.payload.load(params)
            return loaded
        except ValidationError as error:
            allowed = list(_unknown_paths(error.messages, extras)) if extras else []
            if not allowed:
                raise
        # Take out what the caller vouches for, check the rest, and put it back.
        rest = thaw(params)
        vouched = [(path, _take(rest, path)) for path in allowed]
        loaded = self.payload.load(rest)
        for path, value in vouched:
            check_json({path[-1]: value}, ".".join(map(str, path[:-1])))
            _put(loaded, path, value)
        return loaded


_Path = tuple[Any, ...]


def _unknown_paths(messages: Any, extras: Any, path: _Path = ()) -> list[_Path]:
    """Where unknown keys were met that stand in `extras` too."""
    if not isinstance(messages, Mapping):
        return []
    found: list[_Path] = []
    for key, inner in messages.items():
        try:
            there = extras[key]
        except (KeyError, IndexError, TypeError):
            continue
        if isinstance(inner, list) and any(isinstance(text, UnknownKey) for text in inner):
            found.append((*path, key))
        else:
            found += _unknown_paths(inner, there, (*path, key))
    return found


def _take(value: Any, path: _Path) -> Any:
    for key in path[:-1]:
        value = value[key]
    return value.pop(path[-1])


def _put(value: Any, path: _Path, item: Any) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = item
