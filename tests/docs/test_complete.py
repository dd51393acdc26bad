"""Nothing that users may rely on is missing from the pages."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
from pathlib import Path
from typing import get_args

import pytest

import flask_signalwire
from flask_signalwire import exceptions, fields, signals, simulator
from flask_signalwire.cli.exits import MEANINGS
from flask_signalwire.config import Settings
from flask_signalwire.plugins.checking import HOOKS
from flask_signalwire.simulator.faults import Damage

pytestmark = pytest.mark.once

PACKAGE = Path(flask_signalwire.__file__).parent
LEVELS = ("debug", "info", "warning", "error", "exception", "critical")
SIGNALS = [name for name, value in vars(signals).items() if type(value).__name__ == "NamedSignal"]
ERRORS = [
    name
    for name, value in vars(exceptions).items()
    if inspect.isclass(value) and issubclass(value, exceptions.SignalWireError)
]
FIELDS = [
    name
    for name, value in vars(fields).items()
    if inspect.isclass(value) and issubclass(value, fields.JSONField)
]


def rows(text, after):
    """The cells of the first table after a heading."""
    lines = text[text.index(after) :].splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("| ---"))
    for line in lines[start + 1 :]:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


@pytest.mark.parametrize("name", flask_signalwire.__all__)
def test_public_name(pages, name):
    directives = re.findall(
        r"^\.\. \w+:: flask_signalwire\.([\w.]+)", pages["api"].text, re.MULTILINE
    )
    modules = {"exceptions": "exceptions", "signals": "signals.", "fields": "commands.fields"}
    if name == "CommandRejected":  # one of the exceptions
        name = "exceptions"
    wanted = modules.get(name, name)
    assert any(found == wanted or found.startswith(wanted) for found in directives)


def test_simulator(pages):
    assert ".. automodule:: flask_signalwire.simulator\n   :members:" in pages["api"].text
    undocumented = [name for name in simulator.__all__ if not getattr(simulator, name).__doc__]
    assert not undocumented


@pytest.mark.parametrize("name", FIELDS)
def test_field(pages, name):
    assert re.search(rf"\b{name}\b", pages["api"].text[pages["api"].text.index("### Fields") :])


@pytest.mark.parametrize("hook", HOOKS)
def test_hook(pages, hook):
    guide = pages["plugins"].text
    assert f"`{hook}`" in [cells[0] for cells in rows(guide, "## What a hook may do")]
    assert ".. automodule:: flask_signalwire.plugins.hookspecs\n   :members:" in guide


@pytest.mark.parametrize("name", SIGNALS)
def test_signal(pages, name):
    table = {cells[0]: cells[1] for cells in rows(pages["signals"].text, "# Signals")}
    documented = re.match(r"``\(app, ([^)]*)\)``", signal_doc(name))[1].split(", ")
    assert table[f"`{name}`"] == ", ".join(f"`{argument}`" for argument in documented)
    assert f".. autodata:: flask_signalwire.signals.{name}\n" in pages["api"].text


def signal_doc(name):
    """The text under an assignment."""
    body = ast.parse(inspect.getsource(signals)).body
    for statement, following in itertools.pairwise(body):
        if isinstance(statement, ast.Assign) and statement.targets[0].id == name:
            return following.value.value
    raise AssertionError(name)


@pytest.mark.parametrize("name", ERRORS)
def test_error(pages, name):
    page = pages["errors"].text
    tree, advice = page.split("## What to do")
    assert name in tree
    if name not in ("SignalWireError", "CommandError"):
        assert f"`{name}`" in [cells[0] for cells in rows(advice, "By class:")]


def test_tree_of_errors(pages):
    lines = pages["errors"].blocks[0].text.splitlines()
    assert lines == [line[4:] for line in exceptions.__doc__.splitlines() if line[4:] in lines]
    parents, above = {}, {}
    for line in lines:
        depth, (name,) = len(line) - len(line.lstrip("│├└─ ")), re.findall(r"^[│├└─ ]*(\w+)", line)
        above[depth] = name
        parents[name] = above.get(depth - 4)
    assert parents == {
        name: getattr(exceptions, name).__bases__[0].__name__.replace("Exception", "") or None
        for name in ERRORS
    }


def test_settings(pages, reference):
    assert "```{settings-reference}\n```" in pages["configuration"].text
    generated = reference.settings()
    for key, _, environment, text in Settings.reference():
        assert f"| `{key}` |" in generated
        assert text
        assert environment is None or f"variable `{environment}`" in generated


def test_generated_tables_are_tables(reference):
    rows = [["`a | b`", "c\nd"]]
    assert reference.table(["x", "y"], rows).splitlines()[-1] == r"| `a \| b` | c d |"


def test_exit_codes(pages):
    table = {cells[0]: cells[1] for cells in rows(pages["cli"].text, "## Exit codes")}
    assert table == {f"`{int(code)}`": meaning for code, meaning in MEANINGS.items()}


@pytest.mark.parametrize("fault", get_args(Damage))
def test_fault(pages, fault):
    assert f"`{fault}`" in [cells[0] for cells in rows(pages["simulator"].text, "## Faults")]


def log_calls():
    """Logger, level and format of every line that the package logs."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        loggers = {
            node.targets[0].id: node.value.args[0].value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func) == "logging.getLogger"
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                logger = loggers.get(ast.unparse(node.func.value))
                if logger and node.func.attr in LEVELS:
                    keywords = {keyword.arg for keyword in node.keywords}
                    yield logger, node.func.attr, node.args[0].value, keywords


def test_logging_contract(pages):
    level = {"exception": "ERROR"}
    logged = {(name, level.get(how, how.upper())) for name, how, _, _ in log_calls()}
    table = list(rows(pages["configuration"].text, "## Logging"))
    assert {(cells[0].strip("`"), cells[1]) for cells in table} == logged


def test_lines_of_commands_begin_with_their_id():
    calls = list(log_calls())
    assert len(calls) > 10
    for logger, _, text, keywords in calls:
        if logger.endswith((".command", ".transport")) or text.startswith("command"):
            assert text.startswith("command %s %s")
            assert "extra" in keywords


def test_links_to_pages(page, pages, reference):
    text = reference.expand(page.text)
    for target, anchor in re.findall(r"\]\((?:([\w-]+)\.md)?(?:#([\w-]+))?\)", text):
        if target or anchor:
            there = pages[target] if target else page
            headings = re.findall(r"^#+ (.*)$", reference.expand(there.text), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in headings}
            assert not anchor or anchor in slugs


def test_every_page_is_in_the_contents(pages):
    named = {
        line
        for block in pages["index"].blocks
        if block.language == "{toctree}"
        for line in block.text.split()
    }
    assert {name for name in pages if name != "index"} <= named


def test_pages_are_fit_to_read(page):
    for number, line in enumerate(page.text.splitlines(), 1):
        if not line.startswith(("|", "#")) and "```" not in line:
            assert len(line) <= 200, f"{page.name}.md:{number} is long"
    assert "TODO" not in page.text


def test_examples_use_public_names_only(page):
    """The package, its simulator, exceptions and tester are what users import; of a plugin, the
    package itself.
    """
    modules = ("exceptions", "simulator", "testing")
    plugins = {f"flask_signalwire_{name}" for name in ("audit", "autolang", "captions")}
    allowed = {"flask_signalwire", *plugins, *(f"flask_signalwire.{name}" for name in modules)}
    for text in [*(block.text for block in page.examples), *page.files.values()]:
        found = set(re.findall(r"from (flask_signalwire[\w.]*) import", text))
        assert found <= allowed
