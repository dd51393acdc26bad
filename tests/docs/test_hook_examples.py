"""The example in each hook's docstring works on an app."""

from __future__ import annotations

import inspect
import re
import textwrap
import time
from types import ModuleType

import click
import flask
import pytest

import flask_signalwire
from flask_signalwire import SignalWire, exceptions, hookimpl
from flask_signalwire.plugins import hookspecs
from flask_signalwire.plugins.checking import HOOKS

pytestmark = pytest.mark.once

DIAL = {"from_": "+12025550100", "url": "https://example.com/swml"}


def example(hook):
    docstring = inspect.getdoc(getattr(hookspecs, hook))
    found = re.search(r"\.\. code-block:: python\n\n((?: {4}.*\n|\n)+)", docstring + "\n")
    assert found, f"the docstring of {hook} has no example"
    return textwrap.dedent(found[1])


def plugin_of(hook):
    """A plugin made of the example: its class, else a module with its functions."""
    module = ModuleType("example")
    vars(module).update(
        {name: getattr(flask_signalwire, name) for name in flask_signalwire.__all__}
    )
    vars(module).update(click=click, time=time)
    before = set(vars(module))
    exec(compile(example(hook), hook, "exec"), vars(module))
    made = {name: value for name, value in vars(module).items() if name not in before}
    for value in made.values():
        if inspect.isclass(value) and hasattr(value, hook):
            return value
    assert hook in made
    plugin = ModuleType("example")
    setattr(plugin, hook, made[hook])
    return plugin


@pytest.fixture
def app(installed):
    app = flask.Flask("example")
    app.config.update(TESTING=True, SIGNALWIRE_SPACE="simulator", OFFICE_OPEN_FROM=8)
    app.config["SIGNALWIRE_PLUGINS_BLOCKED"] = installed
    return app


@pytest.fixture
def start(app):
    def start(hook, *others):
        SignalWire(app, plugins=[plugin_of(hook), *others])
        return app.signalwire

    return start


def dial(client, to="+34911234567"):
    return client.calling.dial(to=to, **DIAL)


def setup(client, capsys):
    assert client.plugins.get("OfficeHours").open_from == 8


def register_commands(client, capsys):
    call = client.simulator.inbound(from_="+34911234567", to="+12025550100")
    leg = client.calling.send("calling.whisper", call.id, {"text": "behind you"})
    assert leg.id == call.id


def register_cli(client, capsys):
    result = client.app.test_cli_runner().invoke(args=["signalwire", "hours"])
    assert result.output == "9 to 17\n"


def prepare_command(client, capsys):
    dial(client)
    assert client.simulator.journal[-1].params["timeout"] == 30
    client.calling.dial(to="+34911234567", timeout=5, **DIAL)
    assert client.simulator.journal[-1].params["timeout"] == 5


def authorize_command(client, capsys):
    dial(client)
    with pytest.raises(exceptions.CommandRejected):
        dial(client, to="+19005550100")


def send_command(client, capsys):
    assert dial(client).id
    assert re.match(r"dial took \d\.\d{3} s", capsys.readouterr().out)


def command_succeeded(client, capsys):
    leg = dial(client)
    assert capsys.readouterr().out == f"dial: {leg.id} is queued\n"


def command_failed(client, capsys):
    with pytest.raises(exceptions.OutcomeUnknown) as caught:
        dial(client)
    assert capsys.readouterr().out == f"somebody should look at {caught.value.command.id}\n"


def event_received(client, capsys):
    params = {"call_id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "call_state": "answered"}
    client.webhooks.receive({"event_type": "calling.call.state", "params": params})
    assert capsys.readouterr().out == f"{params['call_id']} is answered\n"


def check_health(client, capsys):
    health = client.check_health()["Prices"]
    assert (health.status, health.text) == ("warn", "the prices are older than a day")


class Loses:
    """Sends, as it seems, and hears nothing."""

    @hookimpl
    def signalwire_send_command(self, command):
        raise exceptions.OutcomeUnknown("no answer", command=command)


EXERCISES = {
    "signalwire_setup": (setup,),
    "signalwire_register_commands": (register_commands,),
    "signalwire_register_cli": (register_cli,),
    "signalwire_prepare_command": (prepare_command,),
    "signalwire_authorize_command": (authorize_command,),
    "signalwire_send_command": (send_command,),
    "signalwire_command_succeeded": (command_succeeded,),
    "signalwire_command_failed": (command_failed, Loses),
    "signalwire_event_received": (event_received,),
    "signalwire_check_health": (check_health,),
}


@pytest.mark.parametrize("hook", HOOKS)
def test_example(hook, start, capsys):
    exercise, *others = EXERCISES[hook]
    exercise(start(hook, *others), capsys)


@pytest.mark.parametrize("hook", HOOKS)
def test_docstring_says_what_an_author_asks(hook):
    docstring = inspect.getdoc(getattr(hookspecs, hook))
    for word in ("**When:**", "**Failure:**", ".. versionadded::"):
        assert word in docstring
