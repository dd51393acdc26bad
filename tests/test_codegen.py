"""The typed methods are what the table gives."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from flask_signalwire import Call, Calling
from flask_signalwire.commands import TABLE, codegen


def test_the_checked_in_methods_are_what_the_table_gives() -> None:
    assert codegen.TARGET.read_text() == codegen.generate()
    assert codegen.main(["--check"]) == 0


def test_a_stale_file_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stale = tmp_path / "methods.py"
    stale.write_text(codegen.generate() + "\n")
    monkeypatch.setattr(codegen, "TARGET", stale)
    assert codegen.main(["--check"]) == 1
    assert "run: python -m flask_signalwire.commands.codegen" in capsys.readouterr().err
    assert codegen.main([]) == 0
    assert codegen.main(["--check"]) == 0


@pytest.mark.parametrize("spec", TABLE, ids=lambda spec: spec.name)
def test_each_command_has_its_method_with_each_of_its_keys(spec: object) -> None:
    method = getattr(Calling, spec.method)  # type: ignore[attr-defined]
    parameters = list(inspect.signature(method).parameters)
    keys = [f"{key}_" if key == "from" else key for key in spec.payload.keys]  # type: ignore[attr-defined]
    assert set(parameters) == {"self", "options", *keys} | (
        {"call_id"} if spec.takes_id else set()  # type: ignore[attr-defined]
    )
    assert method.__doc__
    assert all(f":param {key}:" in method.__doc__ for key in keys)


def test_a_call_has_every_command_that_acts_on_one() -> None:
    assert hasattr(Call, "live_translate")
    assert hasattr(Call, "end")
    assert "id" not in inspect.signature(Call.update).parameters
