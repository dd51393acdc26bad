"""What keeps the desk's page safe in a browser: headers, cookies, and forms that are its own."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import Forbidden

from flask_signalwire import Client, exceptions

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

# Nothing is allowed but what the page has: its own script, style and icon, its own streams and
# forms. So markup that slipped through the escaping could neither run nor load nor send anything.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def init_app(app: Flask, client: Client) -> None:
    """Set cookies, headers and the protection of forms.

    :raises ConfigurationError: without a secret key where telephones really ring.
    """
    if not app.secret_key:
        if calls_really(client):
            raise exceptions.ConfigurationError(
                "the call desk can't sign its sessions:",
                [
                    (
                        "SECRET_KEY",
                        "is missing; set it to a long random text, the same in all workers",
                    )
                ],
            )
        app.secret_key = secrets.token_hex(32)  # of this process: whoever signed in is out after it
    https = (client.settings.public_url or "").startswith("https:")
    app.config.update(
        # The prefix: only this host, over https, can have set it, and for the whole of it.
        SESSION_COOKIE_NAME="__Host-desk" if https else "desk",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # A form is good for as long as its session: a call's page stays open for hours.
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.extensions["call_desk_https"] = https
    forms = CSRFProtect(app)
    # The service proves in its own way where it comes from; the JSON is looked after below.
    forms.exempt(app.blueprints["signalwire"])
    forms.exempt(app.blueprints["api"])
    app.before_request(_same_site)
    app.after_request(_headers)


def calls_really(client: Client) -> bool:
    """Whether telephones ring. Plain http is spoken to this machine only: a simulator on a port."""
    account = client.settings.account()
    return not account.simulated and account.url.startswith("https:")


def _same_site() -> None:
    """Refuse what another site has a browser send to the JSON.

    Whoever sends a token is no browser's victim: browsers don't send it by themselves. Without
    tokens, on a simulator, any page that is open in a browser of this machine could try.
    """
    if request.blueprint != "api" or request.method in SAFE or g.get("by_token"):
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    own = {request.host, urlsplit(_public_url()).netloc or request.host}
    if site not in (None, "same-origin", "none") or (
        origin is not None and urlsplit(origin).netloc not in own
    ):
        raise Forbidden("another site's page sent this, and the desk does not listen to those")


def _public_url() -> str:
    client: Client = current_app.extensions["signalwire"]
    return client.settings.public_url or ""


def _headers(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    # Forms over https prove by it, too, that they are the desk's own; other sites get none.
    headers.setdefault("Referrer-Policy", "same-origin")
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if not (request.endpoint or "").endswith("static"):
        # What is said in calls stays in no cache, and not in the history of a shared machine.
        headers["Cache-Control"] = "no-store"
    if current_app.extensions["call_desk_https"]:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
