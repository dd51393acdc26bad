"""The desk's page: forms, and what they do by the desk's actions. It works without a script, too.

A form that was right is answered by a redirect, so that a reload sends nothing again; one that was
not is shown again with its errors, and with what was typed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Conflict, NotFound

from flask_signalwire import PayloadSchema, current_signalwire, exceptions

from . import actions, errors, examples
from .bodies import DialForm, LanguageForm, NewSentence, check
from .book import KnownCall, Wish
from .captions import Said
from .languages import choices, language
from .policy import PremiumNumbers, international

blueprint = Blueprint("page", __name__, url_prefix="/desk")

Errors = dict[str, str]
"""Messages by the names of the form's fields; those of no field are under ``form``."""


# -- the desk --------------------------------------------------------------------------------------


def show_desk() -> ResponseReturnValue:
    """The calls, and the form that places one."""
    example = examples.find(request.args.get("example"))
    return _desk({"to": example.number if example else "", "to_lang": ""}, {})


@blueprint.get("/calls")
def back_to_desk() -> ResponseReturnValue:
    """Where a form that was not right was shown: its address, loaded anew."""
    return redirect(url_for("api.index"))


@blueprint.post("/calls")
def dial() -> ResponseReturnValue:
    """Call a number."""
    typed = _typed("to", "to_lang")
    wanted, problems = _check_dial(typed)
    if not problems:
        try:
            wish = Wish(g.user, wanted.get("to_lang"))
            once = f"{request.form.get('once', '')[:64]} {wanted['to']}"
            call = actions.place(wanted["to"], wish=wish, once=once)
        except exceptions.SignalWireError as error:
            problems = {"form": errors.in_words(error)}
        else:
            return redirect(url_for("api.show_call", call_id=call.id), 303)
    return _desk(typed, problems), 422


@blueprint.post("/calls/check")
def check_dial() -> ResponseReturnValue:
    """What is wrong with what was typed so far. Nothing is sent, and nothing written down."""
    return {"errors": _check_dial(_typed("to", "to_lang"))[1]}


def _check_dial(typed: dict[str, str]) -> tuple[dict[str, Any], Errors]:
    """The dial form by its schema, and by the rule of the house.

    A dry run would ask all plugins, but it is a command, and the audit would keep a row for every
    letter typed: the other plugins have their say when the call is placed.
    """
    # People group digits; the service does not.
    grouped = {**typed, "to": international(typed["to"]) or typed["to"]}
    wanted, problems = _check(DialForm, grouped)
    if "to" not in problems:
        policy: PremiumNumbers = current_signalwire.plugins.get(PremiumNumbers.name)
        refusal = policy.refusal(wanted["to"])
        if refusal is not None:
            problems["to"] = _sentence(f"not called: {refusal}")
    return wanted, problems


def _desk(typed: dict[str, str], problems: Errors) -> str:
    return render_template(
        "desk.html",
        calls=actions.book().all(),
        typed=typed,
        errors=problems,
        once=secrets.token_urlsafe(16),
        languages=choices(),
        examples=examples.EXAMPLES if examples.offered() else (),
    )


# -- a call ----------------------------------------------------------------------------------------


def show_call(call_id: str) -> ResponseReturnValue:
    """A call: its state, what is said, and what can be done."""
    return _call(_known(call_id), {}, {})


@blueprint.post("/calls/<call_id>/translation")
def switch(call_id: str) -> ResponseReturnValue:
    """Translate into another language."""
    return _act(
        call_id,
        LanguageForm,
        lambda wanted: actions.switch(call_id, wanted["to_lang"]),
        lambda call: f"Translating into {_name(call)} now.",
    )


@blueprint.post("/calls/<call_id>/sentences")
def say(call_id: str) -> ResponseReturnValue:
    """Say a sentence into the call."""
    return _act(
        call_id,
        NewSentence,
        lambda wanted: actions.say(call_id, wanted)[0],
        lambda call: "Said into the call, translated.",
    )


@blueprint.post("/calls/<call_id>/summary")
def summarize(call_id: str) -> ResponseReturnValue:
    """Ask for a summary."""
    return _act(
        call_id,
        None,
        lambda wanted: actions.summarize(call_id, {}),
        lambda call: "A summary is on its way.",
    )


@blueprint.post("/calls/<call_id>/end")
def hang_up(call_id: str) -> ResponseReturnValue:
    """Hang up."""
    return _act(
        call_id, None, lambda wanted: actions.hang_up(call_id), lambda call: "You have hung up."
    )


def _act(
    call_id: str,
    schema: type[PayloadSchema] | None,
    act: Callable[[dict[str, Any]], KnownCall],
    said: Callable[[KnownCall], str],
) -> ResponseReturnValue:
    """One form of a call's page: check it, do it, and show the call again."""
    known = _known(call_id)
    typed = _typed(*schema().fields) if schema else {}
    wanted, problems = _check(schema, typed) if schema else ({}, {})
    status = 422
    if not problems:
        try:
            flash(said(act(wanted)))
        except exceptions.SignalWireError as error:
            problems, status = (
                {"form": f"Sorry. {errors.in_words(error)}"},
                errors.describe(error)[1],
            )
        except Conflict as error:
            problems, status = {"form": f"Sorry, {error.description}."}, 409
        else:
            return redirect(url_for("api.show_call", call_id=known.id), 303)
    return _call(_known(call_id), typed, problems), status


def _known(call_id: str) -> KnownCall:
    call = actions.book().get(call_id)
    if call is None:
        raise NotFound("The desk knows no such call.")
    return call


def _call(call: KnownCall, typed: dict[str, str], problems: Errors) -> str:
    kept, said = actions.captions().of(call.id), actions.captions().said_in(call.id)
    try:
        audit = actions.audit_rows(call.id, 50)
    except NotFound:
        audit = None
    return render_template(
        "call.html",
        call=call,
        typed=typed,
        errors=problems,
        languages=choices(),
        lines=_lines(kept["captions"], said),
        summary=kept["summary"],
        said=said,
        audit=audit,
        live="signalwire_captions" in current_app.extensions,
    )


def _lines(captions: list[dict[str, Any]], said: list[Said]) -> list[dict[str, Any]]:
    """What was said, the desk's own lines among it, for a page without the live captions."""
    own = [{"at": line.at, "who": "desk", "text": line.text, "translations": {}} for line in said]
    return sorted([*captions, *own], key=lambda line: str(line["at"]))


# -- forms -----------------------------------------------------------------------------------------


def _typed(*names: str) -> dict[str, str]:
    """What was typed, by the names of fields; browsers send every one of them."""
    return {name: request.form.get(name, "").strip() for name in names}


def _check(schema: type[PayloadSchema], typed: dict[str, str]) -> tuple[dict[str, Any], Errors]:
    """What was typed as a schema has it, or the first problem of each field."""
    # A field that was left empty is one that was left out.
    given = {name: text for name, text in typed.items() if text}
    try:
        return check(schema, given), {}
    except exceptions.PayloadError as error:
        problems: Errors = {}
        for path, text in error.problems:
            problems.setdefault(path.partition(".")[0] or "form", _sentence(text))
        return {}, problems


def _sentence(problem: str) -> str:
    """``text; expected a number`` as a person says it: they see what they typed."""
    seen, _, expected = problem.partition("; expected ")
    text = f"{'nothing yet' if seen == 'missing' else 'this is not right'}; expected {expected}"
    text = text if expected else problem
    return f"{text[:1].upper()}{text[1:]}."


def _name(call: KnownCall) -> str:
    return language((call.translation or {}).get("to_lang") or "").name
