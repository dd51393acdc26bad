"""The typed methods, one a command. Generated from the table of commands: do not edit.

``python -m flask_signalwire.commands.codegen`` writes this file anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from .results import CallLeg

if TYPE_CHECKING:
    from typing_extensions import Unpack


class CallOptions(TypedDict, total=False):
    """What every method takes beside the command's own params."""

    extras: Mapping[str, Any] | None
    """Params that this package does not know yet, merged over the others."""
    context: Mapping[str, Any] | None
    """What plugins should know and the service should not get, such as ``remote_number``."""
    deadline: float | None
    """Seconds that the command may take in all."""
    callbacks: bool
    """False: fill in no callback URLs that the command leaves out."""
    dry_run: bool
    """Go all the way, plugins and vetoes included, but send nothing; the leg is made up."""
    request_options: Any
    """Accepted for code of the vendor's SDK: its ``timeout`` and ``retries`` are honoured."""


class DialOptions(CallOptions, total=False):
    """What methods that start a call take besides."""

    idempotency_key: str | None
    """Your own name for this call, at most 255 characters: as long as it lives, the same key gives
    the first call's leg (``leg.replayed``), or an IdempotencyConflict, and never a second call."""


class CallingMethods:
    """The commands of the calling API; those that act on a call take its id first."""

    def _run(
        self,
        name: str,
        call_id: str | None,
        params: dict[str, Any],
        options: CallOptions,
    ) -> CallLeg:
        raise NotImplementedError

    def dial(
        self,
        *,
        from_: str,
        to: str | None = None,
        url: str | None = None,
        swml: Mapping[str, Any] | None = None,
        to_script: str | Mapping[str, Any] | None = None,
        caller_id: str | None = None,
        fallback_url: str | None = None,
        username: str | None = None,
        password: str | None = None,
        send_digits: str | None = None,
        status_url: str | None = None,
        status_events: Sequence[Literal["created", "ringing", "answered", "ended"]] | None = None,
        url_method: Literal["GET", "POST"] | None = None,
        codecs: str | Sequence[Literal["OPUS", "OPUS@48000H@20I", "OPUS@24000H@20I", "OPUS@16000H@20I", "OPUS@8000H@20I", "G722", "PCMU", "PCMA", "G729", "VP8", "H264"]] | None = None,
        timeout: int | None = None,
        max_price_per_minute: float | None = None,
        region: str | Sequence[str] | None = None,
        custom_variables: Mapping[str, Any] | None = None,
        headers: Sequence[Mapping[str, Any]] | None = None,
        **options: Unpack[DialOptions],
    ) -> CallLeg:
        """Place a call.

        :param from_: a telephone number or SIP address. The number or SIP address that
            calls.
        :param to: a telephone number or SIP address. The number or SIP address to call;
            required unless `to_script` is given.
        :param url: text. Where the service fetches the SWML that runs the call.
        :param swml: a SWML document. The SWML that runs the call, in place of `url`.
        :param to_script: text, or a SWML document. A script that decides whom to call, in
            place of `to`.
        :param caller_id: text. The number that is shown to the called party.
        :param fallback_url: text. Asked for SWML when `url` fails.
        :param username: text. User name for a SIP endpoint.
        :param password: text. Password for a SIP endpoint.
        :param send_digits: the tones 0-9, A-D, *, #, and w or , for pauses. Tones to send
            once the call is answered.
        :param status_url: an http or https URL. Where the service reports the call's
            states.
        :param status_events: a list, each item one of "created", "ringing", "answered",
            "ended". The states to report; the service's default is ["ended"].
        :param url_method: one of "GET", "POST". How `url` is fetched.
        :param codecs: codecs separated by commas, or a list, each item one of "OPUS",
            "OPUS@48000H@20I", "OPUS@24000H@20I", "OPUS@16000H@20I", "OPUS@8000H@20I",
            "G722", "PCMU", "PCMA", "G729", "VP8", "H264". Codecs to offer, best first.
        :param timeout: an integer from 1 to 600. Seconds to let it ring.
        :param max_price_per_minute: a number of at least 0. Refuse to place a call that
            costs more.
        :param region: text, or a list, each item text. Regions to call from.
        :param custom_variables: an object of at most 20 texts. Variables for the call's
            SWML.
        :param headers: a list of objects. SIP headers to send. (Accepted by the vendor's
            newest SDK, not in the public contract.)
        """
        return self._run(
            "dial",
            None,
            {
                "from": from_,
                "to": to,
                "url": url,
                "swml": swml,
                "to_script": to_script,
                "caller_id": caller_id,
                "fallback_url": fallback_url,
                "username": username,
                "password": password,
                "send_digits": send_digits,
                "status_url": status_url,
                "status_events": status_events,
                "url_method": url_method,
                "codecs": codecs,
                "timeout": timeout,
                "max_price_per_minute": max_price_per_minute,
                "region": region,
                "custom_variables": custom_variables,
                "headers": headers,
            },
            options,
        )

    def update(
        self,
        *,
        id: str,
        url: str | None = None,
        swml: Mapping[str, Any] | None = None,
        status: Literal["canceled", "completed"] | None = None,
        fallback_url: str | None = None,
        status_url: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Redirect a call to other SWML, or end it by status.

        :param id: a uuid. The call to change; it stands among the params.
        :param url: text. Redirect: fetch the SWML that runs the call from now on.
        :param swml: a SWML document. Redirect: the SWML that runs the call from now on.
        :param status: one of "canceled", "completed". End it: `canceled` while it is queued
            or ringing, `completed` once it is answered.
        :param fallback_url: text. Asked for SWML when `url` fails.
        :param status_url: an http or https URL. Where the service reports the call's
            states.
        """
        return self._run(
            "update",
            None,
            {
                "id": id,
                "url": url,
                "swml": swml,
                "status": status,
                "fallback_url": fallback_url,
                "status_url": status_url,
            },
            options,
        )

    def end(
        self,
        call_id: str,
        *,
        reason: Literal["hangup", "cancel", "busy", "noAnswer", "decline", "error"] | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Hang up.

        :param reason: one of "hangup", "cancel", "busy", "noAnswer", "decline", "error".
            Why it ends, as the other party is told.
        """
        return self._run(
            "calling.end",
            call_id,
            {
                "reason": reason,
            },
            options,
        )

    def disconnect(
        self,
        call_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Part the call from the one it is connected to."""
        return self._run(
            "calling.disconnect",
            call_id,
            {},
            options,
        )

    def transfer(
        self,
        call_id: str,
        *,
        dest: str | Mapping[str, Any],
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Hand the call over to somebody, or to SWML.

        :param dest: text, or a SWML document. A SIP address, a number, the URL of SWML, or
            SWML.
        """
        return self._run(
            "calling.transfer",
            call_id,
            {
                "dest": dest,
            },
            options,
        )

    def play(
        self,
        call_id: str,
        *,
        play: Sequence[Mapping[str, Any]],
        control_id: str | None = None,
        volume: float | None = None,
        direction: Literal["listen", "speak", "both"] | None = None,
        loop: int | None = None,
        language: str | None = None,
        voice: str | None = None,
        gender: Literal["male", "female"] | None = None,
        status_url: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Play sounds, text, silence or ringing tones.

        :param control_id: text. A name for the operation, to act on it later; a fresh uuid
            where it is left out.
        :param play: a list, each item an object with `type` "audio", "tts", "silence",
            "ringtone" and its `params`. What to play, in this order.
        :param volume: a number from -40 to 40. In dB, above or below what it is.
        :param direction: one of "listen", "speak", "both". Who hears it.
        :param loop: an integer of at least 0. How often; 0 for ever.
        :param language: text. Of the text, where an item does not say.
        :param voice: text. For the text, where an item does not say.
        :param gender: one of "male", "female". Of the voice, where an item does not say.
        :param status_url: an http or https URL. Where the service reports what becomes of
            it.
        """
        return self._run(
            "calling.play",
            call_id,
            {
                "control_id": control_id,
                "play": play,
                "volume": volume,
                "direction": direction,
                "loop": loop,
                "language": language,
                "voice": voice,
                "gender": gender,
                "status_url": status_url,
            },
            options,
        )

    def play_pause(
        self,
        call_id: str,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Pause a playback.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.play.pause",
            call_id,
            {
                "control_id": control_id,
            },
            options,
        )

    def play_resume(
        self,
        call_id: str,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Go on with a paused playback.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.play.resume",
            call_id,
            {
                "control_id": control_id,
            },
            options,
        )

    def play_stop(
        self,
        call_id: str,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop a playback.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.play.stop",
            call_id,
            {
                "control_id": control_id,
            },
            options,
        )

    def play_volume(
        self,
        call_id: str,
        *,
        control_id: str,
        volume: float,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Set the volume of a playback.

        :param control_id: text. The operation, as it was named when it started.
        :param volume: a number from -40 to 40. In dB, above or below what it is.
        """
        return self._run(
            "calling.play.volume",
            call_id,
            {
                "control_id": control_id,
                "volume": volume,
            },
            options,
        )

    def record(
        self,
        call_id: str,
        *,
        control_id: str | None = None,
        record: Mapping[str, Any] | None = None,
        status_url: str | None = None,
        audio: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Record the call.

        :param control_id: text. A name for the operation, to act on it later; a fresh uuid
            where it is left out.
        :param record: an object. What to record: `{"audio": {…}}`.
        :param status_url: an http or https URL. Where the service reports what becomes of
            it.
        """
        return self._run(
            "calling.record",
            call_id,
            {
                "control_id": control_id,
                "record": record,
                "status_url": status_url,
                "audio": audio,
            },
            options,
        )

    def record_pause(
        self,
        call_id: str,
        *,
        control_id: str,
        behavior: Literal["skip", "silence"] | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Pause a recording.

        :param control_id: text. The operation, as it was named when it started.
        :param behavior: one of "skip", "silence". What the file has in place of the pause.
        """
        return self._run(
            "calling.record.pause",
            call_id,
            {
                "control_id": control_id,
                "behavior": behavior,
            },
            options,
        )

    def record_resume(
        self,
        call_id: str,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Go on with a paused recording.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.record.resume",
            call_id,
            {
                "control_id": control_id,
            },
            options,
        )

    def record_stop(
        self,
        call_id: str,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop a recording.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.record.stop",
            call_id,
            {
                "control_id": control_id,
            },
            options,
        )

    def collect(
        self,
        call_id: str,
        *,
        control_id: str | None = None,
        digits: Mapping[str, Any] | None = None,
        speech: Mapping[str, Any] | None = None,
        initial_timeout: float | None = None,
        continuous: bool | None = None,
        partial_results: bool | None = None,
        send_start_of_input: bool | None = None,
        start_input_timers: bool | None = None,
        status_url: str | None = None,
        continue_: bool | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Collect tones or words from the caller.

        :param control_id: text. A name for the operation, to act on it later; a fresh uuid
            where it is left out.
        :param digits: an object. Tones to collect.
        :param speech: an object. Words to collect.
        :param initial_timeout: a number above 0. Seconds to wait for the first input.
        :param continuous: true or false. Go on after a result.
        :param partial_results: true or false. Report what is not final yet.
        :param send_start_of_input: true or false. Report the first input.
        :param start_input_timers: true or false. Start the timers at once.
        :param status_url: an http or https URL. Where the service reports what becomes of
            it.
        :param continue_: true or false. (Accepted by the vendor's newest SDK, not in the
            public contract.)
        """
        return self._run(
            "calling.collect",
            call_id,
            {
                "control_id": control_id,
                "digits": digits,
                "speech": speech,
                "initial_timeout": initial_timeout,
                "continuous": continuous,
                "partial_results": partial_results,
                "send_start_of_input": send_start_of_input,
                "start_input_timers": start_input_timers,
                "status_url": status_url,
                "continue": continue_,
            },
            options,
        )

    def collect_stop(
        self,
        call_id: str,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop collecting.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.collect.stop",
            call_id,
            {
                "control_id": control_id,
            },
            options,
        )

    def collect_start_input_timers(
        self,
        call_id: str,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Start the timers of a collection that waits with them.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.collect.start_input_timers",
            call_id,
            {
                "control_id": control_id,
            },
            options,
        )

    def detect(
        self,
        call_id: str,
        *,
        detect: Mapping[str, Any],
        control_id: str | None = None,
        timeout: float | None = None,
        status_url: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Detect a machine, a fax or tones.

        :param control_id: text. A name for the operation, to act on it later; a fresh uuid
            where it is left out.
        :param detect: an object with `type` "machine", "fax", "digit" and its `params`.
            What to detect.
        :param timeout: a number of at least 0. Seconds to try.
        :param status_url: an http or https URL. Where the service reports what becomes of
            it.
        """
        return self._run(
            "calling.detect",
            call_id,
            {
                "control_id": control_id,
                "detect": detect,
                "timeout": timeout,
                "status_url": status_url,
            },
            options,
        )

    def detect_stop(
        self,
        call_id: str,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop detecting.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.detect.stop",
            call_id,
            {
                "control_id": control_id,
            },
            options,
        )

    def tap(
        self,
        call_id: str,
        *,
        tap: Mapping[str, Any],
        device: Mapping[str, Any],
        control_id: str | None = None,
        status_url: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Send the sound of the call elsewhere, by RTP or WebSocket.

        :param control_id: text. A name for the operation, to act on it later; a fresh uuid
            where it is left out.
        :param tap: an object with `type` "audio" and its `params`. What to tap.
        :param device: an object with `type` "rtp", "ws" and its `params`. Where it goes.
        :param status_url: an http or https URL. Where the service reports what becomes of
            it.
        """
        return self._run(
            "calling.tap",
            call_id,
            {
                "control_id": control_id,
                "tap": tap,
                "device": device,
                "status_url": status_url,
            },
            options,
        )

    def tap_stop(
        self,
        call_id: str,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop a tap.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.tap.stop",
            call_id,
            {
                "control_id": control_id,
            },
            options,
        )

    def stream(
        self,
        call_id: str,
        *,
        url: str,
        control_id: str | None = None,
        name: str | None = None,
        codec: str | None = None,
        track: Literal["inbound_track", "outbound_track", "both_tracks"] | None = None,
        authorization_bearer_token: str | None = None,
        custom_parameters: Mapping[str, Any] | None = None,
        status_url: str | None = None,
        status_url_method: Literal["GET", "POST"] | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stream the sound of the call to a WebSocket.

        :param control_id: text. A name for the operation, to act on it later; a fresh uuid
            where it is left out.
        :param url: a wss URL. Where the sound goes.
        :param name: text. Of the stream.
        :param codec: text. Of the sound.
        :param track: one of "inbound_track", "outbound_track", "both_tracks". Whose sound.
        :param authorization_bearer_token: text. Sent to your server.
        :param custom_parameters: an object. Sent to your server when it starts.
        :param status_url: an http or https URL. Where the service reports what becomes of
            it.
        :param status_url_method: one of "GET", "POST". How `status_url` is called.
        """
        return self._run(
            "calling.stream",
            call_id,
            {
                "control_id": control_id,
                "url": url,
                "name": name,
                "codec": codec,
                "track": track,
                "authorization_bearer_token": authorization_bearer_token,
                "custom_parameters": custom_parameters,
                "status_url": status_url,
                "status_url_method": status_url_method,
            },
            options,
        )

    def stream_stop(
        self,
        call_id: str,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop a stream.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.stream.stop",
            call_id,
            {
                "control_id": control_id,
            },
            options,
        )

    def denoise(
        self,
        call_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Take noise out of the sound."""
        return self._run(
            "calling.denoise",
            call_id,
            {},
            options,
        )

    def denoise_stop(
        self,
        call_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Leave the noise in again."""
        return self._run(
            "calling.denoise.stop",
            call_id,
            {},
            options,
        )

    def transcribe(
        self,
        call_id: str,
        *,
        control_id: str | None = None,
        status_url: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Transcribe the call, text at the end; one at a time.

        :param control_id: text. A name for the operation, to act on it later; a fresh uuid
            where it is left out.
        :param status_url: an http or https URL. Where the text is sent, at the end.
        """
        return self._run(
            "calling.transcribe",
            call_id,
            {
                "control_id": control_id,
                "status_url": status_url,
            },
            options,
        )

    def transcribe_stop(
        self,
        call_id: str,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop transcribing.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.transcribe.stop",
            call_id,
            {
                "control_id": control_id,
            },
            options,
        )

    def live_transcribe(
        self,
        call_id: str,
        *,
        action: Literal["stop"] | Mapping[str, Any],
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Start, stop or summarise the live transcription of a call.

        :param action: "stop", or an object with exactly one of the keys `start`,
            `summarize`.
        """
        return self._run(
            "calling.live_transcribe",
            call_id,
            {
                "action": action,
            },
            options,
        )

    def live_translate(
        self,
        call_id: str,
        *,
        action: Literal["stop"] | Mapping[str, Any],
        status_url: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Start, stop, summarise or inject into the live translation of a call.

        :param action: "stop", or an object with exactly one of the keys `start`,
            `summarize`, `inject`.
        :param status_url: an http or https URL. Where the service reports the session's
            states.
        """
        return self._run(
            "calling.live_translate",
            call_id,
            {
                "action": action,
                "status_url": status_url,
            },
            options,
        )

    def ai_hold(
        self,
        call_id: str,
        *,
        timeout: str | int | None = None,
        prompt: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Put the AI agent on hold.

        :param timeout: seconds, in digits, as text. Seconds until the agent comes back by
            itself.
        :param prompt: text. What the agent says before.
        """
        return self._run(
            "calling.ai_hold",
            call_id,
            {
                "timeout": timeout,
                "prompt": prompt,
            },
            options,
        )

    def ai_unhold(
        self,
        call_id: str,
        *,
        prompt: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Take the AI agent off hold.

        :param prompt: text. What the agent says then. (Accepted by the vendor's newest SDK,
            not in the public contract.)
        """
        return self._run(
            "calling.ai_unhold",
            call_id,
            {
                "prompt": prompt,
            },
            options,
        )

    def ai_message(
        self,
        call_id: str,
        *,
        role: Literal["system", "user", "assistant"] | None = None,
        message_text: str | None = None,
        reset: Mapping[str, Any] | None = None,
        global_data: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Tell the AI agent something.

        :param role: one of "system", "user", "assistant". Who says it.
        :param message_text: text. What is said to the agent.
        :param reset: an object. Begin anew.
        :param global_data: an object. Data that the agent knows.
        """
        return self._run(
            "calling.ai_message",
            call_id,
            {
                "role": role,
                "message_text": message_text,
                "reset": reset,
                "global_data": global_data,
            },
            options,
        )

    def ai_stop(
        self,
        call_id: str,
        *,
        control_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop the AI agent.

        :param control_id: text. Ignored by the service.
        """
        return self._run(
            "calling.ai.stop",
            call_id,
            {
                "control_id": control_id,
            },
            options,
        )

    def ai_sidecar(
        self,
        call_id: str,
        *,
        lang: str | None = None,
        prompt: str | Mapping[str, Any] | None = None,
        model: str | None = None,
        direction: Sequence[Literal["local-caller", "remote-caller"]] | None = None,
        customer_role: Literal["local-caller", "remote-caller"] | None = None,
        url: str | None = None,
        SWAIG: Mapping[str, Any] | None = None,
        permissions: Mapping[str, Any] | None = None,
        global_data: Mapping[str, Any] | None = None,
        hints: Sequence[str] | None = None,
        params: Mapping[str, Any] | None = None,
        action: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Start a sidecar that listens and advises.

        :param lang: a language tag. What is spoken; required unless `action` is given.
        :param prompt: text, or an object. What the sidecar is to do.
        :param model: text. The model that thinks.
        :param direction: a list of both "local-caller" and "remote-caller". Whose speech.
        :param customer_role: one of "local-caller", "remote-caller". Which party is the
            customer.
        :param url: an http or https URL. Where its events are sent.
        :param SWAIG: an object. Functions that it may call.
        :param permissions: an object. What functions may do.
        :param global_data: an object. Data that it knows.
        :param hints: a list of at least one item, each text. Words to expect.
        :param params: an object. How it listens and thinks.
        :param action: an object with exactly one of the keys `summarize`. Tell a running
            sidecar to do something, in place of starting one.
        """
        return self._run(
            "calling.ai_sidecar",
            call_id,
            {
                "lang": lang,
                "prompt": prompt,
                "model": model,
                "direction": direction,
                "customer_role": customer_role,
                "url": url,
                "SWAIG": SWAIG,
                "permissions": permissions,
                "global_data": global_data,
                "hints": hints,
                "params": params,
                "action": action,
            },
            options,
        )

    def ai_sidecar_poke(
        self,
        call_id: str,
        *,
        text: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Make the sidecar think of something.

        :param text: text. What it is told or asked.
        """
        return self._run(
            "calling.ai_sidecar.poke",
            call_id,
            {
                "text": text,
            },
            options,
        )

    def ai_sidecar_ask(
        self,
        call_id: str,
        *,
        text: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Ask the sidecar; it answers by event.

        :param text: text. What it is told or asked.
        """
        return self._run(
            "calling.ai_sidecar.ask",
            call_id,
            {
                "text": text,
            },
            options,
        )

    def ai_sidecar_stop(
        self,
        call_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop the sidecar."""
        return self._run(
            "calling.ai_sidecar.stop",
            call_id,
            {},
            options,
        )

    def ai_sidecar_status(
        self,
        call_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Ask how the sidecar is."""
        return self._run(
            "calling.ai_sidecar.status",
            call_id,
            {},
            options,
        )

    def send_fax_stop(
        self,
        call_id: str,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop sending a fax.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.send_fax.stop",
            call_id,
            {
                "control_id": control_id,
            },
            options,
        )

    def receive_fax_stop(
        self,
        call_id: str,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop receiving a fax.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.receive_fax.stop",
            call_id,
            {
                "control_id": control_id,
            },
            options,
        )

    def refer(
        self,
        call_id: str,
        *,
        device: Mapping[str, Any],
        status_url: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Refer a SIP call to somebody else.

        :param device: an object with `type` "sip" and its `params`. Where the call goes.
        :param status_url: an http or https URL. Where the service reports what becomes of
            it.
        """
        return self._run(
            "calling.refer",
            call_id,
            {
                "device": device,
                "status_url": status_url,
            },
            options,
        )

    def user_event(
        self,
        call_id: str,
        *,
        event: Mapping[str, Any],
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Send an event to the call's SWML.

        :param event: an object. Whatever your SWML expects.
        """
        return self._run(
            "calling.user_event",
            call_id,
            {
                "event": event,
            },
            options,
        )


class CallMethods:
    """The commands that act on one call, without repeating its id."""

    id: str

    def _run(
        self,
        name: str,
        call_id: str | None,
        params: dict[str, Any],
        options: CallOptions,
    ) -> CallLeg:
        raise NotImplementedError

    def update(
        self,
        *,
        url: str | None = None,
        swml: Mapping[str, Any] | None = None,
        status: Literal["canceled", "completed"] | None = None,
        fallback_url: str | None = None,
        status_url: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Redirect a call to other SWML, or end it by status.

        :param url: text. Redirect: fetch the SWML that runs the call from now on.
        :param swml: a SWML document. Redirect: the SWML that runs the call from now on.
        :param status: one of "canceled", "completed". End it: `canceled` while it is queued
            or ringing, `completed` once it is answered.
        :param fallback_url: text. Asked for SWML when `url` fails.
        :param status_url: an http or https URL. Where the service reports the call's
            states.
        """
        return self._run(
            "update",
            None,
            {
                "id": self.id,
                "url": url,
                "swml": swml,
                "status": status,
                "fallback_url": fallback_url,
                "status_url": status_url,
            },
            options,
        )

    def end(
        self,
        *,
        reason: Literal["hangup", "cancel", "busy", "noAnswer", "decline", "error"] | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Hang up.

        :param reason: one of "hangup", "cancel", "busy", "noAnswer", "decline", "error".
            Why it ends, as the other party is told.
        """
        return self._run(
            "calling.end",
            self.id,
            {
                "reason": reason,
            },
            options,
        )

    def disconnect(
        self,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Part the call from the one it is connected to."""
        return self._run(
            "calling.disconnect",
            self.id,
            {},
            options,
        )

    def transfer(
        self,
        *,
        dest: str | Mapping[str, Any],
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Hand the call over to somebody, or to SWML.

        :param dest: text, or a SWML document. A SIP address, a number, the URL of SWML, or
            SWML.
        """
        return self._run(
            "calling.transfer",
            self.id,
            {
                "dest": dest,
            },
            options,
        )

    def play(
        self,
        *,
        play: Sequence[Mapping[str, Any]],
        control_id: str | None = None,
        volume: float | None = None,
        direction: Literal["listen", "speak", "both"] | None = None,
        loop: int | None = None,
        language: str | None = None,
        voice: str | None = None,
        gender: Literal["male", "female"] | None = None,
        status_url: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Play sounds, text, silence or ringing tones.

        :param control_id: text. A name for the operation, to act on it later; a fresh uuid
            where it is left out.
        :param play: a list, each item an object with `type` "audio", "tts", "silence",
            "ringtone" and its `params`. What to play, in this order.
        :param volume: a number from -40 to 40. In dB, above or below what it is.
        :param direction: one of "listen", "speak", "both". Who hears it.
        :param loop: an integer of at least 0. How often; 0 for ever.
        :param language: text. Of the text, where an item does not say.
        :param voice: text. For the text, where an item does not say.
        :param gender: one of "male", "female". Of the voice, where an item does not say.
        :param status_url: an http or https URL. Where the service reports what becomes of
            it.
        """
        return self._run(
            "calling.play",
            self.id,
            {
                "control_id": control_id,
                "play": play,
                "volume": volume,
                "direction": direction,
                "loop": loop,
                "language": language,
                "voice": voice,
                "gender": gender,
                "status_url": status_url,
            },
            options,
        )

    def play_pause(
        self,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Pause a playback.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.play.pause",
            self.id,
            {
                "control_id": control_id,
            },
            options,
        )

    def play_resume(
        self,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Go on with a paused playback.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.play.resume",
            self.id,
            {
                "control_id": control_id,
            },
            options,
        )

    def play_stop(
        self,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop a playback.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.play.stop",
            self.id,
            {
                "control_id": control_id,
            },
            options,
        )

    def play_volume(
        self,
        *,
        control_id: str,
        volume: float,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Set the volume of a playback.

        :param control_id: text. The operation, as it was named when it started.
        :param volume: a number from -40 to 40. In dB, above or below what it is.
        """
        return self._run(
            "calling.play.volume",
            self.id,
            {
                "control_id": control_id,
                "volume": volume,
            },
            options,
        )

    def record(
        self,
        *,
        control_id: str | None = None,
        record: Mapping[str, Any] | None = None,
        status_url: str | None = None,
        audio: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Record the call.

        :param control_id: text. A name for the operation, to act on it later; a fresh uuid
            where it is left out.
        :param record: an object. What to record: `{"audio": {…}}`.
        :param status_url: an http or https URL. Where the service reports what becomes of
            it.
        """
        return self._run(
            "calling.record",
            self.id,
            {
                "control_id": control_id,
                "record": record,
                "status_url": status_url,
                "audio": audio,
            },
            options,
        )

    def record_pause(
        self,
        *,
        control_id: str,
        behavior: Literal["skip", "silence"] | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Pause a recording.

        :param control_id: text. The operation, as it was named when it started.
        :param behavior: one of "skip", "silence". What the file has in place of the pause.
        """
        return self._run(
            "calling.record.pause",
            self.id,
            {
                "control_id": control_id,
                "behavior": behavior,
            },
            options,
        )

    def record_resume(
        self,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Go on with a paused recording.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.record.resume",
            self.id,
            {
                "control_id": control_id,
            },
            options,
        )

    def record_stop(
        self,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop a recording.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.record.stop",
            self.id,
            {
                "control_id": control_id,
            },
            options,
        )

    def collect(
        self,
        *,
        control_id: str | None = None,
        digits: Mapping[str, Any] | None = None,
        speech: Mapping[str, Any] | None = None,
        initial_timeout: float | None = None,
        continuous: bool | None = None,
        partial_results: bool | None = None,
        send_start_of_input: bool | None = None,
        start_input_timers: bool | None = None,
        status_url: str | None = None,
        continue_: bool | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Collect tones or words from the caller.

        :param control_id: text. A name for the operation, to act on it later; a fresh uuid
            where it is left out.
        :param digits: an object. Tones to collect.
        :param speech: an object. Words to collect.
        :param initial_timeout: a number above 0. Seconds to wait for the first input.
        :param continuous: true or false. Go on after a result.
        :param partial_results: true or false. Report what is not final yet.
        :param send_start_of_input: true or false. Report the first input.
        :param start_input_timers: true or false. Start the timers at once.
        :param status_url: an http or https URL. Where the service reports what becomes of
            it.
        :param continue_: true or false. (Accepted by the vendor's newest SDK, not in the
            public contract.)
        """
        return self._run(
            "calling.collect",
            self.id,
            {
                "control_id": control_id,
                "digits": digits,
                "speech": speech,
                "initial_timeout": initial_timeout,
                "continuous": continuous,
                "partial_results": partial_results,
                "send_start_of_input": send_start_of_input,
                "start_input_timers": start_input_timers,
                "status_url": status_url,
                "continue": continue_,
            },
            options,
        )

    def collect_stop(
        self,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop collecting.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.collect.stop",
            self.id,
            {
                "control_id": control_id,
            },
            options,
        )

    def collect_start_input_timers(
        self,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Start the timers of a collection that waits with them.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.collect.start_input_timers",
            self.id,
            {
                "control_id": control_id,
            },
            options,
        )

    def detect(
        self,
        *,
        detect: Mapping[str, Any],
        control_id: str | None = None,
        timeout: float | None = None,
        status_url: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Detect a machine, a fax or tones.

        :param control_id: text. A name for the operation, to act on it later; a fresh uuid
            where it is left out.
        :param detect: an object with `type` "machine", "fax", "digit" and its `params`.
            What to detect.
        :param timeout: a number of at least 0. Seconds to try.
        :param status_url: an http or https URL. Where the service reports what becomes of
            it.
        """
        return self._run(
            "calling.detect",
            self.id,
            {
                "control_id": control_id,
                "detect": detect,
                "timeout": timeout,
                "status_url": status_url,
            },
            options,
        )

    def detect_stop(
        self,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop detecting.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.detect.stop",
            self.id,
            {
                "control_id": control_id,
            },
            options,
        )

    def tap(
        self,
        *,
        tap: Mapping[str, Any],
        device: Mapping[str, Any],
        control_id: str | None = None,
        status_url: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Send the sound of the call elsewhere, by RTP or WebSocket.

        :param control_id: text. A name for the operation, to act on it later; a fresh uuid
            where it is left out.
        :param tap: an object with `type` "audio" and its `params`. What to tap.
        :param device: an object with `type` "rtp", "ws" and its `params`. Where it goes.
        :param status_url: an http or https URL. Where the service reports what becomes of
            it.
        """
        return self._run(
            "calling.tap",
            self.id,
            {
                "control_id": control_id,
                "tap": tap,
                "device": device,
                "status_url": status_url,
            },
            options,
        )

    def tap_stop(
        self,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop a tap.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.tap.stop",
            self.id,
            {
                "control_id": control_id,
            },
            options,
        )

    def stream(
        self,
        *,
        url: str,
        control_id: str | None = None,
        name: str | None = None,
        codec: str | None = None,
        track: Literal["inbound_track", "outbound_track", "both_tracks"] | None = None,
        authorization_bearer_token: str | None = None,
        custom_parameters: Mapping[str, Any] | None = None,
        status_url: str | None = None,
        status_url_method: Literal["GET", "POST"] | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stream the sound of the call to a WebSocket.

        :param control_id: text. A name for the operation, to act on it later; a fresh uuid
            where it is left out.
        :param url: a wss URL. Where the sound goes.
        :param name: text. Of the stream.
        :param codec: text. Of the sound.
        :param track: one of "inbound_track", "outbound_track", "both_tracks". Whose sound.
        :param authorization_bearer_token: text. Sent to your server.
        :param custom_parameters: an object. Sent to your server when it starts.
        :param status_url: an http or https URL. Where the service reports what becomes of
            it.
        :param status_url_method: one of "GET", "POST". How `status_url` is called.
        """
        return self._run(
            "calling.stream",
            self.id,
            {
                "control_id": control_id,
                "url": url,
                "name": name,
                "codec": codec,
                "track": track,
                "authorization_bearer_token": authorization_bearer_token,
                "custom_parameters": custom_parameters,
                "status_url": status_url,
                "status_url_method": status_url_method,
            },
            options,
        )

    def stream_stop(
        self,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop a stream.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.stream.stop",
            self.id,
            {
                "control_id": control_id,
            },
            options,
        )

    def denoise(
        self,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Take noise out of the sound."""
        return self._run(
            "calling.denoise",
            self.id,
            {},
            options,
        )

    def denoise_stop(
        self,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Leave the noise in again."""
        return self._run(
            "calling.denoise.stop",
            self.id,
            {},
            options,
        )

    def transcribe(
        self,
        *,
        control_id: str | None = None,
        status_url: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Transcribe the call, text at the end; one at a time.

        :param control_id: text. A name for the operation, to act on it later; a fresh uuid
            where it is left out.
        :param status_url: an http or https URL. Where the text is sent, at the end.
        """
        return self._run(
            "calling.transcribe",
            self.id,
            {
                "control_id": control_id,
                "status_url": status_url,
            },
            options,
        )

    def transcribe_stop(
        self,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop transcribing.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.transcribe.stop",
            self.id,
            {
                "control_id": control_id,
            },
            options,
        )

    def live_transcribe(
        self,
        *,
        action: Literal["stop"] | Mapping[str, Any],
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Start, stop or summarise the live transcription of a call.

        :param action: "stop", or an object with exactly one of the keys `start`,
            `summarize`.
        """
        return self._run(
            "calling.live_transcribe",
            self.id,
            {
                "action": action,
            },
            options,
        )

    def live_translate(
        self,
        *,
        action: Literal["stop"] | Mapping[str, Any],
        status_url: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Start, stop, summarise or inject into the live translation of a call.

        :param action: "stop", or an object with exactly one of the keys `start`,
            `summarize`, `inject`.
        :param status_url: an http or https URL. Where the service reports the session's
            states.
        """
        return self._run(
            "calling.live_translate",
            self.id,
            {
                "action": action,
                "status_url": status_url,
            },
            options,
        )

    def ai_hold(
        self,
        *,
        timeout: str | int | None = None,
        prompt: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Put the AI agent on hold.

        :param timeout: seconds, in digits, as text. Seconds until the agent comes back by
            itself.
        :param prompt: text. What the agent says before.
        """
        return self._run(
            "calling.ai_hold",
            self.id,
            {
                "timeout": timeout,
                "prompt": prompt,
            },
            options,
        )

    def ai_unhold(
        self,
        *,
        prompt: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Take the AI agent off hold.

        :param prompt: text. What the agent says then. (Accepted by the vendor's newest SDK,
            not in the public contract.)
        """
        return self._run(
            "calling.ai_unhold",
            self.id,
            {
                "prompt": prompt,
            },
            options,
        )

    def ai_message(
        self,
        *,
        role: Literal["system", "user", "assistant"] | None = None,
        message_text: str | None = None,
        reset: Mapping[str, Any] | None = None,
        global_data: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Tell the AI agent something.

        :param role: one of "system", "user", "assistant". Who says it.
        :param message_text: text. What is said to the agent.
        :param reset: an object. Begin anew.
        :param global_data: an object. Data that the agent knows.
        """
        return self._run(
            "calling.ai_message",
            self.id,
            {
                "role": role,
                "message_text": message_text,
                "reset": reset,
                "global_data": global_data,
            },
            options,
        )

    def ai_stop(
        self,
        *,
        control_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop the AI agent.

        :param control_id: text. Ignored by the service.
        """
        return self._run(
            "calling.ai.stop",
            self.id,
            {
                "control_id": control_id,
            },
            options,
        )

    def ai_sidecar(
        self,
        *,
        lang: str | None = None,
        prompt: str | Mapping[str, Any] | None = None,
        model: str | None = None,
        direction: Sequence[Literal["local-caller", "remote-caller"]] | None = None,
        customer_role: Literal["local-caller", "remote-caller"] | None = None,
        url: str | None = None,
        SWAIG: Mapping[str, Any] | None = None,
        permissions: Mapping[str, Any] | None = None,
        global_data: Mapping[str, Any] | None = None,
        hints: Sequence[str] | None = None,
        params: Mapping[str, Any] | None = None,
        action: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Start a sidecar that listens and advises.

        :param lang: a language tag. What is spoken; required unless `action` is given.
        :param prompt: text, or an object. What the sidecar is to do.
        :param model: text. The model that thinks.
        :param direction: a list of both "local-caller" and "remote-caller". Whose speech.
        :param customer_role: one of "local-caller", "remote-caller". Which party is the
            customer.
        :param url: an http or https URL. Where its events are sent.
        :param SWAIG: an object. Functions that it may call.
        :param permissions: an object. What functions may do.
        :param global_data: an object. Data that it knows.
        :param hints: a list of at least one item, each text. Words to expect.
        :param params: an object. How it listens and thinks.
        :param action: an object with exactly one of the keys `summarize`. Tell a running
            sidecar to do something, in place of starting one.
        """
        return self._run(
            "calling.ai_sidecar",
            self.id,
            {
                "lang": lang,
                "prompt": prompt,
                "model": model,
                "direction": direction,
                "customer_role": customer_role,
                "url": url,
                "SWAIG": SWAIG,
                "permissions": permissions,
                "global_data": global_data,
                "hints": hints,
                "params": params,
                "action": action,
            },
            options,
        )

    def ai_sidecar_poke(
        self,
        *,
        text: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Make the sidecar think of something.

        :param text: text. What it is told or asked.
        """
        return self._run(
            "calling.ai_sidecar.poke",
            self.id,
            {
                "text": text,
            },
            options,
        )

    def ai_sidecar_ask(
        self,
        *,
        text: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Ask the sidecar; it answers by event.

        :param text: text. What it is told or asked.
        """
        return self._run(
            "calling.ai_sidecar.ask",
            self.id,
            {
                "text": text,
            },
            options,
        )

    def ai_sidecar_stop(
        self,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop the sidecar."""
        return self._run(
            "calling.ai_sidecar.stop",
            self.id,
            {},
            options,
        )

    def ai_sidecar_status(
        self,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Ask how the sidecar is."""
        return self._run(
            "calling.ai_sidecar.status",
            self.id,
            {},
            options,
        )

    def send_fax_stop(
        self,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop sending a fax.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.send_fax.stop",
            self.id,
            {
                "control_id": control_id,
            },
            options,
        )

    def receive_fax_stop(
        self,
        *,
        control_id: str,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Stop receiving a fax.

        :param control_id: text. The operation, as it was named when it started.
        """
        return self._run(
            "calling.receive_fax.stop",
            self.id,
            {
                "control_id": control_id,
            },
            options,
        )

    def refer(
        self,
        *,
        device: Mapping[str, Any],
        status_url: str | None = None,
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Refer a SIP call to somebody else.

        :param device: an object with `type` "sip" and its `params`. Where the call goes.
        :param status_url: an http or https URL. Where the service reports what becomes of
            it.
        """
        return self._run(
            "calling.refer",
            self.id,
            {
                "device": device,
                "status_url": status_url,
            },
            options,
        )

    def user_event(
        self,
        *,
        event: Mapping[str, Any],
        **options: Unpack[CallOptions],
    ) -> CallLeg:
        """Send an event to the call's SWML.

        :param event: an object. Whatever your SWML expects.
        """
        return self._run(
            "calling.user_event",
            self.id,
            {
                "event": event,
            },
            options,
        )
