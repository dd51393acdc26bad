"""Never run: mypy reads it, as it reads a user's tests."""

from __future__ import annotations

from typing_extensions import assert_type
from werkzeug.test import TestResponse

from flask_signalwire import events
from flask_signalwire.testing import Sent, Tester


def right(signalwire: Tester) -> None:
    """What users write."""
    assert_type(signalwire.post(events.Utterance, content="Hola", duplicate=2), TestResponse)
    assert_type(signalwire.assert_received(events.Utterance, content="Hola"), events.Utterance)
    assert_type(signalwire.assert_received("utterance"), events.Event)
    assert_type(signalwire.assert_sent("play", volume=3), Sent)
    assert_type(signalwire.outbox[0].call_id, str | None)
    signalwire.forge(events.CallState, "missing")
    signalwire.fail_next("dial", status=503, retry_after=2)
    signalwire.clock.advance(1.5)


def wrong(signalwire: Tester) -> None:
    """What a type checker must find."""
    signalwire.post(5)  # type: ignore[arg-type]
    signalwire.forge(events.CallState, "expired")  # type: ignore[arg-type]
    signalwire.fail_next("dial", statsu=503)  # type: ignore[call-arg]
    signalwire.assert_received(str)  # type: ignore[type-var]
