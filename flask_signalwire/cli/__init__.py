"""``flask signalwire``: one group an app, since plugins add commands of their own to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

if TYPE_CHECKING:
    from ..extension import Client

__all__ = ["build_group"]


class _Group(AppGroup):
    """The commands of one app.

    Our own are loaded when one is asked for: a server never asks. It says why those of a plugin
    that is not active are missing.
    """

    def __init__(self, client: Client) -> None:
        super().__init__("signalwire", help="Telephone calls through SignalWire.")
        self._client = client

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._load()
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        plugins = self._client.plugins
        if name in plugins and self.get_command(ctx, name) is None:
            info = plugins[name]
            if info.status != "active":
                ctx.fail(f"No such command {name!r}: the plugin is {info.status}: {info.reason}")
        return super().resolve_command(ctx, args)

    def _load(self) -> None:
        from .commands import commands_command
        from .doctor import doctor_command
        from .events import events_group
        from .plugins import plugins_group
        from .send import send_command
        from .simulator import simulator_group

        for name, build in (
            ("commands", commands_command),
            ("doctor", doctor_command),
            ("events", events_group),
            ("plugins", plugins_group),
            ("send", send_command),
            ("simulator", simulator_group),
        ):
            if name not in self.commands:  # what a plugin put there stays
                self.add_command(build(self._client))


def build_group(client: Client) -> AppGroup:
    """The group of one app."""
    return _Group(client)
