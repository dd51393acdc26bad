"""The endpoints that the service posts to: one a purpose, all of them with the same path.

size limit, authentication, reading, and then :meth:`Webhooks.receive`, which parses, deduplicates
and delivers. Errors are answered right here: an app's own error handlers are written for people
with browsers, and may answer anything.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from ..config import ENDPOINTS
from ..exceptions import WebhookError, WebhookInvalid, WebhookRefused
from ..redaction import text_of
from .reading import FORM, parse_body, read_body
from .urls import TOKEN

if TYPE_CHECKING:
    from . import Webhooks

logger = logging.getLogger("flask_signalwire.webhooks")

NAME = "signalwire"
_BODY = "flask_signalwire.body"

METHODS = {"operations": ("POST", "GET")}
"""What the service may be told to use; POST elsewhere. `status_url_method` of `stream` may be GET
(calling API contract, 2026-08)."""


def build_blueprint(webhooks: Webhooks) -> Blueprint:
    """The blueprint ``signalwire`` of one app."""
    limit = webhooks.settings.webhook_max_body
    blueprint = Blueprint(NAME, __name__, url_prefix=webhooks.settings.webhook_prefix)

    # Before any `before_request` of the app, which may read the body, or have it parsed: by that
    # the bytes that were signed would be lost, and the app's own limit applied.
    @blueprint.url_value_preprocessor
    def read(endpoint: str | None, values: dict[str, Any] | None) -> None:
        _read_once(limit)

    for purpose in ENDPOINTS:
        blueprint.add_url_rule(
            f"/{purpose}",
            purpose,
            _view(webhooks, purpose),
            methods=METHODS.get(purpose, ("POST",)),
            provide_automatic_options=False,
        )
    return blueprint


def _view(webhooks: Webhooks, purpose: str) -> Any:
    def receive() -> Response:
        try:
            return _receive(webhooks, purpose)
        except WebhookError as error:
            refused = isinstance(error, WebhookRefused)
            webhooks.counts.add("refused" if refused else "invalid")
            with suppress(Exception):  # a log that is broken must not make it a 500
                logger.warning(
                    "a request for %s from %s is %s (%d, %s): %s",
                    purpose,
                    text_of(request.remote_addr),
                    "refused" if refused else "invalid",
                    error.status,
                    error.reason,
                    text_of(error.description),
                )
            return Response(
                error.get_body(), error.status, error.get_headers(), direct_passthrough=True
            )

    receive.__name__ = purpose
    return receive


def _receive(webhooks: Webhooks, purpose: str) -> Response:
    body = _read_once(webhooks.settings.webhook_max_body)
    if isinstance(body, WebhookInvalid):
        raise body
    claim = webhooks.authenticate(purpose, request, body)
    if request.method == "HEAD":  # Flask's own, for each GET; it delivers nothing
        return Response(status=405, headers={"Allow": ", ".join(METHODS[purpose])})
    if request.method == "GET":
        raw = parse_body(request.query_string, FORM)
        raw.pop(TOKEN, None)
        if not raw:
            raise WebhookInvalid("the query tells nothing", reason="unreadable")
    else:
        raw = parse_body(
            body,
            request.headers.get("Content-Type", ""),
            request.headers.get("Content-Encoding", ""),
        )
    receipts = webhooks.receive(raw, purpose=purpose, claim=claim, body=body, capture=True)
    failed = any(receipt.outcome == "failed" for receipt in receipts)
    if failed and webhooks.settings.webhook_on_error == "retry":
        return Response('{"error": "not delivered; send it again"}\n', 503, _HEADERS)
    return Response(status=200, headers={"Cache-Control": "no-store"})


_HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store"}


def _read_once(limit: int) -> bytes | WebhookInvalid:
    found: bytes | WebhookInvalid | None = request.environ.get(_BODY)
    if found is None:
        try:
            found = read_body(request.environ, limit)
        except WebhookInvalid as error:
            found = error
        request.environ[_BODY] = found
    return found
