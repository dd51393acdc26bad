"""Who may use the desk. A page that places telephone calls for anybody costs you money."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from flask import Flask, current_app, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from flask_signalwire import exceptions

NOBODY = "anonymous"
# The service's callbacks prove in their own way where they come from; probes learn nothing secret.
_PUBLIC = ("signalwire", "health")
_EMPTY = (
    "is empty, and SIGNALWIRE_SPACE is {space}; give each user a token "
    "(FLASK_DESK_TOKENS__alice=…), or set SIGNALWIRE_SPACE=simulator"
)


def init_app(app: Flask) -> None:
    """Check the tokens, and ask for one with every request.

    :raises ConfigurationError: where the tokens can't be used, or real calls need some.
    """
    tokens = app.config["DESK_TOKENS"]
    if not isinstance(tokens, Mapping) or not all(
        isinstance(token, str) and len(token) >= 16 for token in tokens.values()
    ):
        raise exceptions.ConfigurationError(
            "the call desk can't use these settings:",
            [("DESK_TOKENS", "write a dict: a text of 16 characters or more for each user's name")],
        )
    account = app.extensions["signalwire"].settings.account()
    # Plain http is spoken to this machine only: a simulator on a port.
    real = not account.simulated and account.url.startswith("https:")
    if real and not tokens:
        raise exceptions.ConfigurationError(
            "the call desk would place real calls for anybody who asks:",
            [("DESK_TOKENS", _EMPTY.format(space=account.space))],
        )
    app.before_request(_authenticate)


def _authenticate() -> None:
    """Find the user whose token came with the request; ``g.user`` is the name."""
    if request.blueprint in _PUBLIC:
        return
    user = find_user()
    if user is None:
        raise Unauthorized(
            "send the header: Authorization: Bearer <your token>",
            www_authenticate=WWWAuthenticate("bearer"),
        )
    g.user = user


def find_user() -> str | None:
    """The user whose token came with the request; None: it has no good one."""
    tokens: Mapping[str, str] = current_app.config["DESK_TOKENS"]
    if not tokens:
        return NOBODY
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        token = ""
    # Every token is compared: the time tells nobody how near a guess was.
    users = [
        user
        for user, known in tokens.items()
        if hmac.compare_digest(token.strip().encode(), known.encode())
    ]
    return users[0] if users else None
