"""``flask signalwire plugins``."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from .shared import echo_columns, echo_json

if TYPE_CHECKING:
    from ..extension import Client
    from ..plugins.manager import PluginInfo


def plugins_command(client: Client) -> click.Command:
    """The command that lists one app's plugins."""

    @click.command("plugins", short_help="List the plugins.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON, one list.")
    def plugins(as_json: bool) -> None:
        """List the plugins: name, distribution, version, hooks, status, and why one is not
        active.
        """
        if as_json:
            echo_json([dataclasses.asdict(info) for info in client.plugins])
            return
        echo_columns([("NAME", "STATUS", "FROM", "HOOKS"), *map(_row, client.plugins)])

    return plugins


def _row(info: PluginInfo) -> tuple[str, str, str, str]:
    hooks = ", ".join(hook.removeprefix("signalwire_") for hook in info.hooks)
    return info.name, info.status, info.source, hooks or info.reason
