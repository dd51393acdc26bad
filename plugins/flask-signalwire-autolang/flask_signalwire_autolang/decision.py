"""What was decided for a command, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask_signalwire import mask_number

Source = Literal["context", "remembered", "setting", "none"]
"""Where the evidence is from: the command's context, a leg that was seen before, the settings."""


@dataclass(frozen=True)
class Decision:
    """``command.state["autolang"]``: what was filled in, and why.

    :param from_lang: what was filled in as ``from_lang``; None where it was left alone.
    :param to_lang: what was filled in as ``to_lang``; None where it was left alone.
    :param source: where the remote party's number came from; ``setting`` where only the local
        party's language was missing; ``none`` where nothing is known of the remote party.
    :param evidence: the masked number and its region, such as ``+34*******67, ES``; may be empty.
    :param confidence: the share of the region's people who speak the language, 0 to 1; 1 for what
        the settings say; 0 where the remote party's language stays undecided.
    :param reason: one sentence for a log.
    :param undecided: what is still missing, so that the command will be refused as invalid.
    """

    from_lang: str | None
    to_lang: str | None
    source: Source
    evidence: str
    confidence: float
    reason: str
    undecided: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What a telephone number says.

    :param tag: the language; None where the number does not say.
    """

    tag: str | None
    evidence: str
    confidence: float
    reason: str


LONGEST = 64
"""Longer texts are no telephone numbers, and not for a log either."""


def masked(number: str) -> str:
    """A number as flask-signalwire shows numbers everywhere: ``+34*******67``."""
    if len(number) > LONGEST or not number.isprintable():
        return f"text of {len(number)} characters"
    return mask_number(number)
