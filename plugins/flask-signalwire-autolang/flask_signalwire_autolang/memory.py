"""Who the remote party of a call is, as far as earlier answers of the service told."""

from __future__ import annotations

import threading
from collections import OrderedDict

from flask_signalwire import CallLeg

CAPACITY = 4096
"""Calls that are remembered; the one that was longest out of sight is forgotten first."""


class RemoteNumbers:
    """The remote parties' numbers by call, of one app in one process."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._numbers: OrderedDict[str, str] = OrderedDict()
        self._lock = threading.Lock()

    def learn(self, leg: CallLeg) -> None:
        """Remember the remote party of a leg, where it says who that is."""
        # `direction` is the service's point of view: we called, or somebody called us.
        if leg.direction in ("outbound", "outbound-api"):
            number = leg.to
        elif leg.direction == "inbound":
            number = leg.from_
        else:
            return
        if not isinstance(leg.id, str) or not isinstance(number, str) or not number:
            return
        call_id = leg.id.lower()
        with self._lock:
            self._numbers[call_id] = number
            self._numbers.move_to_end(call_id)
            while len(self._numbers) > self._capacity:
                self._numbers.popitem(last=False)

    def get(self, call_id: object) -> str | None:
        """The remote party's number of a call, or None."""
        if not isinstance(call_id, str):
            return None
        with self._lock:
            return self._numbers.get(call_id.lower())
