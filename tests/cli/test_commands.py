"""``flask signalwire commands``: what can be asked of the service."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from flask_signalwire import hookimpl
from flask_signalwire.commands import TABLE, CommandSpec, PayloadSchema
from flask_signalwire.commands.fields import Text

Run = Callable[..., Result]


class Whisper(PayloadSchema):
    code = Text(required=True, pattern="[A-Z]{3}", expected="three letters")


class Whispering:
    @hookimpl
    def signalwire_register_commands(self) -> list[CommandSpec]:
        return [CommandSpec("acme.whisper", "whisper", Whisper, True, "Whisper.")]


def test_every_command_is_listed_those_of_plugins_too(
    make_app: Callable[..., Flask], run: Run
) -> None:
    result = run(make_app(Whispering), "commands")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert [line.split()[0] for line in lines[1:]] == [s.name for s in TABLE] + ["acme.whisper"]
    by_name = {line.split()[0]: line.split() for line in lines}
    assert by_name["dial"][1:4] == ["dial", "no", "no"]
    assert by_name["calling.play.stop"][1:4] == ["play_stop", "yes", "yes"]
    assert by_name["calling.live_translate"][3:6] == ["by", "its", "params"]
    rows = json.loads(run(make_app(Whispering), "commands", "--json").output)
    assert rows[-1] == {
        "name": "acme.whisper",
        "method": "whisper",
        "on_a_call": True,
        "repeatable": "no",
        "summary": "Whisper.",
    }


def test_one_command_is_explained_at_every_depth(app: Flask, run: Run) -> None:
    by_wire, by_method = (
        run(app, "commands", name).output for name in ("calling.play.stop", "play_stop")
    )
    assert by_wire == by_method
    text = run(app, "commands", "live_translate").output
    assert "action.start.to_lang  (required)" in text
    assert "action.inject.message  (required; words: telephone numbers in them are masked)" in text
    assert "not in the public contract" in text
    text = run(app, "commands", "play").output
    assert 'play[].params.text  (required; type "tts"; words: ' in text
    assert "control_id  (filled in where it is left out)" in text
    text = run(app, "commands", "dial").output
    assert "password  (optional; secret: never shown)" in text
    assert "from  (required; a number: masked in logs)" in text
    assert 'calling.dial(from_="+12025550100"' in text
    assert "an integer from 1 to 600" in text


@pytest.mark.parametrize("spec", TABLE, ids=lambda spec: spec.name)
def test_every_command_can_be_explained(spec: CommandSpec, app: Flask, run: Run) -> None:
    assert run(app, "commands", spec.name).exit_code == 0
    page = json.loads(run(app, "commands", spec.method, "--json").output)
    assert page["name"] == spec.name
    paths = {field["path"] for field in page["fields"]}
    assert set(spec.payload.keys) <= paths
    for example in page["examples"]:
        assert spec.load(example) == example
        assert example.keys() <= paths
        # An example can be sent as it stands.
        call = ["--call-id", "8f8d0a3c-5a3b-4b6c-9f0e-2d1c0b9a8f7e"] if spec.takes_id else []
        sent = run(app, "send", spec.name, *call, "--json", json.dumps(example), "--dry-run")
        assert sent.exit_code == 0, sent.output


def test_the_nearest_name_is_suggested(app: Flask, run: Run) -> None:
    result = run(app, "commands", "live_translat")
    assert result.exit_code == 2
    assert "did you mean `live_translate`?" in result.stderr


def test_a_command_without_an_example_is_explained_all_the_same(
    make_app: Callable[..., Flask], run: Run
) -> None:
    result: Any = run(make_app(Whispering), "commands", "whisper")
    assert result.exit_code == 0
    assert "three letters" in result.output
    assert "EXAMPLE" not in result.output
