"""Calling, the commands of one account; and Call, those of one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from .commands import Command, CommandSpec, CommandTable, freeze
from .commands.examples import python_name
from .commands.fields import suggest
from .exceptions import HandleError, PayloadError
from .handles import (
    BOTH,
    Collection,
    Detection,
    Leg,
    LegState,
    LiveTranscription,
    Operation,
    Playback,
    Recording,
    Streaming,
    Tapping,
    Transcription,
    Translation,
)
from .methods import CallingMethods, CallMethods, CallOptions, DialOptions
from .pipeline import Pipeline
from .redaction import short, text_of, type_of
from .results import CallLeg

if TYPE_CHECKING:
    from typing_extensions import Unpack

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_TO_AN_AI_AGENT = ("calling.ai_hold", "calling.ai_unhold", "calling.ai_message")
_Operation = TypeVar("_Operation", bound=Operation)
MAX_SECONDS = 86400
_OPTIONS = tuple(CallOptions.__annotations__)
_KEY = "idempotency_key"
_LONGEST_KEY = 255


class Calling(CallingMethods):
    """Sends the commands of one account; ``app.signalwire.calling``.

    Method names, argument order and keywords are those of the vendor's SDK. A keyword that is None
    is left out, as it is there.

    :param check: raises a ConfigurationError while the account can't send a command.
    """

    def __init__(
        self,
        account: str,
        table: CommandTable,
        pipeline: Pipeline,
        check: Callable[[Command], None],
    ) -> None:
        self._account = account
        self._table = table
        self._pipeline = pipeline
        self._check = check

    def send(
        self,
        name: str,
        call_id: str | None = None,
        params: Mapping[str, Any] | None = None,
        **options: Unpack[DialOptions],
    ) -> CallLeg:
        """Send a command by its wire name: for commands that a plugin added, and for names in data.

        :param name: such as ``calling.live_translate``.
        :param call_id: the uuid of the call; None for ``dial`` and ``update``.
        :param params: the payload, with the service's own names (``from``, not ``from_``).
        :raises LookupError: for an unknown name, with the nearest known one.
        """
        return self._run(name, call_id, dict(_mapping("params", params)), options)

    def call(self, call: str | CallLeg, *, runs_ai_agent: bool = False) -> Call:
        """The commands of one call, without repeating its id.

        :param call: the uuid of the call, or a leg that the service answered with.
        :param runs_ai_agent: whether an AI agent is known to run on the leg.
        :raises ValueError: for a leg without an id.
        """
        call_id = call.id if isinstance(call, CallLeg) else call
        if call_id is None:
            raise ValueError("the leg has no id: the service's answer named no call")
        return Call(self, call_id, runs_ai_agent=runs_ai_agent)

    if not TYPE_CHECKING:  # a type checker must go on to find misspelt methods itself

        def __getattr__(self, name: str) -> Any:
            methods = [method for method in dir(type(self)) if not method.startswith("_")]
            hint = suggest(name, methods) or f"; there are: {', '.join(methods)}"
            raise AttributeError(f"there is no command {name!r}{hint}")

    def _run(
        self,
        name: str,
        call_id: str | None,
        params: dict[str, Any],
        options: CallOptions,
    ) -> CallLeg:
        spec = self._table[name]
        if options:
            _check_keywords(spec, options)
            _check_key(options.get(_KEY))
        command = self._command(spec, call_id, params, options)
        self._check(command)
        return self._pipeline.run(command)

    def _command(
        self,
        spec: CommandSpec,
        call_id: str | UUID | CallLeg | Call | None,
        params: dict[str, Any],
        options: CallOptions,
    ) -> Command:
        if isinstance(call_id, UUID):
            call_id = str(call_id)
        elif isinstance(call_id, (CallLeg, Call)):
            text = f"a {type(call_id).__name__}; expected its id: write `.id` behind it"
            raise PayloadError({"call_id": [text]}, name=spec.method)
        if not options:  # as it is mostly
            payload = _payload(spec, params, _NOTHING)
            return Command(spec, call_id, payload, account=self._account)
        extras = _mapping("extras", options.get("extras"))
        context = _mapping("context", options.get("context"))
        vendor = options.get("request_options")
        deadline = options.get("deadline")
        if deadline is not None and not (_is_number(deadline) and 0 < deadline <= MAX_SECONDS):
            raise ValueError(f"deadline={short(deadline)}; expected a number of seconds above 0")
        timeout, retries = getattr(vendor, "timeout", None), getattr(vendor, "retries", None)
        if timeout is not None and not (_is_number(timeout) and 0 < timeout <= MAX_SECONDS):
            raise ValueError(
                f"timeout={short(timeout)} of request_options; expected seconds above 0"
            )
        if retries is not None and not (type(retries) is int and retries >= 0):
            raise ValueError(f"retries={short(retries)} of request_options; expected 0 or more")
        return Command(
            spec,
            call_id=call_id,
            params=_payload(spec, params, extras),
            extras=extras,
            account=self._account,
            context=MappingProxyType(dict(context)),
            deadline=deadline,
            timeouts=None if timeout is None else (timeout, timeout),
            retries=retries,
            dry_run=bool(options.get("dry_run")),
            callbacks=options.get("callbacks", True) is not False,
            idempotency_key=cast("str | None", options.get(_KEY)),
        )


class Call(CallMethods):
    """The commands of one call, and handles of what runs on it; ``calling.call(call_id)``.

    :ivar id: the uuid of the call.
    """

    def __init__(self, calling: Calling, call_id: str, *, runs_ai_agent: bool = False) -> None:
        self._calling = calling
        self._leg = LegState(runs_ai_agent=runs_ai_agent)
        self.id = call_id

    # -- what runs with a control id: handles of what a leg started, or of a control id in store ---

    def playback(self, started: CallLeg | str) -> Playback:
        """The handle of a playback: ``call.playback(call.play(play=[...]))``."""
        return self._handle(Playback, started)

    def recording(self, started: CallLeg | str) -> Recording:
        """The handle of a recording: ``call.recording(call.record(audio={...}))``."""
        return self._handle(Recording, started)

    def collection(self, started: CallLeg | str) -> Collection:
        """The handle of what ``call.collect(...)`` started."""
        return self._handle(Collection, started)

    def detection(self, started: CallLeg | str) -> Detection:
        """The handle of what ``call.detect(...)`` started."""
        return self._handle(Detection, started)

    def tapping(self, started: CallLeg | str) -> Tapping:
        """The handle of what ``call.tap(...)`` started."""
        return self._handle(Tapping, started)

    def streaming(self, started: CallLeg | str) -> Streaming:
        """The handle of what ``call.stream(...)`` started."""
        return self._handle(Streaming, started)

    def transcription(self, started: CallLeg | str) -> Transcription:
        """The handle of what ``call.transcribe(...)`` started."""
        return self._handle(Transcription, started)

    def _handle(self, kind: type[_Operation], started: CallLeg | str) -> _Operation:
        if isinstance(started, str):
            return kind(self, started)
        name = started.command.name if started.command else None
        if name != f"calling.{kind.kind}" or started.control_id is None:
            raise HandleError(
                f"a {kind.__name__} is what {kind.kind}() starts, and this leg answers {name}; "
                "pass the leg of that command, or its control id"
            )
        return kind(self, started.control_id)

    # -- live sessions: one a leg ------------------------------------------------------------------

    def translation(
        self,
        *,
        from_lang: str | None = None,
        to_lang: str | None = None,
        direction: Sequence[Leg] = BOTH,
        context: Mapping[str, Any] | None = None,
        **start: Any,
    ) -> Translation:
        """A live translation, not started yet: ``with call.translation(to_lang="es-ES"): ...``.

        :param from_lang: left out, a plugin may pick it. :param to_lang: likewise.
        :param direction: whose speech is translated.
        :param context: what plugins should know, with every command of the session.
        :param start: the other fields of ``action.start``.
        """
        fields = {"from_lang": from_lang, "to_lang": to_lang, "direction": direction, **start}
        return Translation(self, self._leg, fields, context)

    def live_transcription(
        self,
        *,
        lang: str,
        direction: Sequence[Leg] = BOTH,
        context: Mapping[str, Any] | None = None,
        **start: Any,
    ) -> LiveTranscription:
        """A live transcription, not started yet.

        :param lang: what is spoken.
        :param direction: whose speech is transcribed.
        :param context: what plugins should know, with every command of the session.
        :param start: the other fields of ``action.start``.
        """
        fields = {"lang": lang, "direction": direction, **start}
        return LiveTranscription(self, self._leg, fields, context)

    @property
    def runs_ai_agent(self) -> bool:
        """Whether an AI agent is known to run on the leg: told, or seen by a command to one."""
        return self._leg.runs_ai_agent

    def _run(
        self,
        name: str,
        call_id: str | None,
        params: dict[str, Any],
        options: CallOptions,
    ) -> CallLeg:
        leg = self._calling.send(name, call_id, params, **options)
        if leg.dry_run:  # nothing reached the call
            return leg
        if name in _TO_AN_AI_AGENT:
            self._leg.runs_ai_agent = True
        elif name == "calling.ai.stop":
            self._leg.runs_ai_agent = False
        return leg

    def __repr__(self) -> str:
        return f"<Call {text_of(self.id)}>"


def _payload(
    spec: CommandSpec, params: Mapping[str, Any], extras: Mapping[str, Any]
) -> Mapping[str, Any]:
    """All that was given, read-only; what is None was not."""
    given = {key: value for key, value in params.items() if value is not None}
    given.update(extras)
    try:
        payload: Mapping[str, Any] = freeze(spec.complete(given))
    except ValueError as error:
        raise PayloadError({"params": [str(error)]}, name=spec.method) from error
    return payload


def _mapping(option: str, value: Any) -> Mapping[str, Any]:
    if value is None:
        return _NOTHING
    if not isinstance(value, Mapping):
        raise TypeError(f"{option} is {type_of(value)}; expected a dict")
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _check_keywords(spec: CommandSpec, options: Mapping[str, Any]) -> None:
    for keyword in options:
        if keyword == _KEY:
            if not spec.starts_call:
                raise TypeError(
                    f"{spec.method}() takes no {_KEY}: only commands that start a call do"
                )
        elif keyword not in _OPTIONS:
            known = (*spec.payload.keys, *_OPTIONS, *([_KEY] if spec.starts_call else []))
            hint = suggest(keyword, map(python_name, known))
            raise TypeError(f"{spec.method}() got an unexpected keyword argument {keyword!r}{hint}")


def _check_key(key: object) -> None:
    # The key itself is not shown: keys are made of what callers know of their customers.
    if key is None:
        return
    if not isinstance(key, str):
        wrong = f"is {type_of(key)}"
    elif not key.strip():
        wrong = "is empty"
    elif len(key) > _LONGEST_KEY:
        wrong = f"has {len(key)} characters"
    else:
        return
    raise ValueError(
        f"{_KEY} {wrong}; expected text of 1 to {_LONGEST_KEY} characters, such as 'order-42'"
    )
