"""The one table of commands.

A command is one row here and one schema under ``schemas/``; methods, CLI, simulator, docs and tests
read them from here. Names, params and rules: calling API contract, 2026-08.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..exceptions import ConfigurationError
from .command import Command, CommandSpec, always, never
from .fields import PayloadSchema, suggest
from .schemas import ai, calls, handover, live, media
from .schemas.shared import Nothing


def _live(command: Command) -> bool:
    """A second start does nothing, and so does a second stop; inject would speak twice."""
    action = command.params.get("action")
    return action == "stop" or command.param("action.start") is not None


def _ends(command: Command) -> bool:
    """Ending a call twice ends it once; a redirect would run its SWML from the start again."""
    return "status" in command.params and not {"url", "swml"} & command.params.keys()


def _row(
    name: str,
    schema: type[PayloadSchema],
    summary: str,
    repeatable: Callable[[Command], bool] = never,
) -> CommandSpec:
    """A command that acts on a call; its method is its wire name without the prefix."""
    method = name.removeprefix("calling.").replace(".", "_")
    return CommandSpec(name, method, schema, True, summary, repeatable)


# `always` stands where the command sets a state that holds already when it arrives again. Starting
# something is never repeated: it could be heard, recorded or charged twice.
TABLE: tuple[CommandSpec, ...] = (
    CommandSpec("dial", "dial", calls.Dial, False, "Place a call.", starts_call=True),
    CommandSpec(
        "update",
        "update",
        calls.Update,
        False,
        "Redirect a call to other SWML, or end it by status.",
        _ends,
    ),
    _row("calling.end", calls.End, "Hang up.", always),
    _row("calling.disconnect", Nothing, "Part the call from the one it is connected to.", always),
    _row("calling.transfer", handover.Transfer, "Hand the call over to somebody, or to SWML."),
    _row("calling.play", media.Play, "Play sounds, text, silence or ringing tones."),
    _row("calling.play.pause", media.ControlOnly, "Pause a playback.", always),
    _row("calling.play.resume", media.ControlOnly, "Go on with a paused playback.", always),
    _row("calling.play.stop", media.ControlOnly, "Stop a playback.", always),
    _row("calling.play.volume", media.PlayVolume, "Set the volume of a playback.", always),
    _row("calling.record", media.Record, "Record the call."),
    _row("calling.record.pause", media.RecordPause, "Pause a recording.", always),
    _row("calling.record.resume", media.ControlOnly, "Go on with a paused recording.", always),
    _row("calling.record.stop", media.ControlOnly, "Stop a recording.", always),
    _row("calling.collect", media.Collect, "Collect tones or words from the caller."),
    _row("calling.collect.stop", media.ControlOnly, "Stop collecting.", always),
    _row(
        "calling.collect.start_input_timers",
        media.ControlOnly,
        "Start the timers of a collection that waits with them.",
    ),
    _row("calling.detect", media.Detect, "Detect a machine, a fax or tones."),
    _row("calling.detect.stop", media.ControlOnly, "Stop detecting.", always),
    _row("calling.tap", media.Tap, "Send the sound of the call elsewhere, by RTP or WebSocket."),
    _row("calling.tap.stop", media.ControlOnly, "Stop a tap.", always),
    _row("calling.stream", media.Stream, "Stream the sound of the call to a WebSocket."),
    _row("calling.stream.stop", media.ControlOnly, "Stop a stream.", always),
    _row("calling.denoise", Nothing, "Take noise out of the sound.", always),
    _row("calling.denoise.stop", Nothing, "Leave the noise in again.", always),
    _row(
        "calling.transcribe",
        media.Transcribe,
        "Transcribe the call, text at the end; one at a time.",
    ),
    _row("calling.transcribe.stop", media.ControlOnly, "Stop transcribing.", always),
    _row(
        "calling.live_transcribe",
        live.LiveTranscribe,
        "Start, stop or summarise the live transcription of a call.",
        _live,
    ),
    _row(
        "calling.live_translate",
        live.LiveTranslate,
        "Start, stop, summarise or inject into the live translation of a call.",
        _live,
    ),
    _row("calling.ai_hold", ai.AiHold, "Put the AI agent on hold."),
    _row("calling.ai_unhold", ai.AiUnhold, "Take the AI agent off hold."),
    _row("calling.ai_message", ai.AiMessage, "Tell the AI agent something."),
    _row("calling.ai.stop", ai.AiStop, "Stop the AI agent.", always),
    _row("calling.ai_sidecar", ai.Sidecar, "Start a sidecar that listens and advises."),
    _row("calling.ai_sidecar.poke", ai.SidecarText, "Make the sidecar think of something."),
    _row("calling.ai_sidecar.ask", ai.SidecarText, "Ask the sidecar; it answers by event."),
    _row("calling.ai_sidecar.stop", Nothing, "Stop the sidecar.", always),
    _row("calling.ai_sidecar.status", Nothing, "Ask how the sidecar is.", always),
    _row("calling.send_fax.stop", media.ControlOnly, "Stop sending a fax.", always),
    _row("calling.receive_fax.stop", media.ControlOnly, "Stop receiving a fax.", always),
    _row("calling.refer", handover.Refer, "Refer a SIP call to somebody else."),
    _row("calling.user_event", handover.UserEvent, "Send an event to the call's SWML."),
)


class CommandTable:
    """The table of one app: ours, and what its plugins added.

    :raises ConfigurationError: where two rows claim one wire name or one method.
    """

    def __init__(self, extra: Iterable[CommandSpec] = ()) -> None:
        self._by_name: dict[str, CommandSpec] = {}
        methods: dict[str, str] = {}
        for spec in (*TABLE, *extra):
            if spec.name in self._by_name:
                raise ConfigurationError(
                    f"two commands are named {spec.name}; rename the added one"
                )
            if spec.method in methods:
                raise ConfigurationError(
                    f"the commands {methods[spec.method]} and {spec.name} share the method "
                    f"{spec.method}; rename the added one"
                )
            methods[spec.method] = spec.name
            self._by_name[spec.name] = spec

    def __getitem__(self, name: str) -> CommandSpec:
        """The row of a wire name.

        :raises LookupError: with the nearest known name.
        """
        try:
            return self._by_name[name]
        except KeyError:
            # Not a KeyError, which prints its message in quotes.
            # The prefix that most have in common would make any of them look near.
            short = {known.removeprefix("calling."): known for known in self._by_name}
            hint = suggest(str(name).removeprefix("calling."), short)
            for near, whole in short.items():
                hint = hint.replace(f"`{near}`", f"`{whole}`")
            raise LookupError(f"no command {name!r}{hint}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[CommandSpec]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)
