"""CallLeg: what the service answers to a command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .redaction import mask

_NUMBERS = ("from", "to")


class CallLeg(dict[str, Any]):
    """The service's answer: a dict as the vendor's SDK returns it, with attributes.

    Keys that the service adds later are there without a release of ours. Attributes that it may
    leave out are None (``leg.status`` of a Fabric device leg is null).

    :ivar command_id: the id of the command that it answers.
    :ivar request_id: the service's id of
        the request, for its support desk, or None. :ivar dry_run: True where nothing was sent.
    """

    command_id: str | None
    request_id: str | None
    dry_run: bool

    def __init__(
        self,
        body: Mapping[str, Any],
        *,
        command_id: str | None = None,
        request_id: str | None = None,
        dry_run: bool = False,
    ) -> None:
        super().__init__(body)
        self.command_id = command_id
        self.request_id = request_id
        self.dry_run = dry_run

    @property
    def id(self) -> str | None:
        """The uuid of the call."""
        return self.get("id")

    @property
    def status(self) -> str | None:
        """``queued``, ``ringing``, ``answered``, ``ended`` and so on; null for Fabric device
        legs.
        """
        return self.get("status")

    @property
    def from_(self) -> str | None:
        """Who calls; ``leg["from"]``."""
        return self.get("from")

    @property
    def to(self) -> str | None:
        """Who is called."""
        return self.get("to")

    @property
    def direction(self) -> str | None:
        """``inbound``, ``outbound`` or ``outbound-api``."""
        return self.get("direction")

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(
                f"the answer has no {name!r}; it has {', '.join(sorted(self)) or 'nothing'}"
            ) from None

    def __repr__(self) -> str:
        shown = {
            key: mask(value, "number" if key in _NUMBERS else None, str(key))
            for key, value in self.items()
        }
        return f"<CallLeg {shown!r}>"
