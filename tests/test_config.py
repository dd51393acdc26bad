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
from flask_signalwire.exceptions import ConfigurationError

CREDENTIALS = {
    "SIGNALWIRE_PROJECT_ID": "project",
    "SIGNALWIRE_API_TOKEN": "token",
    "SIGNALWIRE_SPACE": "acme.signalwire.com",
}


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
