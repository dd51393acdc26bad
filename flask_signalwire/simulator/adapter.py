"""A transport adapter for requests that ends in the simulator instead of in a socket."""

from __future__ import annotations

import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers
from urllib3 import HTTPResponse

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

        :param request: what is sent. Everything else is about sockets, and ignored.
        """
        del stream, timeout, verify, cert, proxies
        begun: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            begun[:] = status, headers
            return written.append

        written: list[bytes] = []
        answer = self.app(_environ(request), start_response)
        try:
            written += answer
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()
        status, headers = begun
        code, _, reason = status.partition(" ")
        raw = HTTPResponse(
            body=BytesIO(b"".join(written)),
            headers=headers,
            status=int(code),
            reason=reason,
            preload_content=False,
            request_method=request.method,
            request_url=request.url,
        )
        return self._response(request, raw)

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
