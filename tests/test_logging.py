"""The logging contract: which logger says what, at which level, with the command's id."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from flask import Flask

from flask_signalwire import Command, CommandRejected, hookimpl
from flask_signalwire.exceptions import PayloadError
from tests.commands.corpus import CALL

NUMBERS = {"from_": "+12025550100", "to": "+34911234567", "url": "https://e.org/swml"}


def test_a_success_is_one_line_at_info(app: Flask, log: pytest.LogCaptureFixture) -> None:
    leg = app.extensions["signalwire"].calling.dial(**NUMBERS)
    # A callback of the simulator may come meanwhile.
    (record,) = [found for found in log.records if found.name == "flask_signalwire.command"]
    assert record.levelno == logging.INFO
    assert record.command_id == leg.command_id
    text = record.getMessage()
    assert text.startswith(f"command {leg.command_id} dial accepted: call {leg.id}, status queued")


def test_a_failure_is_one_line_at_warning(app: Flask, log: pytest.LogCaptureFixture) -> None:
    with pytest.raises(PayloadError) as caught:
        app.extensions["signalwire"].calling.live_translate(CALL, action={"start": {}})
    (record,) = [found for found in log.records if found.name == "flask_signalwire.command"]
    assert record.levelno == logging.WARNING
    text = record.getMessage()
    assert caught.value.command is not None
    assert f"command {caught.value.command.id} calling.live_translate failed at validate" in text
    assert "not_sent" in text
    assert "params.action.start.to_lang" in text
    assert "\n" not in text


def test_what_a_plugin_or_a_caller_wrote_is_scrubbed_in_the_log(
    make_app: Callable[..., Flask], log: pytest.LogCaptureFixture
) -> None:
    class Policy:
        @hookimpl
        def signalwire_authorize_command(self, command: Command) -> None:
            raise CommandRejected("https://u:hunter2@x says no to +34600111222")

    calling = make_app(Policy).extensions["signalwire"].calling
    with pytest.raises(CommandRejected):
        calling.dial(**NUMBERS)
    with pytest.raises(PayloadError) as caught:
        calling.dial(**NUMBERS, custom_variables={"+34600111222": "x"})
    for text in (log.text, str(caught.value)):
        assert "600111222" not in text
        assert "hunter2" not in text


def test_every_line_of_a_command_has_its_id_and_no_number(
    make_app: Callable[..., Flask], log: pytest.LogCaptureFixture
) -> None:
    client = make_app().extensions["signalwire"]
    log.clear()
    leg = client.calling.dial(**NUMBERS, password="hunter2", send_digits="1234")
    lines = [record.getMessage() for record in log.records if record.name != "urllib3"]
    assert len(lines) >= 2  # the transport's line at DEBUG, and the command's
    ours = [
        record
        for record in log.records
        if record.name in ("flask_signalwire.command", "flask_signalwire.transport")
    ]
    assert all(leg.command_id in record.getMessage() for record in ours)
    for secret in ("911234567", "2025550100", "hunter2"):
        assert secret not in log.text
