"""``flask signalwire``: one group an app, since plugins add commands of their own to it."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import click
from flask.cli import AppGroup

if TYPE_CHECKING:
    from .extension import Client
    from .plugins.manager import PluginInfo


def build_group(client: Client) -> AppGroup:
    """The group of one app."""
    group = AppGroup("signalwire", help="Telephone calls through SignalWire.")
    group.add_command(_plugins(client))
    group.add_command(_simulator(client))
    return group


def _plugins(client: Client) -> click.Command:
    @click.command("plugins")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON, one list.")
    def plugins(as_json: bool) -> None:
        """List the plugins: name, distribution, version, hooks, status, and why one is not
        active.
        """
        if as_json:
            click.echo(json.dumps([dataclasses.asdict(info) for info in client.plugins], indent=2))
            return
        rows = [("NAME", "STATUS", "FROM", "HOOKS"), *map(_row, client.plugins)]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for row in rows:
            cells = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
            click.echo("  ".join([*cells, row[3]]).rstrip())

    return plugins


def _row(info: PluginInfo) -> tuple[str, str, str, str]:
    hooks = ", ".join(hook.removeprefix("signalwire_") for hook in info.hooks)
    return info.name, info.status, info.source, hooks or info.reason


def _simulator(client: Client) -> click.Group:
    group = click.Group("simulator", help="The service in memory: no account, no network.")

    @group.command("run")
    @click.option("--host", default="127.0.0.1", show_default=True)
    @click.option("--port", default=5055, show_default=True, type=click.IntRange(0, 65535))
    def run(host: str, port: int) -> None:
        """Serve the simulator over HTTP, for this or any other client, until Ctrl-C."""
        from .simulator import Simulator
        from .simulator.server import serve

        project = client.settings.project_id or "simulator-project"
        token = client.settings.api_token or "simulator-token"
        simulator = Simulator(client.commands, credentials={project: token})
        try:
            server = serve(simulator, host, port)
        except OSError as error:
            raise click.ClickException(
                f"can't listen on {host}:{port}: {error.strerror}; try another --port"
            ) from error
        with server:
            click.echo(f"The simulated space listens on {host}:{server.port}. For a client:")
            click.echo(f"  export SIGNALWIRE_SPACE={host}:{server.port}")
            click.echo(f"  export SIGNALWIRE_PROJECT_ID={project}")
            shown = token if client.settings.api_token is None else "…  # your own, as configured"
            click.echo(f"  export SIGNALWIRE_API_TOKEN={shown}")
            try:
                server.wait()
            except KeyboardInterrupt:
                click.echo("Stopped.")

    return group
