"""What the desk does by itself: translate when the other party answers, and notice what they speak.

Receivers of signals run while the service waits for the answer to its callback, and a command to
the service may take seconds; so the translation is started in a thread of its own.
"""

from __future__ import annotations

import logging
import threading
from importlib.util import find_spec
from typing import Any

from flask import Flask, g
from werkzeug.exceptions import Conflict

from flask_signalwire import events, exceptions, signals

from . import actions, errors
from .book import CallBook, Wish

logger = logging.getLogger("example_app")


class Automatic:
    """One app's receivers. Signals hold them weakly, the app holds this."""

    def __init__(self, app: Flask, book: CallBook) -> None:
        self._app = app
        self._book = book

    def entered(self, app: Flask, event: events.CallState, **extra: Any) -> None:
        """Somebody has answered. The wish is taken once, however often the service tells it."""
        if event.state != "answered" or event.late or event.call_id is None:
            return
        wish = self._book.take_wish(event.call_id)
        if wish is not None:
            arguments = (event.call_id, wish)
            threading.Thread(target=self._start, args=arguments, daemon=True).start()

    def differs(self, app: Flask, call_id: str, heard: str, **extra: Any) -> None:
        """The language plugin has heard another language than is translated: offer to switch."""
        self._book.note(call_id, heard=heard)

    def _start(self, call_id: str, wish: Wish) -> None:
        wanted = {} if wish.to_lang is None else {"to_lang": wish.to_lang}
        with self._app.app_context():
            g.user = wish.user
            try:
                actions.translate(call_id, wanted)
            except Conflict:
                pass  # somebody was faster by hand
            except exceptions.SignalWireError as error:
                self._book.note(call_id, problem=errors.in_words(error))
            except Exception:  # a thread's last words would be seen by nobody
                logger.exception("the translation of a call did not start")
                problem = "Something is wrong with the desk; its log says more."
                self._book.note(call_id, problem=problem)


def init_app(app: Flask, book: CallBook) -> None:
    """Connect the receivers to this app's signals: to nobody else's."""
    automatic = app.extensions["call_desk_automatic"] = Automatic(app, book)
    signals.call_state_received.connect(automatic.entered, sender=app)
    if find_spec("flask_signalwire_autolang"):
        from flask_signalwire_autolang.signals import language_differs

        language_differs.connect(automatic.differs, sender=app)
