"""One callback on its way: where it may go, and how it is signed, authenticated and sent."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal
from urllib.parse import SplitResult, unquote, urlencode, urlsplit, urlunsplit

import requests
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from flask_signalwire.redaction import text_of
from flask_signalwire.webhooks.signatures import sign

from .adapter import SimulatorAdapter

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Reach = Literal["loopback", "anywhere"]
"""Where callbacks may go: to this machine and what was routed, or to whatever a URL names."""


class Unreachable(Exception):
    """Nothing is sent there, and trying again would change nothing."""


class Failed(Exception):
    """It could not be delivered this time."""


class Poster:
    """Sends callbacks: over HTTP, or into applications of this process.

    :param reach: where to.
    :param timeout: seconds to connect, and seconds to wait for each piece of the answer.
    :param signing_key: signs what is sent; None: nothing is signed.
    :param ca_file: certificate authorities to trust in place of the usual ones.
    """

    def __init__(
        self, *, reach: Reach, timeout: float, signing_key: str | None, ca_file: str | None = None
    ) -> None:
        if reach not in ("loopback", "anywhere"):
            raise ValueError(f"reach={reach!r}; expected 'loopback' or 'anywhere'")
        self.timeout = timeout
        self._reach = reach
        self._key = signing_key
        self._verify = ca_file or True
        self._routes: dict[tuple[str, str], tuple[str, WSGIApplication]] = {}
        self._lock = threading.Lock()

    def route(self, prefix: str, app: WSGIApplication) -> None:
        """What is below a URL goes into an application of this process, without a socket.

        :param prefix: scheme, host and, where the application lies below a path, that path.
        :param app: a WSGI application; it sees the path as its ``SCRIPT_NAME``.
        :raises ValueError: where the prefix is no such URL.
        """
        url = _split(prefix)
        path = url.path.rstrip("/")
        mounted = DispatcherMiddleware(NotFound(), {path: app}) if path else app
        with self._lock:
            self._routes[_origin(url)] = (path, mounted)

    def post(self, url: str, body: bytes, method: str = "POST") -> int:
        """Send it once.

        :param body: JSON. Where the method is GET, see :func:`query`.
        :returns: the status of the answer.
        :raises Unreachable: where the URL is none, or leads off this machine.
        :raises Failed: where no answer came.
        """
        try:
            parts = _split(url)
        except ValueError as error:
            raise Unreachable(str(error)) from None
        host = parts.netloc.rpartition("@")[2]
        bare = urlunsplit(parts._replace(netloc=host, fragment=""))
        app = self._routed(parts)
        if app is None and self._reach == "loopback" and not _is_loopback(parts.hostname or ""):
            raise Unreachable(
                f"not sent: {host} is not this machine, and nothing is routed there; for real "
                "hosts make the simulator with reach='anywhere'"
            )
        headers = {"Content-Type": "application/json", "User-Agent": "flask-signalwire-simulator"}
        if self._key is not None:
            headers.update(sign(self._key, bare, body))
        auth = None
        if parts.username is not None:
            auth = tuple(unquote(text or "").encode() for text in (parts.username, parts.password))
        with requests.Session() as session:
            session.trust_env = False  # neither proxies nor .netrc of this machine
            if app is not None:
                session.mount("http://", SimulatorAdapter(app))
                session.mount("https://", SimulatorAdapter(app))
            try:
                with session.request(
                    method,
                    bare,
                    data=body,
                    headers=headers,
                    auth=auth,  # type: ignore[arg-type]  # bytes are sent as they are
                    timeout=self.timeout,
                    verify=self._verify,
                    allow_redirects=False,
                    stream=True,  # nobody reads what a receiver says
                ) as answer:
                    return answer.status_code
            except requests.RequestException as error:
                raise Failed(f"{type(error).__name__}: {text_of(error)}") from error
            # An application of this process that crashed: a server would have answered 500.
            except Exception as error:
                if app is None:
                    raise
                raise Failed(f"the application raised {type(error).__name__}") from error

    def _routed(self, url: SplitResult) -> WSGIApplication | None:
        path, app = self._routes.get(_origin(url), ("", None))
        below = not path or url.path == path or url.path.startswith(f"{path}/")
        return app if below else None


def query(url: str, fields: Mapping[str, object]) -> str:
    """A URL with fields behind it: for callbacks that are asked for by GET."""
    parts = urlsplit(url)
    return urlunsplit(
        parts._replace(query="&".join(filter(None, (parts.query, urlencode(fields)))))
    )


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return parts
    except ValueError:
        pass
    raise ValueError("not sent: the URL is no http or https URL")


def _origin(url: SplitResult) -> tuple[str, str]:
    port = url.port or (443 if url.scheme == "https" else 80)
    return url.scheme, f"{url.hostname}:{port}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
