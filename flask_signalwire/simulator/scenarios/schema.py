"""How a scenario is written: in exact fields, as commands are, with the same words for mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from marshmallow import ValidationError

from flask_signalwire.commands.fields import (
    Boolean,
    Choice,
    FreeObject,
    Integer,
    LanguageTag,
    ListOf,
    Number,
    Object,
    PayloadSchema,
    Text,
)

from ..faults import MAX_LATENCY, Damage

_TAG = LanguageTag()


def _seconds(help: str, **options: Any) -> Number:
    return Number(0, help=help, **options)


def _words(**options: Any) -> Text:
    return Text(blank=False, expected="text that is not blank", **options)


def _number(help: str) -> Text:
    # Without quotes YAML makes an integer of +34911234567.
    return Text(
        blank=False,
        expected="a telephone number or SIP address, in quotes",
        sensitivity="number",
        help=help,
    )


class Texts(FreeObject):
    """Text by language."""

    expected = "an object of texts by language"

    def check(self, value: Any) -> Mapping[str, Any]:
        texts = super().check(value)
        loaded: dict[str, str] = {}
        errors: dict[str, Any] = {}
        for tag, text in texts.items():
            try:
                loaded[_TAG.check(tag)] = _words().check(text)
            except ValidationError as error:
                errors[tag] = error.messages
        if errors:
            raise ValidationError(errors)
        return loaded


class Partials(ListOf):
    """False: none; a list: these."""

    def __init__(self, **options: Any) -> None:
        super().__init__(_words(), **options)
        self.expected = f"false, or {self.expected}"

    def check(self, value: Any) -> list[Any]:
        return [] if value is False else super().check(value)


class MatchSchema(PayloadSchema):
    to = _number("The number that is called.")
    from_ = Text(
        blank=False,
        expected="a telephone number or SIP address, in quotes",
        sensitivity="number",
        data_key="from",
        help="The number that calls.",
    )


class CallSchema(PayloadSchema):
    rings_after = _seconds("Seconds from the dial.")
    answers_after = _seconds("Seconds from the dial.")
    refuses = Choice(
        "busy", "decline", "noAnswer", "error", help="It ends so instead of being answered."
    )
    hangs_up_after = _seconds("Seconds after the answer.")

    def between(self, payload: Mapping[str, Any]) -> dict[str, list[str]]:
        rings, answers = payload.get("rings_after"), payload.get("answers_after")
        if (
            isinstance(rings, (int, float))
            and isinstance(answers, (int, float))
            and answers < rings
        ):
            return {"answers_after": ["less than rings_after; expected to ring before"]}
        if "refuses" in payload and "hangs_up_after" in payload:
            return {"hangs_up_after": ["nobody hangs up who `refuses`; expected one of the two"]}
        return {}


class LineSchema(PayloadSchema):
    at = _seconds("Seconds after the live session started.", required=True)
    who = Choice("remote-caller", "local-caller", required=True)
    lang = LanguageTag(required=True)
    text = _words(required=True)
    translations = Texts(help="What it means, by language.")
    confidence = Number(0, 1)
    partials = Partials(help="What is recognised before the sentence's end.")


class InputSchema(PayloadSchema):
    after = _seconds("Seconds after the collection's start.")
    digits = Text(
        pattern="[0-9A-Da-d*#]+",
        expected="digits, A to D, * or #, in quotes",
        help="What is typed; a terminator, too.",
    )
    speech = _words(help="What is said.")
    confidence = Number(0, 1)

    def between(self, payload: Mapping[str, Any]) -> dict[str, list[str]]:
        if ("digits" in payload) == ("speech" in payload):
            return {"_schema": ["expected either `digits` or `speech`"]}
        return {}


class MachineSchema(PayloadSchema):
    result = Choice("HUMAN", "MACHINE", "UNKNOWN", required=True)
    after = _seconds("Seconds after the detection's start.")
    ready_after = _seconds("Seconds after the detection's start: the greeting is over.")
    beep = Boolean(help="Whether the machine beeps then.")


class InsightSchema(PayloadSchema):
    at = _seconds("Seconds after the sidecar's start.", required=True)
    text = _words(required=True)


class SidecarSchema(PayloadSchema):
    insights = ListOf(Object(InsightSchema))
    answers = ListOf(_words())
    summary = _words()


class FaultSchema(PayloadSchema):
    command = _words(help="Its wire name; left out, whichever comes.")
    damage = Choice(*get_args(Damage))
    status = Integer(200, 599)
    retry_after = Integer(0)
    latency = Number(0, MAX_LATENCY)
    after = Boolean(help="Whether the command takes effect.")
    times = Integer(1)


class DisturbanceSchema(PayloadSchema):
    lost = Number(0, 1)
    duplicated = Number(0, 1)
    reordered = Number(0, 1)
    delay = _seconds("Seconds that all callbacks come late.")
    seed = Integer()


class ScenarioSchema(PayloadSchema):
    """A scenario's file."""

    description = _words()
    match = Object(MatchSchema)
    call = Object(CallSchema)
    lines = ListOf(Object(LineSchema))
    summary = Texts()
    inputs = ListOf(Object(InputSchema))
    machine = Object(MachineSchema)
    sidecar = Object(SidecarSchema)
    faults = ListOf(Object(FaultSchema))
    disturbances = Object(DisturbanceSchema)
