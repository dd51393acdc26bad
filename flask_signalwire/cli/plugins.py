"""``flask signalwire plugins``, and what is below it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from .scaffold import new_command
from .shared import echo_columns, echo_json

if TYPE_CHECKING:
    from ..extension import Client
    from ..plugins.manager import PluginInfo


def plugins_group(client: Client) -> click.Group:
    """The command that lists one app's plugins, with what is done about plugins below it."""

    @click.group("plugins", short_help="List the plugins.", invoke_without_command=True)
    @click.option("--json", "as_json", is_flag=True, help="Print JSON, one list.")
    @click.pass_context
    def plugins(context: click.Context, as_json: bool) -> None:
        """List the plugins: name, distribution, version, hooks, status, and why one is not
        active.
        """
        if context.invoked_subcommand is not None:
            return
        if as_json:
            echo_json([dataclasses.asdict(info) for info in client.plugins])
            return
        echo_columns([("NAME", "STATUS", "FROM", "HOOKS"), *map(_row, client.plugins)])

    plugins.add_command(new_command(client))
    return plugins


def _row(info: PluginInfo) -> tuple[str, str, str, str]:
    hooks = ", ".join(hook.removeprefix("signalwire_") for hook in info.hooks)
    return info.name, info.status, info.source, hooks or info.reason
