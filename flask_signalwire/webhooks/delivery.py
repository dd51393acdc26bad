"""The path of an event after authentication: parsed, bound to its call, claimed, told."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Literal

from flask import Flask, current_app, has_app_context

from ..config import DEFAULT_ACCOUNT
from ..events import CallState, Event
from ..plugins.manager import PluginManager
from ..redaction import id_of
from .capture import Capture
from .deduplication import Deduplication
from .dispatch import Dispatcher, Registration
from .order import Order
from .parsing import parse
from .tokens import Claim

if TYPE_CHECKING:
    from . import Webhooks

logger = logging.getLogger("flask_signalwire.webhooks")

Outcome = Literal["delivered", "duplicate", "failed"]
"""What became of an event: ``failed`` where a plugin or a receiver raised; the others got it."""


@dataclass(frozen=True)
class Receipt:
    """What became of one event."""

    event: Event
    outcome: Outcome


class Delivery:
    """Takes the events of one app along their path.

    :param webhooks: what it shares with those that authenticate: settings, tokens, store, counts.
    """

    def __init__(
        self,
        webhooks: Webhooks,
        app: Flask,
        plugins: PluginManager,
        handlers: Sequence[Registration],
    ) -> None:
        settings = webhooks.settings
        self.dispatcher = Dispatcher(app, plugins, handlers)
        self._app = app
        self._settings = settings
        self._authenticator = webhooks.authenticator
        self._counts = webhooks.counts
        self._projects = webhooks.projects
        self._store = webhooks.store
        self._deduplication = Deduplication(webhooks.store)
        self._order = Order(webhooks.store)
        self._capture = (
            Capture(settings.capture_dir, raw=settings.capture_raw)
            if settings.capture_dir
            else None
        )

    def take(
        self,
        raw: Mapping[str, Any],
        purpose: str | None,
        claim: Claim | None,
        body: bytes,
        *,
        again: bool,
        capture: bool,
    ) -> tuple[Receipt, ...]:
        """As :meth:`Webhooks.receive <flask_signalwire.webhooks.Webhooks.receive>`."""
        events = parse(raw, body=body, purpose=purpose)
        claim = self._bound(claim, events)
        if capture and self._capture is not None:
            self._capture.write(raw, purpose, claim)
        return tuple(
            self._deliver(self._completed(event, purpose, claim), again) for event in events
        )

    def _completed(self, event: Event, purpose: str | None, claim: Claim | None) -> Event:
        """The event with what the request says of it, beside its payload."""
        if claim is None:
            account = self._projects.get(event.project_id or "", DEFAULT_ACCOUNT)
            claim = Claim(account, purpose or "")
        call_id = event.call_id or claim.call_id
        known = claim.call_id is not None or claim.command_id is not None
        if not known and call_id is not None:
            known = self._store.knows(claim.account, call_id)
        return replace(
            event,
            account=claim.account,
            purpose=purpose,
            call_id=call_id,
            command_id=claim.command_id,
            received_at=datetime.now(timezone.utc),
            known=known,
        )

    def _bound(self, claim: Claim | None, events: Sequence[Event]) -> Claim | None:
        """The claim with its call: a dial's is known from the answer, or from its first event.

        :raises WebhookRefused: where an event tells of something else.
        """
        for event in events:
            self._authenticator.bind(claim, call_id=event.call_id, project_id=event.project_id)
        if claim is None or claim.call_id is not None or claim.command_id is None:
            return claim
        told = next((event.call_id for event in events if event.call_id), None)
        if told:
            call_id: str | None = self._store.pin_first(claim.account, claim.command_id, told)
        else:
            call_id = self._store.pinned(claim.account, claim.command_id)
        claim = replace(claim, call_id=call_id)
        self._authenticator.bind(claim, call_id=told, project_id=None)
        return claim

    def _deliver(self, event: Event, again: bool) -> Receipt:
        self._counts.add("received")
        if not self._deduplication.claim(event) and not again:
            self._counts.add("duplicate")
            return self._ended(event, "duplicate")
        try:
            if isinstance(event, CallState) and self._is_late(event):
                self._counts.add("late")
                event = replace(event, late=True)
            with self._context():
                delivered = self.dispatcher.dispatch(event)
        except BaseException:
            # A worker's shutdown: the service hears nothing good, and may send it again.
            self._deduplication.release(event)
            raise
        if delivered or self._settings.webhook_on_error == "ack":
            self._deduplication.confirm(event)
        else:
            self._deduplication.release(event)
        if not delivered:
            self._counts.add("failed")
        return self._ended(event, "delivered" if delivered else "failed")

    def _context(self) -> AbstractContextManager[Any]:
        """The request's app context; one of its own outside of requests, and for another app."""
        if has_app_context() and current_app == self._app:
            return nullcontext()
        return self._app.app_context()

    def _is_late(self, event: CallState) -> bool:
        if event.call_id is None or event.state is None:
            return False
        return self._order.is_late(event.account, event.call_id, event.state)

    def _ended(self, event: Event, outcome: Outcome) -> Receipt:
        with suppress(Exception):  # a log that is broken must not undo a delivery
            if logger.isEnabledFor(logging.INFO):  # scrubbing takes longer than all the rest here
                logger.info(
                    "event %s: call %s, control %s, %s%s",
                    event.kind,
                    id_of(event.call_id),
                    id_of(event.control_id),
                    outcome,
                    ", late" if event.late else "",
                )
        return Receipt(event, outcome)
