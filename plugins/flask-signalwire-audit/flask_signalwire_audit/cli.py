"""``flask signalwire audit``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from .errors import AuditError

if TYPE_CHECKING:
    from .log import AuditLog, AuditRow

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, one list.")
limit_option = click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(1), help="How many at most."
)


def build_group(log: AuditLog) -> click.Group:
    """The commands of one app's journal."""
    group = click.Group("audit", help="The journal of commands.")

    @group.command("list")
    @click.option("--call-id", help="Only the commands of one call.")
    @limit_option
    @as_json_option
    def list_(call_id: str | None, limit: int, as_json: bool) -> None:
        """List commands, newest first."""
        try:
            _print(log.rows(call_id, limit), as_json)
        except AuditError as error:
            raise click.ClickException(str(error)) from error

    @group.command("unresolved")
    @limit_option
    @as_json_option
    def unresolved(limit: int, as_json: bool) -> None:
        """List commands that were to be sent and whose outcome is not known."""
        try:
            _print(log.unresolved(limit), as_json)
        except AuditError as error:
            raise click.ClickException(str(error)) from error

    return group


def _print(rows: Sequence[AuditRow], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], indent=2, default=_isoformat))
        return
    if not rows:
        click.echo("No commands.")
        return
    cells = [("RECORDED (UTC)", "COMMAND", "OUTCOME", "CALL", "WHO", "WHAT"), *map(_cells, rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(5)]
    for row in cells:
        padded = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*padded, row[5]]).rstrip())


def _cells(row: AuditRow) -> tuple[str, ...]:
    problem = f"{row.error}: {row.message}" if row.error else ""
    return (
        row.recorded_at.strftime("%Y-%m-%d %H:%M:%S"),
        _line(row.name),
        row.outcome or "unresolved",
        _line(row.call_id or row.leg_id or "-"),
        _line(row.who or "-"),
        _line(problem or row.leg_status or ""),
    )


def _line(text: str) -> str:
    """Text of others on one line, without anything that a terminal would obey."""
    return "".join(character if character.isprintable() else " " for character in text)


def _isoformat(value: Any) -> str:
    moment: datetime = value
    return moment.isoformat()
