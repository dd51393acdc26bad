"""One address, two answers: a page for browsers, JSON for the rest."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import make_response, request
from flask.typing import ResponseReturnValue

P = ParamSpec("P")


def wants_html() -> bool:
    """Whether whoever asks prefers a page: ``*/*``, curl's, does not."""
    offers = ["application/json", "text/html"]
    return request.accept_mimetypes.best_match(offers) == "text/html"


def for_browsers(
    page: Callable[P, ResponseReturnValue],
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Have a view that answers in JSON answer browsers with a page."""

    def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def negotiated(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            answer = make_response((page if wants_html() else view)(*args, **kwargs))
            answer.vary.add("Accept")  # no cache gives one the other's
            return answer

        return negotiated

    return decorate
