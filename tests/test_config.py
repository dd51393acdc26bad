"""Settings: every problem at once, each with its key and what to write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from flask_signalwire import Settings, SignalWire
from flask_signalwire.config import PURPOSES
from flask_signalwire.exceptions import ConfigurationError

CREDENTIALS = {
    "SIGNALWIRE_PROJECT_ID": "project",
    "SIGNALWIRE_API_TOKEN": "token",
    "SIGNALWIRE_SPACE": "acme.signalwire.com",
}

CREDENTIALS_EU = {"project_id": "p", "api_token": "t", "space": "eu.signalwire.com"}


def test_the_config_wins_over_the_environment() -> None:
    settings = Settings.load({"SIGNALWIRE_SPACE": "simulator"}, CREDENTIALS)
    assert (settings.space, settings.project_id) == ("simulator", "project")


def test_the_vendors_variables_are_read(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text("")
    settings = Settings.load({}, {**CREDENTIALS, "SIGNALWIRE_REST_CA_FILE": str(bundle)})
    assert settings.account().url == "https://acme.signalwire.com/api/calling/calls"
    assert settings.ca_file == str(bundle)


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Settings.load({}, {"SIGNALWIRE_SPACE": ""}).space is None


def test_our_other_settings_are_not_read_from_the_environment() -> None:
    assert Settings.load({}, {"SIGNALWIRE_DRY_RUN": "true"}).dry_run is False


def test_all_problems_come_in_one_error() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Settings.load(
            {
                "SIGNALWIRE_PROJECT_ID": 1e5,
                "SIGNALWIRE_API_TOKEN": "",
                "SIGNALWIRE_SPACE": "https://acme.signalwire.com/",
                "SIGNALWIRE_TIMEOUT": [5],
                "SIGNALWIRE_DEADLINE": True,
                "SIGNALWIRE_RETRIES": "2",
                "SIGNALWIRE_POOL_SIZE": 0,
                "SIGNALWIRE_CA_FILE": "/nowhere/ca.pem",
                "SIGNALWIRE_DRY_RUN": "yes",
                "SIGNALWIRE_PLUGINS_BLOCKED": 5,
                "SIGNALWIRE_PLUGINS_STRICT": 1,
                "SIGNALWIRE_ACCOUNTS": {
                    "eu": {"api_token": 5, "spcae": "x"},
                    "us": "x",
                    "default": {},
                },
            },
            {},
        )
    assert [key for key, _ in caught.value.problems] == [
        "SIGNALWIRE_PROJECT_ID",
        "SIGNALWIRE_API_TOKEN",
        "SIGNALWIRE_SPACE",
        "SIGNALWIRE_ACCOUNTS['eu']['api_token']",
        "SIGNALWIRE_ACCOUNTS['eu']['spcae']",
        "SIGNALWIRE_ACCOUNTS['us']",
        "SIGNALWIRE_ACCOUNTS['default']",
        "SIGNALWIRE_TIMEOUT",
        "SIGNALWIRE_DEADLINE",
        "SIGNALWIRE_RETRIES",
        "SIGNALWIRE_POOL_SIZE",
        "SIGNALWIRE_CA_FILE",
        "SIGNALWIRE_DRY_RUN",
        "SIGNALWIRE_PLUGINS_BLOCKED",
        "SIGNALWIRE_PLUGINS_STRICT",
    ]
    text = str(caught.value)
    assert "SIGNALWIRE_PROJECT_ID: is a float; write it as text; quote it" in text
    assert "acme.signalwire.com, host:port, or simulator" in text
    assert "[5, 15]" in text


def test_a_prefixed_environment_turns_a_token_into_a_number_and_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FLASK_SIGNALWIRE_API_TOKEN", "1e5")
    app = Flask("desk")
    app.config.from_prefixed_env()
    with pytest.raises(ConfigurationError, match=r"SIGNALWIRE_API_TOKEN: is a float.*quote it"):
        SignalWire(app)


def test_a_problem_of_the_environment_names_the_variable() -> None:
    with pytest.raises(ConfigurationError, match=r"SIGNALWIRE_SPACE \(environment\)"):
        Settings.load({}, {"SIGNALWIRE_SPACE": "https://acme"})


@pytest.mark.parametrize(
    ("space", "url"),
    [
        ("acme.signalwire.com", "https://acme.signalwire.com/"),
        ("acme.signalwire.com:8443", "https://acme.signalwire.com:8443/"),
        ("127.0.0.1:5055", "http://127.0.0.1:5055/"),
        ("127.8.8.8:5055", "http://127.8.8.8:5055/"),
        ("localhost:5055", "http://localhost:5055/"),
        ("localhost", "http://localhost/"),
        ("[::1]:5055", "http://[::1]:5055/"),
        ("[::1]", "http://[::1]/"),
        # Anything else is spoken to in TLS, whatever it looks like: credentials travel with it.
        ("127.0.0.1.evil.example", "https://127.0.0.1.evil.example/"),
        ("localhost.evil.example", "https://localhost.evil.example/"),
        ("10.0.0.1:80", "https://10.0.0.1:80/"),
    ],
)
def test_plain_http_is_spoken_to_loopback_hosts_only(space: str, url: str) -> None:
    settings = Settings.load({"SIGNALWIRE_SPACE": space}, {})
    assert settings.account().url == f"{url}api/calling/calls"


@pytest.mark.parametrize(
    "space",
    [
        "https://acme.signalwire.com",
        "acme.signalwire.com/",
        "user@acme.signalwire.com",
        "acme.signalwire.com:0",
        "acme.signalwire.com:99999",
        "acme",
        " acme.signalwire.com",
        "acme.signalwire.com\n",
        "",
        "-acme.com",
        "acme.com?x",
        5,
    ],
)
def test_what_is_no_space_is_refused(space: Any) -> None:
    with pytest.raises(ConfigurationError, match="SIGNALWIRE_SPACE"):
        Settings.load({"SIGNALWIRE_SPACE": space}, {})


def test_a_bare_name_is_told_the_whole_one() -> None:
    with pytest.raises(ConfigurationError, match=r"write acme\.signalwire\.com"):
        Settings.load({"SIGNALWIRE_SPACE": "acme"}, {})


@given(st.text())
def test_whatever_the_space_it_never_becomes_another_host(space: str) -> None:
    try:
        url = Settings.load({"SIGNALWIRE_SPACE": space}, {}).account().url
    except ConfigurationError:
        return
    assert url in (f"https://{space}/api/calling/calls", f"http://{space}/api/calling/calls")
    assert not set(space) & set("/@?# \\")


def test_one_or_two_timeouts() -> None:
    assert Settings.load({"SIGNALWIRE_TIMEOUT": 3}, {}).timeout == (3.0, 3.0)
    assert Settings.load({"SIGNALWIRE_TIMEOUT": [1, 2.5]}, {}).timeout == (1.0, 2.5)


def test_names_may_come_in_one_text() -> None:
    settings = Settings.load({"SIGNALWIRE_PLUGINS_BLOCKED": "audit, autolang"}, {})
    assert settings.plugins_blocked == ("audit", "autolang")


def test_an_account_takes_what_it_leaves_out_from_the_settings() -> None:
    settings = Settings.load(
        {**CREDENTIALS, "SIGNALWIRE_ACCOUNTS": {"eu": {"project_id": "p2", "api_token": "t2"}}}, {}
    )
    eu = settings.account("eu")
    assert (eu.project_id, eu.api_token, eu.space) == ("p2", "t2", "acme.signalwire.com")


def test_tokens_are_in_no_repr() -> None:
    settings = Settings.load(
        {
            **CREDENTIALS,
            "SIGNALWIRE_API_TOKEN": "hunter2",
            "SIGNALWIRE_ACCOUNTS": {"eu": {"api_token": "hunter3"}},
        },
        {},
    )
    text = f"{settings!r} {settings.account()!r} {settings.account('eu')!r}"
    assert "hunter" not in text


def test_a_misspelt_key_is_warned_of(log: pytest.LogCaptureFixture) -> None:
    Settings.load({"SIGNALWIRE_PROJECTID": "x", "SIGNALWIRE_AUDIT_URL": "sqlite://"}, {})
    assert "SIGNALWIRE_PROJECTID is not one of ours; did you mean SIGNALWIRE_PROJECT_ID" in log.text
    assert "AUDIT" not in log.text


def test_absent_credentials_warn_at_start_and_raise_at_the_first_command(
    make_app: Callable[..., Flask], log: pytest.LogCaptureFixture
) -> None:
    app = make_app(space=None)
    assert "not set: SIGNALWIRE_SPACE, SIGNALWIRE_PROJECT_ID, SIGNALWIRE_API_TOKEN;" in log.text
    with pytest.raises(ConfigurationError) as caught:
        app.extensions["signalwire"].calling.end("9d2f0c1e-5c58-4c0c-8d9c-6a8f3b0f2a11")
    assert [key for key, _ in caught.value.problems] == [
        "SIGNALWIRE_SPACE",  # first: with the simulator for a space, nothing else is needed
        "SIGNALWIRE_PROJECT_ID",
        "SIGNALWIRE_API_TOKEN",
    ]


def test_the_simulator_warns_outside_of_testing_and_debug(log: pytest.LogCaptureFixture) -> None:
    app = Flask("desk")
    app.config["SIGNALWIRE_SPACE"] = "simulator"
    SignalWire(app)
    assert "no telephone will ring" in log.text
    log.clear()
    app = Flask("desk")
    app.config["SIGNALWIRE_SPACE"] = "simulator"
    app.debug = True
    SignalWire(app)
    assert "no telephone will ring" not in log.text


def test_the_reference_has_every_setting() -> None:
    keys = [key for key, *_ in Settings.reference()]
    assert keys[:3] == ["SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN", "SIGNALWIRE_SPACE"]
    assert all(text for *_, text in Settings.reference())


# -- callbacks ------------------------------------------------------------------------------------


def test_callbacks_need_no_setting_but_where_the_app_is() -> None:
    settings = Settings.load({"SIGNALWIRE_PUBLIC_URL": "https://desk.example.com/"}, {})
    assert settings.public_url == "https://desk.example.com"
    assert (settings.webhooks, settings.callbacks, settings.webhook_prefix) == (
        True,
        True,
        "/signalwire",
    )
    assert {purpose: settings.policy(purpose) for purpose in PURPOSES} == {
        "calls": (("token",),),
        "operations": (("token",),),
        "live": (("token",),),
        "sidecar": (("token",),),
        "swml": (("signature",),),
    }


@pytest.mark.parametrize(
    "url",
    [
        "https://desk.example.com",
        "https://desk.example.com:8443/a/b%20c",
        "http://localhost:5000",
        "http://127.0.0.1:5000/x",
        "http://[::1]:5000",
    ],
)
def test_a_public_url_is_kept_as_it_is_written(url: str) -> None:
    assert Settings.load({"SIGNALWIRE_PUBLIC_URL": url}, {}).public_url == url


@pytest.mark.parametrize(
    "url",
    [
        "desk.example.com",
        "http://desk.example.com",
        "http://10.0.0.1",
        "http://127.0.0.1.evil.example",
        "ftp://desk.example.com",
        "https://user:hunter2@desk.example.com",
        "https://desk.example.com?x=1",
        "https://desk.example.com/?",
        "https://desk.example.com/#x",
        "https://desk.example.com:99999",
        "https://desk.example.com/a b",
        "https://déšk.example.com",
        "https://",
        "https://[::1",
        7,
    ],
)
def test_what_the_service_could_not_reach_is_no_public_url(url: Any) -> None:
    with pytest.raises(ConfigurationError, match="SIGNALWIRE_PUBLIC_URL") as caught:
        Settings.load({"SIGNALWIRE_PUBLIC_URL": url}, {})
    assert "hunter2" not in str(caught.value)


def test_one_signing_key_or_two_and_none_of_them_in_a_repr() -> None:
    def keys(value: Any) -> tuple[str, ...]:
        settings = Settings.load({"SIGNALWIRE_SIGNING_KEY": value}, {})
        assert "hunter" not in repr(settings)
        return settings.signing_key

    assert keys("hunter1") == ("hunter1",)
    assert keys(["hunter1", "hunter2"]) == ("hunter1", "hunter2")
    environ = {"SIGNALWIRE_SIGNING_KEY": "hunter3"}
    assert Settings.load({}, environ).signing_key == ("hunter3",)
    for wrong in ([], ["hunter1", ""], 5, ["hunter1", 1e5]):
        with pytest.raises(ConfigurationError, match="SIGNALWIRE_SIGNING_KEY") as caught:
            keys(wrong)
        assert "hunter" not in str(caught.value)


def test_one_policy_for_all_purposes_or_one_for_some() -> None:
    given = {
        "SIGNALWIRE_SIGNING_KEY": "k",
        "SIGNALWIRE_WEBHOOK_USER": "desk",
        "SIGNALWIRE_WEBHOOK_PASSWORD": "hunter2",
    }
    given["SIGNALWIRE_PUBLIC_URL"] = "https://desk.example.com"
    every = Settings.load({**given, "SIGNALWIRE_WEBHOOK_AUTH": "token+signature"}, {})
    assert {every.policy(purpose) for purpose in PURPOSES} == {(("token", "signature"),)}
    some = Settings.load({**given, "SIGNALWIRE_WEBHOOK_AUTH": {"live": ["token", "basic"]}}, {})
    assert some.policy("live") == (("token",), ("basic",))
    assert some.policy("calls") == (("token",),)
    assert "hunter2" not in repr(some)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("tokn", "is 'tokn'; write token, signature, basic"),
        ("token+token", "write token"),
        ("", "write token"),
        ([], "is empty; write token"),
        (5, "is an int"),
        ({"cals": "token"}, r"\['cals'\]: is unknown; known: calls, operations"),
        ({"live": None}, r"\['live'\]: is a NoneType"),
        (["token", "unauthenticated"], "beside proofs"),
        ("unauthenticated+token", "write token"),
    ],
)
def test_a_policy_that_is_none_is_told_what_to_write(value: Any, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        Settings.load({"SIGNALWIRE_WEBHOOK_AUTH": value}, {})


def test_a_policy_that_nothing_can_satisfy_does_not_let_the_app_start(
    make_app: Callable[..., Flask],
) -> None:
    with pytest.raises(ConfigurationError, match=r"AUTH \(live\): .*set SIGNALWIRE_SIGNING_KEY"):
        make_app(space="acme.signalwire.com", webhook_auth={"live": "token+signature"})
    with pytest.raises(ConfigurationError, match=r"\(calls, .*\): .*set SIGNALWIRE_WEBHOOK_USER"):
        make_app(webhook_auth=["token", "basic"], webhook_user="desk")
    # Views of SWML may not be used at all: their default demands nothing at the start.
    real = make_app(space="acme.signalwire.com")
    assert real.extensions["signalwire"].settings.unable("swml")


def test_a_signing_key_is_made_up_on_the_simulator_alone() -> None:
    made = [Settings.load({"SIGNALWIRE_SPACE": "simulator"}, {}).signing_key for _ in "12"]
    assert len({key for (key,) in made}) == 2
    for space in ("127.0.0.1:5055", "acme.signalwire.com", None):
        assert Settings.load({"SIGNALWIRE_SPACE": space}, {}).signing_key == ()
    mixed = {"SIGNALWIRE_SPACE": "simulator", "SIGNALWIRE_ACCOUNTS": {"eu": CREDENTIALS_EU}}
    assert Settings.load(mixed, {}).signing_key == ()
    own = {"SIGNALWIRE_SPACE": "simulator", "SIGNALWIRE_SIGNING_KEY": "own"}
    assert Settings.load(own, {}).signing_key == ("own",)


def test_a_signature_is_over_the_public_url_so_there_has_to_be_one() -> None:
    settings = {"SIGNALWIRE_WEBHOOK_AUTH": "signature", "SIGNALWIRE_SIGNING_KEY": "k"}
    with pytest.raises(ConfigurationError, match="set SIGNALWIRE_PUBLIC_URL"):
        Settings.load({**settings, **CREDENTIALS}, {})
    assert Settings.load({**settings, "SIGNALWIRE_SPACE": "simulator"}, {}).base_url
    one_of_two = {"SIGNALWIRE_SPACE": "simulator", "SIGNALWIRE_ACCOUNTS": {"eu": CREDENTIALS_EU}}
    assert Settings.load(one_of_two, {}).base_url is None


def test_endpoints_that_let_everybody_in_are_warned_of(log: pytest.LogCaptureFixture) -> None:
    Settings.load({"SIGNALWIRE_WEBHOOK_AUTH": "token"}, {})
    assert "everybody" not in log.text
    Settings.load({"SIGNALWIRE_WEBHOOK_AUTH": {"sidecar": "unauthenticated"}}, {})
    assert "lets everybody in for sidecar" in log.text


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("WEBHOOKS", ["yes", 1]),
        ("WEBHOOK_PREFIX", ["", "/", "signalwire", "/a/", "/a?b", "//a", 5]),
        ("WEBHOOK_USER", ["", "a:b", 5]),
        ("WEBHOOK_PASSWORD", ["", "a\n", 5]),
        ("WEBHOOK_LIFETIME", [0, -1, True, "1", 10**9]),
        ("WEBHOOK_MAX_BODY", [0, 1.5, True, "1", 2**40]),
        ("WEBHOOK_ON_ERROR", ["", "drop", 5]),
        ("CALLBACKS", ["no", 0]),
        ("EVENTS_URL", ["localhost", 5]),
        ("CAPTURE_DIR", ["", 5, __file__, "\0", "x" * 5000]),
        ("CAPTURE_RAW", ["no", 0]),
    ],
)
def test_what_else_is_wrong_of_callbacks(key: str, values: list[Any]) -> None:
    for value in values:
        with pytest.raises(ConfigurationError, match=rf"SIGNALWIRE_{key}: .*(write|remove)"):
            Settings.load({f"SIGNALWIRE_{key}": value}, {})


def test_what_is_right_of_callbacks(tmp_path: Path) -> None:
    settings = Settings.load(
        {
            "SIGNALWIRE_WEBHOOK_PREFIX": "/hooks/voice",
            "SIGNALWIRE_WEBHOOK_LIFETIME": 60,
            "SIGNALWIRE_WEBHOOK_MAX_BODY": 4096,
            "SIGNALWIRE_WEBHOOK_ON_ERROR": "retry",
            "SIGNALWIRE_EVENTS_URL": "redis://:hunter2@localhost/1",
            "SIGNALWIRE_CAPTURE_DIR": tmp_path / "later",
        },
        {},
    )
    assert settings.webhook_prefix == "/hooks/voice"
    assert (settings.webhook_lifetime, settings.webhook_max_body) == (60.0, 4096)
    assert settings.capture_dir == str(tmp_path / "later")
    assert "hunter2" not in repr(settings)


@pytest.mark.parametrize("name", ["public_url", "idempotency_url", "events_url"])
def test_an_empty_url_is_not_set(name: str) -> None:
    assert getattr(Settings.load({f"SIGNALWIRE_{name.upper()}": ""}, {}), name) is None


def test_variables_that_are_not_read_are_told_which_are(log: pytest.LogCaptureFixture) -> None:
    environ = {
        "SIGNALWIRE_SPACE_URL": "acme.signalwire.com",
        "SIGNALWIRE_TOKEN": "PThunter2",
        "SIGNALWIRE_PUBLIC_URL": "https://desk.example.com",
        "SIGNALWIRE_AUDIT_URL": "sqlite://",
    }
    Settings.load({}, environ)
    assert "SIGNALWIRE_SPACE_URL is not read; did you mean SIGNALWIRE_SPACE?" in log.text
    assert "SIGNALWIRE_TOKEN is not read; did you mean SIGNALWIRE_API_TOKEN?" in log.text
    assert "SIGNALWIRE_PUBLIC_URL is not read; set FLASK_SIGNALWIRE_PUBLIC_URL" in log.text
    assert "hunter2" not in log.text
    log.clear()
    # Whoever sets them otherwise has no use for a hint.
    own = {"SIGNALWIRE_SPACE": "simulator", "SIGNALWIRE_API_TOKEN": "PTx"}
    Settings.load({**own, "SIGNALWIRE_PUBLIC_URL": "https://desk.example.com"}, environ)
    assert "is not read" not in log.text
