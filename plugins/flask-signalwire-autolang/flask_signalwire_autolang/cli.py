"""``flask signalwire language``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .finding import find

if TYPE_CHECKING:
    from .settings import AutolangSettings


def build_command(settings: AutolangSettings) -> click.Command:
    """The command of one app, which answers by its settings."""

    @click.command("language")
    @click.argument("number")
    def language(number: str) -> None:
        """Say which language a telephone number (+34911234567) leads to, and why.

        Exits with 1 where it leads to none.
        """
        found = find(number, settings.regions)
        if found.tag is None:
            raise click.ClickException(f"undecided ({found.evidence}): {found.reason}")
        click.echo(
            f"{found.tag} ({found.evidence}), confidence {found.confidence:.2f}: {found.reason}"
        )

    return language
