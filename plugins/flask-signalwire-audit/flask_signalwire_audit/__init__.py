"""A journal of commands for flask-signalwire: the intent before, the outcome after."""

from __future__ import annotations

from .errors import AuditError
from .log import AuditLog, AuditRow, Filter
from .plugin import Audit

__version__ = "0.1.0"

__all__ = ["Audit", "AuditError", "AuditLog", "AuditRow", "Filter"]
