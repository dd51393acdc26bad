"""What the templates know: words for states and reasons, numbers masked, times for people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel import Locale
from flask import Flask, current_app, g

from flask_signalwire import mask_number

from . import examples
from .book import KnownCall, Why
from .languages import language

STATES: Mapping[str | None, str] = {
    "queued": "Dialling",
    "created": "Dialling",
    "initiated": "Dialling",
    "ringing": "Ringing",
    "answered": "In conversation",
    "ending": "Ending",
    "ended": "Ended",
}
ENDS: Mapping[str | None, str] = {
    "busy": "the line was engaged",
    "no_answer": "nobody answered",
    "noAnswer": "nobody answered",
    "decline": "they declined",
    "error": "an error",
}
SOURCES: Mapping[str, str] = {
    "number": "of their telephone number",
    "header": "their browser asks for it",
    "text": "of what they wrote",
    "call": "of what was heard in this call",
    "profile": "their profile says so",
    "evidence": "another system knows it",
    "ask": "somebody was asked",
    "default": "nothing is known of them, and it is the desk's default",
    "setting": "the desk's settings say so",
}
_ENGLISH = Locale("en")
_PLACE = re.compile(r"(?P<number>\+[\d*]+), (?P<region>[A-Z]{2})(, .*)?")


def init_app(app: Flask) -> None:
    """Give them to the templates."""
    app.jinja_env.filters.update(
        masked=masked, state=state, because=because, language=language, clock=clock, what=what
    )
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    return {
        "simulated": examples.offered(),
        "user": g.get("user"),
        "signed_in": bool(current_app.config["DESK_TOKENS"]) and g.get("user") is not None,
    }


def masked(number: str | None) -> str:
    """A number as every page shows it.

    The page is on a screen that others look at, in screenshots, and in what a browser keeps. To
    recognise a call the two last digits will do; whoever has to call back has the number elsewhere.
    Only the field in which it is typed shows it whole.
    """
    return mask_number(number) if number else "unknown"


def state(call: KnownCall) -> str:
    """The state of a call in words."""
    words = STATES.get(call.status, call.status or "Unknown")
    end = ENDS.get(call.end_reason) if call.status == "ended" else None
    return f"{words}: {end}" if end else words


def because(why: Why) -> str:
    """The reason for a language in words: ``the number +34*******67 is from Spain: …``."""
    number = _PLACE.fullmatch(why.evidence) if why.source == "number" else None
    if number is not None:
        place = _ENGLISH.territories.get(number["region"], number["region"])
        words = f"the number {number['number']} is from {place}"
    elif why.source == "chosen":
        words = f"{why.evidence} chose it"
    else:
        known = SOURCES.get(why.source, why.source)
        words = f"{known} ({why.evidence})" if why.evidence else known
    if not why.reason:
        return words
    # A reason may begin with a tag: `es is official …`.
    tag, verb, rest = why.reason.partition(" is ")
    name = language(tag).name.partition(" (")[0]
    return f"{words}: {name if verb and name != tag else tag}{verb}{rest}"


def clock(at: str | datetime | None) -> str:
    """A time of day, in UTC: whose clock it would be otherwise, the server can't know."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) and at else at
    return f"{moment:%H:%M:%S}" if isinstance(moment, datetime) else ""


def what(row: Any) -> str:
    """A row of the audit in words: the command, and what it was to do."""
    name = str(row.name or row.kind).removeprefix("calling.")
    action = (row.params or {}).get("action")
    if not isinstance(action, Mapping):
        return f"{name}: {action}" if action else name
    kind = next(iter(action), "")
    details = action.get(kind) or {}
    pair = [details.get(key) for key in ("from_lang", "to_lang")] if kind == "start" else []
    return f"{name}: {kind} {' → '.join(filter(None, pair))}".strip()
