"""Writes :mod:`flask_signalwire.methods`, the typed methods, from the table.

``python -m flask_signalwire.commands.codegen`` writes the file; with ``--check`` it says whether
the file is what the table gives, and changes nothing. The build checks.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from .command import CommandSpec
from .examples import python_name
from .fields import JSONField
from .table import TABLE

TARGET = Path(__file__).parent.parent / "methods.py"

_HEADER = '''\
"""The typed methods, one a command. Generated from the table of commands: do not edit.

``python -m flask_signalwire.commands.codegen`` writes this file anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from .results import CallLeg

if TYPE_CHECKING:
    from typing_extensions import Unpack


class CallOptions(TypedDict, total=False):
    """What every method takes beside the command's own params."""

    extras: Mapping[str, Any] | None
    """Params that this package does not know yet, merged over the others."""
    context: Mapping[str, Any] | None
    """What plugins should know and the service should not get, such as ``remote_number``."""
    deadline: float | None
    """Seconds that the command may take in all."""
    callbacks: bool
    """False: fill in no callback URLs that the command leaves out."""
    dry_run: bool
    """Go all the way, plugins and vetoes included, but send nothing; the leg is made up."""
    request_options: Any
    """Accepted for code of the vendor's SDK: its ``timeout`` and ``retries`` are honoured."""


class DialOptions(CallOptions, total=False):
    """What methods that start a call take besides."""

    idempotency_key: str | None
    """Your own name for this call, at most 255 characters: as long as it lives, the same key gives
    the first call's leg (``leg.replayed``), or an IdempotencyConflict, and never a second call."""

'''

_CALLING = '''
class CallingMethods:
    """The commands of the calling API; those that act on a call take its id first."""

    def _run(
        self,
        name: str,
        call_id: str | None,
        params: dict[str, Any],
        options: CallOptions,
    ) -> CallLeg:
        raise NotImplementedError
'''

_CALL = '''

class CallMethods:
    """The commands that act on one call, without repeating its id."""

    id: str

    def _run(
        self,
        name: str,
        call_id: str | None,
        params: dict[str, Any],
        options: CallOptions,
    ) -> CallLeg:
        raise NotImplementedError
'''


def generate() -> str:
    """The whole module as text."""
    parts = [_HEADER, _CALLING]
    parts += [_method(spec) for spec in TABLE]
    parts.append(_CALL)
    parts += [
        _method(spec, bound=True) for spec in TABLE if spec.takes_id or "id" in spec.payload.keys
    ]
    return "".join(parts)


def _method(spec: CommandSpec, *, bound: bool = False) -> str:
    """One method; where it is bound to a call, the call's id is left out and filled in."""
    fields = dict(spec.payload.keys)
    if bound and not spec.takes_id:
        del fields["id"]
    signature = ["self", *(["call_id: str"] if spec.takes_id and not bound else [])]
    if fields:
        signature += ["*", *_keywords(spec, fields)]
    for keyword, kind in spec.schema.also_accepts.items():
        signature.append(f"{keyword}: {kind} | None = None")
    options = "DialOptions" if spec.starts_call else "CallOptions"
    signature.append(f"**options: Unpack[{options}]")
    call_id = ("self.id" if bound else "call_id") if spec.takes_id else "None"
    params = [*(['"id": self.id'] if bound and not spec.takes_id else [])]
    params += [f'"{key}": {python_name(key)}' for key in (*fields, *spec.schema.also_accepts)]
    lines = [f"\n    def {spec.method}("]
    lines += [f"        {part}," for part in signature]
    lines += ["    ) -> CallLeg:", *_docstring(spec, fields)]
    lines += ["        return self._run(", f'            "{spec.name}",', f"            {call_id},"]
    if params:
        lines += [
            "            {",
            *(f"                {param}," for param in params),
            "            },",
        ]
    else:
        lines.append("            {},")
    lines += ["            options,", "        )", ""]
    return "\n".join(lines)


def _keywords(spec: CommandSpec, fields: dict[str, JSONField]) -> Iterator[str]:
    """Required ones first: what is filled in, or may come by a shorthand, is not required here."""
    for required in (True, False):
        for key, field in fields.items():
            needed = field.required and field.fill is None and not spec.schema.also_accepts
            if needed is required:
                kind = field.annotation if required else f"{field.annotation} | None = None"
                yield f"{python_name(key)}: {kind}"


def _docstring(spec: CommandSpec, fields: dict[str, JSONField]) -> Iterator[str]:
    if not fields:
        yield f'        """{spec.summary}"""'
        return
    yield f'        """{spec.summary}'
    yield ""
    for key, field in fields.items():
        text = f":param {python_name(key)}: {field.expected}. {field.help}".rstrip()
        if not field.documented:
            text += " (Accepted by the vendor's newest SDK, not in the public contract.)"
        yield from textwrap.wrap(
            text, 92, initial_indent=" " * 8, subsequent_indent=" " * 12, break_on_hyphens=False
        )
    yield '        """'


def main(arguments: list[str]) -> int:
    """Write or check the module; returns an exit code."""
    text = generate()
    if "--check" not in arguments:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write(
        f"{TARGET.name} is not what the table gives; "
        "run: python -m flask_signalwire.commands.codegen\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
