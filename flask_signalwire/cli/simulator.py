"""``flask signalwire simulator``."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..extension import Client


def simulator_group(client: Client) -> click.Group:
    """The commands around the simulated space."""
    group = click.Group("simulator", help="The service in memory: no account, no network.")

    @group.command("run")
    @click.option("--host", default="127.0.0.1", show_default=True)
    @click.option("--port", default=5055, show_default=True, type=click.IntRange(0, 65535))
    def run(host: str, port: int) -> None:
        """Serve the simulator over HTTP, for this or any other client, until Ctrl-C."""
        from ..simulator import Simulator
        from ..simulator.server import serve

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
            click.echo("Each request is shown here; Ctrl-C ends it.", err=True)
            _show_requests()
            try:
                server.wait()
            except KeyboardInterrupt:
                click.echo("Stopped.")

    return group


def _show_requests() -> None:
    """Print the server's log, unless the app has a place for it."""
    log = logging.getLogger("flask_signalwire.simulator")
    if not log.hasHandlers():
        log.addHandler(logging.StreamHandler())
        log.setLevel(logging.INFO)
