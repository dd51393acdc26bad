"""What the option takes, and where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from flask_signalwire import hookimpl
from flask_signalwire.exceptions import ConfigurationError

from .conftest import NUMBERS, dial, received


@pytest.mark.parametrize("key", ["", "  ", "k" * 256, 42, b"order", ["order"], False])
def test_a_key_that_is_none_is_refused_before_anything(
    make_app: Callable[..., Flask], key: Any
) -> None:
    class Looking:
        @hookimpl
        def signalwire_prepare_command(self) -> None:
            raise AssertionError("seen")

    app = make_app(Looking, space=None)  # and before credentials are missed
    with pytest.raises(ValueError, match=r"idempotency_key (is|has) .*; expected text of 1 to 255"):
        dial(app, key)


@pytest.mark.parametrize("key", ["x", "k" * 255, "ключ 🗝", "\ud800", "a\nb"])
def test_any_text_can_be_a_key(app: Flask, key: str) -> None:
    assert dial(app, key) == dial(app, key)
    assert received(app) == ["dial"]


def test_without_a_key_each_dial_is_a_call(app: Flask) -> None:
    first, second = dial(app, None), dial(app, None)
    assert first.id != second.id
    assert not first.replayed
    assert received(app) == ["dial", "dial"]


def test_commands_that_start_no_call_take_none(app: Flask) -> None:
    calling = app.extensions["signalwire"].calling
    for refused in (
        lambda: calling.end("x", idempotency_key="k"),
        lambda: calling.call("x").end(idempotency_key="k"),
        lambda: calling.send("calling.end", "x", {}, idempotency_key="k"),
    ):
        with pytest.raises(TypeError, match=r"end\(\) takes no idempotency_key: only"):
            refused()
    assert received(app) == []


def test_a_misspelt_key_is_found(app: Flask) -> None:
    with pytest.raises(TypeError, match=r"did you mean .idempotency_key"):
        app.extensions["signalwire"].calling.dial(**NUMBERS, idempotencykey="k")


def test_by_its_wire_name_dial_takes_a_key_too(app: Flask) -> None:
    params = {"from": NUMBERS["from_"], "to": NUMBERS["to"], "url": NUMBERS["url"]}
    leg = app.extensions["signalwire"].calling.send("dial", params=params, idempotency_key="k")
    assert dial(app, "k").id == leg.id


@pytest.mark.parametrize(
    ("setting", "value", "text"),
    [
        ("idempotency_ttl", 0, "seconds above 0"),
        ("idempotency_ttl", True, "seconds above 0"),
        ("idempotency_ttl", 31 * 86400, "at most 2592000"),
        ("idempotency_url", "memcached://h", "no address of a Redis"),
        ("idempotency_url", 6379, "no address of a Redis"),
    ],
)
def test_settings_are_checked(
    make_app: Callable[..., Flask], setting: str, value: Any, text: str
) -> None:
    with pytest.raises(ConfigurationError, match=text):
        make_app(**{setting: value})


def test_without_its_package_a_redis_says_what_to_install(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "redis", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'flask-signalwire\[redis\]'"):
        make_app(idempotency_url="redis://u:hunter2@127.0.0.1:1/0")


def test_its_name_can_not_be_taken(make_app: Callable[..., Flask]) -> None:
    class Other:
        name = "idempotency"

        @hookimpl
        def signalwire_authorize_command(self) -> None: ...

    with pytest.raises(ConfigurationError, match="the name is taken already"):
        make_app(Other)
