"""Blinker signals of this plugin; the sender is the real app, as for flask-signalwire's own."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from blinker import NamedSignal, Namespace

from flask_signalwire.signals import send_safely

if TYPE_CHECKING:
    from flask import Flask

logger = logging.getLogger("flask_signalwire_autolang")

_namespace = Namespace()

language_decided = _namespace.signal("signalwire-language-decided")
"""``(app, command, decision)``: a language that was missing was looked for; the decision says what
was found, if anything was, and why."""

language_differs = _namespace.signal("signalwire-language-differs")
"""``(app, call_id, assumed, heard, confidence, evidence)``: the remote party speaks another
language than their session was started with. Sent once for each call and pair of languages; whether
to switch is the application's decision."""


def send(signal: NamedSignal, app: Flask, **arguments: Any) -> None:
    """Call every receiver; one that raises is logged, and changes nothing."""
    for receiver, error in send_safely(signal, app, **arguments):
        if not isinstance(error, Exception):
            raise error
        logger.error("the receiver %s of %s raised %s", receiver, signal.name, type(error).__name__)
