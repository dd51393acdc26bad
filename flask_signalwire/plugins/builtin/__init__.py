"""Built-in plugins: what the core can do as a plugin, it does as one."""

from __future__ import annotations

from collections.abc import Mapping

UNBLOCKABLE: Mapping[str, str] = {
    "sender": "which sends every command",
    "dry_run": "without which dry runs would be sent; set SIGNALWIRE_DRY_RUN to False",
    "callbacks": "which SIGNALWIRE_CALLBACKS turns off: set that to False",
    "idempotency": "without which idempotency keys would be ignored; commands without a key don't "
    "use it",
}
"""Our plugins by name, and why none is blocked, or what to do in its place."""
