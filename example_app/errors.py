"""Every error as JSON, with the right status, and with what whoever asked should do next."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from typing import Any

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from flask_signalwire import exceptions

from .negotiation import wants_html

logger = logging.getLogger("example_app")

# The first class that fits decides, so the special ones stand first: a ServerError is an
# OutcomeUnknown too.
_STATUS: tuple[tuple[type[exceptions.SignalWireError], int], ...] = (
    (exceptions.PayloadError, 422),
    (exceptions.Unprocessable, 422),
    (exceptions.CommandRejected, 403),
    (exceptions.NotFound, 404),
    (exceptions.Conflict, 409),
    (exceptions.RateLimited, 429),
    (exceptions.RemoteError, 502),  # ServerError, UnreadableAnswer, AuthenticationFailed, the rest
    (exceptions.OutcomeUnknown, 504),
    (exceptions.TransportError, 502),
)

_NOT_OURS = (
    "This form is not the desk's own, or its session is over. Nothing was done. Load the page "
    "again, and send the form once more."
)

_ADVICE = {
    "unknown": "The service may have acted. Do not repeat this; look for its effect first.",
    "accepted": "The service has accepted it. Do not repeat this; look for its effect.",
}


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(exceptions.SignalWireError, _signalwire_error)
    app.register_error_handler(HTTPException, _http_error)


def _signalwire_error(error: exceptions.SignalWireError) -> ResponseReturnValue:
    body, status, headers = describe(error)
    if is_page():
        return page(status, body["message"], body), status, headers
    return body, status, headers


def describe(
    error: exceptions.SignalWireError,
) -> tuple[dict[str, Any], int, dict[str, str]]:
    """An error for whoever asked: what happened, the status, and its headers."""
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
    message = str(error)
    if status == 500:  # a setting, or a plugin: the operator's business, and in the operator's log
        logger.error("%s", error)
        if not (current_app.debug or current_app.testing):
            message = "The desk is not set up correctly; its log says more."
    body: dict[str, Any] = {"error": type(error).__name__, "message": message}
    headers: dict[str, str] = {}
    problems = _problems(error)
    if problems:
        body["message"] = message.partition("\n")[0]
        body["problems"] = problems
    if isinstance(error, exceptions.PayloadError) and error.command is None:
        # Found in the request's own body: no command had been made of it yet.
        body["message"] = "nothing was sent: the request has problems in its body"
    if isinstance(error, exceptions.CommandError):
        body["outcome"] = error.outcome
        body["safe_to_repeat"] = safe_to_repeat(error)
        if not body["safe_to_repeat"]:
            body["advice"] = _ADVICE[error.outcome]
        if error.command is not None:
            body["command_id"] = error.command.id
    if isinstance(error, exceptions.PluginError) and error.leg is not None:
        body["call"] = error.leg.id
    if isinstance(error, exceptions.RateLimited) and error.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(min(error.retry_after, 86400)))
    return body, status, headers


def in_words(error: exceptions.SignalWireError) -> str:
    """An error in one paragraph, for the page."""
    body, _, _ = describe(error)
    problems = [
        f"{path}: {text}" for path, texts in body.get("problems", {}).items() for text in texts
    ]
    return " ".join(filter(None, [body["message"], "; ".join(problems), body.get("advice")]))


def is_page() -> bool:
    """Whether the answer is for a person: to a form of the page, or to a browser's visit."""
    return request.blueprint in ("page", "sign_in") or (request.method == "GET" and wants_html())


def page(status: int, message: str, body: Mapping[str, Any]) -> str:
    """The page of an error."""
    return render_template("error.html", status=status, message=message, body=body)


def safe_to_repeat(error: exceptions.CommandError) -> bool:
    """Whether sending the command again can't do the same thing twice."""
    if error.outcome in ("not_sent", "refused"):
        return True
    command = error.command
    return error.outcome == "unknown" and command is not None and command.spec.repeatable(command)


def _problems(error: exceptions.SignalWireError) -> dict[str, list[str]]:
    """By path: ``{"to_langg": ["unknown key; did you mean `to_lang`?"]}``."""
    found: dict[str, list[str]] = {}
    if isinstance(error, exceptions.PayloadError):
        for path, text in error.problems:
            found.setdefault(path, []).append(text)
    elif isinstance(error, exceptions.Unprocessable):
        for item in error.errors:
            path = str(item.get("attribute") or "payload")
            found.setdefault(path, []).append(str(item.get("message") or item.get("code")))
    return found


def _http_error(error: HTTPException) -> ResponseReturnValue:
    """Flask's own errors: the same shape, with the headers that belong to them."""
    response = error.get_response()
    if response.status_code < 400:  # a redirect
        return response
    if is_page():
        text = _NOT_OURS if isinstance(error, CSRFError) else error.description or error.name
        response.data = page(response.status_code, text, {})
        response.content_type = "text/html; charset=utf-8"
        return response
    body = {"error": error.name, "message": error.description}
    response.data = current_app.json.dumps(body)
    response.content_type = "application/json"
    return response
