"""``flask signalwire``: one group an app, since plugins add commands of their own to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask.cli import AppGroup

from .commands import commands_command
from .doctor import doctor_command
from .events import events_group
from .plugins import plugins_group
from .send import send_command
from .simulator import simulator_group

if TYPE_CHECKING:
    from ..extension import Client

__all__ = ["build_group"]


def build_group(client: Client) -> AppGroup:
    """The group of one app."""
    group = AppGroup("signalwire", help="Telephone calls through SignalWire.")
    group.add_command(commands_command(client))
    group.add_command(doctor_command(client))
    group.add_command(events_group(client))
    group.add_command(plugins_group(client))
    group.add_command(send_command(client))
    group.add_command(simulator_group(client))
    return group
