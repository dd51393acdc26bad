"""The typed methods are what the table gives."""

from __future__ import annotations

import inspect
import keyword
import re
from pathlib import Path

import pytest

from flask_signalwire import Call, Calling
from flask_signalwire.commands import TABLE, CommandSpec, codegen
from flask_signalwire.methods import CallingMethods, CallMethods


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


def _keywords(spec: CommandSpec) -> list[str]:
    """The keywords of a command's method: its keys as Python spells them, and its shorthands."""
    keys = [f"{key}_" if keyword.iskeyword(key) else key for key in spec.payload.keys]
    return [*keys, *spec.schema.also_accepts]


@pytest.mark.parametrize("spec", TABLE, ids=lambda spec: spec.name)
def test_each_command_has_its_method_with_each_of_its_keys(spec: CommandSpec) -> None:
    method = getattr(Calling, spec.method)
    first = ["self", "call_id"] if spec.takes_id else ["self"]
    parameters = inspect.signature(method).parameters
    assert list(parameters)[: len(first)] == first
    assert parameters.keys() == {*first, *_keywords(spec), "options"}
    assert method.__doc__.startswith(spec.summary)
    documented = re.findall(r":param (\w+):", method.__doc__)
    assert documented == _keywords(spec)[: len(spec.payload.keys)]


@pytest.mark.parametrize("spec", TABLE, ids=lambda spec: spec.name)
def test_a_call_has_every_command_that_acts_on_one(spec: CommandSpec) -> None:
    if spec.name == "dial":
        assert not hasattr(Call, "dial")
        return
    parameters = inspect.signature(getattr(Call, spec.method)).parameters
    # The call's own id stands in for the one that `update` has among its params.
    expected = {"self", *_keywords(spec), "options"}
    assert parameters.keys() == (expected if spec.takes_id else expected - {"id"})


@pytest.mark.parametrize("methods", [CallingMethods, CallMethods])
def test_no_method_is_there_without_its_row(methods: type) -> None:
    generated = {name for name in vars(methods) if not name.startswith("_")}
    assert generated <= {spec.method for spec in TABLE}


@pytest.mark.parametrize("spec", TABLE, ids=lambda spec: spec.name)
def test_the_types_of_keywords_are_what_their_fields_say(spec: CommandSpec) -> None:
    # Python writes quotes anew where it keeps an annotation as text.
    annotations = {
        name: text.replace("'", '"')
        for name, text in getattr(Calling, spec.method).__annotations__.items()
    }
    for key, field in spec.payload.keys.items():
        name = f"{key}_" if keyword.iskeyword(key) else key
        assert annotations[name].removesuffix(" | None") == field.annotation
        # What the contract demands and nobody fills in is demanded by the type checker, too.
        may_be_left_out = annotations[name].endswith(" | None")
        by_shorthand = bool(spec.schema.also_accepts)
        filled = field.fill is not None
        assert may_be_left_out is (not field.required or filled or by_shorthand)
