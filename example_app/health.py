"""Whether this worker lives, and whether it can do its work: for load balancers, and for whoever is
on call. Neither question sends anything to the service.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from typing import Any, cast

from flask import Blueprint, Flask, current_app, g
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ServiceUnavailable

from flask_signalwire import Client, Health, hookimpl

from .book import CallBook

blueprint = Blueprint("health", __name__)

DEADLINE = 1.0
"""Seconds that all parts together may take to answer."""
FRESH = 1.0
"""Seconds that an answer is good for: whoever polls, the stores are asked once in this time."""

_UNCACHED = {"Cache-Control": "no-store"}


class Readiness:
    """What the parts said last. Any number of threads may ask."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._parts: dict[str, Health] = {}
        self._until = 0.0

    def parts(self) -> dict[str, Health]:
        """How the app's parts are, not older than :data:`FRESH`."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._parts = self._client.check_health(DEADLINE)
                self._until = time.monotonic() + FRESH
            return self._parts


class BookHealth:
    """A plugin that says how the book of calls is: without it no call can be followed."""

    name = "book"

    @hookimpl
    def signalwire_check_health(self) -> Health | None:
        book = cast(CallBook, current_app.extensions["call_desk"])
        try:
            book.check()
        except ServiceUnavailable as error:
            return Health("fail", str(error.description))
        return Health("ok")


@blueprint.get("/healthz")
def alive() -> ResponseReturnValue:
    """Say that the process answers; whoever restarts processes needs to know no more."""
    return {"status": "ok"}, 200, _UNCACHED


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """503 where this app can't do its work; why, is for those who may use the desk."""
    readiness = cast(Readiness, current_app.extensions["call_desk_readiness"])
    parts = readiness.parts()
    statuses = {health.status for health in parts.values()}
    status = next((bad for bad in ("fail", "warn") if bad in statuses), "ok")
    body: dict[str, Any] = {"status": status}
    # Behind a proxy all come from the loopback: that is no proof of anything.
    if g.get("user") is not None:
        body["parts"] = {name: dataclasses.asdict(health) for name, health in parts.items()}
    return body, 503 if status == "fail" else 200, _UNCACHED


def init_app(app: Flask) -> None:
    """Answer ``/healthz`` and ``/readyz``."""
    app.extensions["call_desk_readiness"] = Readiness(app.extensions["signalwire"])
    app.register_blueprint(blueprint)
