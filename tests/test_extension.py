"""The extension on apps: factories, several apps, accounts, threads, forks, and first mistakes."""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from uuid import UUID

import click
import pytest
from flask import Flask, current_app, jsonify

import flask_signalwire
from flask_signalwire import Client, SignalWire, current_signalwire, hookimpl, signals
from flask_signalwire.commands import Command
from flask_signalwire.exceptions import (
    ClientNotFound,
    CommandRejected,
    ConfigurationError,
    PayloadError,
)
from flask_signalwire.results import CallLeg
from tests.commands.corpus import CALL

NUMBERS = {"from_": "+12025550100", "to": "+34911234567", "url": "https://e.org/swml"}
START = {"start": {"from_lang": "en-US", "to_lang": "es-ES", "direction": ["remote-caller"]}}


def test_the_client_is_where_flask_developers_look_for_it(app: Flask) -> None:
    with app.app_context():
        client = app.extensions["signalwire"]
        assert isinstance(client, Client)
        assert current_app.signalwire is client  # type: ignore[attr-defined]
        assert current_signalwire.calling is client.calling
        assert current_signalwire.settings.space == "simulator"


def test_an_application_factory_makes_apps_that_share_nothing() -> None:
    signalwire = SignalWire()

    def create_app(space: str) -> Flask:
        app = Flask("desk")
        app.testing = True
        app.config.update(SIGNALWIRE_SPACE=space, SIGNALWIRE_PLUGINS_BLOCKED="audit, autolang")
        signalwire.init_app(app)
        return app

    one, two = create_app("simulator"), create_app("simulator")
    leg = one.extensions["signalwire"].calling.dial(**NUMBERS)
    assert leg.id in one.extensions["signalwire"].simulator.calls
    assert leg.id not in two.extensions["signalwire"].simulator.calls
    with one.app_context():
        assert current_signalwire.app is one
        with two.app_context():
            assert current_signalwire.app is two


def test_a_translation_from_a_request(app: Flask) -> None:
    @app.post("/calls")
    def place() -> object:
        leg = current_signalwire.calling.dial(**NUMBERS)
        current_signalwire.calling.live_translate(leg.id, action=START)
        return jsonify(leg)

    answer = app.test_client().post("/calls").json
    assert answer["status"] == "queued"
    session = app.extensions["signalwire"].simulator.calls[answer["id"]].translation
    assert (session.from_lang, session.to_lang) == ("en-US", "es-ES")


def test_a_call_from_a_cli_command(app: Flask) -> None:
    @app.cli.command("ring")
    def ring() -> None:
        click.echo(current_signalwire.calling.dial(**NUMBERS).status)

    assert app.test_cli_runner().invoke(args=["ring"]).output == "queued\n"


def test_a_call_from_a_thread_with_an_app_context(app: Flask) -> None:
    statuses: list[str | None] = []

    def work() -> None:
        with app.app_context():
            statuses.append(current_signalwire.calling.dial(**NUMBERS).status)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)
    assert statuses == ["queued"]


def test_outside_of_an_app_context_the_error_says_what_to_write() -> None:
    with pytest.raises(ClientNotFound, match=r"with app\.app_context\(\)"):
        _ = current_signalwire.calling
    with pytest.raises(RuntimeError):  # as Flask's own proxies do
        _ = current_signalwire.calling


def test_a_forgotten_init_app_is_said_so() -> None:
    with (
        Flask("forgetful").app_context(),
        pytest.raises(ClientNotFound, match=r"'forgetful' has no flask-signalwire.*init_app"),
    ):
        _ = current_signalwire.calling


def test_an_app_is_initialised_once(app: Flask) -> None:
    with pytest.raises(ConfigurationError, match="has flask-signalwire already"):
        SignalWire(app)


# -- accounts -----------------------------------------------------------------------------------


def test_two_sets_of_credentials_in_one_app(make_app: Callable[..., Flask]) -> None:
    app = make_app(
        accounts={"eu": {"project_id": "p", "api_token": "t"}, "us": {"space": "simulator"}}
    )
    client = app.extensions["signalwire"]
    seen: list[str] = []

    def sending(sender: Flask, command: object) -> None:
        seen.append(command.account)  # type: ignore[attr-defined]

    with signals.command_sending.connected_to(sending, sender=app):
        client.account("eu").calling.dial(**NUMBERS)
        client.calling.dial(**NUMBERS)
        client.account("default").calling.dial(**NUMBERS)
    assert seen == ["eu", "default", "default"]


def test_an_unknown_account_is_told_the_known_ones(make_app: Callable[..., Flask]) -> None:
    client = make_app(accounts={"eu": {}}).extensions["signalwire"]
    with pytest.raises(ConfigurationError, match=r"no account 'ue'.*default, eu"):
        client.account("ue")


def test_credentials_are_asked_for_by_account(make_app: Callable[..., Flask]) -> None:
    client = make_app(
        space=None, accounts={"eu": {"project_id": "p", "space": "acme.signalwire.com"}}
    ).extensions["signalwire"]
    with pytest.raises(ConfigurationError) as caught:
        client.account("eu").calling.dial(**NUMBERS)
    assert [key for key, _ in caught.value.problems] == ["SIGNALWIRE_ACCOUNTS['eu']['api_token']"]


def test_the_simulator_is_asked_for_where_there_is_none(make_app: Callable[..., Flask]) -> None:
    with pytest.raises(ConfigurationError, match="set SIGNALWIRE_SPACE to 'simulator'"):
        _ = make_app(space="acme.signalwire.com").extensions["signalwire"].simulator


# -- calling ------------------------------------------------------------------------------------


def test_the_call_id_is_positional_or_named(client: Client) -> None:
    call_id = client.calling.dial(**NUMBERS).id
    assert call_id is not None
    assert client.calling.live_translate(call_id, action=START).id == call_id
    assert client.calling.live_translate(call_id=call_id, action="stop").id == call_id
    assert client.calling.end(UUID(call_id)).status == "ended"  # type: ignore[arg-type]


def test_a_call_does_not_repeat_its_id(client: Client) -> None:
    leg = client.calling.dial(**NUMBERS)
    assert leg.id is not None
    call = client.calling.call(leg.id)
    call.live_translate(action=START)
    call.live_translate(action={"inject": {"message": "Hola", "direction": "remote-caller"}})
    simulated = client.simulator.calls[leg.id]
    assert simulated.translation is not None
    simulated.answer()
    assert call.update(status="completed").id == leg.id
    assert not hasattr(call, "dial")
    assert repr(call) == f"<Call {leg.id}>"


def test_a_misspelt_keyword_names_the_nearest_one(client: Client) -> None:
    with pytest.raises(TypeError, match="'status_ulr'; did you mean `status_url`"):
        client.calling.live_translate(CALL, action="stop", status_ulr="x")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="'dedline'; did you mean `deadline`"):
        client.calling.end(CALL, dedline=5)  # type: ignore[call-arg]


def test_a_misspelt_command_names_the_nearest_one(client: Client) -> None:
    with pytest.raises(AttributeError, match="no command 'dail'; did you mean `dial`"):
        client.calling.dail()  # type: ignore[attr-defined]
    with pytest.raises(
        LookupError, match=r"no command 'calling\.emd'; did you mean `calling\.end`"
    ):
        client.calling.send("calling.emd")
    with pytest.raises(LookupError, match=r"no command 'calling\.zzz'$"):
        client.calling.send("calling.zzz")


def test_a_keyword_that_is_none_is_left_out(client: Client) -> None:
    assert client.calling.dial(**NUMBERS, timeout=None, swml=None).status == "queued"


def test_a_leg_knows_what_was_sent_and_pickles_without_it(client: Client) -> None:
    leg = client.calling.dial(**NUMBERS, password="hunter2")
    assert leg.command is not None
    assert leg.command.param("to") == "+34911234567"
    assert leg.command_id == leg.command.id
    assert "command" not in leg
    pickled = pickle.dumps(leg)
    assert b"hunter2" not in pickled
    again = pickle.loads(pickled)
    assert (again, again.request_id, again.command) == (leg, leg.request_id, None)


def test_extras_go_over_the_params_as_in_the_vendors_sdk(client: Client) -> None:
    sent: list[object] = []

    def sending(sender: Flask, command: object) -> None:
        sent.append(command.params["timeout"])  # type: ignore[attr-defined]

    with signals.command_sending.connected_to(sending, sender=client.app):
        client.calling.dial(**NUMBERS, timeout=5, extras={"timeout": 10})
    assert sent == [10]


def test_a_payload_inside_of_itself_is_no_crash(client: Client) -> None:
    loop: dict[str, object] = {}
    loop["loop"] = loop
    with pytest.raises(PayloadError, match="inside of itself") as caught:
        client.calling.live_translate(CALL, action=loop)
    assert caught.value.outcome == "not_sent"


@pytest.mark.parametrize("deadline", [0, -1, True, "5"])
def test_a_deadline_is_a_number_of_seconds(client: Client, deadline: object) -> None:
    with pytest.raises(ValueError, match="deadline="):
        client.calling.end(CALL, deadline=deadline)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "options", [{"timeout": 0}, {"timeout": (1, 2)}, {"retries": -1}, {"retries": "2"}]
)
def test_request_options_of_the_vendors_sdk_are_checked(
    client: Client, options: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match="of request_options"):
        client.calling.end(CALL, request_options=SimpleNamespace(**options))


def test_a_leg_is_a_dict_with_attributes_and_a_masked_repr(client: Client) -> None:
    leg = client.calling.dial(**NUMBERS)
    assert leg["id"] == leg.id
    assert leg["from"] == leg.from_ == "+12025550100"
    assert (leg.to, leg.direction, leg.type) == ("+34911234567", "outbound-api", "relay_pstn_call")
    assert leg.request_id
    assert leg.command_id
    assert "911234567" not in repr(leg)
    with pytest.raises(AttributeError, match=r"the answer has no 'colour'; it has .*status"):
        _ = leg.colour


# -- dry run ------------------------------------------------------------------------------------


def test_a_dry_run_sends_nothing_and_says_what_would_have_gone(
    make_app: Callable[..., Flask], log: pytest.LogCaptureFixture
) -> None:
    class Observer:
        seen: list[object] = []  # noqa: RUF012  # of this test alone

        @hookimpl
        def signalwire_command_succeeded(self, leg: object) -> None:
            self.seen.append(leg)

    client = make_app(Observer, dry_run=True, space=None).extensions["signalwire"]
    leg = client.calling.dial(**NUMBERS, password="hunter2")
    assert leg.dry_run
    assert UUID(leg.id)
    assert client.calling.end(CALL).id == CALL
    assert len(Observer.seen) == 2
    assert "dry run, not sent" in log.text
    assert "'to': '+34*******67'" in log.text
    assert "hunter2" not in log.text
    with pytest.raises(PayloadError):
        client.calling.dial(from_="")


def test_one_command_can_be_a_dry_run(
    make_app: Callable[..., Flask], log: pytest.LogCaptureFixture
) -> None:
    class Policy:
        legs: list[CallLeg] = []  # noqa: RUF012  # of this test alone

        @hookimpl
        def signalwire_prepare_command(self, command: Command) -> Command | None:
            return command.with_param("timeout", 30) if command.name == "dial" else None

        @hookimpl
        def signalwire_authorize_command(self, command: Command) -> None:
            if str(command.param("to")).startswith("+1900"):
                raise CommandRejected("premium numbers are not dialled")

        @hookimpl
        def signalwire_command_succeeded(self, leg: CallLeg) -> None:
            self.legs.append(leg)

    client = make_app(Policy).extensions["signalwire"]
    leg = client.calling.dial(**NUMBERS, password="hunter2", dry_run=True)
    assert leg.dry_run
    assert leg.command.param("timeout") == 30
    assert [seen.dry_run for seen in Policy.legs] == [True]
    with pytest.raises(PayloadError):
        client.calling.dial(from_="", dry_run=True)
    with pytest.raises(CommandRejected):
        client.calling.dial(**{**NUMBERS, "to": "+19005550100"}, dry_run=True)
    assert len(client.simulator.journal) == 0
    assert "dry run, not sent" in log.text
    assert "hunter2" not in log.text
    assert not client.calling.dial(**NUMBERS).dry_run
    assert len(client.simulator.journal) == 1


def test_a_dry_run_needs_no_credentials(make_app: Callable[..., Flask]) -> None:
    client = make_app(space=None).extensions["signalwire"]
    assert client.calling.call(CALL).end(dry_run=True).id == CALL
    with pytest.raises(ConfigurationError, match="SIGNALWIRE_SPACE"):
        client.calling.end(CALL)


# -- the end ------------------------------------------------------------------------------------


def test_an_app_that_is_let_go_lets_its_client_go(make_app: Callable[..., Flask]) -> None:
    def make() -> int:
        app = Flask("short-lived")
        app.testing = True
        app.config.update(SIGNALWIRE_SPACE="simulator", SIGNALWIRE_PLUGINS_BLOCKED="audit,autolang")
        SignalWire(app)
        app.extensions["signalwire"].calling.dial(**NUMBERS)
        return id(app)

    make()
    deadline = time.monotonic() + 10  # a callback may be on its way into the app
    while time.monotonic() < deadline:
        gc.collect()
        if not any(_is_short_lived(thing) for thing in gc.get_objects()):
            return
        time.sleep(0.01)
    raise AssertionError("the client is still there")


def _is_short_lived(thing: object) -> bool:
    return type(thing) is Client and thing.app.name == "short-lived"


def test_a_client_that_was_closed_can_send_again(client: Client) -> None:
    client.calling.dial(**NUMBERS)
    client.close()
    client.close()
    assert client.calling.dial(**NUMBERS).status == "queued"


def test_a_forked_worker_sends_with_the_app_of_its_parent(app: Flask) -> None:
    client = app.extensions["signalwire"]
    client.calling.dial(**NUMBERS)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            status = client.calling.dial(**NUMBERS).status
            os.write(writer, str(status).encode())
        finally:
            os._exit(0)
    os.close(writer)
    _, code = os.waitpid(child, 0)
    with os.fdopen(reader) as told:
        assert (code, told.read()) == (0, "queued")
    assert client.calling.dial(**NUMBERS).status == "queued"


# -- slips of whoever writes a command ------------------------------------------------------------


def test_a_keyword_is_suggested_as_python_spells_it(client: Client) -> None:
    with pytest.raises(TypeError, match="did you mean `from_`"):
        client.calling.dial(**NUMBERS, frm="+12025550100")  # type: ignore[call-arg]


def test_a_command_that_is_looked_for_on_the_client_is_found(client: Client) -> None:
    with pytest.raises(AttributeError, match=r"no 'dial'; did you mean `calling\.dial`"):
        _ = client.dial  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="no 'plugin'") as caught:
        _ = client.plugin  # type: ignore[attr-defined]
    assert (caught.value.name, caught.value.obj) == ("plugin", client)
    assert not hasattr(client, "_nothing")


def test_a_command_of_another_name_is_told_all_names(client: Client) -> None:
    with pytest.raises(AttributeError, match=r"no command 'hangup'; there are: .* end, "):
        client.calling.hangup(CALL)  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match=r"no command 'dail'; did you mean `dial`\?$"):
        client.calling.dail()  # type: ignore[attr-defined]


def test_a_leg_in_place_of_its_id_is_told_so(client: Client) -> None:
    leg = client.calling.dial(**NUMBERS)
    for given in (leg, client.calling.call(leg)):
        with pytest.raises(PayloadError, match=r"call_id: a Call(Leg)?; .* write `\.id` behind it"):
            client.calling.end(given)  # type: ignore[arg-type]


@pytest.mark.parametrize("how", ["client.warm_up()", "flask_signalwire.events.Utterance"])
def test_kinds_of_events_are_loaded_for_who_wants_them(how: str) -> None:
    program = f"""
import sys
import flask, flask_signalwire
app = flask.Flask("desk")
app.config.update(SIGNALWIRE_SPACE="127.0.0.1:9", SIGNALWIRE_CALLBACKS=False)
app.config["SIGNALWIRE_PLUGINS_BLOCKED"] = ["audit", "autolang", "captions"]
flask_signalwire.SignalWire(app)
client = app.signalwire
print("flask_signalwire.events" in sys.modules)
{how}
print("flask_signalwire.events" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["False", "True"]


def test_a_misspelt_name_of_the_package_is_said_to_be_missing() -> None:
    with pytest.raises(AttributeError, match="'flask_signalwire' has no attribute 'event'"):
        flask_signalwire.event  # noqa: B018
