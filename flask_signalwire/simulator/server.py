"""The simulator on a port."""

from __future__ import annotations

import logging
import socket
import struct
import threading
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from flask_signalwire.redaction import scrub

from .faults import AnswerLost
from .reading import BODY_LIMIT

if TYPE_CHECKING:
    from types import TracebackType

    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment
    from typing_extensions import Self

logger = logging.getLogger("flask_signalwire.simulator")

# A longer body than the application reads is taken off the wire up to here, so that its sender gets
# to see the 413; beyond, the connection is cut.
_DRAIN_LIMIT = 16 * BODY_LIMIT


def serve(simulator: WSGIApplication, host: str = "127.0.0.1", port: int = 0) -> SimulatorServer:
    """Serve a simulator over HTTP/1.1, each connection in a thread of its own.

    .. code-block:: python

        with serve(Simulator()) as server:
            requests.post(f"{server.url}/api/calling/calls", …)

    :param host: the address to listen on.
    :param port: 0 takes a free one.
    :returns: the server; it listens already.
    :raises OSError: where the port is taken, or the address isn't this machine's.
    """
    return SimulatorServer(simulator, host, port)


class SimulatorServer:
    """A server that runs in the background until it is closed. A context manager.

    :ivar host: the address that it listens on.
    :ivar port: its port.
    :ivar url: both, as a URL.
    """

    def __init__(self, app: WSGIApplication, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # Bound here, because werkzeug's own binding exits the process where a port is taken.
        with socket.create_server((host, port), family=family, backlog=128) as listener:
            self._server = _Server(host, port, app, _Handler, fd=listener.fileno())
        self.host = host
        self.port: int = self._server.port
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            args=(0.05,),
            name=f"signalwire-simulator-{self.port}",
            daemon=True,
        )
        self._thread.start()

    def wait(self) -> None:
        """Wait until it is closed, by another thread or a KeyboardInterrupt in this one."""
        self._thread.join()

    def close(self) -> None:
        """Stop listening, cut all connections, and wait for their threads. Twice is no error."""
        self._server.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.cut()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<SimulatorServer {self.url}>"


class _Server(ThreadedWSGIServer):
    """Knows its connections, so that none outlives it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._connections: dict[socket.socket, threading.Thread] = {}
        self.closing = threading.Event()
        super().__init__(*args, **kwargs)

    def process_request(self, request: Any, client_address: Any) -> None:
        thread = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), daemon=True
        )
        self._connections[request] = thread
        thread.start()

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self._connections.pop(request, None)

    def cut(self) -> None:
        """End every connection and wait for its thread; nothing listens any more."""
        for connection, thread in list(self._connections.items()):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                logger.debug("a connection was closed already")
            thread.join()

    def handle_error(self, request: Any, client_address: Any) -> None:
        # socketserver calls this while it handles the exception.
        logger.exception("a request crashed")  # noqa: LOG004


class _Handler(WSGIRequestHandler):
    """Keeps connections open, as the service does and werkzeug's own handler does not.

    For that each body has to be read to its end.
    """

    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        environ["wsgi.input"] = BytesIO(self._body(environ))
        environ["flask_signalwire.closing"] = self.server.closing
        begun: list[Any] = []
        written: list[bytes] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            begun[:] = status, headers
            return written.append

        try:
            written += self.server.app(environ, start_response)
        except AnswerLost:
            self._reset()
            return
        status, headers = begun
        content = b"".join(written)
        promised = dict(headers).get("Content-Length")
        # Half an answer: whoever waits for the rest is to see that none will come.
        short = promised is not None and int(promised) > len(content) and self.command != "HEAD"
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = self.close_connection or short

    def _reset(self) -> None:
        """End the connection by a reset, where closing it would send a proper end."""
        self.log_request("reset")
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # At once and for all: the files on the socket would keep it open, and whoever ends the
        # request would send that end first.
        socket.close(self.connection.detach())

    def _body(self, environ: WSGIEnvironment) -> bytes:
        """Take the body off the wire; where its end can't be found, this request is the last."""
        if environ.get("wsgi.input_terminated"):
            environ.pop("CONTENT_LENGTH", None)
            try:
                body: bytes = environ["wsgi.input"].read(BODY_LIMIT + 1)
            except OSError:  # what werkzeug makes of malformed chunks
                body = b""
                self.close_connection = True
            if len(body) > BODY_LIMIT:
                self.close_connection = True
            return body
        text = environ.get("CONTENT_LENGTH") or "0"
        if not (text.isascii() and text.isdigit()) or len(text) > 18 or int(text) > _DRAIN_LIMIT:
            self.close_connection = True
            return b""
        body = self.rfile.read(int(text))
        return body if len(body) <= BODY_LIMIT else b""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        path = unquote(getattr(self, "path", "")).partition("?")[0]
        logger.info("%s %s %s", _shown(self.command or ""), _shown(path), code)

    def log(self, type: str, message: str, *args: Any) -> None:
        """What went wrong is said without the request's words, which may hold anything."""
        logger.info("a request could not be read")


def _shown(text: str) -> str:
    return scrub(text)[:100].encode("unicode_escape").decode()
