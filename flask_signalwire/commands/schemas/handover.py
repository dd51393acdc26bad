"""Handing a call over, and telling its SWML something: transfer, refer, user_event."""

from __future__ import annotations

from typing import Any

from ..fields import Either, FreeObject, PayloadSchema, Tagged, Text
from .shared import Swml, status_url


class Transfer(PayloadSchema):
    dest = Either(
        Text(sensitivity="number", example="+34911234567"),
        Swml(),
        required=True,
        help="A SIP address, a number, the URL of SWML, or SWML.",
    )


def _sip(**options: Any) -> Text:
    return Text(
        pattern=r"sip:.+",
        expected="a SIP address",
        example="sip:ana@example.com",
        sensitivity="number",
        **options,
    )


class ReferSip(PayloadSchema):
    to = _sip(required=True, help="Where the call goes.")
    from_ = _sip(data_key="from", help="Who sends it there.")
    username = Text(example="ana", help="For the SIP server.")
    password = Text(sensitivity="secret", help="For the SIP server.")


class Refer(PayloadSchema):
    device = Tagged({"sip": ReferSip}, required=True, help="Where the call goes.")
    status_url = status_url()


class UserEvent(PayloadSchema):
    event = FreeObject(required=True, example={"ticket": 42}, help="Whatever your SWML expects.")
