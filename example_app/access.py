"""Who may use the desk. A page that places telephone calls for anybody costs you money.

Programs send their token with every request. People send it once, in the sign-in form, and their
browser has a session then.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from flask_signalwire import Client, exceptions

from .errors import is_page
from .security import SAFE, calls_really

NOBODY = "anonymous"
_EMPTY = (
    "is empty, and SIGNALWIRE_SPACE is {space}; give each user a token "
    "(FLASK_DESK_TOKENS__alice=…), or set SIGNALWIRE_SPACE=simulator"
)
_PUBLIC = frozenset(
    {"static", "sign_in.show", "sign_in.submit", "health.alive", "health.ready"}  # probes
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
    client: Client = app.extensions["signalwire"]
    if calls_really(client) and not tokens:
        space = client.settings.account().space
        raise exceptions.ConfigurationError(
            "the call desk would place real calls for anybody who asks:",
            [("DESK_TOKENS", _EMPTY.format(space=space))],
        )
    app.before_request(_authenticate)


def _authenticate() -> ResponseReturnValue | None:
    """Find the user who sent the request; ``g.user`` is the name, None where nobody need be."""
    g.by_token = False
    if request.blueprint == "signalwire":
        return None  # the service's callbacks, which prove in their own way where they come from
    if not current_app.config["DESK_TOKENS"]:
        g.user = NOBODY
        return None
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    user = user_of(token.strip()) if scheme.lower() == "bearer" else None
    if user is not None:
        g.by_token = True
    elif request.method in SAFE or request.blueprint in ("page", "sign_in"):
        # A session's cookie comes with what other sites send, too: it is good for reading, and
        # for forms that prove that they are the desk's own, not for the JSON's commands.
        user = _user_of_session()
    if user is not None:
        g.user = user
        return None
    if request.endpoint in _PUBLIC:
        g.user = None
        return None
    if is_page():
        if request.method == "GET":
            session["next"] = request.full_path.rstrip("?")
        return redirect(url_for("sign_in.show"), 303)
    raise Unauthorized(
        "send the header: Authorization: Bearer <your token>",
        www_authenticate=WWWAuthenticate("bearer"),
    )


def user_of(token: str) -> str | None:
    """Whose token it is."""
    # Every token is compared: the time tells nobody how near a guess was.
    tokens: Mapping[str, str] = current_app.config["DESK_TOKENS"]
    users = [
        user
        for user, known in tokens.items()
        if hmac.compare_digest(token.encode(), known.encode())
    ]
    return users[0] if users else None


def sign_in(user: str) -> None:
    """Begin a new session: who had set the cookie before knows nothing of this one."""
    session.clear()
    session["user"], session["proof"] = user, _proof(user)


def may_read(call_id: str) -> bool:
    """Whether whoever sent the request may read a call's captions: here, all users of the desk."""
    return g.get("user") is not None


def _user_of_session() -> str | None:
    """Who signed in, as long as the token that was shown then is still that user's."""
    user, proof = session.get("user"), session.get("proof")
    known = user in current_app.config["DESK_TOKENS"]
    if not known or not hmac.compare_digest(str(proof), _proof(str(user))):
        return None
    return str(user)


def _proof(user: str) -> str:
    """What a session has of a token: whoever reads the cookie can't tell the token by it."""
    key, token = current_app.secret_key or "", current_app.config["DESK_TOKENS"][user]
    key = key.encode() if isinstance(key, str) else key
    return hmac.new(key, f"desk session\0{user}\0{token}".encode(), hashlib.sha256).hexdigest()
