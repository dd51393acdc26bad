"""Commands: what may be asked of the service, and what each of them takes."""

from __future__ import annotations

from ..readonly import freeze, thaw
from .command import Command, CommandSpec
from .fields import PayloadSchema
from .table import TABLE, CommandTable

__all__ = ["TABLE", "Command", "CommandSpec", "CommandTable", "PayloadSchema", "freeze", "thaw"]
