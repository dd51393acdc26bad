"""What the desk takes in the body of a request: one schema for each.

They are made of the same exact fields as the service's commands, so they refuse and suggest
alike. A request may say less than a command can: where the words of a translation are sent, for
instance, is not for the caller of the desk to choose.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn, cast

from flask import request
from marshmallow import ValidationError
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from flask_signalwire import PayloadSchema, exceptions, fields


def _leg(**options: Any) -> fields.Choice:
    return fields.Choice("local-caller", "remote-caller", **options)


class NewCall(PayloadSchema):
    """``POST /calls``."""

    to = fields.Text(
        required=True,
        pattern=r"\+[1-9]\d{6,14}",
        expected="a telephone number with + and its country",
        sensitivity="number",
        example="+34911234567",
    )
    timeout = fields.Integer(1, 600)


class DialForm(NewCall):
    """The page's form: as above, with the language that their words are translated from."""

    to_lang = fields.LanguageTag()


class LanguageForm(PayloadSchema):
    """The page's form that switches the language."""

    to_lang = fields.LanguageTag(required=True)


class NewTranslation(PayloadSchema):
    """``POST /calls/<id>/translation``; the language plugin may pick the languages."""

    from_lang = fields.LanguageTag()
    to_lang = fields.LanguageTag()
    direction = fields.ListOf(_leg(), empty=False)
    from_voice = fields.Text()
    to_voice = fields.Text()
    filter_from = fields.Text()
    filter_to = fields.Text()


class NewSentence(PayloadSchema):
    """``POST /calls/<id>/translation/sentences``."""

    message = fields.Text(required=True, blank=False, expected="text that is not blank")
    direction = _leg()


class NewSummary(PayloadSchema):
    """``POST /calls/<id>/translation/summary``."""

    prompt = fields.Text()


def read(schema: type[PayloadSchema]) -> dict[str, Any]:
    """The request's body, checked; no body at all is an empty object.

    :raises BadRequest: where it is no JSON object. :raises UnsupportedMediaType: nor says it is.
    :raises PayloadError: with every problem by its path.
    """
    raw = request.get_data()
    body: Any = {}
    if raw:
        if not request.is_json:
            raise UnsupportedMediaType("send the header: Content-Type: application/json")
        try:
            body = json.loads(raw, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            reason = "nested too deeply" if isinstance(error, RecursionError) else error
            raise BadRequest(f"the body is no JSON: {reason}") from error
    if not isinstance(body, dict):
        raise BadRequest("the body is no JSON object; expected {...}")
    return check(schema, body)


def check(schema: type[PayloadSchema], body: Mapping[str, Any]) -> dict[str, Any]:
    """A body, or what was typed into a form, as its schema has it.

    :raises PayloadError: with every problem by its path.
    """
    try:
        return cast(dict[str, Any], schema().load(dict(body)))
    except ValidationError as error:
        # A schema's own errors are a dict by key, always.
        messages = cast(dict[str, Any], error.messages)
        raise exceptions.PayloadError(messages, name="the request") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name}, which JSON does not have")
