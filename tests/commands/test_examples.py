"""What the CLI and the reference show as examples can be copied, and sent."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from flask_signalwire.commands import TABLE, CommandSpec, PayloadSchema
from flask_signalwire.commands.examples import CALL_ID, example, python_call
from flask_signalwire.commands.fields import Integer, JSONField, Object, Text


class _Calling:
    """Takes calls of methods, and hands back what they would send."""

    def __getattr__(self, method: str) -> Any:
        def take(call_id: str | None = None, **params: Any) -> tuple[str, str | None, Any]:
            return method, call_id, {key.rstrip("_"): value for key, value in params.items()}

        return take


@pytest.mark.parametrize("full", [False, True], ids=["least", "full"])
@pytest.mark.parametrize("spec", TABLE, ids=lambda spec: spec.name)
def test_every_example_is_what_the_command_takes(spec: CommandSpec, full: bool) -> None:
    params = example(spec, full=full)
    assert spec.load(params) == params
    # As the service would have it: nothing in it has to be normalised, or filled in.
    assert spec.complete(dict(params)) == params
    assert "text" not in str(params).split('"')


@pytest.mark.parametrize("spec", TABLE, ids=lambda spec: spec.name)
def test_the_example_in_python_sends_the_same(spec: CommandSpec) -> None:
    params = example(spec, full=True)
    code = python_call(spec, params)
    assert max(map(len, code.splitlines())) <= 100
    ast.parse(code)
    sent = eval(code, {"calling": _Calling(), "call_id": CALL_ID})
    assert sent == (spec.method, CALL_ID if spec.takes_id else None, params)


def test_examples_leave_out_what_stands_in_place_of_something_else() -> None:
    by_name = {spec.name: spec for spec in TABLE}
    assert {"to_script", "swml"}.isdisjoint(example(by_name["dial"], full=True))
    assert {"url", "swml", "status"} & example(by_name["update"], full=True).keys() == {"url"}
    assert "action" not in example(by_name["calling.ai_sidecar"], full=True)


def test_changing_an_example_changes_no_schema() -> None:
    spec = next(spec for spec in TABLE if spec.name == "dial")
    example(spec, full=True)["custom_variables"]["mine"] = "x"
    assert "mine" not in example(spec, full=True)["custom_variables"]


def test_a_plugins_field_that_can_not_be_guessed_is_named() -> None:
    class Inner(PayloadSchema):
        code = Text(required=True, pattern="[A-Z]{3}")

    class Odd(PayloadSchema):
        size = Integer(7)
        where: JSONField = Object(Inner, required=True)

    spec = CommandSpec("acme.odd", "acme_odd", Odd, True, "Odd.")
    with pytest.raises(LookupError, match=r"acme\.odd: no example of `code`.*give the field"):
        example(spec)
