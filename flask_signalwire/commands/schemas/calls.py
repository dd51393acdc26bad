"""Placing, changing and ending calls: ``dial``, ``update``, ``calling.end``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from ..fields import (
    Choice,
    Either,
    FreeObject,
    Integer,
    ListOf,
    Number,
    PayloadSchema,
    Text,
    Uuid,
    describe,
    suggest,
)
from .shared import Headers, Swml, status_url

CODECS = (
    "OPUS",
    "OPUS@48000H@20I",
    "OPUS@24000H@20I",
    "OPUS@16000H@20I",
    "OPUS@8000H@20I",
    "G722",
    "PCMU",
    "PCMA",
    "G729",
    "VP8",
    "H264",
)
STATES = ("created", "ringing", "answered", "ended")
END_REASONS = ("hangup", "cancel", "busy", "noAnswer", "decline", "error")


class CodecList(Text):
    """Codecs in one text, separated by commas."""

    expected = "codecs separated by commas"

    def check(self, value: Any) -> str:
        text = super().check(value)
        for codec in text.split(","):
            if codec not in CODECS:
                raise ValidationError(
                    f"{describe(codec)} is no codec{suggest(codec, CODECS)} "
                    f"(known: {', '.join(CODECS)})"
                )
        return text


class CustomVariables(FreeObject):
    """Variables for the call's SWML: at most 20, named like identifiers, short text each."""

    expected = "an object of at most 20 texts"
    most = 20
    longest = 1024
    identifier = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
    reserved = ("signalwire_", "sw_", "rtc_", "internal_")

    def check(self, value: Any) -> Mapping[str, Any]:
        variables = super().check(value)
        errors: dict[str, list[str]] = {}
        for name, text in variables.items():
            if not self.identifier.fullmatch(name):
                errors[name] = ["name; expected letters, digits and _, not starting with a digit"]
            elif name.lower().startswith(self.reserved):
                errors[name] = [
                    f"name; {', '.join(self.reserved)} begin names of the service's own"
                ]
            elif not isinstance(text, str) or not text:
                errors[name] = [f"{describe(text)}; expected text that is not empty"]
            elif len(text.encode()) > self.longest:
                errors[name] = [f"{len(text.encode())} bytes; expected at most {self.longest}"]
        if len(variables) > self.most:
            errors["_schema"] = [f"{len(variables)} variables; expected at most {self.most}"]
        if errors:
            raise ValidationError(errors)
        return variables


def _given(data: Mapping[str, Any], *keys: str) -> list[str]:
    return [key for key in keys if key in data]


class Dial(PayloadSchema):
    from_ = Text(
        data_key="from",
        required=True,
        blank=False,
        expected="a telephone number or SIP address",
        sensitivity="number",
        example="+12025550100",
        help="The number or SIP address that calls.",
    )
    to = Text(
        blank=False,
        expected="a telephone number or SIP address",
        sensitivity="number",
        example="+34911234567",
        help="The number or SIP address to call; required unless `to_script` is given.",
    )
    url = Text(
        sensitivity="url",
        example="https://example.com/swml",
        help="Where the service fetches the SWML that runs the call.",
    )
    swml = Swml(help="The SWML that runs the call, in place of `url`.")
    to_script = Either(Text(), Swml(), help="A script that decides whom to call, in place of `to`.")
    caller_id = Text(sensitivity="number", help="The number that is shown to the called party.")
    fallback_url = Text(sensitivity="url", help="Asked for SWML when `url` fails.")
    username = Text(example="ana", help="User name for a SIP endpoint.")
    password = Text(sensitivity="secret", help="Password for a SIP endpoint.")
    send_digits = Text(
        pattern=r"[0-9A-D*#w,]*",
        expected="the tones 0-9, A-D, *, #, and w or , for pauses",
        # Digits that are dialled into a line are often a PIN.
        sensitivity="secret",
        example="1w2#",
        help="Tones to send once the call is answered.",
    )
    status_url = status_url("Where the service reports the call's states.", callback="calls")
    status_events = ListOf(
        Choice(*STATES),
        help='The states to report; the service\'s default is ["ended"].',
    )
    url_method = Choice("GET", "POST", help="How `url` is fetched.")
    codecs = Either(
        CodecList(example="OPUS,PCMU"), ListOf(Choice(*CODECS)), help="Codecs to offer, best first."
    )
    timeout = Integer(1, 600, example=30, help="Seconds to let it ring.")
    max_price_per_minute = Number(0, example=0.05, help="Refuse to place a call that costs more.")
    region = Either(Text(), ListOf(Text()), help="Regions to call from.")
    custom_variables = CustomVariables(
        example={"language": "es"}, help="Variables for the call's SWML."
    )
    headers = Headers(
        documented=False, example=[{"name": "X-Ticket", "value": "42"}], help="SIP headers to send."
    )

    instead_of = {"to_script": "to", "swml": "url"}  # noqa: RUF012  # never changed
    # Else the service reports the end alone.
    beside_callback = {"status_events": STATES}  # noqa: RUF012  # never changed

    def between(self, payload: Mapping[str, Any]) -> dict[str, list[str]]:
        """Whom to call, and what runs the call: one way each."""
        errors = {}
        if not _given(payload, "to", "to_script"):
            errors["to"] = ["missing; expected a number or SIP address, or else `to_script`"]
        run_by = _given(payload, "url", "swml")
        if len(run_by) != 1:
            errors["url"] = [
                "given beside `swml`; expected one of the two"
                if run_by
                else "missing; expected the URL of a SWML document, or else `swml`"
            ]
        return errors


class Update(PayloadSchema):
    id = Uuid(required=True, help="The call to change; it stands among the params.")
    url = Text(
        sensitivity="url",
        example="https://example.com/swml",
        help="Redirect: fetch the SWML that runs the call from now on.",
    )
    swml = Swml(help="Redirect: the SWML that runs the call from now on.")
    status = Choice(
        "canceled",
        "completed",
        help="End it: `canceled` while it is queued or ringing, `completed` once it is answered.",
    )
    fallback_url = Text(sensitivity="url", help="Asked for SWML when `url` fails.")
    status_url = status_url("Where the service reports the call's states.", callback="calls")

    instead_of = {"swml": "url", "status": "url"}  # noqa: RUF012  # never changed

    def between(self, payload: Mapping[str, Any]) -> dict[str, list[str]]:
        """Something has to change."""
        if _given(payload, "url", "swml", "status"):
            return {}
        nothing = "nothing to change; expected at least one of `url`, `swml` and `status`"
        return {"_schema": [nothing]}


class End(PayloadSchema):
    reason = Choice(*END_REASONS, help="Why it ends, as the other party is told.")
