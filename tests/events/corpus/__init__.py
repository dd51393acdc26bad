"""Payloads in each documented, seen or inferred shape, and all that must be read from them.

Written by hand from what is known of the service's callbacks, 2026-08, not from the parser.
"""

from __future__ import annotations

from .calls import CALLS, UNKNOWN
from .operations import OPERATIONS
from .samples import AT, CALL, CALLER, CONTROL, MICROSECONDS, OFFICE, SECONDS, enveloped, operation
from .sidecar import SIDECAR
from .speech import SAID, SPEECH, SUMMARIES

__all__ = [
    "AT",
    "CALL",
    "CALLER",
    "CONTROL",
    "CORPUS",
    "MICROSECONDS",
    "OFFICE",
    "SAID",
    "SECONDS",
    "enveloped",
    "operation",
]

CORPUS = [*CALLS, *OPERATIONS, *SPEECH, *SUMMARIES, *SIDECAR, *UNKNOWN]
