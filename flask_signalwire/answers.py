"""What an answer of the service means: a call leg, or one of our errors."""

from __future__ import annotations

import http
import json
import re
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import urllib3

from .commands import Command
from .exceptions import (
    AuthenticationFailed,
    CommandError,
    Conflict,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    RemoteError,
    ServerError,
    Unprocessable,
    UnreadableAnswer,
)
from .results import CallLeg

MAX_BODY = 1024 * 1024
"""Bytes of an answer that are read at most; a call leg has about one thousand."""

MAX_QUOTED = 8192
"""Characters of a foreign text that are looked through at most where a message quotes it."""

Hide = Callable[[Command, str], str]
"""Makes foreign text fit for a message: without secrets and numbers, in one line."""

_REQUEST_ID_HEADERS = ("X-Request-Id", "X-SignalWire-Request-Id", "Request-Id", "X-Amzn-RequestId")
_BY_STATUS: dict[int, tuple[type[RemoteError], str]] = {
    401: (
        AuthenticationFailed,
        "check the project id, the API token and the space of account {account!r}",
    ),
    403: (AuthenticationFailed, "the token of account {account!r} lacks the permission for this"),
    404: (NotFound, "the space knows no such call or operation; it may have ended"),
    409: (Conflict, "it is already running"),
    422: (Unprocessable, "the payload does not fit, or the call's state does not allow it"),
    429: (RateLimited, "too many requests"),
}


def understand(command: Command, response: requests.Response, hide: Hide) -> CallLeg:
    """Read an answer, and say what it means.

    :param response: with its body unread.
    :raises RemoteError: the service refused the command, failed, or answered what can't be read.
    :raises OutcomeUnknown: the answer broke off, or says nothing of the outcome.
    """
    body, broken = _read(response)
    if 200 <= response.status_code < 300:
        return _leg(command, response, body, broken, hide)
    raise _refusal(command, response, body, hide)


def unknown(command: Command, what: str) -> OutcomeUnknown:
    """The error of a command that was sent, and whose outcome nobody knows.

    :param what: what happened instead of an answer.
    """
    repeat = (
        "Sending it again can't act twice."
        if command.spec.repeatable(command)
        else "It is not sent again, which could act twice: look for its effect first."
    )
    return OutcomeUnknown(
        f"{command.spec.method} was sent, but {what}: the service may have acted or not. {repeat} "
        f"(command id {command.id})",
        command=command,
    )


def cause_of(error: BaseException) -> BaseException:
    """The innermost reason: requests and urllib3 wrap each other's errors several times."""
    inner = error.args[0] if error.args else None
    reason = getattr(inner, "reason", inner)
    return reason if isinstance(reason, BaseException) else error


class _Unfit(ValueError):
    """An answer that came, but can't be read."""


def _read(response: requests.Response) -> tuple[bytes, Exception | None]:
    """The body, as much of it as came, and why it broke off if it did."""
    try:
        amount = None if _is_bounded(response) else MAX_BODY + 1
        body: bytes = response.raw.read(amount, decode_content=True)
    except urllib3.exceptions.DecodeError as error:
        return b"", _Unfit(str(error))
    # As above: whatever it is, the rest did not come.
    except Exception as error:  # noqa: BLE001
        return b"", error
    if len(body) > MAX_BODY:
        return body, _Unfit(f"it is longer than {MAX_BODY // 1024} KiB")
    return body, None


def _is_bounded(response: requests.Response) -> bool:
    """Whether its own word keeps the body short, so that it is read in one go: told how much to
    read, urllib3 looks once more whether there is more.
    """
    length = response.headers.get("Content-Length", "")
    return (
        # urllib3 knows of no length where the body comes in chunks, whatever the header says.
        getattr(response.raw, "length_remaining", None) is not None
        and length.isdecimal()
        and len(length) < len(str(MAX_BODY))
        and "Content-Encoding" not in response.headers
    )


def _decode(response: requests.Response, body: bytes) -> Any:
    """The JSON in a body; in the charset that it names where it is not Unicode.

    :raises ValueError: where it is no JSON.
    """
    try:
        try:
            return json.loads(body)
        except UnicodeDecodeError:
            return json.loads(body.decode(response.encoding or "utf-8"))
    except LookupError as error:  # of the charset's name
        raise _Unfit(str(error)) from error
    except RecursionError as error:
        raise _Unfit("nested too deeply") from error


def _request_id(response: requests.Response) -> str | None:
    for header in _REQUEST_ID_HEADERS:
        if header in response.headers:
            return response.headers[header]
    return None


def _leg(
    command: Command,
    response: requests.Response,
    body: bytes,
    broken: Exception | None,
    hide: Hide,
) -> CallLeg:
    if broken and not isinstance(broken, _Unfit):
        cause = cause_of(broken)
        reason = hide(command, f"{type(cause).__name__}: {cause}")
        raise unknown(
            command,
            f"its answer ({response.status_code}) broke off after {len(body)} bytes ({reason})",
        )
    request_id = _request_id(response)
    try:
        if broken:
            raise broken
        answer = _decode(response, body)
        if not isinstance(answer, dict):
            raise _Unfit("it is no JSON object")
        if command.call_id is None and not isinstance(answer.get("id"), str):
            raise _Unfit("it names no call")
    except ValueError as error:
        raise UnreadableAnswer(
            f"{command.spec.method} was accepted ({response.status_code}), but the answer can't be "
            f"read: {hide(command, str(error))}. It starts {_excerpt(command, body, hide)!r}. "
            f"Do not send it again; look for its effect. "
            f"{_ids(request_id, command)}",
            status=response.status_code,
            body=body.decode("utf-8", "replace"),
            request_id=request_id,
            command=command,
        ) from error
    return CallLeg(answer, command=command, request_id=request_id)


def _ids(request_id: str | None, command: Command) -> str:
    """By what the service and we find a command again; not every answer has an id of its own."""
    of_the_service = "" if request_id is None else f"request id {request_id}, "
    return f"({of_the_service}command id {command.id})"


def _refusal(
    command: Command, response: requests.Response, body: bytes, hide: Hide
) -> CommandError:
    status = response.status_code
    if status < 200:
        return unknown(command, f"only an interim answer came ({status} {_phrase(status)})")
    request_id = _request_id(response)
    try:
        content = _decode(response, body)
    except ValueError:
        content = body.decode("utf-8", "replace")
    if status >= 500:
        kind: type[RemoteError] = ServerError
        hint = "the service failed, and may have acted before that"
    elif 300 <= status < 400:
        kind, hint = RemoteError, "redirects are not followed; is SIGNALWIRE_SPACE the right host?"
    else:
        kind, hint = _BY_STATUS.get(status, (RemoteError, ""))
        hint = hint.format(account=command.account)
    said = "".join(f"\n  {hide(command, line)[:300]}" for line in _said(content))
    return kind(
        f"{command.spec.method}: the service answered {status} {_phrase(status)}"
        f"{f': {hint}' if hint else ''}.{said or f' It starts {_excerpt(command, body, hide)!r}.'}"
        f"\n  {_ids(request_id, command)}",
        status=status,
        body=content,
        request_id=request_id,
        retry_after=_retry_after(response.headers.get("Retry-After")),
        command=command,
    )


def _phrase(status: int) -> str:
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return ""


def _said(content: Any) -> list[str]:
    """The service's own words, in lines, as they are."""
    if not isinstance(content, dict):
        return []
    errors = content.get("errors")
    try:
        if not isinstance(errors, list) or not errors:
            return [str(content["error"])] if content.get("error") else []
        return [
            f"{error.get('attribute') or 'payload'}: {error.get('message') or error.get('code')}"
            if isinstance(error, dict)
            else str(error)
            for error in errors[:20]
        ]
    except RecursionError:  # json reads a little deeper than str() writes
        return []


def _excerpt(command: Command, body: bytes, hide: Hide) -> str:
    return hide(command, body[:MAX_QUOTED].decode("utf-8", "replace"))[:120]


def _retry_after(value: str | None) -> float | None:
    """Seconds to wait, from a number of seconds or from a date (RFC 9110)."""
    if not value:
        return None
    try:
        if re.fullmatch(r"[0-9]+", value):
            return float(value)
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        return max(0.0, (moment - datetime.now(timezone.utc)).total_seconds())
    # The standard library's parser of dates has its own ways to fail on what is none.
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
