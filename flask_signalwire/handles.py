"""Handles: what runs on a call, as an object that remembers how to pause, change and stop it.

A handle holds all of its state: there is no registry behind it. Two handles of one call know
nothing of each other, and a handle is not meant for two threads at once.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

from .exceptions import CommandError, HandleError
from .methods import CallMethods, CallOptions
from .redaction import scrub
from .results import CallLeg

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

logger = logging.getLogger("flask_signalwire.command")

Leg = Literal["local-caller", "remote-caller"]


class _Stopping:
    """A context manager that stops what runs, also when the block raises."""

    @property
    def running(self) -> bool:
        """Whether it has to be stopped."""
        raise NotImplementedError

    def stop(self, **options: Unpack[CallOptions]) -> CallLeg:
        """Stop it."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        error = self._stopped_badly()
        # A service that refuses to stop something has nothing to stop: the call has ended. And what
        # the block raised says more than what stopping raised after it.
        if error is not None and raised is None and error.outcome != "refused":
            raise error

    def _stopped_badly(self) -> CommandError | None:
        """Stop it if it runs; the error if that failed."""
        try:
            if self.running:
                self.stop()
        except CommandError as error:
            command = error.command
            command_id, name = (command.id, command.name) if command else ("?", "?")
            logger.info(
                "command %s %s: %r was not stopped: %s",
                command_id,
                name,
                self,
                scrub(" ".join(str(error).split())),
                extra={"command_id": command_id},
            )
            return error
        return None


class Operation(_Stopping):
    """Something with a control id that runs on a call, and can be stopped.

    :param call: the call. :param control_id: the name that the operation was started with.
    """

    kind = ""

    def __init__(self, call: CallMethods, control_id: str) -> None:
        self.call = call
        self.control_id = control_id
        self._stopped = False

    @property
    def running(self) -> bool:
        """Whether it was not stopped by this handle; it may have come to its end by itself."""
        return not self._stopped

    def stop(self, **options: Unpack[CallOptions]) -> CallLeg:
        """Stop it."""
        leg = self._send("stop", {}, options)
        self._stopped = True
        return leg

    def _send(self, verb: str, params: dict[str, Any], options: CallOptions) -> CallLeg:
        name = f"calling.{self.kind}.{verb}"
        params = {"control_id": self.control_id, **params}
        return self.call._run(name, self.call.id, params, options)  # noqa: SLF001  # of the family

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.control_id} of {self.call!r}>"


class Playback(Operation):
    """What ``call.play(...)`` started."""

    kind = "play"

    def pause(self, **options: Unpack[CallOptions]) -> CallLeg:
        """Pause it."""
        return self._send("pause", {}, options)

    def resume(self, **options: Unpack[CallOptions]) -> CallLeg:
        """Go on where it was paused."""
        return self._send("resume", {}, options)

    def volume(self, volume: float, **options: Unpack[CallOptions]) -> CallLeg:
        """Set its volume, in dB from -40 to 40."""
        return self._send("volume", {"volume": volume}, options)


class Recording(Operation):
    """What ``call.record(...)`` started."""

    kind = "record"

    def pause(
        self,
        behavior: Literal["skip", "silence"] | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Pause it; the file has silence in place of the pause, or skips it."""
        return self._send("pause", {"behavior": behavior}, options)

    def resume(self, **options: Unpack[CallOptions]) -> CallLeg:
        """Go on recording."""
        return self._send("resume", {}, options)


class Collection(Operation):
    """What ``call.collect(...)`` started."""

    kind = "collect"

    def start_input_timers(self, **options: Unpack[CallOptions]) -> CallLeg:
        """Start the timers, where collecting began without them."""
        return self._send("start_input_timers", {}, options)


class Detection(Operation):
    """What ``call.detect(...)`` started."""

    kind = "detect"


class Tapping(Operation):
    """What ``call.tap(...)`` started."""

    kind = "tap"


class Streaming(Operation):
    """What ``call.stream(...)`` started."""

    kind = "stream"


class Transcription(Operation):
    """What ``call.transcribe(...)`` started: the text comes at the end."""

    kind = "transcribe"


OPERATIONS: tuple[type[Operation], ...] = (
    Playback,
    Recording,
    Collection,
    Detection,
    Tapping,
    Streaming,
    Transcription,
)


class LegState:
    """What a :class:`~flask_signalwire.Call` remembers of its leg.

    :ivar live: the live session that runs; a leg has one transcriber or translator at most.
    :ivar runs_ai_agent: whether an AI agent is known to run on the leg.
    """

    def __init__(self, *, runs_ai_agent: bool = False) -> None:
        self.live: LiveSession | None = None
        self.runs_ai_agent = runs_ai_agent


class LiveSession(_Stopping):
    """A live transcription or translation of a call: started, changed and stopped as one thing.

    As a context manager it starts at the beginning of the block and stops at its end, also when the
    block raises. Sessions come from ``call.translation(...)`` and ``call.live_transcription(...)``.
    """

    command = ""

    def __init__(
        self,
        call: CallMethods,
        leg: LegState,
        start: Mapping[str, Any],
        context: Mapping[str, Any] | None = None,
    ) -> None:
        self.call = call
        self._leg = leg
        self._context = context
        self._start = {key: value for key, value in start.items() if value is not None}

    @property
    def running(self) -> bool:
        """Whether it was started, and not stopped since."""
        return self._leg.live is self

    def start(self, **options: Unpack[CallOptions]) -> CallLeg:
        """Begin.

        :raises HandleError: where this call has a session that runs: the service would answer 200,
            and do nothing (calling API contract, 2026-08).
        """
        other = self._leg.live
        if other is not None:
            which = "this one" if other is self else repr(other)
            raise HandleError(
                f"{self!r} can't start: the leg has one transcriber or translator at most, and "
                f"{which} runs; stop it first, or switch() it"
            )
        # Noted before it is sent: a start whose outcome is unknown may well run.
        self._leg.live = self
        try:
            return self._send({"start": self._start}, options)
        except CommandError as error:
            if error.outcome in ("not_sent", "refused"):
                self._leg.live = None
            raise

    def summarize(
        self,
        *,
        webhook: str | None = None,
        prompt: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Have what was said so far summarised; the summary is sent to the webhook."""
        self._must_run("summarise")
        given = {"webhook": webhook, "prompt": prompt}
        wanted = {key: value for key, value in given.items() if value is not None}
        return self._send({"summarize": wanted}, options)

    def stop(self, **options: Unpack[CallOptions]) -> CallLeg:
        """End it."""
        self._must_run("stop")
        try:
            leg = self._send("stop", options)
        except CommandError as error:
            if error.outcome == "refused":  # there is nothing that runs
                self._leg.live = None
            raise
        self._leg.live = None
        return leg

    def __enter__(self) -> Self:
        try:
            self.start()
        except CommandError:
            self._stopped_badly()  # it may run, and the block that would stop it is not entered
            raise
        return self

    def _send(self, action: Any, options: CallOptions) -> CallLeg:
        if self._context is not None:
            options.setdefault("context", self._context)
        run = self.call._run  # noqa: SLF001  # of the family
        return run(self.command, self.call.id, {"action": action}, options)

    def _must_run(self, what: str) -> None:
        if not self.running:
            raise HandleError(
                f"{self!r} does not run: there is nothing to {what}; start() it first"
            )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.call!r}>"


class LiveTranscription(LiveSession):
    """A live transcription; ``call.live_transcription(lang="en-US")``."""

    command = "calling.live_transcribe"


class Translation(LiveSession):
    """A live translation; ``call.translation(from_lang="en-US", to_lang="es-ES")``.

    :ivar from_lang: what is spoken; what a plugin picked, once it runs. :ivar to_lang: likewise.
    """

    command = "calling.live_translate"

    @property
    def from_lang(self) -> str | None:
        """The language that is translated from: as it was sent, once it runs."""
        return self._start.get("from_lang")

    @property
    def to_lang(self) -> str | None:
        """The language that is translated to: as it was sent, once it runs."""
        return self._start.get("to_lang")

    def start(self, **options: Unpack[CallOptions]) -> CallLeg:
        """Begin.

        :raises HandleError: where this call has a session that runs.
        """
        leg = super().start(**options)
        if leg.command is not None:  # what plugins picked stays picked when it is started again
            self._start.update(leg.command.param("action.start", {}))
        return leg

    def inject(
        self, message: str, direction: Leg = "remote-caller", **options: Unpack[CallOptions]
    ) -> CallLeg:
        """Say a sentence into the call, translated.

        :param direction: who hears it.
        """
        self._must_run("inject into")
        return self._send({"inject": {"message": message, "direction": direction}}, options)

    def switch(
        self,
        *,
        from_lang: str | None = None,
        to_lang: str | None = None,
        force: bool = False,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Go on in other languages: stop, and start again.

        The service can't change a language in between. Where an AI agent runs on the leg, a restart
        was seen to silence all events, so it is refused there.

        :param force: do it all the same.
        :raises HandleError: where it does not run, or an AI agent is known to run on the leg.
        """
        self._must_run("switch")
        if self._leg.runs_ai_agent and not force:
            raise HandleError(
                f"{self!r} is not switched: an AI agent runs on the leg, and a restart was seen to "
                "silence all events; switch(..., force=True) does it all the same"
            )
        wanted = {"from_lang": from_lang, "to_lang": to_lang}
        changed = {key: value for key, value in wanted.items() if value is not None}
        if not changed:
            raise HandleError("switch() changes nothing; give it from_lang or to_lang, or both")
        self.stop(**options)
        self._start.update(changed)
        return self.start(**options)


BOTH: Sequence[Leg] = ("local-caller", "remote-caller")
