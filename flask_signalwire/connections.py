"""The sockets under :mod:`flask_signalwire.transport`.

requests and urllib3 know the time between two bytes, not the time of a whole call; and their errors do
not always tell whether the first byte had left. Both are known where the bytes pass, so this module puts
its own connection class under urllib3's pools: it notes when sending starts, and reads under a deadline.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

__all__ = ["ServiceAdapter", "progress"]


class _Progress(threading.local):
    """How far this thread's request has come.

    One thread has one request under way at most, so a thread-local is the request's own: nothing else
    reaches from the transport through requests and urllib3 down to the socket.
    """

    deadline: float | None = None
    stage: Literal["idle", "connecting", "sending"] = "idle"

    @property
    def connecting(self) -> bool:
        """Whether the request got no further than connecting: no byte of it has left."""
        return self.stage == "connecting"

    @contextmanager
    def watch(self, deadline: float) -> Iterator[None]:
        """Read under a deadline (``time.monotonic``) within the block."""
        self.deadline, self.stage = deadline, "idle"
        try:
            yield
        finally:
            self.deadline = None


progress = _Progress()


class _DeadlineReader(io.RawIOBase):
    """Reads a socket so that no read outlives the deadline, however the bytes trickle."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._patience = sock.gettimeout()
        # The file keeps the socket open when the connection lets go of it before the body is read.
        self._file = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if progress.deadline is not None:
            remaining = progress.deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError("the deadline has passed")
            patience = remaining if self._patience is None else min(self._patience, remaining)
            self._sock.settimeout(patience)
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_DeadlineReader(sock))


class _Noting:
    """Notes in :data:`progress` when connecting and sending begin."""

    sock: Any

    def connect(self) -> None:
        progress.stage = "connecting"
        super().connect()  # type: ignore[misc]

    def send(self, data: Any) -> None:
        if self.sock is None:  # as http.client does, but before the note
            self.connect()
        progress.stage = "sending"
        super().send(data)  # type: ignore[misc]


class _Http(_Noting, HTTPConnection):
    response_class = _Response


class _Https(_Noting, HTTPSConnection):
    response_class = _Response


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


_POOLS = {"http": _HttpPool, "https": _HttpsPool}


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
        if verify:
            source = verify if isinstance(verify, str) else DEFAULT_CA_BUNDLE_PATH
            folder = Path(source).is_dir()
            self._tls["ssl_context"] = ssl.create_default_context(
                cafile=None if folder else source, capath=source if folder else None
            )
        super().__init__(pool_connections=1, pool_maxsize=pool_size)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **kwargs: Any
    ) -> None:
        super().init_poolmanager(connections, maxsize, block, **kwargs, **self._tls)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs, **self._tls)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        host, pool = super().build_connection_pool_key_attributes(request, verify, cert)
        ours = {key: value for key, value in pool.items() if key not in ("ca_certs", "ca_cert_dir")}
        return host, {**ours, **self._tls}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing to do: the context holds the authorities, and checks the host's name."""
