"""Sent: a command that an app gave, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..commands import Command
from ..exceptions import CommandError, Outcome
from ..redaction import mask
from ..results import CallLeg
from .matching import show


@dataclass(frozen=True, repr=False)
class Sent:
    """A command of the app under test.

    :ivar name: its wire name: ``calling.play``.
    :ivar call_id: the call that it acts on, or that a ``dial`` made; None where there is none.
    :ivar params: its payload as it was sent, read-only.
    :ivar outcome: ``accepted``; of a failed one ``refused``, ``unknown``, or ``not_sent`` (invalid
        or vetoed, a dry run, or the repetition of an idempotency key).
    :ivar leg: the service's answer, or None.
    :ivar error: what the app was raised, or None.
    :ivar command: the whole command, with its id and its context.
    """

    name: str
    call_id: str | None
    params: Mapping[str, Any]
    outcome: Outcome
    leg: CallLeg | None = None
    error: CommandError | None = None
    command: Command | None = field(default=None, compare=False)

    @classmethod
    def succeeded(cls, command: Command, leg: CallLeg) -> Sent:
        """Of a command that has an answer."""
        outcome: Outcome = "not_sent" if leg.dry_run or leg.replayed else "accepted"
        return cls(
            command.name, _call_id(command) or leg.id, command.params, outcome, leg, None, command
        )

    @classmethod
    def failed(cls, command: Command, error: CommandError) -> Sent:
        """Of a command that ended in an error."""
        leg = getattr(error, "leg", None)
        return cls(
            command.name,
            _call_id(command) or (leg.id if isinstance(leg, CallLeg) else None),
            command.params,
            error.outcome,
            leg,
            error,
            command,
        )

    @property
    def title(self) -> str:
        """What it is and what became of it, in a few words."""
        call = f" to call {self.call_id}" if self.call_id else ""
        return f"{self.name}{call}, {self.outcome}"

    def masked(self) -> Mapping[str, Any]:
        """The params as logs show them."""
        return mask(self.params) if self.command is None else self.command.masked_params()

    def __repr__(self) -> str:
        """Numbers are whole, secrets are masked, as in the messages of assertions."""
        return f"<Sent {self.title}: {show(self.params, self.masked())}>"


def _call_id(command: Command) -> str | None:
    """`update` has the id among its params."""
    found = command.call_id
    if found is None and "id" in command.spec.payload.keys:
        found = command.params.get("id")
    return found if isinstance(found, str) else None
