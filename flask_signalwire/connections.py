"""The sockets under :mod:`flask_signalwire.transport`.

requests and urllib3 know the time between two bytes, not the time of a whole call; and their errors
do not always tell whether the first byte had left. Both are known where the bytes pass, so this
module puts its own connection class under urllib3's pools: it notes when sending starts, and
connects, writes and reads under a deadline.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from requests import Response
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from requests.exceptions import InvalidProxyURL
from requests.structures import CaseInsensitiveDict
from requests.utils import DEFAULT_CA_BUNDLE_PATH, get_encoding_from_headers
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError
from urllib3.util.connection import allowed_gai_family, create_connection

from .headers import parse_headers, with_globals

__all__ = ["NoCookies", "ServiceAdapter", "load_authorities", "progress"]


class _Progress(threading.local):
    """How far this thread's request has come.

    One thread has one request under way at most, so a thread-local is the request's own: nothing
    else reaches from the transport through requests and urllib3 down to the socket.

    :ivar sent: whether a byte of the request has left; None where the adapter does not tell.
    """

    deadline: float | None = None
    sent: bool | None = None

    def begin(self, deadline: float) -> None:
        """Connect, write and read under a deadline (``time.monotonic``) from here on."""
        self.deadline, self.sent = deadline, None

    def end(self) -> None:
        """No deadline any more."""
        self.deadline = None

    @property
    def over(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline is not None and time.monotonic() >= self.deadline

    def patience(self, timeout: float | None) -> float | None:
        """Seconds that a step with this timeout may still take; a moment where time is over."""
        if self.deadline is None:
            return timeout
        remaining = max(self.deadline - time.monotonic(), 0.001)
        return remaining if timeout is None else min(timeout, remaining)


progress = _Progress()


class _DeadlineReader(io.RawIOBase):
    """Reads a socket so that no read outlives the deadline, however the bytes trickle."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._timeout = sock.gettimeout()
        # The file keeps the socket open when the connection lets go of it before the body is read.
        self._file = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if progress.deadline is not None:
            remaining = progress.deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError("the deadline has passed")
            if self._timeout is None or remaining < self._timeout:
                self._sock.settimeout(remaining)
        # Past the file, which calls the same in Python once more.
        return self._sock.recv_into(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


class _Source:
    """Stands for the socket where http.client asks it for a file to read an answer from."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_DeadlineReader(self._sock))


class _Response(http.client.HTTPResponse):
    # http.client has no place to say who reads the headers: `begin` calls its `parse_headers`.
    # Should that have another name one day, an answer takes longer, and is as right.
    begin = with_globals(http.client.HTTPResponse.begin, parse_headers=parse_headers)

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(_Source(sock), *args, **kwargs)  # type: ignore[arg-type]


def _address(connected: Any) -> str:
    """How urllib3's errors name a connection, or a pool of them."""
    return f"{connected.host}:{connected.port}"


class _Watched:
    """A connection that opens under the deadline, and notes in :data:`progress` when it sends."""

    sock: Any
    timeout: float | None
    _held: list[bytes] | None = None  # of the request, until all of it is there

    __str__ = _address

    def _new_conn(self: Any) -> socket.socket:
        """Try the host's addresses in turn.

        As urllib3 does it, but it gives each of them the whole timeout: a host with many addresses,
        all of them silent, would outlive the deadline. Looking the name up can't be bounded.
        """
        failure = "the name has no address"
        try:
            for *_, address in socket.getaddrinfo(
                self._dns_host.strip("[]"), self.port, allowed_gai_family(), socket.SOCK_STREAM
            ):
                patience = progress.patience(self.timeout)
                try:
                    sock: socket.socket = create_connection(
                        (str(address[0]), self.port),
                        patience,
                        self.source_address,
                        self.socket_options,
                    )
                except OSError as error:
                    failure = str(error)
                else:
                    # What follows, a proxy's welcome and TLS, has what is left of the time.
                    sock.settimeout(progress.patience(self.timeout))
                    return sock
        except OSError as error:  # of the name's look-up
            failure = str(error)
        raise NewConnectionError(self, f"can't connect: {failure}")

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send head and body at once: one system call, segment and TLS record in place of two."""
        try:
            super().request(*args, **kwargs)  # type: ignore[misc]
        finally:
            held, self._held = self._held, None
        if held:
            self.send(b"".join(held))

    def send(self, data: Any) -> None:
        """Send, or hold what belongs to a request that is not complete."""
        if self._held is None:
            super().send(data)  # type: ignore[misc]
        else:
            self._held.append(data)

    # Past urllib3's, which looks through the values for a mark that none of ours is.
    putheader = http.client.HTTPConnection.putheader

    def endheaders(self: Any, *args: Any, **kwargs: Any) -> None:
        """Begin to send the request; a proxy is told where to connect by other means."""
        if self.sock is None:  # as http.client does, but before the note
            self.connect()
        if progress.over:
            raise TimeoutError("the deadline has passed")
        patience = progress.patience(self.timeout)
        if patience != self.timeout:  # which urllib3 has set already; each time is a system call
            self.sock.settimeout(patience)
        progress.sent = True
        self._held = []
        super().endheaders(*args, **kwargs)  # type: ignore[misc]


class _Http(_Watched, HTTPConnection):
    response_class = _Response


class _Https(_Watched, HTTPSConnection):
    response_class = _Response


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http
    __str__ = _address


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https
    __str__ = _address


_POOLS = {"http": _HttpPool, "https": _HttpsPool}


class NoCookies(RequestsCookieJar):
    """A cookie jar that stays empty."""

    def extract_cookies(self, *args: Any) -> None:
        """Leave them where they are."""

    def set_cookie(self, *args: Any, **kwargs: Any) -> None:
        """Nor take one from elsewhere: requests and answers share a jar."""

    def copy(self) -> NoCookies:
        """The same: there is nothing in it that could change."""
        return self


class ServiceAdapter(HTTPAdapter):
    """One service, many threads: a pool as large as asked for, and one TLS context for all of it.

    requests loads the certificate bundle anew for every connection, which takes longer than the
    handshake (python/cpython#95031).

    :param pool_size: connections that are kept open.
    :param verify: a file or folder of certificate authorities; True for those of requests.
    :raises OSError: where the file can't be loaded.
    """

    def __init__(self, pool_size: int, verify: str | bool) -> None:
        self._tls: dict[str, Any] = {}
        self._pool: Any = None
        self._target: str | None = None
        self._blank = {**vars(Response()), "cookies": NoCookies()}
        if verify:
            source = verify if isinstance(verify, str) else DEFAULT_CA_BUNDLE_PATH
            self._tls["ssl_context"] = load_authorities(source)
        super().__init__(pool_connections=1, pool_maxsize=pool_size)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **kwargs: Any
    ) -> None:
        super().init_poolmanager(connections, maxsize, block, **kwargs, **self._tls)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        if proxy.lower().startswith("socks"):
            raise InvalidProxyURL("SOCKS proxies are not supported")
        if proxy.lower().startswith("https"):
            kwargs["proxy_ssl_context"] = self._tls.get("ssl_context")
        manager = super().proxy_manager_for(proxy, **kwargs, **self._tls)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """The pool for a request. It is the first step, so from here on we know what was sent."""
        progress.sent = False
        # One URL and one environment have one pool; requests would look it up at every call.
        pool = self._pool
        if pool is None:
            pool = self._pool = super().get_connection_with_tls_context(*args, **kwargs)
        return pool

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        ours = {key: value for key, value in pool.items() if key not in ("ca_certs", "ca_cert_dir")}
        return host, {**ours, **self._tls}

    def request_url(self, request: Any, proxies: Any) -> str:
        """As the pool: the target's path, or the whole URL for a proxy."""
        if self._target is None:
            self._target = super().request_url(request, proxies)
        return self._target

    def build_response(self, req: Any, resp: Any) -> Response:
        """As requests builds it, but for the cookies, which nobody wants."""
        # A new Response makes headers and a jar of cookies, only to be given others.
        response = Response.__new__(Response)
        headers = resp.headers  # of urllib3: as blind to case as those of requests
        response.__dict__.update(
            self._blank,
            status_code=resp.status,
            headers=headers,
            encoding=_encoding_of(headers.get("Content-Type", "")),
            history=[],
            raw=resp,
            reason=resp.reason,
            url=req.url,
            request=req,
            connection=self,
        )
        return response

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing to do: the context holds the authorities, and checks the host's name."""

    def close(self) -> None:
        """Close the sockets; urllib3 only forgets the pools, for the garbage collector to close."""
        self._pool = None
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            for key in manager.pools.keys():  # noqa: SIM118  # it is no dict
                pool = manager.pools.get(key)
                if pool is not None:
                    pool.close()
        super().close()


@lru_cache(maxsize=16)
def _encoding_of(content_type: str) -> str | None:
    """As requests tells it; a service has one or two types of content, and always the same."""
    return get_encoding_from_headers(CaseInsensitiveDict({"Content-Type": content_type}))


def load_authorities(source: str) -> ssl.SSLContext:
    """A TLS context that trusts the authorities of a PEM file, or of a folder of them.

    :raises OSError: where they can't be loaded.
    """
    folder = Path(source).is_dir()
    return ssl.create_default_context(
        cafile=None if folder else source, capath=source if folder else None
    )
