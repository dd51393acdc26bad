"""Rows on a terminal and as JSON lines, one by one: memory does not grow with their number."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import chain, islice
from typing import Any

import click

from .log import AuditRow

_HEAD = ("RECORDED (UTC)", "COMMAND", "OUTCOME", "CALL", "WHO", "WHAT")
_MEASURED = 200
"""Rows that columns are made wide enough for; longer cells further down push theirs."""


def print_table(rows: Iterable[AuditRow]) -> None:
    """A line a row."""
    cells = map(_cells, rows)
    first = list(islice(cells, _MEASURED))
    if not first:
        click.echo("No commands.")
        return
    widths = [max(len(row[column]) for row in (_HEAD, *first)) for column in range(5)]
    for row in chain([_HEAD], first, cells):
        padded = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*padded, row[5]]).rstrip())


def print_json(rows: Iterable[AuditRow]) -> None:
    """A line of JSON a row."""
    for row in rows:
        click.echo(json.dumps(asdict(row), default=_isoformat, ensure_ascii=False))


def print_one(row: AuditRow) -> None:
    """All that is known of a row."""
    for name, value in _facts(row):
        click.echo(f"{name + ':':<14} {value}")


def _facts(row: AuditRow) -> Iterator[tuple[str, str]]:
    for name, value in asdict(row).items():
        if value is None or (name == "erased" and not value):
            continue
        if isinstance(value, datetime):
            yield name, value.isoformat()
        elif isinstance(value, dict):
            yield name, _line(json.dumps(value, ensure_ascii=False))
        else:
            yield name, _line(str(value))


def _cells(row: AuditRow) -> tuple[str, ...]:
    outcome = row.outcome or ("unresolved" if row.kind == "command" else "-")
    return (
        row.recorded_at.strftime("%Y-%m-%d %H:%M:%S"),
        _line(row.name or f"({row.kind})"),
        outcome,
        _line(row.call_id or row.leg_id or "-"),
        _line(row.who or "-"),
        _line(_what(row)),
    )


def _what(row: AuditRow) -> str:
    details = row.details or {}
    if row.kind == "gap":
        return f"{details.get('lost')} entries since {details.get('since')} are missing"
    if row.kind == "purged":
        return f"all up to entry {details.get('through')}"
    if row.kind == "erased":
        return f"the personal data of {len(details.get('entries', ()))} entries"
    if row.error:
        return f"{row.error}: {row.message or '(erased)'}"
    return row.leg_status or ""


def _line(text: str) -> str:
    """Text of others on one line, without anything that a terminal would obey."""
    return "".join(character if character.isprintable() else " " for character in text)


def _isoformat(value: Any) -> str:
    moment: datetime = value
    return moment.isoformat()
