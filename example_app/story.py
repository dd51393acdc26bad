"""What the demo prints, and what it checks."""

from __future__ import annotations

import os
from typing import TextIO


class Story:
    """Prints, and remembers what was checked.

    :param out: where to; it is coloured where it is a terminal.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._coloured = out.isatty() and not os.environ.get("NO_COLOR")
        self.checks: list[tuple[bool, str]] = []

    def say(self, text: str = "", colour: str = "") -> None:
        """Print a line."""
        if colour and self._coloured:
            text = f"\x1b[{colour}m{text}\x1b[0m"
        self._out.write(f"{text}\n")

    def chapter(self, text: str) -> None:
        """Begin a step."""
        self.say()
        self.say(text, "1")

    def note(self, who: str, text: str, colour: str = "") -> None:
        """Say who did what."""
        head, *rest = text.splitlines() or [""]
        self.say(f"   {who:<9}{head}", colour)
        for line in rest:
            self.say(f"   {'':<9}{line}", colour)

    def check(self, holds: bool, what: str) -> None:
        """Remember whether something is as it should be."""
        self.checks.append((bool(holds), what))

    def table(self, header: list[str], rows: list[list[str]]) -> None:
        """Print rows in columns."""
        widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
        for row in [header, *rows]:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.say(f"   {'  '.join(cells)}".rstrip())

    def end(self) -> int:
        """Print the checks; the exit status."""
        self.chapter("Checked")
        for holds, what in self.checks:
            self.note("ok" if holds else "WRONG", what, "32" if holds else "31;1")
        return 0 if self.checks and all(holds for holds, _ in self.checks) else 1
