"""The plugin: events go into the store, and browsers get them from there."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING

from flask_signalwire import Client, Health, hookimpl
from flask_signalwire.events import CallState, ConversationSummary, Event, Translation, Utterance

from .access import EXTENSION, Access
from .settings import CaptionsSettings
from .shared import RedisStore
from .store import MemoryStore, Store
from .views import build_blueprint

if TYPE_CHECKING:
    from flask import Flask


class Captions:
    """The captions of one app's calls; entry point ``captions``."""

    @hookimpl
    def signalwire_setup(self, app: Flask, client: Client) -> None:
        settings = CaptionsSettings.load(app.config)
        store: Store = MemoryStore(settings) if settings.url is None else RedisStore(settings)
        self._store = store
        _begin_anew_in_children(store)
        prefix = f"{client.settings.webhook_prefix}/captions"
        access = Access(app, settings, client.settings.base_url, prefix)
        app.register_blueprint(build_blueprint(store, access, settings, prefix))
        app.extensions[EXTENSION] = access

    @hookimpl
    def signalwire_event_received(self, event: Event) -> None:
        if event.call_id and isinstance(
            event, (Utterance, Translation, ConversationSummary, CallState)
        ):
            self._store.write(event)

    def end_streams(self) -> None:
        """End this process's streams, for good: for a worker that was told to end.

        Browsers connect anew within 2 seconds, to another worker, and miss nothing.
        """
        self._store.subscribers.end()

    @hookimpl
    def signalwire_check_health(self) -> Health | None:
        return self._store.check_health()


def _begin_anew_in_children(store: Store) -> None:
    """A server that loads the app before it forks leaves its workers locks, and no threads."""
    found = weakref.ref(store)

    def after_fork() -> None:
        kept = found()
        if kept is not None:
            kept.after_fork()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=after_fork)
