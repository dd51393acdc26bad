"""JSON from the command line: text, a file, or standard input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

MAX_BYTES = 1024 * 1024
"""Of a payload: the service's own ones have a few thousand."""


class JSONObject(click.ParamType):  # type: ignore[type-arg]  # generic in newer releases only
    """``@file``, ``-`` for standard input, or the JSON itself; it must be an object.

    What can't be read is not quoted: it may hold a password.
    """

    name = "@file|-|text"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        where, data = self._read(value, param, ctx)

        def refuse(reason: str) -> NoReturn:
            self.fail(f"{where}: {reason}", param, ctx)

        if len(data) > MAX_BYTES:
            refuse(f"more than {MAX_BYTES // 1024} KiB; expected a payload, of a few at most")
        try:
            parsed = json.loads(
                data.decode("utf-8-sig"),
                object_pairs_hook=_no_key_twice,
                parse_constant=_no_constant,
            )
        except UnicodeDecodeError as error:
            refuse(f"no UTF-8 text (byte {error.start})")
        except json.JSONDecodeError as error:
            hint = "; is a file meant? Write @ before its name" if where == "the text" else ""
            refuse(f"no JSON: line {error.lineno}, column {error.colno}: {error.msg}{hint}")
        except RecursionError:
            refuse("nested too deeply")
        except ValueError as error:
            refuse(f"no JSON: {error}")
        if not isinstance(parsed, dict):
            kinds: dict[Any, str] = {
                list: "a list",
                str: "a text",
                bool: "a boolean",
                type(None): "null",
            }
            refuse(f"{kinds.get(type(parsed), 'a number')}; expected an object, such as {{}}")
        return parsed

    def _read(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, bytes]:
        if value == "-":
            return "standard input", sys.stdin.buffer.read(MAX_BYTES + 1)
        if not value.startswith("@"):
            return "the text", value.encode("utf-8", "surrogateescape")
        path = Path(value[1:])
        try:
            with path.open("rb") as file:
                return str(path), file.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self.fail(f"{str(path)!r} can't be read: {reason}", param, ctx)


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON leaves it open which of two is meant; so do we, and ask."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} is there twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
