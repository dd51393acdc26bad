"""What the desk does: each is a command of the service. The JSON and the page both call these.

They run for ``g.user``, in a request or in what the desk does by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import current_app, g
from werkzeug.exceptions import Conflict, NotFound

from flask_signalwire import CallLeg, Command, current_signalwire, exceptions

from .book import CallBook, KnownCall, Why, Wish
from .captions import Captions


def place(
    number: str, *, timeout: int | None = None, wish: Wish | None = None, once: str | None = None
) -> KnownCall:
    """Call a number, and connect it to the desk when it answers.

    :param timeout: seconds that it may ring.
    :param wish: a translation that starts by itself then.
    :param once: whoever asks again with the same text gets the call that there is.
    """
    operator = current_app.config["DESK_OPERATOR"]
    leg = current_signalwire.calling.dial(
        from_=current_app.config["DESK_FROM_NUMBER"],
        to=number,
        swml={"version": "1.0.0", "sections": {"main": [{"connect": {"to": operator}}]}},
        timeout=timeout,
        context=_context(number),
        idempotency_key=f"{g.user} {once}" if once else None,
    )
    return book().saw(str(leg.id), leg, g.user, wish)


def hang_up(call_id: str) -> KnownCall:
    """End a call."""
    leg = current_signalwire.calling.end(call_id, reason="hangup", context=_context_of(call_id))
    return book().translated(_saw(call_id, leg).id, None)


def translate(call_id: str, wanted: Mapping[str, Any]) -> tuple[KnownCall, Any]:
    """Translate what both parties say. A language plugin may pick what is left out.

    :param wanted: fields of the service's ``start``, which win over the desk's own.
    :returns: the call, and what the language plugin decided, if one did.
    :raises Conflict: where it is translated already.
    """
    known = book().get(call_id)
    if known is not None and known.translation is not None:
        # The service would answer 200 and do nothing.
        raise Conflict("this call is translated already; DELETE its translation first")
    start = {
        "from_lang": current_app.config["DESK_LANGUAGE"],
        "direction": ["local-caller", "remote-caller"],
        # Where to is filled in: the service tells this app, which keeps the captions.
        "live_events": True,
        "ai_summary": True,
        **wanted,
    }
    leg = current_signalwire.calling.live_translate(
        call_id, action={"start": start}, context=_context_of(call_id)
    )
    # The languages as they were sent, and not as they came in: a plugin may have picked them.
    command = cast(Command, leg.command)
    sent = {key: command.param(f"action.start.{key}") for key in ("from_lang", "to_lang")}
    decided = command.state.get("autolang")
    return book().translated(_saw(call_id, leg).id, sent, _why(decided)), decided


def switch(call_id: str, to_lang: str) -> KnownCall:
    """Translate into another language: the service can't change it, so stop, and start again.

    Where the new one is refused, the old one goes on.

    :raises CommandError: where the new one did not start.
    """
    known = book().get(call_id)
    before = known.translation if known else None
    if before is not None:
        stop(call_id)
    try:
        call, _ = translate(call_id, {"to_lang": to_lang})
    except exceptions.CommandError as error:
        # Where the outcome is unknown it may have started: then nothing is started beside it.
        if before is not None and known and error.outcome in ("not_sent", "refused"):
            restored, _ = translate(call_id, before)
            book().translated(restored.id, before, known.why)
        raise
    return call


def stop(call_id: str) -> KnownCall:
    """Stop translating; the call goes on."""
    leg = current_signalwire.calling.live_translate(
        call_id, action="stop", context=_context_of(call_id)
    )
    return book().translated(_saw(call_id, leg).id, None)


def say(call_id: str, sentence: Mapping[str, Any]) -> tuple[KnownCall, dict[str, Any]]:
    """Say a sentence into the call, translated.

    :returns: the call, and what was sent.
    """
    sent = {"direction": "remote-caller", **sentence}
    leg = current_signalwire.calling.live_translate(
        call_id, action={"inject": sent}, context=_context_of(call_id)
    )
    call = _saw(call_id, leg)
    # The service reports it to nobody, so the desk keeps a line of its own.
    captions().said(call.id, sent["message"], g.user)
    return call, sent


def summarize(call_id: str, wanted: Mapping[str, Any]) -> KnownCall:
    """Have what was said so far summarised; the summary comes to the captions."""
    leg = current_signalwire.calling.live_translate(
        call_id, action={"summarize": dict(wanted)}, context=_context_of(call_id)
    )
    return _saw(call_id, leg)


def audit_rows(call_id: str | None, limit: int) -> list[Any]:
    """What was sent, or tried, the newest first.

    :raises NotFound: where no audit is kept.
    """
    journal = current_app.extensions.get("signalwire_audit")
    if journal is None:
        raise NotFound("no audit is kept here: install flask-signalwire-audit, and start again")
    return list(journal.rows(call_id=call_id, limit=limit))


def book() -> CallBook:
    """The calls of the current app."""
    return cast(CallBook, current_app.extensions["call_desk"])


def captions() -> Captions:
    """What was said in them."""
    return cast(Captions, current_app.extensions["call_desk_captions"])


def _saw(call_id: str, leg: CallLeg) -> KnownCall:
    return book().saw(call_id, leg, g.user)


def _why(decided: Any) -> Why:
    """The plugin's decision in the desk's words; without one, somebody here chose."""
    if getattr(decided, "to_lang", None) is None or not hasattr(decided, "source"):
        return Why("chosen", g.user)
    return Why(decided.source, decided.evidence, decided.reason, decided.confidence)


def _context_of(call_id: str) -> dict[str, Any]:
    known = book().get(call_id)
    return _context(known.remote_number if known else None)


def _context(remote_number: str | None) -> dict[str, Any]:
    """What plugins may want to know, and the service is not told."""
    context = {"user": g.user}
    return {**context, "remote_number": remote_number} if remote_number else context
