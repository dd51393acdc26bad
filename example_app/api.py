"""The desk's JSON. Each route is an action of the desk, or something that is known here."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, NotFound

from flask_signalwire import current_signalwire

from . import actions, page
from .bodies import NewCall, NewSentence, NewSummary, NewTranslation, read
from .negotiation import for_browsers

blueprint = Blueprint("api", __name__)


@blueprint.get("/")
@for_browsers(page.show_desk)
def index() -> ResponseReturnValue:
    """What there is."""
    routes = [
        f"{' '.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'}))} {rule.rule}"
        for rule in current_app.url_map.iter_rules()
        if rule.endpoint.startswith(f"{blueprint.name}.")
    ]
    simulated = current_signalwire.settings.space == "simulator"
    return {"desk": "calls, translated live", "simulated": simulated, "routes": sorted(routes)}


# -- calls -----------------------------------------------------------------------------------------


@blueprint.post("/calls")
def place_call() -> ResponseReturnValue:
    """Call a number, and connect it to the desk when it answers."""
    body = read(NewCall)
    call = actions.place(body["to"], timeout=body.get("timeout"))
    return call.as_json(), 201, {"Location": f"/calls/{call.id}"}


@blueprint.get("/calls")
def list_calls() -> ResponseReturnValue:
    """The calls that the desk has placed or seen, the newest first."""
    return {"calls": [call.as_json() for call in actions.book().all()]}


@blueprint.get("/calls/<call_id>")
@for_browsers(page.show_call)
def show_call(call_id: str) -> ResponseReturnValue:
    """One call, as the service last spoke of it."""
    call = actions.book().get(call_id)
    if call is None:
        raise NotFound("the desk knows no such call; GET /calls lists those that it knows")
    return call.as_json()


@blueprint.delete("/calls/<call_id>")
def end_call(call_id: str) -> ResponseReturnValue:
    """Hang up."""
    return actions.hang_up(call_id).as_json()


# -- the translation of a call ---------------------------------------------------------------------


@blueprint.post("/calls/<call_id>/translation")
def start_translation(call_id: str) -> ResponseReturnValue:
    """Translate what both parties say. A language plugin may pick what is left out."""
    call, decided = actions.translate(call_id, read(NewTranslation))
    return {**call.as_json(), "decided": _plain(decided)}, 201


@blueprint.post("/calls/<call_id>/translation/sentences")
def say_sentence(call_id: str) -> ResponseReturnValue:
    """Say a sentence into the call, translated."""
    call, sent = actions.say(call_id, read(NewSentence))
    return {"call": call.id, **sent}, 202


@blueprint.post("/calls/<call_id>/translation/summary")
def summarize(call_id: str) -> ResponseReturnValue:
    """Have what was said so far summarised; the summary comes to the captions."""
    return {"call": actions.summarize(call_id, read(NewSummary)).id}, 202


@blueprint.get("/calls/<call_id>/captions")
def captions(call_id: str) -> ResponseReturnValue:
    """What was said, in both languages, and the summary."""
    return actions.captions().of(call_id)


@blueprint.delete("/calls/<call_id>/translation")
def stop_translation(call_id: str) -> ResponseReturnValue:
    """Stop translating; the call goes on."""
    return actions.stop(call_id).as_json()


# -- the audit -------------------------------------------------------------------------------------


@blueprint.get("/calls/<call_id>/audit")
def audit_of_call(call_id: str) -> ResponseReturnValue:
    """What was sent, or tried, for one call."""
    return _audit(call_id)


@blueprint.get("/audit")
def audit() -> ResponseReturnValue:
    """What was sent, or tried, the newest first."""
    return _audit(None)


def _audit(call_id: str | None) -> ResponseReturnValue:
    text = request.args.get("limit", "100")
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 0 < int(text) <= 1000):
        raise BadRequest("limit is no number from 1 to 1000")
    rows = actions.audit_rows(call_id, int(text))
    return {"rows": [_plain(dataclasses.asdict(row)) for row in rows]}


def _plain(value: Any) -> Any:
    """JSON of whatever a plugin wrote down."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, (str, int, float)) else str(value)
