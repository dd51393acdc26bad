"""``flask signalwire simulator``."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import click

from ..exceptions import ConfigurationError
from .shared import echo_columns

if TYPE_CHECKING:
    from ..extension import Client
    from ..simulator import Simulator
    from ..simulator.posting import Reach


def simulator_group(client: Client) -> click.Group:
    """The commands around the simulated space."""
    group = click.Group("simulator", help="The service in memory: no account, no network.")

    @group.command("run")
    @click.option("--host", default="127.0.0.1", show_default=True)
    @click.option("--port", default=5055, show_default=True, type=click.IntRange(0, 65535))
    @click.option(
        "--scenario",
        "names",
        multiple=True,
        metavar="FILE|NAME",
        help="What happens in its calls; `simulator scenarios` lists the shipped ones. Repeatable.",
    )
    @click.option(
        "--reach",
        type=click.Choice(["loopback", "anywhere"]),
        default="loopback",
        show_default=True,
        help="Where callbacks may go.",
    )
    def run(host: str, port: int, names: tuple[str, ...], reach: Reach) -> None:
        """Serve the simulator over HTTP, for this or any other client, until Ctrl-C."""
        from ..simulator import Simulator
        from ..simulator.server import serve

        project = client.settings.project_id or "simulator-project"
        token = client.settings.api_token or "simulator-token"
        key = next(iter(client.settings.signing_key), None)
        simulator = Simulator(
            client.commands,
            credentials={project: token},
            signing_key=key,
            reach=reach,
            ca_file=client.settings.ca_file,
        )
        for name in reversed(names):  # the first one that matches a call counts
            _play(simulator, name)
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
            finally:
                simulator.close()

    @group.command("scenarios")
    def scenarios() -> None:
        """List the scenarios that come with the package."""
        from ..simulator.scenarios import load_scenario, shipped

        try:
            found = [load_scenario(name) for name in shipped()]
        except ConfigurationError as error:
            raise click.ClickException(str(error)) from error
        rows = [("NAME", "LINES", "LANGUAGES", "WHAT HAPPENS")]
        for scenario in found:
            languages = " ".join(scenario.languages)
            rows.append((scenario.name, str(len(scenario.lines)), languages, scenario.description))
        echo_columns(rows)

    return group


def _play(simulator: Simulator, name: str) -> None:
    try:
        scenario = simulator.play(name)
    except (ConfigurationError, LookupError) as error:
        raise click.BadParameter(str(error), param_hint="--scenario") from error
    click.echo(f"Scenario {scenario.name}: {scenario.description or 'no description'}", err=True)


def _show_requests() -> None:
    """Print the server's log, unless the app has a place for it."""
    log = logging.getLogger("flask_signalwire.simulator")
    if not log.hasHandlers():
        log.addHandler(logging.StreamHandler())
        log.setLevel(logging.INFO)
