"""What the service refuses of a command before it looks at the call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError

from flask_signalwire.commands import CommandSpec, CommandTable
from flask_signalwire.commands.fields import Uuid, describe, suggest
from flask_signalwire.exceptions import Problem, flatten

from .refusals import unprocessable

_KEYS = ("command", "id", "params")
_ID = Uuid(required=True)


def validate(table: CommandTable, body: Mapping[str, Any]) -> CommandSpec:
    """The row of the table that the command is of.

    :param body: what was received.
    :raises Refusal: 422 with every problem of the body; the attributes of params are paths without
        ``params.``, such as ``action.start.to_lang``.
    """
    name = body.get("command")
    spec = table[name] if isinstance(name, str) and name in table else None
    problems = [*_envelope(table, body, spec), *_params(body, spec)]
    if spec is None or problems:
        raise unprocessable((attribute, _code(text), text) for attribute, text in problems)
    return spec


def _envelope(
    table: CommandTable, body: Mapping[str, Any], spec: CommandSpec | None
) -> Iterator[Problem]:
    for key in body:
        if key not in _KEYS:
            yield key, f"unknown key{suggest(key, _KEYS)}"
    if spec is None:
        if "command" not in body:
            yield "command", "missing; expected the name of a command"
        else:
            name = body["command"]
            near = suggest(name, (known.name for known in table)) if isinstance(name, str) else ""
            yield "command", f"{describe(name)} is no command{near}"
    elif not spec.takes_id:
        if "id" in body:
            yield "id", f"unknown key: `{spec.name}` names no call outside of its params"
    elif "id" not in body:
        yield "id", f"missing; expected {_ID.expected}"
    else:
        try:
            _ID.deserialize(body["id"])
        except ValidationError as error:
            yield from flatten(error.messages, "id")


def _params(body: Mapping[str, Any], spec: CommandSpec | None) -> Iterator[Problem]:
    if "params" not in body:
        yield "params", "missing; expected an object"
    elif not isinstance(body["params"], dict):
        yield "params", f"{describe(body['params'])}; expected an object"
    elif spec is not None:
        try:
            spec.load(body["params"])
        except ValidationError as error:
            for path, text in flatten(error.messages):
                yield path or "params", text


def _code(text: str) -> str:
    if text.startswith("missing"):
        return "missing"
    return "unknown_key" if text.startswith("unknown key") else "invalid"
