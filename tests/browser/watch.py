"""A small app with captions on a page with a strict policy, and what happens on its call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, abort, render_template_string, request

from flask_signalwire import SignalWire, events
from flask_signalwire.testing import Tester

from .sites import BEAT, Site

CALL = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Your call</title>
<main>
  <h1>Your call</h1>
  {%- from "signalwire/captions.html" import captions %}
  {{ captions(call, lang=request.args.get("lang", ""), limit=request.args.get("limit", 500)) }}
</main>
</html>
"""


class Watch:
    """The app under test, seen from the service's side and from that of its operators.

    :ivar allowed: whether it lets browsers read captions.
    :ivar busy: whether it answers all streams with 503.
    """

    tester: Tester
    site: Site

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.allowed, self.busy = True, False
        self.app = Flask("watch")
        self.app.config.from_mapping(
            SIGNALWIRE_PLUGINS_REQUIRED=["captions"],
            SIGNALWIRE_CAPTIONS_AUTHORIZE=lambda call_id: self.allowed,
            SIGNALWIRE_CAPTIONS_HEARTBEAT=BEAT,
        )
        self.app.config.update(settings)
        SignalWire(self.app)
        self.app.before_request(self._refuse)
        self.app.after_request(self._protect)
        self.app.add_url_rule("/watch", view_func=self._show)

    def _refuse(self) -> None:
        if self.busy and request.endpoint == "signalwire_captions.stream":
            abort(503)

    def _protect(self, response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    def _show(self) -> str:
        return render_template_string(PAGE, call=CALL)

    @property
    def url(self) -> str:
        return f"{self.site.url}/watch"

    @property
    def listening(self) -> int:
        return len(self.tester.client.plugins.get("captions")._store.subscribers)

    def say(self, content: str, translation: str | None = None, **fields: Any) -> None:
        """Somebody says something, and the service may know already what it means in English."""
        fields = {"role": "remote-caller", "final": True, **fields}
        if translation is None:
            fields = {"lang": "es-ES", **fields}
            self.tester.post(events.Utterance, call_id=CALL, content=content, **fields)
        else:
            fields = {"lang": "en-US", "original": content, "original_lang": "es-ES", **fields}
            self.tester.post(events.Translation, call_id=CALL, content=translation, **fields)

    def summarize(self, text: str, **fields: Any) -> None:
        self.tester.post(events.ConversationSummary, call_id=CALL, text=text, **fields)

    def end(self) -> None:
        self.tester.post(events.CallState, call_id=CALL, state="ended")
