"""What the commands share: columns, JSON, and finding a command of the service by its name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click

from ..commands import CommandSpec, CommandTable
from ..commands.fields import suggest


def echo_columns(rows: Sequence[Sequence[str]]) -> None:
    """Print rows of as many cells each, in columns; the last one is as long as it is."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [text.ljust(width) for text, width in zip(row[:-1], widths, strict=False)]
        click.echo("  ".join([*cells, row[-1]]).rstrip())


def echo_json(value: Any) -> None:
    """Print JSON, for people and programs."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def find_command(table: CommandTable, name: str) -> CommandSpec:
    """A command of the service by its wire name or by its method's.

    :raises click.BadParameter: with the nearest name.
    """
    known = {spec.method: spec for spec in table} | {spec.name: spec for spec in table}
    if name not in known:
        raise click.BadParameter(
            f"no command {name!r}{suggest(name, known)} All of them: flask signalwire commands",
            param_hint="NAME",
        )
    return known[name]
