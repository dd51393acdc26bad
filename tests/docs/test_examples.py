"""The Python in the pages runs, and prints what they show."""

from __future__ import annotations

import contextlib
import io
import logging

import pytest

from flask_signalwire.plugins import manager

pytestmark = pytest.mark.once


@pytest.fixture
def bare(monkeypatch):
    """What a new user has: no settings around, no plugins installed, no logging set up."""
    for name in ("PROJECT_ID", "API_TOKEN", "SPACE", "REST_CA_FILE"):
        monkeypatch.delenv(f"SIGNALWIRE_{name}", raising=False)
    monkeypatch.setattr(manager, "entry_points", lambda group: [])
    loggers = [logging.getLogger(), logging.getLogger("flask_signalwire")]
    kept = [(logger, list(logger.handlers), logger.level) for logger in loggers]
    for logger in loggers:
        logger.handlers[:] = []
    yield
    for logger, handlers, level in kept:
        logger.handlers[:] = handlers
        logger.setLevel(level)


def test_examples_run(example_page, bare, check_output):
    printed = io.StringIO()
    namespace = {"__name__": "desk"}
    with contextlib.redirect_stdout(printed):
        for block in example_page.examples:
            begin = printed.tell()
            # Line numbers of a traceback are those of the example_page.
            code = compile("\n" * block.line + block.text, f"docs/{example_page.name}.md", "exec")
            exec(code, namespace)
            if block.output is not None:
                output = printed.getvalue()[begin:]
                check_output(output, block.output, f"docs/{example_page.name}.md:{block.line}")


def test_pages_with_examples_are_many(pages):
    """Should the pages' format change, this notices that nothing is executed any more."""
    assert sum(len(page.examples) for page in pages.values()) >= 30
    assert sum(block.output is not None for page in pages.values() for block in page.blocks) >= 20


@pytest.mark.parametrize(
    ("printed", "shown", "fits"),
    [
        ("one\n", "one\n", True),
        ("one\n", "two\n", False),
        ("one\n", "", False),
        ("", "one\n", False),
        ("id 5 is up\n", "id … is up\n", True),
        ("id 5\nis up\n", "id … is up\n", False),
        ("one\ntwo\nthree\n", "one\n…\n", True),
        ("one\ntwo\nthree\n", "…\ntwo\n", False),
        ("a    b\n", "a b\n", True),
        ("  a\n", "    a\n", True),
        ("x\n    a\n", "x\n  a\n", False),
        ("a.b\n", "axb\n", False),
    ],
)
def test_outputs_are_compared(check_output, printed, shown, fits):
    # The tests above are worth what this comparison is.
    with contextlib.nullcontext() if fits else pytest.raises(AssertionError):
        check_output(printed, shown, "here")


def test_every_block_has_a_language(page):
    assert all(block.language for block in page.blocks)
