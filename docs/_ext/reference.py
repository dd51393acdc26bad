"""The generated parts of the reference, as Markdown: settings and commands.

Nothing of Sphinx is imported here, so that the tests can check what is generated without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_signalwire import CommandSpec, Settings, fields
from flask_signalwire.commands import TABLE
from flask_signalwire.commands.command import always, never


def settings() -> str:
    """A table of every setting."""
    rows = []
    for key, default, environment, text in Settings.reference():
        shown = "none" if default is None else _code(repr(default))
        also = (
            f" Also read from the environment variable {_code(environment)}." if environment else ""
        )
        rows.append([_code(key), shown, f"{_markdown(text)}{also}"])
    return table(["Setting", "Default", "Meaning"], rows)


def commands() -> str:
    """A table of every command."""
    rows = []
    for spec in TABLE:
        link = f"[{_code(spec.method)}](#{spec.method})"
        rows.append([link, _code(spec.name), spec.summary, "yes" if spec.takes_id else "no"])
    return table(["Method", "Command", "What it does", "Takes a call's id"], rows)


def command(name: str) -> str:
    """One command: its wire name, whether it is repeated, and a table of its params."""
    spec = next(spec for spec in TABLE if spec.name == name)
    rows = [
        [_code(path), _markdown(field.expected), "yes" if field.required else "", _notes(field)]
        for path, field in _params(spec.payload)
    ]
    acts_on = "a call's id" if spec.takes_id else "no id beside its params"
    return "\n\n".join(
        [
            f"{spec.summary} Command {_code(spec.name)}, with {acts_on}.",
            f"**Repeatable:** {_repeatable(spec)}",
            table(["Param", "Expected", "Required", "Notes"], rows),
        ]
    )


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    cells = ([cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _params(schema: fields.PayloadSchema, way: str = "") -> Iterator[tuple[str, Any]]:
    for key, field in schema.keys.items():
        yield from _param(f"{way}{key}", field)


def _param(path: str, field: Any) -> Iterator[tuple[str, Any]]:
    yield path, field
    if isinstance(field, fields.Keyed):
        for key, inner in field.choices.items():
            yield from _param(f"{path}.{key}", inner)
    elif isinstance(field, fields.Object):
        yield from _params(field.schema, f"{path}.")


def _notes(field: Any) -> str:
    notes = [_markdown(field.help)]
    if not field.documented:
        notes.append("*SDK only.*")
    if field.sensitivity:
        notes.append(
            {
                "secret": "Never shown in logs.",
                "number": "Masked in logs.",
                "url": "Credentials in it are masked in logs.",
            }[field.sensitivity]
        )
    return " ".join(filter(None, notes))


def _repeatable(spec: CommandSpec) -> str:
    if spec.repeatable is never:
        return "no. Once it may have left, it is not sent again."
    if spec.repeatable is always:
        return "yes. Sent twice, it does what it does once."
    return f"by its params. {_markdown((spec.repeatable.__doc__ or '').strip())}"


def _code(text: str) -> str:
    return f"`{text}`"


def _markdown(text: str) -> str:
    """Docstrings' double backticks are code in Markdown too; angles and stars are not text."""
    parts = text.replace("``", "`").split("`")
    parts[::2] = [part.replace("*", "\\*").replace("<", "&lt;") for part in parts[::2]]
    return "`".join(parts)
