"""The exit codes of ``flask signalwire send``: for scripts, so they don't change."""

from __future__ import annotations

from enum import IntEnum

from ..exceptions import CommandError, ConfigurationError, SignalWireError, TransportError


class Exit(IntEnum):
    """How a command ended. 1 is left to crashes, 2 is click's."""

    ACCEPTED = 0
    USAGE = 2
    STOPPED = 3
    REFUSED = 4
    UNKNOWN = 5
    UNREACHED = 6
    ACCEPTED_BUT = 7
    CONFIGURATION = 8


MEANINGS = {
    Exit.ACCEPTED: "accepted by the service, or a dry run that went well",
    Exit.USAGE: "not sent: the options can't be used, or the JSON can't be read",
    Exit.STOPPED: "not sent: the payload is invalid, or a plugin stopped it",
    Exit.REFUSED: "refused by the service",
    Exit.UNKNOWN: "outcome unknown: do NOT send it again before looking for its effect",
    Exit.UNREACHED: "not sent: the service was not reached; trying again is safe",
    Exit.ACCEPTED_BUT: "accepted, but something after that failed; do NOT send it again",
    Exit.CONFIGURATION: "not sent: the settings don't allow it",
}


def exit_code(error: SignalWireError) -> Exit:
    """The exit code of an error, from its class and its outcome alone."""
    if isinstance(error, ConfigurationError):
        return Exit.CONFIGURATION
    if not isinstance(error, CommandError):
        return Exit.STOPPED
    if error.outcome == "not_sent":
        return Exit.UNREACHED if isinstance(error, TransportError) else Exit.STOPPED
    return {
        "refused": Exit.REFUSED,
        "unknown": Exit.UNKNOWN,
        "accepted": Exit.ACCEPTED_BUT,
    }[error.outcome]
