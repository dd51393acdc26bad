"""HTTP to the service: one attempt, its meaning, and the loop that may repeat it.

The rule that everything here serves: a command whose outcome is unknown is never sent again on its
own. So each failure is placed on one side of the first byte. What failed before it may be repeated
for any command; what failed after it only where the command's row in the table says that it may.
"""

from __future__ import annotations

import json
import logging
import os
import random
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests
import urllib3
from requests.adapters import BaseAdapter

from .answers import MAX_QUOTED, cause_of, understand, unknown
from .commands import Command
from .config import Account, Settings
from .connections import NoCookies, ServiceAdapter, load_authorities, progress
from .exceptions import (
    CommandError,
    ConfigurationError,
    RateLimited,
    RemoteError,
    TransportError,
)
from .headers import Headers
from .redaction import SECRET, mask_number, scrub
from .results import CallLeg

logger = logging.getLogger("flask_signalwire.transport")


_NO_AUTHORITIES = (
    "the certificate authorities that REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE name can't be loaded"
)


class _Session(requests.Session):
    """A session that does not follow redirects, and does not even read where they lead.

    requests prepares the next request where it is told not to follow: it reads all of the body for
    that, and raises where the address is none.
    """

    def resolve_redirects(self, *args: Any, **kwargs: Any) -> Any:
        """No requests: a redirect is an answer like others."""
        return iter(())


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
    :param watch: is shown the headers of each answer.
    :raises ConfigurationError: where the certificate authorities of the settings can't be loaded.
    """

    def __init__(
        self,
        account: Account,
        settings: Settings,
        *,
        user_agent: str,
        adapter: BaseAdapter | None = None,
        watch: Callable[[Mapping[str, str]], None] | None = None,
    ) -> None:
        self.account = account
        self._settings = settings
        self._user_agent = user_agent
        self._adapter = adapter
        self._watch = watch
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
        # Plugins took some of the time already.
        deadline = command.started + (command.deadline or self._settings.deadline)
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

    def warm_up(self) -> None:
        """Load now what the first command of this process would wait for.

        :raises ConfigurationError: where the certificate authorities can't be loaded.
        """
        try:
            self._line()
        except OSError as error:
            raise ConfigurationError(
                f"no command can be sent: {_NO_AUTHORITIES} ({error})"
            ) from error

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
        session.cookies = NoCookies()
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
                    "Connection": None,  # HTTP/1.1 keeps it open unasked
                    "Content-Type": "application/json",
                    "User-Agent": self._user_agent,
                },
                auth=((account.project_id or "").encode(), (account.api_token or "").encode()),
                data=b"{}",
            )
        )
        template.headers = Headers(template.headers)
        template.prepare_cookies(session.cookies)
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
                f"{command.spec.method} was not sent: {_NO_AUTHORITIES} ({error})",
                command=command,
                passing=False,
            ) from error
        request = _request(line.template, command.body)
        timeout = (min(connect, remaining), min(read, remaining))
        progress.begin(deadline)
        try:
            try:
                response = line.session.send(
                    request, timeout=timeout, allow_redirects=False, **line.environment
                )
            # Whatever an adapter raises means the same: there is no answer.
            except Exception as error:
                raise self._placed(command, error) from error
            logger.debug(
                "command %s %s: HTTP %d",
                command.id,
                command.name,
                response.status_code,
                extra={"command_id": command.id},
            )
            with response:
                if self._watch is not None:
                    self._watch(response.headers)
                return understand(command, response, self._hide)
        finally:
            progress.end()

    def _placed(self, command: Command, error: Exception) -> TransportError:
        """What a request raised, as our error, on the right side of the first byte."""
        cause = cause_of(error)
        reason = self._hide(command, f"{type(cause).__name__}: {cause}")
        if _sent(error):
            return unknown(command, f"no answer came ({reason})")
        return TransportError(
            f"{command.spec.method} was not sent: the space can't be reached ({reason})",
            command=command,
            passing=_passing(error),
        )

    def _hide(self, command: Command, text: str) -> str:
        """Foreign text as a message may show it: in one line, without secrets and numbers.

        What servers and libraries say may quote what we sent, in any shape. So what we know to be
        secret is taken out by its value, and what reads like a number or a credential by its looks.
        """
        text = text[:MAX_QUOTED]
        for raw, shown in sorted(set(self._secrets(command)), key=lambda pair: -len(pair[0])):
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
        if len(self.account.api_token or "") > 3:
            yield self.account.api_token or "", SECRET
        for raw, shown in _masked(command.params, command.masked_params()):
            # As it is, as JSON writes it in two ways, and as a URL or a form does.
            for escaped in (False, True):
                yield json.dumps(raw, ensure_ascii=escaped)[1:-1], shown
            yield quote(raw, safe=""), shown
            yield raw, shown
            digits = re.sub(r"\D", "", raw)
            if len(digits) >= 7:
                yield digits, mask_number(digits)


def _request(template: requests.PreparedRequest, body: bytes) -> requests.PreparedRequest:
    """A copy with a body. Its own ``copy`` makes an empty request first, and fills that in."""
    request = requests.PreparedRequest.__new__(requests.PreparedRequest)
    request.__dict__.update(template.__dict__, headers=template.headers.copy(), body=body)
    request.headers["Content-Length"] = str(len(body))
    return request


def _masked(value: Any, shown: Any) -> Iterator[tuple[str, str]]:
    """The texts in a payload that its masked copy shows differently."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            # A key may be a number, and masked itself.
            yield from _masked(
                inner, shown.get(key, SECRET) if isinstance(shown, Mapping) else SECRET
            )
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            known = isinstance(shown, list) and index < len(shown)
            yield from _masked(inner, shown[index] if known else SECRET)
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
        cause_of(error),
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
