"""Transfer, refer and user_event."""

from __future__ import annotations

from typing import Any

from .base import NO, SWML, Case, Mistake, changed

TRANSFER, REFER, EVENT = "calling.transfer", "calling.refer", "calling.user_event"
SIP = {"to": "sip:ana@example.org"}


def refer(**changes: Any) -> dict[str, Any]:
    return {"device": {"type": "sip", "params": changed(SIP, **changes)}}


ALLOWED: list[Case] = [
    (TRANSFER, {"dest": "sip:ana@example.org"}),
    (TRANSFER, {"dest": "+34911234567"}),
    (TRANSFER, {"dest": "https://e.org/swml"}),
    (TRANSFER, {"dest": SWML}),
    (TRANSFER, {"dest": {"sections": {"main": []}}}),
    (REFER, refer()),
    (REFER, refer(from_="sip:desk@example.org;transport=tcp", username="u", password="p")),
    (REFER, {**refer(to="sip:+34911234567@example.org"), "status_url": "https://e.org/s"}),
    (EVENT, {"event": {}}),
    (EVENT, {"event": {"name": "paid", "amount": 1.5, "lines": [{"a": None}], "ok": True}}),
]

FORBIDDEN: list[Mistake] = [
    (TRANSFER, {}, "dest"),
    *((TRANSFER, {"dest": wrong}, "dest") for wrong in (None, 34911234567, True, [])),
    (TRANSFER, {"dest": {}}, "dest.sections"),
    (TRANSFER, {"dest": {"sections": {"main": "answer"}}}, "dest.sections.main"),
    (TRANSFER, {"dest": {**SWML, "version": 1}}, "dest.version"),
    (TRANSFER, {"dest": "sip:a@e.org", "status_url": "https://e.org"}, "status_url"),
    (TRANSFER, {"destination": "sip:a@e.org", "dest": "sip:a@e.org"}, "destination"),
    (REFER, {}, "device"),
    (REFER, {"device": None}, "device"),
    (REFER, {"device": "sip:a@e.org"}, "device"),
    (REFER, {"device": {}}, "device.type"),
    (REFER, {"device": {"type": "sip"}}, "device.params"),
    (REFER, {"device": {"type": "sip", "params": None}}, "device.params"),
    (REFER, {"device": {"params": SIP}}, "device.type"),
    (REFER, {"device": {"type": "phone", "params": SIP}}, "device.type"),
    (REFER, {"device": {"type": ["sip"], "params": SIP}}, "device.type"),
    (REFER, {"device": {"type": "sip", "params": SIP, "to": "sip:a@e.org"}}, "device.to"),
    (REFER, refer(to=NO), "device.params.to"),
    *((REFER, refer(to=wrong), "device.params.to") for wrong in ("ana@e.org", "sip:", "", 5, None)),
    (REFER, refer(from_="desk@e.org"), "device.params.from"),
    (REFER, refer(from_=None), "device.params.from"),
    (REFER, refer(username=5), "device.params.username"),
    (REFER, refer(password=12345), "device.params.password"),
    (REFER, refer(user="u"), "device.params.user"),
    (REFER, {**refer(), "status_url": "e.org"}, "status_url"),
    (REFER, {**refer(), "control_id": "a"}, "control_id"),
    (EVENT, {}, "event"),
    *((EVENT, {"event": wrong}, "event") for wrong in (None, "paid", 5, True, [{"a": 1}])),
    (EVENT, {"event": {"a": float("inf")}}, "event"),
    (EVENT, {"event": {"a": {1, 2}}}, "event"),
    (EVENT, {"event": {}, "name": "paid"}, "name"),
]
