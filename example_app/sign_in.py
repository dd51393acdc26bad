"""The sign-in form. Whoever has a token gets a session of it."""

from __future__ import annotations

from flask import Blueprint, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from . import access

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/sign-in")
def show() -> ResponseReturnValue:
    """The form, where there is somebody to sign in."""
    if g.user is not None:
        return redirect(url_for("api.index"), 303)
    return render_template("sign_in.html", error=None)


@blueprint.post("/sign-in")
def submit() -> ResponseReturnValue:
    """A session for a token."""
    if not current_app.config["DESK_TOKENS"]:
        return redirect(url_for("api.index"), 303)
    user = access.user_of(request.form.get("token", "").strip())
    if user is None:
        error = "This is nobody's token. Whoever runs the desk can give you one."
        return render_template("sign_in.html", error=error), 422
    # Not from the address, which others write, but from the session, which only the desk does.
    where = session.get("next") or url_for("api.index")
    access.sign_in(user)
    return redirect(where, 303)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """The end of the session."""
    session.clear()
    return redirect(url_for("sign_in.show"), 303)
