"""Blinker signals; the sender is always the real app, never the ``current_app`` proxy.

Connect with ``@signals.command_succeeded.connect_via(app)``, or for every app with ``.connect``.
``.connect`` holds receivers weakly: a function inside of another function is dropped when that one
returns, unless it is connected with ``weak=False``. A receiver that raises is logged and reported
by :data:`plugin_failed`; it stops neither the other receivers nor the command or the event.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from blinker import NamedSignal, Namespace

if TYPE_CHECKING:
    from flask import Flask

logger = logging.getLogger("flask_signalwire.plugins")

_namespace = Namespace()

command_sending = _namespace.signal("signalwire-command-sending")
"""``(app, command)``: a command passed validation and every veto, and is about to be sent."""

command_succeeded = _namespace.signal("signalwire-command-succeeded")
"""``(app, command, leg)``: the service accepted a command."""

command_failed = _namespace.signal("signalwire-command-failed")
"""``(app, command, error, stage)``: a command ended without success.

`stage` is where: ``prepare``, ``validate``, ``authorize`` or ``send``; ``error.outcome`` says
whether the service may have acted all the same.
"""

command_rejected = _namespace.signal("signalwire-command-rejected")
"""``(app, command, error)``: a plugin vetoed a command. :data:`command_failed` follows."""

plugin_failed = _namespace.signal("signalwire-plugin-failed")
"""``(app, plugin, hook, error)``: an observing hook or a receiver raised; the command's outcome
stands, and the event goes to the others.

For a receiver, `plugin` is its dotted name and `hook` the signal's name.
"""

event_received = _namespace.signal("signalwire-event-received")
"""``(app, event)``: the service posted an event, of whatever kind; after plugins and handlers."""

call_state_received = _namespace.signal("signalwire-call-state-received")
"""``(app, event)``: a call is in another state; a late one has ``event.late``."""

connect_received = _namespace.signal("signalwire-connect-received")
"""``(app, event)``: a call was connected to another one, or was not."""

dial_received = _namespace.signal("signalwire-dial-received")
"""``(app, event)``: a dial ended: somebody answered, or nobody did."""

playback_received = _namespace.signal("signalwire-playback-received")
"""``(app, event)``: a playback began, paused or ended."""

recording_received = _namespace.signal("signalwire-recording-received")
"""``(app, event)``: a recording began, paused or ended."""

collect_received = _namespace.signal("signalwire-collect-received")
"""``(app, event)``: digits or speech were collected, or not."""

detect_received = _namespace.signal("signalwire-detect-received")
"""``(app, event)``: a machine, a fax or digits were detected."""

tap_received = _namespace.signal("signalwire-tap-received")
"""``(app, event)``: a tap began or ended."""

stream_received = _namespace.signal("signalwire-stream-received")
"""``(app, event)``: a stream began or ended."""

transcription_received = _namespace.signal("signalwire-transcription-received")
"""``(app, event)``: the transcription of a call began, or ended with its text."""

refer_received = _namespace.signal("signalwire-refer-received")
"""``(app, event)``: a SIP transfer went on or ended."""

fax_received = _namespace.signal("signalwire-fax-received")
"""``(app, event)``: a page or a whole fax was sent or received."""

queue_received = _namespace.signal("signalwire-queue-received")
"""``(app, event)``: a call came into a queue, or left it."""

conference_received = _namespace.signal("signalwire-conference-received")
"""``(app, event)``: something happened in a conference."""

utterance_received = _namespace.signal("signalwire-utterance-received")
"""``(app, event)``: somebody said something in a live transcription."""

translation_received = _namespace.signal("signalwire-translation-received")
"""``(app, event)``: something that somebody said was translated."""

conversation_summary_received = _namespace.signal("signalwire-conversation-summary-received")
"""``(app, event)``: a conversation was summarised."""

sidecar_received = _namespace.signal("signalwire-sidecar-received")
"""``(app, event)``: an AI sidecar did something."""

relay_operation_received = _namespace.signal("signalwire-relay-operation-received")
"""``(app, event)``: an operation that a RELAY client started went on or ended."""

service_error_received = _namespace.signal("signalwire-service-error-received")
"""``(app, event)``: the service reports an error."""

unknown_event_received = _namespace.signal("signalwire-unknown-event-received")
"""``(app, event)``: the service sent what this package does not know."""


def of_kind(kind: str) -> NamedSignal | None:
    """The signal of one kind of event, after :data:`event_received`."""
    found = globals().get(f"{kind}_received")
    return found if isinstance(found, NamedSignal) else None


def send_safely(
    signal: NamedSignal, app: Flask, **arguments: Any
) -> list[tuple[str, BaseException]]:
    """Call every receiver, whatever the others do.

    blinker's own ``send`` stops at the first receiver that raises. Coroutine functions run through
    ``app.ensure_sync``, as Flask's own signals do.

    :returns: the receivers that raised, by dotted name, with what they raised: an interruption,
        such as a worker's shutdown, is there too, and the caller's to raise.
    """
    failed: list[tuple[str, BaseException]] = []
    for receiver in signal.receivers_for(app):
        try:
            app.ensure_sync(receiver)(app, **arguments)
        except BaseException as error:  # noqa: BLE001  # somebody else's code; see the caller
            failed.append((dotted_name(receiver), error))
    return failed


def dotted_name(receiver: Any) -> str:
    """What a log calls a receiver: its module and its name."""
    name = getattr(receiver, "__qualname__", None) or type(receiver).__qualname__
    return f"{getattr(receiver, '__module__', '?')}.{name}"
