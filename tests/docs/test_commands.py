"""The generated pages of commands: nothing is missing, every example works, every error comes."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask

from flask_signalwire import CommandSpec, PayloadSchema, SignalWire, exceptions, fields
from flask_signalwire.commands import TABLE
from flask_signalwire.methods import CallOptions

pytestmark = pytest.mark.once

EVERY_COMMAND = pytest.mark.parametrize("spec", TABLE, ids=lambda spec: spec.name)
BY_NAME = {spec.name: spec for spec in TABLE}
OTHER = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def app(installed):
    app = Flask("desk")
    app.testing = True
    app.config["SIGNALWIRE_SPACE"] = "simulator"
    app.config["SIGNALWIRE_PLUGINS_BLOCKED"] = installed
    SignalWire(app)
    return app


@pytest.fixture
def calling(app):
    return app.signalwire.calling


@pytest.fixture
def call(app):
    return app.signalwire.simulator.inbound(from_="+34911234567", to="+12025550100")


@pytest.fixture(scope="module")
def sections(pages, reference):
    """What the pages say of each command, by its wire name."""
    found = {}
    for page in pages.values():
        for text in re.split(r"^## ", reference.expand(page.text), flags=re.MULTILINE)[1:]:
            name = re.search(r"Sent as `([\w.]+)`; ", text)
            if name:
                assert name[1] not in found, f"{name[1]} is documented twice"
                found[name[1]] = text
    return found


def block(text, language):
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return found


def begin(reference, calling, call, spec):
    """Start what the command acts on."""
    kind, _, verb = spec.name.removeprefix("calling.").partition(".")
    if kind in ("send_fax", "receive_fax"):  # SWML starts them
        call.start_operation(kind, reference.json_example(spec)["params"]["control_id"])
    elif verb and f"calling.{kind}" in BY_NAME:
        send(calling, call, reference.json_example(BY_NAME[f"calling.{kind}"]))


def send(calling, call, body):
    params = body["params"]
    params |= {"id": call.id} if body["command"] == "update" else {}
    return calling.send(body["command"], call.id if "id" in body else None, params)


@EVERY_COMMAND
def test_every_command_is_documented(sections, spec):
    section = sections[spec.name]
    assert section.startswith(f"`{spec.method}`\n")
    assert spec.summary in section
    for key, field in spec.payload.keys.items():
        assert f"| `{key}` | " in section
        assert field.help in section.replace("\\", "")
    assert re.search(r"^\*\*Repeatable:\*\* (yes|no|by its params)\. \w", section, re.MULTILINE)


@EVERY_COMMAND
def test_its_python_runs(sections, reference, calling, call, spec):
    begin(reference, calling, call, spec)
    code = block(sections[spec.name], "python").replace(reference.CALL_ID, call.id)
    code = code.replace(f"calling.{spec.method}(", f"leg = calling.{spec.method}(")
    namespace = {"calling": calling, "call_id": call.id}
    exec(compile(code, f"example of {spec.method}", "exec"), namespace)
    assert namespace["leg"].command.name == spec.name


@EVERY_COMMAND
def test_its_json_is_what_is_sent(sections, reference, calling, call, spec):
    begin(reference, calling, call, spec)
    shown = json.loads(block(sections[spec.name], "json"))
    assert list(shown) == ["command", *(["id"] if spec.takes_id else []), "params"]
    leg = send(calling, call, shown)
    assert json.loads(leg.command.body) == shown | ({"id": call.id} if spec.takes_id else {})


def _canceled_once_answered(reference, calling, call, spec):
    calling.update(id=call.id, status="canceled")


def _no_such_call(reference, calling, call, spec):
    calling.update(id=OTHER, status="completed")


def _twice(reference, calling, call, spec):
    for number in ("1", "2"):
        body = reference.json_example(spec)
        if "control_id" in body["params"]:
            body["params"]["control_id"] = f"op-{number}"
        send(calling, call, body)


def _stop_what_does_not_run(reference, calling, call, spec):
    calling.send(spec.name, call.id, {"action": "stop"})


def _agent_that_stopped(reference, calling, call, spec):
    call.agent.stop()
    send(calling, call, reference.json_example(spec))


def _summary_without_a_sidecar(reference, calling, call, spec):
    calling.ai_sidecar(call.id, action={"summarize": {}})


def _nothing_runs(reference, calling, call, spec):
    send(calling, call, reference.json_example(spec))


def _taken_control_id(reference, calling, call, spec):
    calling.play(call.id, control_id="op-1", play=[{"type": "silence", "params": {"duration": 9}}])
    send(calling, call, reference.json_example(spec))


PROVOKED = {
    ("update", "NotFound"): _no_such_call,
    ("update", "Unprocessable"): _canceled_once_answered,
    ("calling.transcribe", "Conflict"): _twice,
    ("calling.live_transcribe", "NotFound"): _stop_what_does_not_run,
    ("calling.live_translate", "NotFound"): _stop_what_does_not_run,
    ("calling.ai_hold", "NotFound"): _agent_that_stopped,
    ("calling.ai_unhold", "NotFound"): _agent_that_stopped,
    ("calling.ai_message", "NotFound"): _agent_that_stopped,
    ("calling.ai.stop", "NotFound"): _agent_that_stopped,
    ("calling.ai_sidecar", "Conflict"): _twice,
    ("calling.ai_sidecar", "NotFound"): _summary_without_a_sidecar,
}
"""How to come by an error, where it is not by sending the example while nothing runs."""


@EVERY_COMMAND
def test_the_errors_to_expect_come(app, sections, reference, calling, spec):
    shown = re.findall(r"^- `(\w+)`, (\d+)", sections[spec.name], re.MULTILINE)
    expected = reference.answers(spec)
    assert shown == [(name, text[:3]) for name, text in expected]
    for name, text in expected:
        if name == "UnreadableAnswer":  # tests/transport has answers of all kinds
            continue
        call = app.signalwire.simulator.inbound(from_="+34911234567", to="+12025550100")
        other = _taken_control_id if "under this `control_id`" in text else None
        provoke = (name == "Conflict" and other) or PROVOKED.get((spec.name, name), _nothing_runs)
        with pytest.raises(getattr(exceptions, name)) as caught:
            provoke(reference, calling, call, spec)
        assert str(caught.value.status) == text[:3]


def test_no_error_is_expected_of_a_command_that_is_not_there(reference):
    assert reference.ANSWERS.keys() <= BY_NAME.keys()
    assert {name for name, _ in PROVOKED} <= BY_NAME.keys()


def test_every_family_has_its_page(pages, reference):
    """A family is a module of schemas; its page has its name, and this line in it."""
    for family in reference.families():
        assert f"```{{command-family}} {family}\n```" in pages[family].text


def test_the_overview_links_every_command(reference):
    overview = reference.commands()
    for family, specs in reference.families().items():
        for spec in specs:
            assert f"| [`{spec.method}`]({family}.md#{spec.method}) | `{spec.name}` |" in overview


def test_the_overview_names_every_option(pages):
    table = pages["commands"].text.partition("## What all methods take")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)=`", table, re.MULTILINE)) == set(CallOptions.__annotations__)


def test_what_is_in_the_fields_is_in_the_pages(sections):
    translate = sections["calling.live_translate"]
    assert "| `action.start.speech_timeout` | an integer of at least 1500 | " in translate
    assert "| `action.inject.message` | text that is not blank | yes | " in translate
    assert "Your own key. *SDK only.* Never shown in logs. |" in translate
    assert "**Repeatable:** by its params. A second start" in translate
    play = sections["calling.play"]
    assert "| `control_id` | text | filled in | " in play
    assert (
        '| `play[].params.text` | text | yes | Of the type `"tts"`. What to say. Telephone' in play
    )
    assert "**Shorthand:** Wrap `audio`" in sections["calling.record"]
    assert "**Rule:** Something has to be collected." in sections["calling.collect"]
    assert "**Repeatable:** no." in sections["dial"]
    assert "**Repeatable:** yes." in sections["calling.end"]
    assert "It takes no params." in sections["calling.denoise"]


def test_a_new_command_documents_itself(reference):
    """What CONTRIBUTING says of adding one: a row and a schema."""

    class Whisper(PayloadSchema):
        text = fields.Text(required=True, example="behind you", help="What to whisper.")

    spec = CommandSpec("calling.whisper", "whisper", Whisper, True, "Whisper.")
    text = reference.command(spec)
    assert "| `text` | text | yes | What to whisper. |" in text
    assert block(text, "python") == 'calling.whisper(call_id, text="behind you")\n'
    assert json.loads(block(text, "json"))["params"] == {"text": "behind you"}


def test_every_repeated_command_has_its_reason(reference):
    rows = [line.strip("| ").split(" | ") for line in reference.repeated().splitlines()[2:]]
    listed = {name: row[:2] for row in rows for name in re.findall(r"`(\w+)`", row[2])}
    assert listed.keys() == {spec.method for spec in TABLE}
    assert all(reason for _, reason in listed.values())
    assert listed["play_stop"][0] == "yes"
    assert listed["live_translate"][0] == "by its params"
    assert listed["play"][0] == "no"
