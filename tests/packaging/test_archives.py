"""What is in the archives, and what they say of themselves."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .conftest import Distribution

READ_BY_PYTEST = "pytest_plugin.py"
"""Whoever imports it has pytest, and imports it by the entry point."""

DRIVERS = {"psycopg"}  # SQLAlchemy imports them, by the database's URL
DISTRIBUTIONS = {"yaml": "pyyaml"}
"""Of modules that are called otherwise than the distributions that bring them."""


def test_the_wheel_holds_the_package_whole_and_nothing_else(distribution: Distribution) -> None:
    shipped = {name for name in distribution.wheel_files if ".dist-info/" not in name}
    sources = {path.relative_to(distribution.source).as_posix() for path in distribution.modules}
    assert {name for name in shipped if name.endswith(".py")} == sources
    assert f"{distribution.package}/py.typed" in shipped
    assert {name.partition("/")[0] for name in shipped} == {distribution.package}


def test_the_sdist_can_be_built_and_read(distribution: Distribution) -> None:
    files = distribution.sdist_files
    assert {"README.md", "setup.cfg", "pyproject.toml"} <= files
    assert f"{distribution.package}/py.typed" in files
    assert not [name for name in files if name.startswith(("plugins/", "example_app/"))]


def test_the_licence_is_named_and_included(distribution: Distribution) -> None:
    assert distribution.metadata["License-Expression"] == "MIT"
    assert any(name.endswith("LICENSE") for name in distribution.wheel_files)


def test_the_metadata_agrees_with_the_source(distribution: Distribution) -> None:
    metadata = distribution.metadata
    assert metadata["Name"] == distribution.name
    assert metadata["Version"] == distribution.version
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload().strip()


NEWER_STDLIB = {"annotationlib"}
"""Modules of a newer Python's own than the oldest that runs this, imported there alone."""


def test_what_is_imported_is_asked_for(distribution: Distribution) -> None:
    """A requirement that only comes along with another one is gone when that one drops it."""
    always, optional = set(), set()
    for path in distribution.modules:
        if path.name == READ_BY_PYTEST:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        does_without = [node for node in nodes(tree) if is_optional(node)]
        guarded = {id(inner) for node in does_without for inner in nodes(node)}
        optional |= {name for node in does_without for name in imported(nodes(node))}
        always |= imported(node for node in nodes(tree) if id(node) not in guarded)
    own = {distribution.package, *sys.stdlib_module_names, *NEWER_STDLIB}
    extras = distribution.requirements_of_extras
    # What a plugin loads late, when an extra was asked for, needs no guard around it.
    assert distribution.requirements <= names(always - own) <= distribution.requirements | extras
    assert names(optional - own) <= extras
    assert extras <= names((always | optional) - own) | DRIVERS


def test_pytest_finds_the_fixtures(distribution: Distribution) -> None:
    entries = distribution.entry_points("pytest11")
    there = [path for path in distribution.modules if path.name == READ_BY_PYTEST]
    assert entries == ({"flask_signalwire": "flask_signalwire.pytest_plugin"} if there else {})


def test_the_scenarios_are_shipped(built: dict[str, Distribution]) -> None:
    core = built["flask-signalwire"]
    folder = core.source / "flask_signalwire/simulator/scenarios"
    scenarios = {path.relative_to(core.source).as_posix() for path in folder.glob("*.yaml")}
    assert len(scenarios) >= 3
    for files in (core.wheel_files, core.sdist_files):
        assert {name for name in files if name.endswith(".yaml")} == scenarios


def names(modules: Iterable[str]) -> set[str]:
    """The distributions that they come from, normalised."""
    return {DISTRIBUTIONS.get(name, name.replace("_", "-").lower()) for name in modules}


def nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node, but for those under ``if TYPE_CHECKING``."""
    for child in ast.iter_child_nodes(tree):
        match child:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
        yield child
        yield from nodes(child)


def is_optional(node: ast.AST) -> bool:
    """Whether it is a ``try`` that knows what to do without what it imports."""
    return isinstance(node, ast.Try) and any(
        isinstance(handler.type, ast.Name) and handler.type.id == "ImportError"
        for handler in node.handlers
    )


def imported(among: Iterable[ast.AST]) -> set[str]:
    """The top-level modules that are imported, however."""
    found: set[str] = set()
    for node in among:
        match node:
            case ast.Import(names=aliases):
                found |= {alias.name.partition(".")[0] for alias in aliases}
            case ast.ImportFrom(level=0, module=str(module)):
                found.add(module.partition(".")[0])
            case ast.Call(
                func=ast.Name(id="import_module"), args=[ast.Constant(value=str(module))]
            ):
                found.add(module.partition(".")[0])
    return found
