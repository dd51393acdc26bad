"""The generated parts of the reference, as Markdown: settings, commands, events.

Nothing of Sphinx is imported here, so that the tests can check what is generated without it.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field
from dataclasses import fields as fields_of
from typing import Any

from flask_signalwire import Command, CommandSpec, PayloadSchema, Settings, events, fields
from flask_signalwire.commands import TABLE
from flask_signalwire.commands.command import always, never
from flask_signalwire.commands.examples import CALL_ID, example, python_call
from flask_signalwire.commands.outline import Line, outline, repeatable

_CONTROL_ID = "control_id"
_WIDTH = 100

# What is answered beside what every command may be answered: the error, and when. Source: calling
# API contract, 2026-08; where it names no status, it is the simulator's, and marked. The tests
# provoke each of them.
_ASSUMED = " *Assumed.*"
_NO_AGENT = ("NotFound", f"404: no AI agent runs on the call.{_ASSUMED}")
_NO_SIDECAR = ("NotFound", f"404: no sidecar runs on the call.{_ASSUMED}")
_NO_SESSION = (
    "NotFound",
    f"404: an action other than `start`, and no such session runs on the call.{_ASSUMED}",
)
ANSWERS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "update": (
        ("NotFound", "404: there is no call of the `id` among the params."),
        (
            "Unprocessable",
            "422: `canceled` once it was answered; `completed` or a redirect before it was.",
        ),
    ),
    "calling.transcribe": (
        ("Conflict", "409: a transcription of the call runs already; there is one at a time."),
    ),
    "calling.live_transcribe": (_NO_SESSION,),
    "calling.live_translate": (_NO_SESSION,),
    "calling.ai_hold": (_NO_AGENT,),
    "calling.ai_unhold": (_NO_AGENT,),
    "calling.ai_message": (_NO_AGENT,),
    "calling.ai.stop": (_NO_AGENT,),
    "calling.ai_sidecar": (
        ("Conflict", f"409: a sidecar runs on the call already.{_ASSUMED}"),
        ("NotFound", f"404: an `action`, and no sidecar runs on the call.{_ASSUMED}"),
    ),
    "calling.ai_sidecar.poke": (_NO_SIDECAR,),
    "calling.ai_sidecar.ask": (_NO_SIDECAR,),
    "calling.ai_sidecar.stop": (_NO_SIDECAR,),
    "calling.ai_sidecar.status": (
        _NO_SIDECAR,
        ("UnreadableAnswer", "200: the status came as a bare line, not as JSON; it is in `.body`."),
    ),
}
_TAKEN = ("Conflict", f"409: something runs on the call under this `control_id`.{_ASSUMED}")
_UNKNOWN = ("NotFound", f"404: no such thing runs under this `control_id`.{_ASSUMED}")


def expand(page: str) -> str:
    """A page with its generated parts written out."""

    def generated(found: re.Match[str]) -> str:
        return _PARTS[found["part"]](*filter(None, [found["argument"]]))

    return _PART.sub(generated, page)


# -- settings -----------------------------------------------------------------------------------


def settings() -> str:
    """A table of every setting."""
    rows = []
    for key, default, environment, text in Settings.reference():
        shown = "none" if default is None else _code(repr(default))
        also = (
            f" Also read from the environment variable {_code(environment)}." if environment else ""
        )
        rows.append([_code(key), shown, f"{_markdown(text)}{also}"])
    return table(["Setting", "Default", "Meaning"], rows)


# -- commands -----------------------------------------------------------------------------------


def families() -> dict[str, list[CommandSpec]]:
    """The commands by family, which is the module of their schemas; each has a page of that name.

    A schema that families share says nothing: its command belongs to the row above it.
    """
    found: dict[str, list[CommandSpec]] = {}
    name = ""
    for spec in TABLE:
        module = spec.schema.__module__.rpartition(".")[2]
        name = name if module == "shared" else module
        found.setdefault(name, []).append(spec)
    return found


def commands() -> str:
    """A table of every command."""
    rows = []
    for family, specs in families().items():
        for spec in specs:
            link = f"[{_code(spec.method)}]({family}.md#{spec.method})"
            rows.append([link, _code(spec.name), spec.summary, repeatable(spec)])
    return table(["Method", "Command", "What it does", "Repeatable"], rows)


def family(name: str) -> str:
    """The commands of a family, each with a heading."""
    return "\n\n".join(f"## {_code(spec.method)}\n\n{command(spec)}" for spec in families()[name])


def command(spec: CommandSpec) -> str:
    """One command: its params, whether it is repeated, what it may be answered, examples."""
    acts_on = "acts on a call" if spec.takes_id else "has no id beside its params"
    parts = [f"{_markdown(spec.summary)} Sent as {_code(spec.name)}; it {acts_on}."]
    rows = list(_rows(spec))
    if rows:
        parts.append(table(["Param", "Expected", "Required", "Notes"], rows))
    else:
        parts.append("It takes no params.")
    for title, rule in (("Rule", "between"), ("Shorthand", "accept")):
        own, inherited = getattr(spec.schema, rule), getattr(PayloadSchema, rule)
        if getattr(own, "__func__", own) is not getattr(inherited, "__func__", inherited):
            parts.append(f"**{title}:** {_sentence(own)}")
    parts.append(f"**Repeatable:** {repeatable(spec)}. {_why(spec)}")
    expected = answers(spec)
    if expected:
        lines = "\n".join(f"- {_code(error)}, {when}" for error, when in expected)
        parts.append(
            f"**Errors to expect**, beside [those of every command](commands.md#errors):\n\n{lines}"
        )
    parts.append(f"```python\n{python_example(spec)}\n```")
    sent = _json(json_example(spec))
    also = "" if not rows else ", here with every documented param that fits beside the others"
    parts.append(f"What is sent{also}:\n\n```json\n{sent}\n```")
    return "\n\n".join(parts)


def answers(spec: CommandSpec) -> list[tuple[str, str]]:
    """The errors that this command may be answered, beside those of every command."""
    found = list(ANSWERS.get(spec.name, ()))
    named = spec.payload.keys.get(_CONTROL_ID)
    if named is not None and named.required:
        found.append(_UNKNOWN if named.fill is None else _TAKEN)
    return found


def python_example(spec: CommandSpec) -> str:
    """The shortest call of the method that is right."""
    return python_call(spec, example(spec)).rstrip()


def json_example(spec: CommandSpec) -> dict[str, Any]:
    """The body of a request with all that the command takes."""
    params = example(spec, full=True)
    command = Command(spec, call_id=CALL_ID if spec.takes_id else None, params=params)
    body: dict[str, Any] = json.loads(spec.validate(command).body)
    return body


def _json(value: Any) -> str:
    line = json.dumps(value, ensure_ascii=False)
    return line if len(line) <= _WIDTH else json.dumps(value, indent=2, ensure_ascii=False)


def repeated() -> str:
    """A table of the rules by which commands are repeated, and of the commands under each."""
    by_rule: dict[Any, list[CommandSpec]] = {}
    for spec in TABLE:
        by_rule.setdefault(spec.repeatable, []).append(spec)
    order = sorted(by_rule, key=lambda rule: (rule is never, rule is not always))
    rows = []
    for rule in order:
        methods = ", ".join(_code(spec.method) for spec in by_rule[rule])
        rows.append([repeatable(by_rule[rule][0]), _why(by_rule[rule][0]), methods])
    return table(["Repeated", "Why", "Commands"], rows)


# -- events -------------------------------------------------------------------------------------


def event_kinds() -> str:
    """The fields that all events have, and a heading and a table for each kind."""
    shared = {item.name: item for item in fields_of(events.Event)}
    parts = ["## Fields of every event", _event_fields(list(shared.values()))]
    for kind in events.KINDS:
        parts += [f"## {_code(kind.__name__)}", _prose(kind)]
        types = ", ".join(map(_code, kind.event_types))
        named = f"Sent as {types}. " if types else ""
        parts.append(f"{named}Signal: {_code(f'{kind.kind}_received')}.")
        own = [item for item in fields_of(kind) if not _inherited(item, shared)]
        if own:
            parts.append(_event_fields(own))
        properties = [
            [_code(name), _sentence(value.fget)]
            for name, value in vars(kind).items()
            if isinstance(value, property)
        ]
        if properties:
            parts.append(table(["Property", "Meaning"], properties))
    return "\n\n".join(parts)


def _inherited(item: Field[Any], shared: Mapping[str, Field[Any]]) -> bool:
    above = shared.get(item.name)
    return above is not None and above.metadata == item.metadata


def _event_fields(items: list[Field[Any]]) -> str:
    rows = []
    for item in items:
        source = item.metadata.get("source")
        if source is None:  # set by the receiver: see the class
            continue
        paths = ", ".join(map(_code, source.paths))
        sure = "" if source.sure == "documented" else f" *{source.sure.capitalize()}.*"
        kind = str(item.type).removesuffix(" | None").replace("Mapping[str, Any]", "object")
        kind = "anything" if kind == "Any" else kind
        rows.append([_code(item.name), _code(kind), paths, f"{_markdown(source.help)}.{sure}"])
    return table(["Field", "Type", "Read from", "Meaning"], rows)


def _prose(kind: type) -> str:
    """A docstring's paragraphs, with the references in it as code."""
    text = re.sub(r":\w+:`([^`]+)`", r"``\1``", inspect.getdoc(kind) or "")
    return _markdown(text)


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    cells = ([cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


# -- one field ----------------------------------------------------------------------------------


def _rows(spec: CommandSpec) -> Iterator[list[str]]:
    seen = set()
    for line in outline(spec):
        if isinstance(line.field, fields.Object) and line.path in seen:
            continue  # the params of another type
        seen.add(line.path)
        needed = "filled in" if line.field.fill else "yes" if line.required else ""
        yield [_code(line.path), _markdown(line.field.expected), needed, _notes(line)]


def _notes(line: Line) -> str:
    field = line.field
    notes = []
    if line.within and isinstance(field, fields.Object):
        notes.append("What is in it depends on the type.")
    elif line.within:
        notes.append(f'Of the type `"{line.within}"`.')
    notes.append(_markdown(field.help))
    if not field.documented:
        notes.append("*SDK only.*")
    if field.sensitivity:
        notes.append(
            {
                "secret": "Never shown in logs.",
                "number": "Masked in logs.",
                "url": "Credentials in it are masked in logs.",
                "words": "Telephone numbers in it are masked in logs.",
            }[field.sensitivity]
        )
    return " ".join(filter(None, notes))


def _why(spec: CommandSpec) -> str:
    """Why it is repeated, or not."""
    if spec.repeatable is never:
        return "Sent twice, it would act twice."
    if spec.repeatable is always:
        return "Sent twice, it does what it does once."
    return _sentence(spec.repeatable)


def _sentence(function: Callable[..., Any]) -> str:
    """What a docstring begins with."""
    lines = (function.__doc__ or "").strip().split("\n\n")[0].splitlines()
    return _markdown(" ".join(line.strip() for line in lines))


def _code(text: str) -> str:
    return f"`{text}`"


def _markdown(text: str) -> str:
    """Docstrings' double backticks are code in Markdown too; angles and stars are not text."""
    parts = text.replace("``", "`").split("`")
    parts[::2] = [part.replace("*", "\\*").replace("<", "&lt;") for part in parts[::2]]
    return "`".join(parts)


_PARTS: Mapping[str, Callable[..., str]] = {
    "settings-reference": settings,
    "commands-reference": commands,
    "command-family": family,
    "repeatable-reference": repeated,
    "events-reference": event_kinds,
}
_PART = re.compile(
    rf"^```\{{(?P<part>{'|'.join(_PARTS)})\}}(?: (?P<argument>\w+))?\n```$", re.MULTILINE
)
