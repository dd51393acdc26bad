"""Payloads that the contract allows, and payloads that it forbids.

Written by hand from the calling API contract (2026-08), not from our schemas: where the two
disagree, the schemas are wrong. Each forbidden one names the path that the error must point at.
"""

from __future__ import annotations

from . import ai, calls, handover, live, media, media_forbidden, operations
from .base import CALL, DIAL, NO, START, SWML, Case, Mistake, dial, start

__all__ = ["ALLOWED", "CALL", "DIAL", "FORBIDDEN", "NO", "START", "SWML", "dial", "start"]

ALLOWED: list[Case] = [
    *calls.ALLOWED,
    *handover.ALLOWED,
    *operations.ALLOWED,
    *media.ALLOWED,
    *live.ALLOWED,
    *ai.ALLOWED,
]

FORBIDDEN: list[Mistake] = [
    *calls.FORBIDDEN,
    *handover.FORBIDDEN,
    *operations.FORBIDDEN,
    *media_forbidden.FORBIDDEN,
    *live.FORBIDDEN,
    *ai.FORBIDDEN,
]
