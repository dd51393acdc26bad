"""Pages of the documentation, taken apart: what is executed, what is built, what is printed."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


@dataclass
class Block:
    """One fenced block.

    :param output: the ``text`` block right after it, which shows what it prints.
    """

    language: str
    text: str
    line: int
    caption: str | None = None
    output: str | None = None


@dataclass
class Page:
    name: str
    text: str
    blocks: list[Block] = field(default_factory=list)

    @property
    def examples(self) -> list[Block]:
        """Python that is executed; a block with a caption is a file instead."""
        return [b for b in self.blocks if b.language == "python" and b.caption is None]

    @property
    def files(self) -> dict[str, str]:
        return {b.caption: b.text for b in self.blocks if b.caption is not None}

    @property
    def consoles(self) -> list[Block]:
        return [block for block in self.blocks if block.language == "console"]


_FENCE = re.compile(r"(?P<fence>`{3,})(?P<info>[^`]*)")


def read_page(path: Path) -> Page:
    page = Page(path.stem, path.read_text(encoding="utf-8"))
    lines = page.text.splitlines()
    end_of_last = -10
    at = 0
    while at < len(lines):
        opening = _FENCE.fullmatch(lines[at])
        if not opening:
            at += 1
            continue
        start = at + 1
        end = next(i for i in range(start, len(lines)) if lines[i] == opening["fence"])
        info = opening["info"].strip()
        language = info.removeprefix("{code-block}").strip()
        caption = None
        while start < end and (option := re.fullmatch(r":(\w+):\s*(.*)", lines[start])):
            caption = option[2] if option[1] == "caption" else caption
            start += 1
        text = "\n".join(lines[start:end]) + "\n"
        block = Block(language, text, start, caption)
        follows = all(not line.strip() for line in lines[end_of_last + 1 : at])
        if language == "text" and follows and page.blocks and page.blocks[-1].output is None:
            page.blocks[-1].output = text
        else:
            page.blocks.append(block)
        end_of_last = end
        at = end + 1
    return page


def all_pages() -> list[Page]:
    return [read_page(path) for path in sorted(DOCS.glob("*.md"))]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, wanted in (
        ("page", None),
        ("example_page", "examples"),
        ("console_page", "consoles"),
    ):
        if name in metafunc.fixturenames:
            pages = [page for page in all_pages() if wanted is None or getattr(page, wanted)]
            metafunc.parametrize(name, pages, ids=[page.name for page in pages])


@pytest.fixture(scope="session")
def pages() -> dict[str, Page]:
    return {page.name: page for page in all_pages()}


@pytest.fixture(scope="session")
def reference() -> Iterator[ModuleType]:
    """The generator of the reference."""
    spec = importlib.util.spec_from_file_location("docs_reference", DOCS / "_ext/reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="session")
def check_output():
    """Compares what was printed with what a page shows: `…` stands for anything in a line, a line
    of its own for any lines, and the width of columns does not matter.
    """

    def pattern(line: str) -> str:
        return r"[^\n]*?".join(re.escape(" ".join(part.split(" "))) for part in line.split("…"))

    def squeeze(text: str) -> str:
        lines = (re.sub(r"(?<=\S) +", " ", line).rstrip() for line in text.strip().splitlines())
        return "\n".join(lines)

    def check(printed: str, shown: str, where: str) -> None:
        regex = ""
        for line in squeeze(shown).splitlines():
            regex += r"(?:[^\n]*\n)*?" if line.strip() == "…" else pattern(line) + r"\n"
        printed = squeeze(printed) + "\n"
        assert re.fullmatch(regex, printed), f"{where} shows:\n{shown}\nit printed:\n{printed}"

    return check
