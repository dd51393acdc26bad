"""``flask signalwire``: one group an app, since plugins add commands of their own to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
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


class _Group(AppGroup):
    """The commands of one app; it says why those of a plugin that is not active are missing."""

    def __init__(self, client: Client) -> None:
        super().__init__("signalwire", help="Telephone calls through SignalWire.")
        self._plugins = client.plugins

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name in self._plugins and self.get_command(ctx, name) is None:
            info = self._plugins[name]
            if info.status != "active":
                ctx.fail(f"No such command {name!r}: the plugin is {info.status}: {info.reason}")
        return super().resolve_command(ctx, args)


def build_group(client: Client) -> AppGroup:
    """The group of one app."""
    group = _Group(client)
    group.add_command(commands_command(client))
    group.add_command(doctor_command(client))
    group.add_command(events_group(client))
    group.add_command(plugins_group(client))
    group.add_command(send_command(client))
    group.add_command(simulator_group(client))
    return group
