"""SignalWire's calling API for Flask: validated commands, plugins, signals, and a simulator."""

from __future__ import annotations

from . import events, exceptions, signals
from .calling import Call, Calling
from .commands import Command, CommandSpec, PayloadSchema, fields
from .config import Settings
from .exceptions import CommandRejected
from .extension import AccountClient, Client, SignalWire, current_signalwire
from .health import Health
from .plugins import hookimpl
from .redaction import mask_number, scrub
from .results import CallLeg

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
