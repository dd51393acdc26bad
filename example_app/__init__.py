"""The call desk: an example of an application to copy from.

It places calls, has them translated live, and ends them: a page for people, JSON for programs.
Without any setting it talks to the simulator: no account, no network, and nobody's telephone rings.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from flask_signalwire import Client, SignalWire

from . import (
    access,
    api,
    automatic,
    captions,
    errors,
    examples,
    health,
    page,
    receivers,
    security,
    sign_in,
    views,
)
from .book import CallBook
from .policy import PremiumNumbers
from .shelf import open_shelf

# It holds no app, so it can stand here; the class is instantiated once for each app.
signalwire = SignalWire(plugins=[PremiumNumbers, health.BookHealth])

DEFAULTS: Mapping[str, Any] = {
    # Who calls, as the other party sees it: a number of your project.
    "DESK_FROM_NUMBER": "+12025550100",
    # Who is connected once the other party answers: whoever sits at the desk.
    "DESK_OPERATOR": "+12025550101",
    # The language that is spoken at the desk.
    "DESK_LANGUAGE": "en-US",
    # Who may use the desk: a token for each name. Must be set where telephones really ring.
    "DESK_TOKENS": {},
    # What happens in simulated calls: the name of a shipped scenario, or a file; "examples": those
    # of the numbers that the page offers; None: nothing.
    "DESK_SCENARIO": None,
    "DESK_REFUSED_PREFIXES": PremiumNumbers.PREFIXES,
    # A Redis in which all workers keep what they know of calls; None: each in its own memory, and
    # then one worker is all that makes sense.
    "DESK_BOOK_URL": None,
    # How many proxies of yours stand in front, each of which writes X-Forwarded-*; with none, they
    # are anybody's, and not believed.
    "DESK_PROXIES": 0,
    # Whoever may use the desk may read what is said in its calls.
    "SIGNALWIRE_CAPTIONS_AUTHORIZE": access.may_read,
    "MAX_CONTENT_LENGTH": 64 * 1024,
}


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application factory: ``flask --app example_app run``.

    :param config: settings that win over the environment's, such as those of a test.
    :raises flask_signalwire.exceptions.ConfigurationError: with everything that is wrong in them.
    """
    app = Flask(__name__)
    # A copy: FLASK_DESK_TOKENS__ALICE=… is written into the dict that it finds.
    app.config.from_mapping(deepcopy(dict(DEFAULTS)))
    app.config.from_prefixed_env()  # FLASK_SIGNALWIRE_SPACE, FLASK_DESK_FROM_NUMBER, …
    app.config.from_mapping(config or {})
    if not (app.config.get("SIGNALWIRE_SPACE") or os.environ.get("SIGNALWIRE_SPACE")):
        app.config["SIGNALWIRE_SPACE"] = "simulator"
    if hops := app.config["DESK_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    signalwire.init_app(app)
    client: Client = app.extensions["signalwire"]
    if client.settings.space == "simulator" and app.config["DESK_SCENARIO"]:
        examples.play(client, app.config["DESK_SCENARIO"])
    access.init_app(app)  # before the protection of forms: who may not is told so first
    health.init_app(app)
    url = app.config["DESK_BOOK_URL"]
    book = app.extensions["call_desk"] = CallBook(open_shelf("calls", url))
    receivers.init_app(app)
    captions.init_app(app, book, open_shelf("captions", url))
    automatic.init_app(app, book)
    errors.init_app(app)
    views.init_app(app)
    for blueprint in (api.blueprint, page.blueprint, sign_in.blueprint):
        app.register_blueprint(blueprint)
    security.init_app(app, client)
    return app
