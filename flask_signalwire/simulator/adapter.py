"""A transport adapter for requests that ends in the simulator instead of in a socket."""

from __future__ import annotations

import errno
import sys
from http.client import IncompleteRead
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from requests import ConnectionError as RequestsConnectionError
from requests import PreparedRequest, ReadTimeout, Response
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers
from urllib3 import HTTPResponse, connection_from_url
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from .faults import AnswerLate, AnswerLost

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment


class SimulatorAdapter(BaseAdapter):
    """Serves what a session sends by a WSGI application, in this process and thread.

    .. code-block:: python

        session.mount("https://", SimulatorAdapter(simulator))

    :param app: the simulator, or anything wrapped around it.
    """

    def __init__(self, app: WSGIApplication) -> None:
        super().__init__()
        self.app = app

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> Response:
        """The application's answer.

        :param request: what is sent.
        :param timeout: seconds, or to connect and to read; a fault may keep an answer for longer.
            Everything else is about sockets, and ignored.
        :raises requests.exceptions.ConnectionError: where a fault resets the connection.
        :raises requests.exceptions.ReadTimeout: where a fault keeps the answer for too long.
        """
        del stream, verify, cert, proxies
        try:
            raw = self._serve(request, timeout[1] if isinstance(timeout, tuple) else timeout)
        # As urllib3 and requests wrap what a socket raises.
        except AnswerLost as error:
            reset = ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
            broken = ProtocolError("Connection aborted.", reset)
            raise RequestsConnectionError(broken, request=request) from error
        except AnswerLate as error:
            pool = connection_from_url(request.url or "")  # it opens nothing, and names the host
            late = ReadTimeoutError(pool, request.path_url, "Read timed out.")
            raise ReadTimeout(late, request=request) from error
        return self._response(request, raw)

    def _serve(self, request: PreparedRequest, patience: float | None) -> HTTPResponse:
        begun: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            begun[:] = status, headers
            return written.append

        written: list[bytes] = []
        environ = _environ(request)
        environ["flask_signalwire.patience"] = patience
        answer = self.app(environ, start_response)
        try:
            written += answer
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()
        status, headers = begun
        code, _, reason = status.partition(" ")
        return HTTPResponse(
            body=_Body(b"".join(written), CaseInsensitiveDict(headers).get("Content-Length")),
            headers=headers,
            status=int(code),
            reason=reason,
            preload_content=False,
            decode_content=False,
            request_method=request.method,
            request_url=request.url,
        )

    def _response(self, request: PreparedRequest, raw: HTTPResponse) -> Response:
        response = Response()
        response.raw = raw
        response.status_code = raw.status
        response.reason = raw.reason or ""
        response.headers = CaseInsensitiveDict(raw.headers)
        response.encoding = get_encoding_from_headers(response.headers)
        response.url = request.url or ""
        response.request = request
        response.connection = self  # type: ignore[assignment]  # the stubs know no other adapters
        return response

    def close(self) -> None:
        """Nothing is open."""


class _Body(BytesIO):
    """A body that breaks off where there is less of it than was promised, as http.client has it.

    Reading a piece of it is left to urllib3, which counts.
    """

    def __init__(self, content: bytes, promised: str | None) -> None:
        super().__init__(content)
        self._missing = int(promised or 0) - len(content)

    def read(self, size: int | None = -1, /) -> bytes:
        content = super().read(size)
        if self._missing > 0 and (size is None or size < 0):
            raise IncompleteRead(content, self._missing)
        return content


def _environ(request: PreparedRequest) -> WSGIEnvironment:
    url = urlsplit(request.url or "")
    content = _content(request.body)
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": request.method or "GET",
        "SCRIPT_NAME": "",
        # WSGI (PEP 3333) carries bytes as latin-1 text.
        "PATH_INFO": unquote_to_bytes(url.path).decode("latin-1"),
        "QUERY_STRING": url.query,
        "SERVER_NAME": url.hostname or "",
        "SERVER_PORT": str(url.port or (443 if url.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": url.netloc.rpartition("@")[2],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(content),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    headers: Any = request.headers  # requests lets values be bytes, its stubs don't
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = text
    environ["CONTENT_LENGTH"] = str(len(content))
    return environ


def _content(body: Any) -> bytes:
    """The whole body, whichever of its forms requests was given: text, bytes, a file, chunks."""
    if body is None:
        return b""
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else b"".join(body)
