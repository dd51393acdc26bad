"""Apps on a real server with threads, whose connections can be cut."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

SECONDS = 10
"""What anything is waited for at most."""
BEAT = 0.2
"""Seconds between two heartbeats: as long a stream keeps its thread when its browser has gone."""


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing."""


class Site(ThreadedWSGIServer):
    """An app that is served on loopback until it is closed.

    :ivar url: where it is, without a slash at the end.
    """

    daemon_threads = False  # so that `server_close` waits for all of them

    def __init__(self, app: Flask) -> None:
        super().__init__("127.0.0.1", 0, app, handler=_Quiet)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._cut = False
        self._connections: list[socket.socket] = []
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Whether a connection is taken; socketserver asks this of each."""
        self._connections.append(request)
        return not self._cut

    def cut(self) -> None:
        """Lose every connection, and each new one until :meth:`mend`."""
        self._cut = True
        for connection in self._connections:
            with contextlib.suppress(OSError):  # it was closed before
                connection.shutdown(socket.SHUT_RDWR)
        self._connections.clear()

    def mend(self) -> None:
        """Take connections again."""
        self._cut = False

    def close(self) -> None:
        """End, and leave no thread behind."""
        self.cut()
        self.shutdown()
        self._thread.join()
        self.server_close()
