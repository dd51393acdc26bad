"""The blueprint: a stream a call, the script and the stylesheet, and the macro for templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from .access import EXTENSION, TOKEN, Access
from .messages import Cursor
from .settings import CaptionsSettings
from .store import Store
from .streaming import Stream

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_ID = 128
_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    # nginx would keep what it is sent until a buffer is full.
    "X-Accel-Buffering": "no",
    # The link is a proof: it is told to nobody.
    "Referrer-Policy": "no-referrer",
}


def build_blueprint(
    store: Store, access: Access, settings: CaptionsSettings, prefix: str
) -> Blueprint:
    """The blueprint ``signalwire_captions`` of one app.

    :param prefix: the path of the streams.
    """
    blueprint = Blueprint(
        EXTENSION,
        __name__,
        url_prefix=prefix,
        static_folder="static",
        static_url_path="/static",
        template_folder="templates",
    )

    @blueprint.get("/<call_id>")
    def stream(call_id: str) -> Response:
        try:
            until = access.check(call_id.lower(), request.args.get(TOKEN))
        except HTTPException as error:
            # Not the app's error page: no person reads the answer.
            if error.code not in (401, 403):
                raise
            return _refused(error.code, error.description or "")
        if len(call_id) > LONGEST_ID:
            return _refused(404, "There is no such call.")
        if not request.environ.get("wsgi.multithread"):
            return _refused(
                503,
                "Captions need a server with threads: a stream would keep this worker, which has "
                "one, from everything else. With gunicorn: --worker-class gthread --threads 100.",
            )
        if len(store.subscribers) >= settings.listeners:
            text = "This worker serves as many streams as SIGNALWIRE_CAPTIONS_LISTENERS allows."
            return _refused(503, text, {"Retry-After": "5"})
        # A script that begins anew can't set the header.
        last = request.headers.get("Last-Event-ID") or request.args.get("last_id")
        found = Stream(store, settings, call_id.lower(), Cursor.parse(last), until)
        return Response(iter(found), mimetype="text/event-stream", headers=_HEADERS)

    return blueprint


def _refused(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(f"{text}\n", status, {**_HEADERS, **(headers or {})}, mimetype="text/plain")
