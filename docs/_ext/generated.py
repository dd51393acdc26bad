"""What Sphinx does with our pages: generated parts written out, docstrings repaired."""

from __future__ import annotations

import re
from typing import Any

import reference
from sphinx.application import Sphinx


def write_out(app: Sphinx, name: str, source: list[str]) -> None:
    """Before a page is parsed, so that its generated headings are headings like others."""
    source[0] = reference.expand(source[0])


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
    app.connect("source-read", write_out)
    app.connect("autodoc-process-docstring", one_field_a_line)
    return {"parallel_read_safe": True}
