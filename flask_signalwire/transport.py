"""HTTP to the service: one attempt, its meaning, and the loop that may repeat it.

The rule that everything here serves: a command whose outcome is unknown is never sent again on its
own. So each failure is placed on one side of the first byte. What failed before it may be repeated
for any command; what failed after it only where the command's row in the table says that it may.
"""

from __future__ import annotations

import http
import json
import logging
import os
import random
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import urllib3
from requests.adapters import BaseAdapter

from .commands import Command
from .config import Account, Settings
from .connections import ServiceAdapter, load_authorities, progress
from .exceptions import (
    AuthenticationFailed,
    CommandError,
    ConfigurationError,
    Conflict,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    RemoteError,
    ServerError,
    TransportError,
    Unprocessable,
    UnreadableAnswer,
)
from .redaction import SECRET, mask_number, scrub
from .results import CallLeg

logger = logging.getLogger("flask_signalwire.transport")

MAX_BODY = 1024 * 1024
"""Bytes of an answer that are read at most; a call leg has about one thousand."""

MAX_QUOTED = 8192
"""Characters of a foreign text that are looked through at most where a message quotes it."""

Hide = Callable[[str], str]
"""Makes foreign text fit for a message: see :meth:`Transport._hide`."""

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


class _Session(requests.Session):
    """A session that does not follow redirects, and does not even read where they lead.

    requests prepares the next request where it is told not to follow: it reads all of the body for
    that, and raises where the address is none.
    """

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


@dataclass
class _Line:
    """What a process needs to send: made once, at its first command."""

    session: _Session
    template: requests.PreparedRequest
    environment: dict[str, Any]


class Transport:
    """Sends the commands of one account.

    Thread-safe, and safe across forks: a child process opens sockets of its own.

    :param user_agent: the User-Agent header.
    :param adapter: serves the account's URL in place of HTTP, as the simulator does.
    :raises ConfigurationError: where the certificate authorities of the settings can't be loaded.
    """

    def __init__(
        self,
        account: Account,
        settings: Settings,
        *,
        user_agent: str,
        adapter: BaseAdapter | None = None,
    ) -> None:
        self.account = account
        self._settings = settings
        self._user_agent = user_agent
        self._adapter = adapter
        # By process id: after a fork the parent's sockets, and its locks, are not ours to touch.
        self._lines: dict[int, _Line] = {}
        self._locks: dict[int, threading.Lock] = {}
        if settings.ca_file and adapter is None:
            try:
                load_authorities(settings.ca_file)
            except OSError as error:
                raise ConfigurationError(
                    "the certificate authorities can't be loaded:",
                    [("SIGNALWIRE_CA_FILE", f"{settings.ca_file!r}: {error}; expected PEM")],
                ) from error

    def send(self, command: Command) -> CallLeg:
        """Send a validated command, repeated where that is safe, within its deadline.

        :raises RemoteError: the service refused it, failed, or answered what can't be read.
        :raises TransportError: it was not reached.
        :raises OutcomeUnknown: nobody knows.
        """
        deadline = time.monotonic() + (command.deadline or self._settings.deadline)
        allowed = self._settings.retries if command.retries is None else command.retries
        attempt = 1
        unsure: CommandError | None = None
        while True:
            try:
                return self._attempt(command, deadline)
            except CommandError as error:
                if error.outcome == "unknown":
                    unsure = error
                pause = _pause_before_repeating(command, error, attempt)
                if pause is None or attempt > allowed or time.monotonic() + pause >= deadline:
                    if unsure is None or unsure is error:
                        raise
                    # An earlier attempt may have acted, whatever became of this one.
                    if error.outcome == "not_sent":
                        raise unsure from error
                    error.outcome = "unknown"
                    raise
                logger.warning(
                    "command %s %s: attempt %d failed (%s, %s); repeating it in %.2f s",
                    command.id,
                    command.name,
                    attempt,
                    type(error).__name__,
                    error.outcome,
                    pause,
                    extra={"command_id": command.id},
                )
            time.sleep(pause)
            attempt += 1

    def close(self) -> None:
        """Close this process's sockets. A later command opens new ones."""
        line = self._lines.pop(os.getpid(), None)
        if line is not None:
            line.session.close()

    def _line(self) -> _Line:
        pid = os.getpid()
        line = self._lines.get(pid)
        if line is None:
            with self._locks.setdefault(pid, threading.Lock()):
                line = self._lines.get(pid) or self._open()
                self._lines = {pid: line}
        return line

    def _open(self) -> _Line:
        account, settings = self.account, self._settings
        session = _Session()
        # Proxies, and a certificate bundle that the environment names, are looked up once: requests
        # would walk the environment at every call. Our own setting wins over the environment's.
        environment: dict[str, Any] = dict(
            session.merge_environment_settings(account.url, {}, True, settings.ca_file, None)
        )
        session.trust_env = False
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # Loading the authorities takes longer than all the rest: a server on loopback needs none.
        secured = account.url.startswith("https") or environment["proxies"]
        adapter = self._adapter or ServiceAdapter(
            settings.pool_size, environment["verify"] if secured else False
        )
        for prefix in list(session.adapters):
            session.mount(prefix, adapter)
        template = session.prepare_request(
            requests.Request(
                "POST",
                account.url,
                headers={
                    "Accept": "application/json",
                    "Accept-Encoding": "identity",
                    "Content-Type": "application/json",
                    "User-Agent": self._user_agent,
                },
                auth=((account.project_id or "").encode(), (account.api_token or "").encode()),
                data=b"{}",
            )
        )
        return _Line(session, template, environment)

    def _attempt(self, command: Command, deadline: float) -> CallLeg:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TransportError(
                f"{command.spec.method} was not sent: its deadline has passed",
                command=command,
                passing=False,
            )
        connect, read = command.timeouts or self._settings.timeout
        try:
            line = self._line()
        except OSError as error:
            raise TransportError(
                f"{command.spec.method} was not sent: the certificate authorities that "
                f"REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE name can't be loaded ({error})",
                command=command,
                passing=False,
            ) from error
        hide = partial(self._hide, command)
        request = line.template.copy()
        request.body = command.body
        request.headers["Content-Length"] = str(len(command.body))
        with _placed(command, hide), progress.watch(deadline):
            response = line.session.send(
                request,
                timeout=(min(connect, remaining), min(read, remaining)),
                allow_redirects=False,
                **line.environment,
            )
        with progress.watch(deadline), response:
            body, broken = _read(response)
        logger.debug(
            "command %s %s: HTTP %d, %d bytes",
            command.id,
            command.name,
            response.status_code,
            len(body),
            extra={"command_id": command.id},
        )
        if 200 <= response.status_code < 300:
            return _leg(command, response, body, broken, hide)
        raise _refusal(command, response, body, hide)

    def _hide(self, command: Command, text: str) -> str:
        """Foreign text as a message may show it: in one line, without secrets and numbers.

        What servers and libraries say may quote what we sent, in any shape. So what we know to be
        secret is taken out by its value, and what reads like a number or a credential by its looks.
        """
        text = text[:MAX_QUOTED]
        for raw, shown in sorted(self._secrets(command), key=lambda pair: -len(pair[0])):
            text = text.replace(raw, shown)
        return scrub("".join(letter if letter.isprintable() else " " for letter in text))

    def _secrets(self, command: Command) -> Iterator[tuple[str, str]]:
        """What is known to be sensitive here, each with what is shown in its place."""
        line = self._lines.get(os.getpid())
        if line is not None:
            yield str(line.template.headers["Authorization"]).removeprefix("Basic "), SECRET
            for proxy in line.environment["proxies"].values():
                userinfo = proxy.rpartition("@")[0].rpartition("//")[2]
                if userinfo:
                    yield userinfo, SECRET
        if self.account.api_token:
            yield self.account.api_token, SECRET
        for raw, shown in _masked(command.params, command.masked_params()):
            yield raw, shown
            digits = re.sub(r"\D", "", raw)
            if len(digits) >= 7:
                yield digits, mask_number(digits)


def _masked(value: Any, shown: Any) -> Iterator[tuple[str, str]]:
    """The texts in a payload that its masked copy shows differently."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _masked(inner, shown[key] if isinstance(shown, Mapping) else SECRET)
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from _masked(inner, shown[index] if isinstance(shown, list) else SECRET)
    # Shorter ones say nothing, and would be found inside of words.
    elif isinstance(value, str) and len(value) > 3 and value != shown:
        yield value, str(shown)


def _pause_before_repeating(command: Command, error: CommandError, attempt: int) -> float | None:
    """Seconds to wait before the command is sent again; None where it must not be."""
    backoff = float(min(0.2 * 2 ** min(attempt, 10), 5.0) * random.uniform(0.5, 1.0))  # noqa: S311
    asked_for = error.retry_after if isinstance(error, RemoteError) else None
    if isinstance(error, RateLimited):  # it was turned away unread, so any command may come back
        return asked_for
    if error.outcome == "not_sent" and isinstance(error, TransportError):
        return backoff if error.passing else None
    if error.outcome == "unknown" and command.spec.repeatable(command):
        return backoff if asked_for is None else asked_for
    return None


@contextmanager
def _placed(command: Command, hide: Hide) -> Iterator[None]:
    """Turn what a request may raise into our errors, on the right side of the first byte."""
    try:
        yield
    # Whatever an adapter raises means the same: there is no answer.
    except Exception as error:
        cause = _cause(error)
        reason = hide(f"{type(cause).__name__}: {cause}")
        if not _sent(error):
            raise TransportError(
                f"{command.spec.method} was not sent: the space can't be reached ({reason})",
                command=command,
                passing=_passing(error),
            ) from error
        raise _unknown(command, f"no answer came ({reason})") from error


def _unknown(command: Command, what: str) -> OutcomeUnknown:
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


def _cause(error: BaseException) -> BaseException:
    """The innermost reason: requests and urllib3 wrap each other's errors several times."""
    inner = error.args[0] if error.args else None
    reason = getattr(inner, "reason", inner)
    return reason if isinstance(reason, BaseException) else error


def _sent(error: Exception) -> bool:
    """Whether a byte of the request may have left.

    Our connections know. They must be asked first: a proxy that drops a request which it was given
    looks to urllib3 like one that was not reached. For another adapter the error's class tells.
    """
    if progress.sent is not None:
        return progress.sent
    return not isinstance(
        error, (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError)
    ) and not isinstance(
        _cause(error),
        (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError),
    )


def _passing(error: Exception) -> bool:
    """Whether what kept us from sending may be over in half a second."""
    if isinstance(error, requests.exceptions.SSLError):
        # A certificate won't fit any better; a handshake that broke off may get to its end.
        inner: BaseException | None = error
        while inner is not None and not isinstance(inner, ssl.SSLEOFError):
            inner = inner.__context__
        return inner is not None
    return not isinstance(error, ValueError)  # an address, of the space or a proxy, that is none


class _Unfit(ValueError):
    """An answer that came, but can't be read."""


def _read(response: requests.Response) -> tuple[bytes, Exception | None]:
    """The body, as much of it as came, and why it broke off if it did."""
    parts, size = [], 0
    try:
        for part in response.iter_content(65536):
            parts.append(part)
            size += len(part)
            if size > MAX_BODY:
                return b"".join(parts), _Unfit(f"it is longer than {MAX_BODY // 1024} KiB")
    except requests.exceptions.ContentDecodingError as error:
        return b"".join(parts), _Unfit(str(error))
    # As above: whatever it is, the rest did not come.
    except Exception as error:  # noqa: BLE001
        return b"".join(parts), error
    return b"".join(parts), None


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
        cause = _cause(broken)
        reason = hide(f"{type(cause).__name__}: {cause}")
        raise _unknown(
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
            f"read: {hide(str(error))}. It starts {_excerpt(body, hide)!r}. Do not send it again; "
            f"look for its effect. (request id {request_id}, command id {command.id})",
            status=response.status_code,
            body=body.decode("utf-8", "replace"),
            request_id=request_id,
            command=command,
        ) from error
    return CallLeg(answer, command=command, request_id=request_id)


def _refusal(
    command: Command, response: requests.Response, body: bytes, hide: Hide
) -> CommandError:
    status = response.status_code
    if status < 200:
        return _unknown(command, f"only an interim answer came ({status} {_phrase(status)})")
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
    said = "".join(f"\n  {hide(line)[:300]}" for line in _said(content))
    return kind(
        f"{command.spec.method}: the service answered {status} {_phrase(status)}"
        f"{f': {hint}' if hint else ''}.{said or f' It starts {_excerpt(body, hide)!r}.'}"
        f"\n  (request id {request_id}, command id {command.id})",
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


def _excerpt(body: bytes, hide: Hide) -> str:
    return hide(body[:MAX_QUOTED].decode("utf-8", "replace"))[:120]


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
