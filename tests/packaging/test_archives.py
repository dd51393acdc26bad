"""What is in the archives, and what they say of themselves."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Distribution

READ_BY_PYTEST = "pytest_plugin.py"
"""Whoever imports it has pytest, and imports it by the entry point."""


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


def test_what_is_imported_is_asked_for(distribution: Distribution) -> None:
    """A requirement that only comes along with another one is gone when that one drops it."""
    imported = set()
    for path in distribution.modules:
        if path.name == READ_BY_PYTEST:
            continue
        for node in unconditional(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=names):
                    imported |= {alias.name.partition(".")[0] for alias in names}
                case ast.ImportFrom(level=0, module=str(module)):
                    imported.add(module.partition(".")[0])
    foreign = imported - sys.stdlib_module_names - {distribution.package}
    assert {name.replace("_", "-").lower() for name in foreign} == distribution.requirements


def test_pytest_finds_the_fixtures(distribution: Distribution) -> None:
    entries = distribution.entry_points("pytest11")
    there = [path for path in distribution.modules if path.name == READ_BY_PYTEST]
    assert entries == ({"flask_signalwire": "flask_signalwire.pytest_plugin"} if there else {})


def unconditional(tree: ast.AST) -> list[ast.AST]:
    """Every node, but for those under ``if TYPE_CHECKING``."""
    nodes: list[ast.AST] = []
    for child in ast.iter_child_nodes(tree):
        match child:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
        nodes += [child, *unconditional(child)]
    return nodes
