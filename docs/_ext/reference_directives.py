"""The directives of the generated reference, and a small repair of docstrings."""

from __future__ import annotations

import re
from typing import Any

import reference
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class _Generated(SphinxDirective):
    """Parses generated Markdown in place."""

    def markdown(self) -> str:
        """What stands here."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        """Nodes of the Markdown."""
        source = f"<{self.name}>"
        container = nodes.container()
        lines = StringList(self.markdown().splitlines(), source=source)
        self.state.nested_parse(lines, self.content_offset, container)
        return container.children


class SettingsReference(_Generated):
    """All settings."""

    def markdown(self) -> str:
        return reference.settings()


class CommandsReference(_Generated):
    """The list of commands."""

    def markdown(self) -> str:
        return reference.commands()


class CommandReference(_Generated):
    """One command, by its wire name."""

    required_arguments = 1

    def markdown(self) -> str:
        return reference.command(self.arguments[0])


_SECOND_FIELD = re.compile(r"(?<=\S) (?=:(?:ivar|param|raises|returns)\b[^:]*: )")


def one_field_a_line(
    app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]
) -> None:
    """``:ivar a: … :ivar b: …`` in one line is two fields; docutils sees one.

    And the star among the tones of ``send_digits`` is a key of a telephone, not markup.
    """
    found: list[str] = []
    for line in (line.replace(" *,", r" \*,") for line in lines):
        if line.lstrip().startswith(":"):
            indent = line[: len(line) - len(line.lstrip())]
            first, *others = _SECOND_FIELD.split(line)
            found += [first, *(indent + other for other in others)]
        else:
            # A field that starts within another one's second line.
            before, *others = _SECOND_FIELD.split(line)
            found += [before, *others]
    lines[:] = found


def setup(app: Sphinx) -> dict[str, bool]:
    """Sphinx calls this."""
    app.add_directive("settings-reference", SettingsReference)
    app.add_directive("commands-reference", CommandsReference)
    app.add_directive("command-reference", CommandReference)
    app.connect("autodoc-process-docstring", one_field_a_line)
    return {"parallel_read_safe": True}
