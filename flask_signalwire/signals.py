"""Blinker signals; the sender is always the real app, never the ``current_app`` proxy.

Connect with ``@signals.command_succeeded.connect_via(app)``, or for every app with ``.connect``.
``.connect`` holds receivers weakly: a function inside of another function is dropped when that one
returns, unless it is connected with ``weak=False``. A receiver that raises is logged and reported
by :data:`plugin_failed`; it stops neither the other receivers nor the command.
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
stands.

For a receiver, `plugin` is its dotted name and `hook` the signal's name.
"""


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
            failed.append((_dotted_name(receiver), error))
    return failed


def _dotted_name(receiver: Any) -> str:
    name = getattr(receiver, "__qualname__", None) or type(receiver).__qualname__
    return f"{getattr(receiver, '__module__', '?')}.{name}"
