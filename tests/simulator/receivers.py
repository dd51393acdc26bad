"""Who receives callbacks: an application that writes down what came, and answers as it is told."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

HOST = "http://desk.test"


class Receiver:
    """What came, oldest first; `answers` are given in turn, then 200."""

    def __init__(self, *answers: int) -> None:
        self.requests: list[Request] = []
        self.bodies: list[Any] = []
        self.answers = list(answers)
        self.came = threading.Condition()

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        raw = request.get_data()
        with self.came:
            self.requests.append(request)
            self.bodies.append(json.loads(raw) if raw else None)
            status = self.answers.pop(0) if self.answers else 200
            self.came.notify_all()
        return Response(b"", status)(environ, start_response)

    def wait(self, count: int, state: str | None = None) -> None:
        """Until so many came: all, or those that a call entered a state."""

        def enough() -> bool:
            if state is None:
                return len(self.bodies) >= count
            return [each.get("call_state") for each in self.params].count(state) >= count

        with self.came:
            assert self.came.wait_for(enough, 20), self.bodies

    @property
    def params(self) -> list[dict[str, Any]]:
        return [body["params"] for body in self.bodies if "params" in body]

    def of(self, key: str) -> list[Any]:
        return [body[key] for body in self.bodies if key in body]


@contextmanager
def on_a_port(receiver: Receiver, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve it on loopback; gives its URL."""
    server = make_server("127.0.0.1", 0, receiver, threaded=True, ssl_context=context)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http{'s' if context else ''}://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
