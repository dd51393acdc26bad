"""``flask signalwire commands``: what the service can be asked for."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from ..commands import CommandSpec
from ..commands.examples import example, python_call, python_name
from ..commands.outline import Line, outline, repeatable
from .shared import echo_columns, echo_json, find_command

if TYPE_CHECKING:
    from ..extension import Client

_MARKS = {
    "secret": "secret: never shown",
    "number": "a number: masked in logs",
    "url": "a URL: credentials in it are masked",
    "words": "words: telephone numbers in them are masked",
}
_HEAD = ("COMMAND", "METHOD", "ON A CALL", "REPEATABLE", "SUMMARY")


def commands_command(client: Client) -> click.Command:
    """The command that lists and explains the commands of one app."""

    @click.command("commands", short_help="List the commands, or explain one.")
    @click.argument("name", required=False)
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    def commands(name: str | None, as_json: bool) -> None:
        """List the commands of the service, those of plugins included; or explain one: its fields
        at every depth, and an example.

        NAME is a command's name on the wire (calling.play.stop) or its method's (play_stop).

        REPEATABLE says whether sending it twice does what sending it once does: only such a
        command is repeated where nobody knows whether it arrived.
        """
        if name is not None:
            spec = find_command(client.commands, name)
            if as_json:
                echo_json({**_summary(spec), **_details(spec)})
            else:
                click.echo("\n".join(_page(spec)))
        elif as_json:
            echo_json([_summary(spec) for spec in client.commands])
        else:
            echo_columns([_HEAD, *map(_row, client.commands)])

    return commands


def _row(spec: CommandSpec) -> tuple[str, ...]:
    on_a_call = "yes" if spec.takes_id else "no"
    return spec.name, spec.method, on_a_call, repeatable(spec), spec.summary


def _summary(spec: CommandSpec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "method": spec.method,
        "on_a_call": spec.takes_id,
        "repeatable": repeatable(spec),
        "summary": spec.summary,
    }


def _details(spec: CommandSpec) -> dict[str, Any]:
    examples = _examples(spec)
    return {
        "fields": [
            {
                "path": line.path,
                "required": line.required,
                "filled_in": line.field.fill is not None,
                "within": line.within,
                "expected": line.field.expected,
                "help": line.field.help,
                "documented": line.field.documented,
                "sensitivity": line.field.sensitivity,
            }
            for line in outline(spec)
        ],
        "also_accepts": list(spec.schema.also_accepts),
        "examples": examples,
        "python": [python_call(spec, params) for params in examples],
    }


def _examples(spec: CommandSpec) -> list[dict[str, Any]]:
    """What is needed, and, where that is more, everything; none where a plugin gave none."""
    try:
        least, full = example(spec), example(spec, full=True)
    except LookupError:
        return []
    return [least] if least == full else [least, full]


def _page(spec: CommandSpec) -> Iterator[str]:
    yield f"{spec.name} - {spec.summary}"
    yield f"Method: {spec.method}. Acts on a call: {'yes' if spec.takes_id else 'no'}."
    yield f"Repeatable: {repeatable(spec)}."
    lines = list(outline(spec))
    yield ""
    yield "FIELDS" if lines else "No fields: its params are {}."
    for line in lines:
        yield from _paragraph(line)
    for keyword in spec.schema.also_accepts:
        yield f"  {python_name(keyword)}  (Python only: a shorthand)"
    for number, params in enumerate(_examples(spec)):
        yield from ("", "EXAMPLE, WITH ALL THAT GOES TOGETHER" if number else "EXAMPLE")
        yield from _indented(json.dumps(params, indent=2, ensure_ascii=False))
        yield ""
        yield from _indented(python_call(spec, params))


def _paragraph(line: Line) -> Iterator[str]:
    field = line.field
    notes = ["required" if line.required and not field.fill else "optional"]
    if field.fill:
        notes = ["filled in where it is left out"]
    if line.within:
        notes.append(f'type "{line.within}"')
    if not field.documented:
        notes.append("by the vendor's newest SDK, not in the public contract")
    if field.sensitivity:
        notes.append(_MARKS[field.sensitivity])
    yield f"  {line.path}  ({'; '.join(notes)})"
    for text in (field.expected, field.help):
        if text:
            yield textwrap.fill(
                text, 92, initial_indent=" " * 6, subsequent_indent=" " * 6, break_on_hyphens=False
            )


def _indented(text: str) -> Iterator[str]:
    return (f"  {line}".rstrip() for line in text.splitlines())
