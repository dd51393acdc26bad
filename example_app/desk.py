"""The desk's routes. Each one is a command of the service, or something that is known here."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any, cast

from flask import Blueprint, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, Conflict, NotFound

from flask_signalwire import CallLeg, Command, current_signalwire

from .bodies import NewCall, NewSentence, NewSummary, NewTranslation, read
from .book import CallBook, KnownCall
from .captions import Captions

blueprint = Blueprint("desk", __name__)


@blueprint.get("/")
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
    operator = current_app.config["DESK_OPERATOR"]
    leg = current_signalwire.calling.dial(
        from_=current_app.config["DESK_FROM_NUMBER"],
        to=body["to"],
        swml={"version": "1.0.0", "sections": {"main": [{"connect": {"to": operator}}]}},
        timeout=body.get("timeout"),
        context=_context(body["to"]),
    )
    call = _saw(str(leg.id), leg)
    return call.as_json(), 201, {"Location": f"/calls/{call.id}"}


@blueprint.get("/calls")
def list_calls() -> ResponseReturnValue:
    """The calls that the desk has placed or seen, the newest first."""
    return {"calls": [call.as_json() for call in _book().all()]}


@blueprint.get("/calls/<call_id>")
def show_call(call_id: str) -> ResponseReturnValue:
    """One call, as the service last spoke of it."""
    call = _book().get(call_id)
    if call is None:
        raise NotFound("the desk knows no such call; GET /calls lists those that it knows")
    return call.as_json()


@blueprint.delete("/calls/<call_id>")
def end_call(call_id: str) -> ResponseReturnValue:
    """Hang up."""
    leg = current_signalwire.calling.end(call_id, reason="hangup", context=_context_of(call_id))
    return _book().translated(_saw(call_id, leg).id, None).as_json()


# -- the translation of a call ---------------------------------------------------------------------


@blueprint.post("/calls/<call_id>/translation")
def start_translation(call_id: str) -> ResponseReturnValue:
    """Translate what both parties say. A language plugin may pick what is left out."""
    body = read(NewTranslation)
    known = _book().get(call_id)
    if known is not None and known.translation is not None:
        # The service would answer 200 and do nothing.
        raise Conflict("this call is translated already; DELETE its translation first")
    start = {
        "from_lang": current_app.config["DESK_LANGUAGE"],
        "direction": ["local-caller", "remote-caller"],
        # Where to is filled in: the service tells this app, which keeps the captions.
        "live_events": True,
        "ai_summary": True,
        **body,
    }
    leg = current_signalwire.calling.live_translate(
        call_id, action={"start": start}, context=_context_of(call_id)
    )
    call = _saw(call_id, leg)
    # The languages as they were sent, and not as they came in: a plugin may have picked them.
    command = cast(Command, leg.command)
    sent = {key: command.param(f"action.start.{key}") for key in ("from_lang", "to_lang")}
    call = _book().translated(call.id, sent)
    return {**call.as_json(), "decided": _plain(command.state.get("autolang"))}, 201


@blueprint.post("/calls/<call_id>/translation/sentences")
def say_sentence(call_id: str) -> ResponseReturnValue:
    """Say a sentence into the call, translated."""
    body = read(NewSentence)
    sentence = {"direction": "remote-caller", **body}
    leg = current_signalwire.calling.live_translate(
        call_id, action={"inject": sentence}, context=_context_of(call_id)
    )
    return {"call": _saw(call_id, leg).id, **sentence}, 202


@blueprint.post("/calls/<call_id>/translation/summary")
def summarize(call_id: str) -> ResponseReturnValue:
    """Have what was said so far summarised; the summary comes to the captions."""
    leg = current_signalwire.calling.live_translate(
        call_id, action={"summarize": read(NewSummary)}, context=_context_of(call_id)
    )
    return {"call": _saw(call_id, leg).id}, 202


@blueprint.get("/calls/<call_id>/captions")
def captions(call_id: str) -> ResponseReturnValue:
    """What was said, in both languages, and the summary."""
    kept = cast(Captions, current_app.extensions["call_desk_captions"])
    return kept.of(call_id)


@blueprint.delete("/calls/<call_id>/translation")
def stop_translation(call_id: str) -> ResponseReturnValue:
    """Stop translating; the call goes on."""
    leg = current_signalwire.calling.live_translate(
        call_id, action="stop", context=_context_of(call_id)
    )
    return _book().translated(_saw(call_id, leg).id, None).as_json()


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
    journal = current_app.extensions.get("signalwire_audit")
    if journal is None:
        raise NotFound("no audit is kept here: install flask-signalwire-audit, and start again")
    text = request.args.get("limit", "100")
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 0 < int(text) <= 1000):
        raise BadRequest("limit is no number from 1 to 1000")
    rows = journal.rows(call_id=call_id, limit=int(text))
    return {"rows": [_plain(dataclasses.asdict(row)) for row in rows]}


# -- what the routes share -------------------------------------------------------------------------


def _book() -> CallBook:
    return cast(CallBook, current_app.extensions["call_desk"])


def _saw(call_id: str, leg: CallLeg) -> KnownCall:
    return _book().saw(call_id, leg, g.user)


def _context_of(call_id: str) -> dict[str, Any]:
    known = _book().get(call_id)
    return _context(known.remote_number if known else None)


def _context(remote_number: str | None) -> dict[str, Any]:
    """What plugins may want to know, and the service is not told."""
    context = {"user": g.user}
    return {**context, "remote_number": remote_number} if remote_number else context


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
