"""What the families of the corpus share."""

from __future__ import annotations

from typing import Any

Case = tuple[str, dict[str, Any]]
"""A command's wire name and its params."""
Mistake = tuple[str, dict[str, Any], str]
"""The same, and the path that the error must point at."""

CALL = "9d2f0c1e-5c58-4c0c-8d9c-6a8f3b0f2a11"
SWML = {"version": "1.0.0", "sections": {"main": ["answer", {"play": {"url": "https://e.org/a"}}]}}
START = {"from_lang": "en-US", "to_lang": "es-ES", "direction": ["local-caller", "remote-caller"]}
DIAL = {"from": "+12025550100", "to": "+34911234567", "url": "https://e.org/swml"}
NO = object()
"""Takes a key away."""


def changed(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A payload with other values; `from_` and `continue_` are `from` and `continue`."""
    merged = {**base, **{key.rstrip("_"): value for key, value in changes.items()}}
    return {key: value for key, value in merged.items() if value is not NO}


def start(**changes: Any) -> dict[str, Any]:
    return {"action": {"start": changed(START, **changes)}}


def dial(**changes: Any) -> dict[str, Any]:
    return changed(DIAL, **changes)
