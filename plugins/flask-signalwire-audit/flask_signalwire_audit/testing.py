"""What an app under test is configured with; entry point of ``flask_signalwire_testing``."""

from __future__ import annotations

from types import MappingProxyType

SETTINGS = MappingProxyType(
    {
        "SIGNALWIRE_AUDIT_URL": "sqlite://",  # in memory: a journal of its own for each app
        "SIGNALWIRE_AUDIT_ENGINE": None,
    }
)
"""They keep invented commands out of the journal of real ones, where they would stay for ever."""
