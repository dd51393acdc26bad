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
    request_options: Any
    """Accepted for code of the vendor's SDK: its ``timeout`` and ``retries`` are honoured."""


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
        **options: Unpack[CallOptions],
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
