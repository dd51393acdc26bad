"""Fields that several families share, written once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from ...readonly import MAPPING
from ...redaction import SECRET, Show
from ..fields import (
    Choice,
    FreeObject,
    JSONField,
    PayloadSchema,
    Text,
    Url,
    check_json,
    describe,
    new_uuid,
    suggest,
)

LEGS = ("local-caller", "remote-caller")


def leg(**options: Any) -> Choice:
    """One party of the call: ours (local) or the one at the other end (remote)."""
    return Choice(*LEGS, **options)


def status_url(
    help: str = "Where the service reports what becomes of it.", *, callback: str = "operations"
) -> Url:
    """The callback URL that most commands take."""
    return Url(example="https://example.com/status", help=help, callback=callback)


class Swml(FreeObject):
    """A SWML document by its shape: a version, and sections that are lists of methods.

    What the methods take is not checked: that is a language of its own.
    """

    expected = "a SWML document"
    version = "1.0.0"

    def __init__(self, **options: Any) -> None:
        options.setdefault("example", {"sections": {"main": [{"play": "say:Hello"}]}})
        super().__init__(**options)

    def check(self, value: Any) -> Mapping[str, Any]:
        document = super().check(value)
        errors: dict[str, Any] = {}
        for key in document:
            if key not in ("version", "sections"):
                errors[key] = [f"unknown key{suggest(key, ('version', 'sections'))}"]
        if document.get("version", self.version) != self.version:
            errors["version"] = [f'{describe(document["version"])}; expected "{self.version}"']
        sections = document.get("sections")
        if not isinstance(sections, MAPPING) or "main" not in sections:
            errors["sections"] = ["expected an object with at least the section `main`"]
        else:
            broken = {
                name: problems for name, body in sections.items() if (problems := _section(body))
            }
            if broken:
                errors["sections"] = broken
        if errors:
            raise ValidationError(errors)
        return document


def _section(body: Any) -> dict[int, list[str]] | list[str] | None:
    if not isinstance(body, (list, tuple)):
        return [f"{describe(body)}; expected a list of methods"]
    problems = {}
    for index, method in enumerate(body):
        if isinstance(method, str) or (isinstance(method, MAPPING) and len(method) == 1):
            continue
        problems[index] = [
            f"{describe(method)}; expected a method's name, or an object with one key"
        ]
    return problems or None


class Headers(JSONField):
    """SIP headers: a list of objects, whose keys the public contract does not give."""

    expected = "a list of objects"
    annotation = "Sequence[Mapping[str, Any]]"

    def check(self, value: Any) -> Any:
        if not isinstance(value, (list, tuple)) or not all(isinstance(x, Mapping) for x in value):
            raise self.refuse(value)
        check_json(value)
        return value

    def mask(self, value: Any, show: Show | None = None) -> Any:
        """Names may show; what stands under any other key may be a credential."""
        if not isinstance(value, (list, tuple)):
            return SECRET
        return [
            {key: inner if key == "name" else SECRET for key, inner in header.items()}
            if isinstance(header, Mapping)
            else SECRET
            for header in value
        ]


class Nothing(PayloadSchema):
    """For commands that take no params."""


def control_id() -> Text:
    """The id of an operation that was started before."""
    return Text(
        required=True, example="op-1", help="The operation, as it was named when it started."
    )


def new_control_id() -> Text:
    """The id of the operation that a command starts; a fresh one where the caller gives none."""
    return Text(
        required=True,
        example="op-1",
        fill=new_uuid,
        help="A name for the operation, to act on it later; a fresh uuid where it is left out.",
    )
