"""Who may read the captions of a call: whom the app lets in, or who has a link that it signed."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask import current_app, has_request_context, url_for
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.exceptions import Forbidden, Unauthorized

from flask_signalwire import exceptions

from .settings import PREFIX, CaptionsSettings

if TYPE_CHECKING:
    from flask import Flask

logger = logging.getLogger("flask_signalwire_captions")

EXTENSION = "signalwire_captions"
TOKEN = "token"  # noqa: S105  # the query parameter's name
_SALT = "flask_signalwire_captions.link"


class Access:
    """Signs links, and decides on requests, for one app."""

    def __init__(
        self, app: Flask, settings: CaptionsSettings, base: str | None, prefix: str
    ) -> None:
        self._app = app
        self._settings = settings
        self._base = base
        self._prefix = prefix

    def url(self, call_id: str, expires_in: float) -> str:
        """See :func:`captions_url`."""
        if not expires_in > 0:
            raise ValueError(f"expires_in={expires_in!r}; expected seconds, more than 0")
        if not self._app.secret_key:
            problem = (
                "SECRET_KEY",
                "is missing; set it to a long random text, so that links can be signed",
            )
            raise exceptions.ConfigurationError("a link can't be signed:", [problem])
        call_id = call_id.lower()
        token = self._serializer().dumps([call_id, int(time.time() + expires_in)])
        if has_request_context():
            return url_for(f"{EXTENSION}.stream", call_id=call_id, token=token)
        if self._base is None:
            problem = ("SIGNALWIRE_PUBLIC_URL", "is missing, and no request tells where the app is")
            raise exceptions.ConfigurationError("there is no URL for captions:", [problem])
        return f"{self._base}{self._prefix}/{quote(call_id, safe='')}?{TOKEN}={token}"

    def check(self, call_id: str, token: str | None) -> float | None:
        """Let a request pass, or raise.

        :returns: when the link expires, in seconds since 1970; None without a link.
        :raises Unauthorized: without a link that is good, where the app lets nobody in.
        :raises Forbidden: where the app says no, or the link is for another call.
        """
        until = 0.0
        refusal: Unauthorized | Forbidden = Unauthorized(
            "Captions are for those whom the app lets in, or who have a link that is still good."
        )
        claim = self._read(token) if token and self._app.secret_key else None
        if claim is not None:
            until = claim[1]
            if claim[0] != call_id:
                refusal = Forbidden("The link is for another call.")
            elif until > time.time():
                return until
        authorize = self._settings.authorize
        if authorize is not None:
            answer: Any = self._app.ensure_sync(authorize)(call_id)
            if answer is True:
                return None
            if answer is not False:
                # What is merely truthy, a user or a coroutine that nobody awaited, opens nothing.
                logger.error(
                    "%sAUTHORIZE returned a %s; expected True or False. The request is refused",
                    PREFIX,
                    type(answer).__name__,
                )
            refusal = Forbidden("The app does not let you read the captions of this call.")
        raise refusal

    def _read(self, token: str) -> tuple[str, float] | None:
        try:
            call_id, until = self._serializer().loads(token)
            return str(call_id), float(until)
        except (BadData, ValueError, TypeError):
            return None

    def _serializer(self) -> URLSafeSerializer:
        # itsdangerous signs with the last one, and accepts all.
        keys = [*(self._app.config.get("SECRET_KEY_FALLBACKS") or ()), self._app.secret_key]
        return URLSafeSerializer([key for key in keys if key], salt=_SALT)


def captions_url(call_id: str, expires_in: float = 3600) -> str:
    """A link to the captions of a call, for whoever has it, until it expires.

    :param expires_in: seconds; a stream that is open then ends.
    :returns: a path of this app during a request, else a URL under ``SIGNALWIRE_PUBLIC_URL``.
    :raises ConfigurationError: without a secret key, or where nothing tells where the app is.
    :raises ValueError: for `expires_in` of 0 or less.
    """
    found = current_app.extensions.get(EXTENSION)
    if found is None:
        raise exceptions.ConfigurationError(
            "this app has no captions: is the plugin `captions` active? "
            "`flask signalwire plugins` tells"
        )
    access: Access = found
    return access.url(call_id, expires_in)
