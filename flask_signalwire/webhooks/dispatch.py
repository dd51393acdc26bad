"""Handing an event to everybody who wants it: plugins, then handlers, then signals."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from flask import Flask

from .. import signals
from ..plugins.checking import signature_of
from ..plugins.manager import Failure, PluginManager
from ..redaction import id_of, scrubbed_traceback

if TYPE_CHECKING:
    from ..events import Event

logger = logging.getLogger("flask_signalwire.plugins")

HOOK = "signalwire_event_received"

Handler = Callable[[Any], Any]
Registration: TypeAlias = "tuple[tuple[type[Event], ...], Handler]"
"""What ``@signalwire.on(Utterance)`` keeps: a kind of event, and who wants it."""


def check_handler(handler: Handler) -> None:
    """Raise where a handler can't be called with an event alone.

    :raises TypeError: with its signature; one that can't be read passes.
    """
    try:
        signature = signature_of(handler)
    except (TypeError, ValueError):  # some builtins
        return
    try:
        signature.bind(None)
    except TypeError as error:
        raise TypeError(
            f"{signals.dotted_name(handler)}{signature} can't be called with an event ({error}); "
            "expected one argument, as in def heard(event)"
        ) from None


# A log that is broken must not undo a delivery: what a handler or a filter raises ends here.
_broken_log = suppress(Exception)


class Dispatcher:
    """Delivers events of one app. One receiver that raises starves no other.

    :param handlers: the extension's; looked at for each event, so that handlers may come late.
    """

    def __init__(
        self, app: Flask, plugins: PluginManager, handlers: Sequence[Registration]
    ) -> None:
        self._app = app
        self._plugins = plugins
        self._handlers = handlers

    def dispatch(self, event: Event) -> bool:
        """Deliver one event, inside of an app context.

        :returns: whether nobody failed. Failures are logged, recorded in ``plugins.failures`` and
            signalled by :data:`~flask_signalwire.signals.plugin_failed`.
        :raises BaseException: an interruption, such as a worker's shutdown, when all were called.
        """
        failed: list[tuple[str, str, BaseException]] = []
        for plugin in self._plugins.implementations(HOOK):
            self._call(failed, plugin.plugin, HOOK, partial(plugin, {"event": event}))
        for kinds, handler in tuple(self._handlers):
            if isinstance(event, kinds):
                self._call(
                    failed,
                    signals.dotted_name(handler),
                    "on",
                    partial(self._handle, handler, event),
                )
        for signal in (signals.event_received, signals.of_kind(event.kind)):
            if signal is not None and signal.receivers:
                for receiver, error in signals.send_safely(signal, self._app, event=event):
                    failed.append((receiver, signal.name, error))
        for name, hook, error in failed:
            if isinstance(error, Exception):
                self._report(event, name, hook, error)
        for _, _, error in failed:
            if not isinstance(error, Exception):
                raise error
        return not failed

    def _handle(self, handler: Handler, event: Event) -> None:
        self._app.ensure_sync(handler)(event)

    def _call(
        self,
        failed: list[tuple[str, str, BaseException]],
        name: str,
        hook: str,
        call: Callable[[], Any],
    ) -> None:
        try:
            call()
        except BaseException as error:  # noqa: BLE001  # somebody else's code; told or raised later
            failed.append((name, hook, error))

    def _report(self, event: Event, name: str, hook: str, error: Exception) -> None:
        with _broken_log:
            logger.error(
                "event %s of call %s: %s crashed in %s; the others got the event\n%s",
                event.kind,
                id_of(event.call_id),
                name,
                hook,
                scrubbed_traceback(error),
            )
        self._plugins.failures.append(Failure(name, hook, error))
        failed = signals.plugin_failed
        given = {"plugin": name, "hook": hook, "error": error}
        for receiver, crash in signals.send_safely(failed, self._app, **given):
            with _broken_log:
                logger.error(
                    "event %s of call %s: %s crashed in %s\n%s",
                    event.kind,
                    id_of(event.call_id),
                    receiver,
                    failed.name,
                    scrubbed_traceback(crash),
                )
