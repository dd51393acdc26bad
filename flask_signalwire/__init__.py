"""SignalWire's calling API for Flask: validated commands, plugins, signals, and a simulator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import exceptions, signals
from .calling import Call, Calling
from .commands import Command, CommandSpec, PayloadSchema, fields
from .config import Settings
from .exceptions import CommandRejected
from .extension import AccountClient, Client, SignalWire, current_signalwire
from .health import Health
from .plugins import hookimpl
from .redaction import mask_number, scrub
from .results import CallLeg

if TYPE_CHECKING:
    from . import events

__version__ = "0.1.0"

__all__ = [
    "AccountClient",
    "Call",
    "CallLeg",
    "Calling",
    "Client",
    "Command",
    "CommandRejected",
    "CommandSpec",
    "Health",
    "PayloadSchema",
    "Settings",
    "SignalWire",
    "current_signalwire",
    "events",
    "exceptions",
    "fields",
    "hookimpl",
    "mask_number",
    "scrub",
    "signals",
]


def __getattr__(name: str) -> Any:
    # A fifth of the time that the whole package takes to load: for those who receive events.
    if name == "events":
        from importlib import import_module

        return import_module(".events", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
