"""An answer of the simulator, before it is on a wire."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from .refusals import REASONS, Headers


@dataclass(frozen=True)
class Answer:
    """What is sent back.

    :ivar status: of HTTP.
    :ivar content: the body's bytes.
    :ivar headers: beside those of the content.
    :ivar content_type: of the body.
    :ivar length: what ``Content-Length`` says; left out, the truth.
    """

    status: int
    content: bytes
    headers: Headers = ()
    content_type: str = "application/json"
    length: int | None = None

    @classmethod
    def of(cls, status: int, body: Mapping[str, Any], headers: Headers = ()) -> Answer:
        """One that carries JSON."""
        return cls(status, json.dumps(body).encode(), headers)

    def with_status(self, status: int) -> Answer:
        """Another status, with the body that the service has for it."""
        body = b"" if status in (204, 304) else json.dumps({"error": reason(status)}).encode()
        return replace(self, status=status, content=body)

    @property
    def wsgi_status(self) -> str:
        """Status and reason."""
        return f"{self.status} {reason(self.status)}"

    @property
    def wsgi_headers(self) -> list[tuple[str, str]]:
        """All headers."""
        length = len(self.content) if self.length is None else self.length
        return [
            ("Content-Type", self.content_type),
            ("Content-Length", str(length)),
            *self.headers,
        ]


def reason(status: int) -> str:
    """The words beside a status; "Unknown" where it has none."""
    try:
        return REASONS.get(status) or HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
