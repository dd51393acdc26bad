"""Callback URLs that commands leave out are filled in; what is written out is left alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from flask_signalwire import CallLeg, CommandSpec, PayloadSchema, fields, hookimpl
from flask_signalwire.commands import Command
from flask_signalwire.commands.examples import example
from flask_signalwire.commands.outline import outline
from flask_signalwire.commands.table import TABLE
from flask_signalwire.config import ENDPOINTS
from flask_signalwire.exceptions import (
    CommandRejected,
    ConfigurationError,
    PayloadError,
    PluginError,
)
from flask_signalwire.plugins.builtin.callbacks import Callbacks
from flask_signalwire.readonly import thaw
from flask_signalwire.webhooks.tokens import Claim

from .conftest import CALL, call_state, path, post, webhooks

PUBLIC = "https://desk.example.com"
DIAL = {"from_": "+12025550100", "to": "+34911234567", "url": "https://example.com/swml"}
START = {"from_lang": "en-US", "to_lang": "es-ES", "direction": ["local-caller"]}
REAL = {"space": "acme.signalwire.com", "project_id": "p", "api_token": "t"}
STATES = ["created", "ringing", "answered", "ended"]


class Sent:
    """Sends nothing, and keeps what would have been sent."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.call_id = CALL

    @hookimpl
    def signalwire_send_command(self, command: Command) -> CallLeg:
        self.commands.append(command)
        return CallLeg({"id": self.call_id, "status": "queued"}, command=command)


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
def desk(make_app: Callable[..., Flask], sent: Sent) -> Callable[..., Flask]:
    def make(*plugins: Any, **settings: Any) -> Flask:
        settings.setdefault("public_url", PUBLIC)
        return make_app(sent, *plugins, **settings)

    return make


@pytest.fixture
def app(desk: Callable[..., Flask]) -> Flask:
    return desk()


def params(app: Flask, name: str, given: Mapping[str, Any], **options: Any) -> Any:
    spec = app.extensions["signalwire"].commands[name]
    options.setdefault("call_id", CALL if spec.takes_id else None)
    calling = app.extensions["signalwire"].calling
    return calling.send(name, params=given, **options).command.params


def claim(app: Flask, url: str, purpose: str) -> Claim:
    """What a filled in URL's token says; it leads to the endpoint of the purpose."""
    parts = urlsplit(url)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{PUBLIC}/signalwire/{purpose}"
    (token,) = parse_qs(parts.query)["token"]
    return webhooks(app).tokens.read(token, purpose)


# -- the table ------------------------------------------------------------------------------------


def test_table_and_endpoints_name_the_same_purposes() -> None:
    found = {purpose for spec in TABLE for purpose in spec.callback_fields.values()}
    assert found == set(ENDPOINTS)


def test_no_field_for_a_callback_was_forgotten() -> None:
    """What a field is called, and what is said of it, tells a callback's URL from others."""
    for spec in TABLE:
        named = {
            tuple(line.path.split("."))
            for line in outline(spec)
            if line.path.rpartition(".")[2] in ("status_url", "webhook")
            or (line.field.help.startswith("Where its events"))
        }
        assert named == set(spec.callback_fields), spec.name


SPECS = {spec.method: spec for spec in TABLE}
OPERATIONS = ("play", "record", "collect", "detect", "tap", "stream", "transcribe", "refer")
START_ONE = {"lang": "en-US", "direction": ["local-caller"]}
INJECT = {"message": "x", "direction": "local-caller"}


def _without_url(method: str) -> dict[str, Any]:
    given = dict(example(SPECS[method]))
    given.pop("status_url", None)
    return given


@pytest.mark.parametrize(
    ("method", "given", "filled"),
    [
        ("update", {"id": CALL, "status": "completed"}, {"status_url": "calls"}),
        *((method, _without_url(method), {"status_url": "operations"}) for method in OPERATIONS),
        ("live_transcribe", {"action": {"start": START_ONE}}, {"action.start.webhook": "live"}),
        ("live_transcribe", {"action": {"summarize": {}}}, {"action.summarize.webhook": "live"}),
        ("live_transcribe", {"action": "stop"}, {}),
        (
            "live_translate",
            {"action": {"start": START}},
            {"action.start.webhook": "live", "status_url": "live"},
        ),
        (
            "live_translate",
            {"action": {"summarize": {"prompt": "x"}}},
            {"action.summarize.webhook": "live", "status_url": "live"},
        ),
        ("live_translate", {"action": {"inject": INJECT}}, {"status_url": "live"}),
        ("live_translate", {"action": "stop"}, {"status_url": "live"}),
        ("ai_sidecar", {"lang": "en-US"}, {"url": "sidecar"}),
        (
            "ai_sidecar",
            {"action": {"summarize": {"prompt": "x"}}},
            {"action.summarize.webhook": "sidecar"},
        ),
        ("play_stop", {"control_id": "op-1"}, {}),
        ("end", {}, {}),
    ],
)
def test_what_is_filled_in_leads_to_its_endpoint_and_is_bound_to_the_call(
    app: Flask, method: str, given: dict[str, Any], filled: dict[str, str]
) -> None:
    sent = thaw(params(app, SPECS[method].name, given))
    for way, purpose in filled.items():
        *outer, last = way.split(".")
        inner = sent
        for key in outer:
            inner = inner[key]
        assert claim(app, inner.pop(last), purpose) == Claim("default", purpose, call_id=CALL)
    if "control_id" not in given:
        sent.pop("control_id", None)
    assert sent == given


def test_a_dial_s_url_is_bound_to_the_command_and_all_states_are_asked_for(app: Flask) -> None:
    leg = app.extensions["signalwire"].calling.dial(**DIAL)
    said = claim(app, leg.command.params["status_url"], "calls")
    assert said == Claim("default", "calls", command_id=leg.command.id)
    assert leg.command.params["status_events"] == STATES


# -- rules ----------------------------------------------------------------------------------------


def test_a_dial_s_own_choice_of_states_is_left_alone(app: Flask) -> None:
    calling = app.extensions["signalwire"].calling
    own = calling.dial(**DIAL, status_events=["answered"]).command.params
    assert own["status_events"] == ["answered"]
    assert "status_url" in own


def test_what_is_written_out_is_left_alone(app: Flask) -> None:
    calling = app.extensions["signalwire"].calling
    mine = "https://example.com/mine"
    dialled = calling.dial(**DIAL, status_url=mine).command.params
    assert dialled["status_url"] == mine
    assert "status_events" not in dialled
    start = {**START, "webhook": mine}
    live = calling.live_translate(CALL, action={"start": start}, status_url=mine).command.params
    assert live == {"action": {"start": start}, "status_url": mine}


def test_what_another_plugin_filled_in_is_left_alone(desk: Callable[..., Flask]) -> None:
    class Elsewhere:
        @hookimpl
        def signalwire_prepare_command(self, command: Command) -> Command | None:
            if command.param("status_url") is not None:
                return None
            return command.with_param("status_url", "https://example.com/elsewhere")

    filled = desk(Elsewhere).extensions["signalwire"].calling.dial(**DIAL).command.params
    assert filled["status_url"] == "https://example.com/elsewhere"


def test_nothing_is_filled_in_where_nobody_wants_it(desk: Callable[..., Flask], app: Flask) -> None:
    dialled = app.extensions["signalwire"].calling.dial(**DIAL, callbacks=False).command.params
    assert dialled.keys() == {"from", "to", "url"}
    off = desk(callbacks=False).extensions["signalwire"].calling.dial(**DIAL).command.params
    assert off.keys() == {"from", "to", "url"}


def test_without_a_public_url_nothing_is_filled_in_and_one_line_says_so(
    desk: Callable[..., Flask], log: pytest.LogCaptureFixture
) -> None:
    app = desk(public_url=None, space="acme.signalwire.com", project_id="p", api_token="t")
    calling = app.extensions["signalwire"].calling
    calling.end(CALL)
    calling.dial(**DIAL, status_url="https://example.com/mine")
    calling.dial(**DIAL, callbacks=False)
    assert "PUBLIC_URL" not in log.text  # nothing was left out
    for _ in range(3):
        assert calling.dial(**DIAL).command.params.keys() == {"from", "to", "url"}
    lines = [r for r in log.records if "SIGNALWIRE_PUBLIC_URL is unset" in r.getMessage()]
    assert [line.levelno for line in lines] == [logging.WARNING]


def test_a_sidecar_s_url_has_no_place_beside_an_action(app: Flask) -> None:
    calling = app.extensions["signalwire"].calling
    started = calling.ai_sidecar(CALL, lang="en-US").command.params
    claim(app, started["url"], "sidecar")
    told = calling.ai_sidecar(CALL, action={"summarize": {"prompt": "x"}}).command.params
    assert told.keys() == {"action"}
    claim(app, told["action"]["summarize"]["webhook"], "sidecar")


@pytest.mark.parametrize(
    ("name", "call_id", "given"),
    [
        ("calling.live_translate", CALL, {"action": "begin"}),
        ("calling.live_translate", CALL, {"action": {"start": []}}),
        ("calling.live_translate", CALL, {"action": ["start"]}),
        ("calling.live_translate", CALL, {"action": {"start": START, "summarize": {}}}),
        ("calling.live_translate", CALL, {"action": {}}),
        ("calling.live_translate", CALL, {}),
        ("calling.ai_sidecar", CALL, {"lang": "en-US", "action": {"summarize": {}}}),
        ("calling.play", None, {"play": []}),
        ("calling.play", 5, {"play": []}),
        ("dial", None, {}),
        ("update", None, {"status": "completed"}),
        ("update", None, {"id": 5, "status": "completed"}),
    ],
)
def test_a_payload_that_is_wrong_is_told_the_same_as_without_us(
    app: Flask, sent: Sent, name: str, call_id: Any, given: Any
) -> None:
    def problems(callbacks: bool) -> Any:
        calling = app.extensions["signalwire"].calling
        with pytest.raises(PayloadError) as caught:
            calling.send(name, call_id, given, callbacks=callbacks)
        return caught.value.messages

    assert problems(True) == problems(False)
    assert not sent.commands


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(
                st.sampled_from(["action", "start", "summarize", "webhook", "status_url", "x"]), x
            )
        ),
        max_leaves=8,
    )
)
def test_whatever_the_action_is_nothing_crashes(value: Any) -> None:
    calls = Recorder()
    plugin = Callbacks(lambda purpose, **bound: f"https://e.org/{purpose}", calls, reachable=True)
    spec = next(spec for spec in TABLE if spec.method == "live_translate")
    before = Command(spec, call_id=CALL, params={"action": value})
    after = plugin.signalwire_prepare_command(before)
    assert after is not None
    assert after.params["status_url"] == "https://e.org/live"
    assert before.params == {"action": value}


class Recorder:
    def __init__(self) -> None:
        self.pinned: list[Any] = []
        self.known: list[Any] = []

    def pin(self, account: str, command_id: str, call_id: str) -> None:
        self.pinned.append((account, command_id, call_id))

    def remember(self, account: str, call_id: str) -> None:
        self.known.append((account, call_id))


def test_a_command_of_a_plugin_works_too(desk: Callable[..., Flask]) -> None:
    class Deep(PayloadSchema):
        hook = fields.Url(callback="live")

    class Whisper(PayloadSchema):
        text = fields.Text(required=True)
        to = fields.Object(Deep)
        hook = fields.Url(callback="operations")
        loud = fields.Boolean()
        beside_callback = {"loud": True}  # noqa: RUF012  # never changed

    class Plugin:
        @hookimpl
        def signalwire_register_commands(self) -> Iterator[CommandSpec]:
            yield CommandSpec("calling.whisper", "whisper", Whisper, True, "Whisper.")
            yield CommandSpec("shout", "shout", Whisper, False, "Shout.", starts_call=True)

    app = desk(Plugin)
    filled = params(app, "calling.whisper", {"text": "x", "to": {}})
    assert claim(app, filled["hook"], "operations").call_id == CALL
    assert claim(app, filled["to"]["hook"], "live").call_id == CALL
    assert filled["loud"] is True
    shouted = params(app, "shout", {"text": "x", "loud": False})
    assert shouted["loud"] is False
    assert "to" not in shouted
    assert claim(app, shouted["hook"], "operations").command_id


def test_an_account_s_calls_report_as_the_account_s(desk: Callable[..., Flask]) -> None:
    app = desk(accounts={"eu": {"project_id": "p", "api_token": "t"}})
    leg = app.extensions["signalwire"].account("eu").calling.dial(**DIAL)
    assert claim(app, leg.command.params["status_url"], "calls").account == "eu"


def test_without_a_secret_key_a_real_space_gets_no_command_that_could_not_be_answered(
    desk: Callable[..., Flask], sent: Sent
) -> None:
    app = desk(**REAL)
    calling = app.extensions["signalwire"].calling
    for options in ({}, {"dry_run": True}):
        with pytest.raises(ConfigurationError, match="SECRET_KEY: is missing"):
            calling.dial(**DIAL, **options)
    assert not sent.commands
    app.secret_key = "late, but there"
    calling.dial(**DIAL)


def test_without_a_secret_key_what_needs_no_url_is_sent(
    desk: Callable[..., Flask], sent: Sent
) -> None:
    calling = desk(**REAL).extensions["signalwire"].calling
    calling.end(CALL)
    calling.dial(**DIAL, callbacks=False)
    calling.dial(**DIAL, status_url="https://example.com/states")
    basic = {"webhook_auth": "basic", "webhook_user": "u", "webhook_password": "hunter2"}
    desk(**REAL, **basic).extensions["signalwire"].calling.dial(**DIAL)
    assert [command.name for command in sent.commands] == ["calling.end", "dial", "dial", "dial"]


@pytest.mark.parametrize(
    ("settings", "warnings"),
    [
        ({}, 1),
        ({"callbacks": False}, 0),
        ({"public_url": None}, 0),
        ({"space": "simulator"}, 0),
        ({"webhook_auth": "unauthenticated"}, 0),
    ],
)
def test_a_secret_key_that_is_missing_is_warned_of_at_the_start(
    settings: dict[str, Any],
    warnings: int,
    desk: Callable[..., Flask],
    log: pytest.LogCaptureFixture,
) -> None:
    desk(**{**REAL, **settings})
    assert log.text.count("SECRET_KEY is not") == warnings


def test_what_is_filled_in_shows_no_token_in_logs(
    desk: Callable[..., Flask], log: pytest.LogCaptureFixture
) -> None:
    app = desk(webhook_auth="token+basic", webhook_user="u", webhook_password="hunter2")
    leg = app.extensions["signalwire"].calling.dial(**DIAL, dry_run=True)
    url = leg.command.params["status_url"]
    assert "hunter2" in url
    assert "hunter2" not in log.text + repr(leg.command)
    assert url.partition("token=")[2] not in log.text + repr(leg.command)
    assert "status_url" in log.text


# -- what the answer tells ------------------------------------------------------------------------


def test_a_dial_s_url_is_for_the_call_that_came_of_it(app: Flask, sent: Sent) -> None:
    leg = app.extensions["signalwire"].calling.dial(**DIAL)
    target = leg.command.params["status_url"].removeprefix(PUBLIC)
    other = "9d2f0c1e-5c58-4c0c-8d9c-6a8f3b0f2a11"
    client = app.test_client()
    assert client.post(target, json=call_state(call_id=other)).status_code == 403
    assert client.post(target, json=call_state(call_id=CALL)).status_code == 200
    assert webhooks(app).store.knows("default", CALL)
    assert not webhooks(app).store.knows("default", other)


def test_a_dry_run_and_a_veto_place_no_call(desk: Callable[..., Flask]) -> None:
    class Policy:
        @hookimpl
        def signalwire_authorize_command(self, command: Command) -> None:
            if command.param("timeout") == 1:
                raise CommandRejected("no")

    app = desk(Policy)
    calling = app.extensions["signalwire"].calling
    leg = calling.dial(**DIAL, dry_run=True)
    assert webhooks(app).store.pinned("default", leg.command.id) is None
    with pytest.raises(CommandRejected) as caught:
        calling.dial(**DIAL, timeout=1)
    assert caught.value.command is not None
    assert webhooks(app).store.pinned("default", caught.value.command.id) is None


def test_a_call_whose_answer_a_plugin_lost_is_known_all_the_same(
    desk: Callable[..., Flask],
) -> None:
    class Clumsy:
        @hookimpl(wrapper=True)
        def signalwire_send_command(self, command: Command) -> Iterator[None]:
            yield
            raise RuntimeError("dropped")

    app = desk(Clumsy)
    with pytest.raises(PluginError) as caught:
        app.extensions["signalwire"].calling.dial(**DIAL)
    assert caught.value.outcome == "accepted"
    assert caught.value.command is not None
    assert webhooks(app).store.pinned("default", caught.value.command.id) == CALL


def test_a_repeated_key_replays_though_every_url_has_another_token(
    desk: Callable[..., Flask], sent: Sent
) -> None:
    app = desk()
    calling = app.extensions["signalwire"].calling
    first = calling.dial(**DIAL, idempotency_key="order-42")
    second = calling.dial(**DIAL, idempotency_key="order-42")
    third = calling.dial(**DIAL, idempotency_key="order-42", callbacks=False)
    assert (second.replayed, third.replayed, len(sent.commands)) == (True, True, 1)
    assert second.id == first.id
    assert second.command.params["status_url"] != first.command.params["status_url"]
    # Its own URL was never sent, so that it is bound to nothing.
    assert webhooks(app).store.pinned("default", second.command.id) is None


def test_a_command_on_a_call_makes_its_events_known(app: Flask) -> None:
    app.extensions["signalwire"].calling.play(
        CALL, play=[{"type": "silence", "params": {"duration": 1}}]
    )
    assert webhooks(app).store.knows("default", CALL)


def test_an_event_of_another_call_is_refused_at_a_filled_in_url(app: Flask) -> None:
    assert post(app, call_state(call_id=CALL), call_id=CALL).status_code == 200
    other = "9d2f0c1e-5c58-4c0c-8d9c-6a8f3b0f2a11"
    assert post(app, call_state(call_id=other), call_id=CALL).status_code == 403
    elsewhere = path(app, "live", call_id=CALL).replace("/live", "/calls")
    assert app.test_client().post(elsewhere, json=call_state()).status_code == 403
