"""What the service answers where it does not do what it was asked.

Shapes: calling API contract, 2026-08.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

# Written out, because http.HTTPStatus words some of them by the version of Python.
REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Content Too Large",
    422: "Unprocessable Content",
}

_CODES_URL = "https://signalwire.com/docs/apis/error-codes"

Headers = Sequence[tuple[str, str]]


class Refusal(Exception):
    """An answer that is not a 200; raised wherever it is found, sent in one place.

    :param status: of HTTP.
    :param body: what is sent as JSON; left out, ``{"error": <reason>}``.
    :param headers: that the answer has beside the usual ones.
    """

    def __init__(
        self, status: int, body: Mapping[str, Any] | None = None, headers: Headers = ()
    ) -> None:
        super().__init__(status)
        self.status = status
        self.body = {"error": REASONS[status]} if body is None else body
        self.headers = headers


def unprocessable(problems: Iterable[tuple[str, str, str]]) -> Refusal:
    """The 422 that names every problem.

    :param problems: of each the attribute (a path without ``params.``), a code and a message.
    """
    return Refusal(
        422,
        {
            "errors": [
                {
                    "type": "validation_error",
                    "code": code,
                    "message": message,
                    "attribute": attribute,
                    "url": _CODES_URL,
                }
                for attribute, code, message in problems
            ]
        },
    )
