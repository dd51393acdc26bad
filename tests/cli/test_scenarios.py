"""``flask signalwire simulator scenarios``, and what ``run`` says of those it can't play."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

Run = Callable[..., Result]


def test_the_shipped_scenarios_are_listed(app: Flask, run: Run) -> None:
    result = run(app, "simulator", "scenarios")
    assert result.exit_code == 0
    header, *lines = result.output.splitlines()
    assert header.split()[:3] == ["NAME", "LINES", "LANGUAGES"]
    assert [line.split()[0] for line in lines] == ["clinic", "parcel", "support"]
    assert "en-US es-ES" in lines[1]


@pytest.mark.parametrize(
    ("text", "problem"),
    [(None, "did you mean `parcel`?"), ("lins: []", "did you mean `lines`?")],
)
def test_a_scenario_that_cannot_be_played_stops_it(
    app: Flask, run: Run, tmp_path: Path, text: str | None, problem: str
) -> None:
    name = "parcl"
    if text is not None:
        path = tmp_path / "mine.yaml"
        path.write_text(text)
        name = str(path)
    result = run(app, "simulator", "run", "--port", "0", "--scenario", name)
    assert result.exit_code == 2
    assert problem in result.stderr
