"""What the service tells the app: requests become events, and events reach whoever wants them."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flask import Flask, Request

from ..config import DEFAULT_ACCOUNT, ENDPOINTS, Settings
from ..exceptions import WebhookInvalid
from ..plugins.manager import PluginManager
from ..redaction import short, type_of
from .authentication import Authenticator
from .store import EventStore
from .swml import PURPOSE as SWML
from .swml import Answers
from .tokens import Claim, Tokens
from .urls import Urls

if TYPE_CHECKING:
    from .delivery import Delivery, Receipt
    from .dispatch import Registration

__all__ = ["Counts", "Webhooks"]

logger = logging.getLogger("flask_signalwire.webhooks")


class Counts:
    """What this process received since it started. Thread-safe.

    :ivar received: events, repeated ones too.
    :ivar refused: requests that were not authenticated, or about another call.
    :ivar invalid: requests that nothing could be read from.
    :ivar duplicate: events that had been delivered before.
    :ivar late: call states that came after a later one.
    :ivar failed: events on which a plugin or a receiver raised.
    """

    received: int = 0
    refused: int = 0
    invalid: int = 0
    duplicate: int = 0
    late: int = 0
    failed: int = 0

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def add(self, name: str) -> None:
        """One more."""
        with self._lock:
            setattr(self, name, getattr(self, name) + 1)

    def as_dict(self) -> dict[str, int]:
        """All of them, for a page of metrics."""
        return {name: getattr(self, name) for name in Counts.__annotations__}

    def __repr__(self) -> str:
        return f"Counts({', '.join(f'{name}={n}' for name, n in self.as_dict().items())})"


class Webhooks:
    """The events of one app: ``client.webhooks``.

    :ivar counts: what was received, :class:`Counts`.
    """

    def __init__(
        self,
        app: Flask,
        settings: Settings,
        plugins: PluginManager,
        handlers: Sequence[Registration],
    ) -> None:
        self.settings = settings
        self.counts = Counts()
        self._app = app
        self._warned_of_swml = False
        names = [DEFAULT_ACCOUNT, *settings.accounts]
        accounts = [settings.account(name) for name in names]
        self.projects = {a.project_id: a.name for a in reversed(accounts) if a.project_id}
        self.tokens = Tokens(_keys(app, made_up=settings.simulated), settings.webhook_lifetime)
        self.urls = Urls(settings, self.tokens)
        self.answers = Answers()
        self.authenticator = Authenticator(settings, self.tokens)
        self.store = EventStore(
            settings.events_url,
            accounts={
                account.name: f"{account.space}/{account.project_id}" for account in accounts
            },
            lifetime=settings.webhook_lifetime,
        )
        self._plugins = plugins
        self._handlers = handlers

    @cached_property
    def delivery(self) -> Delivery:
        """The path of an event after authentication.

        Its modules, above all the kinds of events, take a while to load: who only sends does
        without them.
        """
        from .delivery import Delivery

        return Delivery(self, self._app, self._plugins, self._handlers)

    def warm_up(self) -> None:
        """Load now what the first event of this process would wait for."""
        self.delivery  # noqa: B018  # made when it is asked for

    def url(
        self,
        purpose: str,
        *,
        call_id: str | None = None,
        command_id: str | None = None,
        account: str = DEFAULT_ACCOUNT,
        path: str | None = None,
    ) -> str:
        """A URL at which this app takes events, signed: for SWML of your own.

        :param purpose: ``calls``, ``operations``, ``live`` or ``sidecar``; ``swml`` with a `path`.
        :param call_id: the call that it is for: events of other calls are refused there. Without it
            the URL is good for all calls of the account.
        :param command_id: in its place, the id of a ``dial``: the URL is good for the call that
            comes of it.
        :param path: the path within the app of a view under ``@signalwire.swml``, where that
            demands a token.
        :raises ConfigurationError: without a public URL or a secret key, or for an unknown account.
        :raises ValueError: for an unknown purpose.
        """
        self.settings.account(account)
        return self.urls.build(Claim(account, purpose, call_id, command_id), path)

    def expect_swml(self) -> None:
        """The app has, or is about to have, a view of SWML: warn where it can answer nobody."""
        unable = self.settings.unable(SWML)
        if unable and not self._warned_of_swml:
            self._warned_of_swml = True
            logger.warning(
                "the views under @signalwire.swml will answer nothing but 500: "
                "SIGNALWIRE_WEBHOOK_AUTH (%s) %s",
                SWML,
                unable,
            )

    def authenticate(self, purpose: str, request: Request, body: bytes) -> Claim | None:
        """Who sent a request to the endpoint of a purpose, by its token; None where it has none.

        :raises WebhookRefused: where nothing proves that the service did.
        :raises WebhookInvalid: where the query is no text.
        """
        try:
            args = request.args
        except UnicodeDecodeError:  # some servers hand on bytes that should have been quoted
            raise WebhookInvalid("the query is no UTF-8", reason="unreadable") from None
        return self.authenticator.check(
            purpose,
            url=lambda: self.urls.called(request.environ),
            headers=request.headers,
            args=args,
            body=body,
        )

    def receive(
        self,
        raw: Mapping[str, Any],
        *,
        purpose: str | None = None,
        claim: Claim | None = None,
        body: bytes = b"",
        again: bool = False,
        capture: bool = False,
    ) -> tuple[Receipt, ...]:
        """Take a payload along the path that it has after authentication.

        :param raw: the payload, a JSON object.
        :param purpose: the endpoint that it came to, such as ``calls``.
        :param claim: what the token in its URL says; without one the account is found by the
            payload's project.
        :param body: the bytes that it was read from.
        :param again: deliver what was delivered before, too.
        :param capture: write it to ``SIGNALWIRE_CAPTURE_DIR``, if that is set.
        :returns: what became of each event in it; most payloads have one.
        :raises WebhookRefused: 403, where it tells of another call or account than its token.
        :raises TypeError: for a payload that is no object.
        :raises ValueError: for an endpoint that there isn't.
        """
        given: object = raw
        if not isinstance(given, Mapping):
            raise TypeError(f"the payload is {type_of(given)}; expected a dict")
        if purpose is not None and purpose not in ENDPOINTS:
            known = ", ".join(ENDPOINTS)
            raise ValueError(f"purpose={short(purpose)}; expected one of {known}, or None")
        return self.delivery.take(raw, purpose, claim, body, again=again, capture=capture)


def _keys(app: Flask, *, made_up: bool) -> Callable[[], list[str | bytes]]:
    """The app's secret keys, as they are when they are used.

    :param made_up: whether one of this process will do: nothing outside of it sends events.
    """
    own = secrets.token_hex(32)

    def keys() -> list[str | bytes]:
        found = [app.secret_key, *(app.config.get("SECRET_KEY_FALLBACKS") or ())]
        return [key for key in found if key] or ([own] if made_up else [])

    return keys
