"""``flask signalwire language``."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import click

from .numbers import looks_international

if TYPE_CHECKING:
    from .decision import Finding, Step
    from .plugin import Autolang

_WORDS = {
    "taken": "taken",
    "silent": "says nothing",
    "uncertain": "too uncertain",
    "unsupported": "not supported",
    "crashed": "crashed",
    "skipped": "not needed",
}


def language_group(plugin: Autolang) -> click.Group:
    """The commands of one app, which answer by its settings."""
    group = click.Group("language", help="Which language a remote party speaks, and why.")
    group.add_command(_detect_command(plugin))
    group.add_command(_list_command(plugin))
    return group


def _detect_command(plugin: Autolang) -> click.Command:
    @click.command("detect", short_help="Say which language is picked, step by step.")
    @click.argument("what", nargs=-1)
    @click.option("--header", help="An Accept-Language header of theirs.")
    @click.option("--profile", help="The language of their profile.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON, one object.")
    def detect(
        what: tuple[str, ...], header: str | None, profile: str | None, as_json: bool
    ) -> None:
        """Say which language is picked for a telephone number (+34911234567), or for texts, or for
        both, and how each source of evidence answered.

        Exits with 1 where none is picked.
        """
        if not what and header is None and profile is None:
            raise click.UsageError("give a number, a text, --header or --profile")
        numbers = [text for text in what if looks_international(text)]
        if len(numbers) > 1:
            raise click.UsageError("give one telephone number at most")
        context: dict[str, Any] = {
            "remote_number": numbers[0] if numbers else None,
            "typed": [text for text in what if text not in numbers],
            "accept_language": header,
            "language": profile,
        }
        chooser = plugin.chooser
        finding = chooser.choose(chooser.inquire(None, context), every=True)
        if as_json:
            click.echo(json.dumps(_plain(finding), indent=2, ensure_ascii=False))
        else:
            _show(finding)
        if finding.tag is None:
            raise click.exceptions.Exit(1)

    return detect


def _list_command(plugin: Autolang) -> click.Command:
    @click.command("list", short_help="List the languages, and the sources of evidence.")
    def list_() -> None:
        """List the languages that may be picked, and who is asked for evidence."""
        catalogue = plugin.catalogue
        click.echo(f"{len(catalogue.languages)} languages: {', '.join(catalogue.languages)}")
        click.echo(f"from: {catalogue.source}{f', {catalogue.date}' if catalogue.date else ''}")
        click.echo(f"order: {', '.join(('evidence', *plugin.settings.order))}")
        click.echo(f"evidence plugins: {', '.join(plugin.plugins.names) or 'none'}")
        for name, reason in plugin.plugins.broken.items():
            click.echo(f"broken: {name}, {reason}")

    return list_


def _plain(finding: Finding) -> dict[str, Any]:
    return dataclasses.asdict(finding)


def _show(finding: Finding) -> None:
    rows = [_row(step) for step in finding.steps]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    for row in rows:
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*cells, row[4]]).rstrip())
    if finding.tag is None:
        click.echo(f"unknown: {finding.reason}")
    else:
        click.echo(f"{finding.tag} by {finding.source}, confidence {finding.confidence:.2f}")


def _row(step: Step) -> tuple[str, str, str, str, str]:
    who = step.source if step.plugin == "built in" else f"{step.source} ({step.plugin})"
    certain = f"{step.tag} {step.confidence:.2f}" if step.tag else "-"
    return who, _WORDS[step.outcome], certain, step.evidence, step.reason
