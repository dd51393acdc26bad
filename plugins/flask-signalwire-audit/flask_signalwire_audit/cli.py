"""``flask signalwire audit``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any, TextIO, TypeVar

import click

from . import retention, verification
from .errors import AuditError
from .journal import Journal
from .log import AuditLog, AuditRow, Filter
from .printing import print_json, print_one, print_table

OUTCOMES = ("accepted", "refused", "not_sent", "unknown", "dry_run", "replayed", "unresolved")
_AGE = re.compile(r"(\d{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

_Function = TypeVar("_Function", bound=Callable[..., Any])


def build_group(journal: Journal) -> click.Group:
    """The commands of one app's journal."""
    group = click.Group("audit", help="The journal of commands.")
    _add_reading(group, AuditLog(journal))
    _add_proving(group, journal)
    _add_keeping(group, journal)
    return group


def _age(context: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    """A moment, from an age such as ``90d`` or a time as ISO 8601 writes it."""
    if value is None:
        return None
    age = _AGE.fullmatch(value)
    try:
        if age:
            return datetime.now(timezone.utc) - timedelta(**{_UNITS[age[2]]: int(age[1])})
        moment = datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        raise click.BadParameter(
            f"{value!r} is neither an age such as 90d, 12h or 30m, nor a time such as "
            "2026-11-22T18:00"
        ) from None
    return moment.replace(tzinfo=moment.tzinfo or timezone.utc)


def _filters(function: _Function) -> _Function:
    for option in reversed(
        (
            click.option("--call-id", help="Only the rows of one call."),
            click.option("--command", help="Only one command, by its wire name."),
            click.option("--user", help="Only what one user sent."),
            click.option("--number", help="Only where a telephone number took part."),
            click.option("--outcome", type=click.Choice(OUTCOMES), help="Only one outcome."),
            click.option("--since", callback=_age, help="Not before: an age (2h), or a UTC time."),
            click.option("--until", callback=_age, help="Before: an age (2h), or a UTC time."),
        )
    ):
        function = option(function)
    return function


_json_option = click.option("--json", "as_json", is_flag=True, help="Print a line of JSON a row.")
_limit_option = click.option(
    "--limit", default=100, show_default=True, type=click.IntRange(1), help="How many at most."
)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except AuditError as error:
        raise click.ClickException(str(error)) from error


def _print(rows: Iterator[AuditRow], *, as_json: bool) -> None:
    (print_json if as_json else print_table)(rows)


def _add_reading(group: click.Group, log: AuditLog) -> None:
    @group.command("list")
    @_filters
    @_limit_option
    @_json_option
    def list_(limit: int, as_json: bool, **chosen: Any) -> None:
        """List commands, newest first."""
        with _explained():
            _print(log.iterate(Filter(**chosen), limit=limit), as_json=as_json)

    @group.command("export")
    @_filters
    def export(**chosen: Any) -> None:
        """Print all rows as lines of JSON, oldest first."""
        with _explained():
            print_json(log.iterate(Filter(**chosen), oldest_first=True))

    @group.command("show")
    @click.argument("command_id")
    @_json_option
    def show(command_id: str, as_json: bool) -> None:
        """Show all that is known of one command."""
        with _explained():
            rows = log.rows(wanted=Filter(id=command_id))
        if not rows:
            raise click.ClickException(f"there is no command {command_id} in the journal")
        if as_json:
            print_json(rows)
        else:
            print_one(rows[0])

    @group.command("unresolved")
    @click.option("--older-than", callback=_age, help="Begun before: an age such as 5m.")
    @_limit_option
    @_json_option
    def unresolved(older_than: datetime | None, limit: int, as_json: bool) -> None:
        """List commands that were to be sent and whose outcome is not known."""
        wanted = Filter(outcome="unresolved", until=older_than)
        with _explained():
            _print(log.iterate(wanted, limit=limit), as_json=as_json)


def _add_proving(group: click.Group, journal: Journal) -> None:
    @group.command("checkpoint")
    def checkpoint() -> None:
        """Print the journal's head, signed: keep it where the journal's writers can't go."""
        with _explained():
            click.echo(verification.checkpoint(journal).dump())

    @group.command("verify")
    @click.option(
        "--checkpoint",
        "files",
        type=click.File(),
        multiple=True,
        help="A file of checkpoints to compare with, - for standard input; repeatable.",
    )
    def verify(files: tuple[TextIO, ...]) -> None:
        """Compare every entry with its seal; exits with 1 where one does not fit."""
        with _explained():
            points = [
                verification.Checkpoint.parse(line)
                for file in files
                for line in file
                if line.strip()
            ]
            report = verification.verify(journal, points)
        for note in report.notes:
            click.echo(f"note: {note}")
        for problem in report.problems:
            click.echo(str(problem))
        what = f"{report.entries} entries, {report.first} to {report.last}"
        if report.problems:
            raise click.ClickException(f"{what}: {len(report.problems)} problems")
        click.echo(f"{what}: as they were written" if report.entries else "no entries")


def _add_keeping(group: click.Group, journal: Journal) -> None:
    @group.command("upgrade")
    def upgrade() -> None:
        """Make the journal's tables, or bring them to this version."""
        with _explained():
            before, now = journal.database.upgrade()
        if before == now:
            click.echo(f"The tables are of revision {now} already.")
        else:
            click.echo(f"The tables are of revision {now} now; they were {before or 'not there'}.")

    @group.command("purge")
    @click.option("--older-than", required=True, callback=_age, help="An age, such as 90d.")
    def purge(older_than: datetime) -> None:
        """Delete what is old; the rest stays verifiable."""
        with _explained():
            count = retention.purge(journal, older_than)
        click.echo(f"{count} entries deleted.")

    @group.command("erase")
    @click.option("--number", required=True, help="A telephone number, as +34911234567.")
    def erase(number: str) -> None:
        """Remove a person's data; that commands were sent stays, and is verifiable."""
        with _explained():
            count = retention.erase(journal, number)
        click.echo(f"The personal data of {count} entries was removed.")
