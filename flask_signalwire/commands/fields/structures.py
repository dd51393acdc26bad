"""Fields for lists and objects, and for unions that a key, a type or a tag decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import ValidationError

from ...redaction import Show, mask
from .base import MAPPING, JSONField, UnknownKey, check_json, suggest
from .scalars import Choice, Text
from .schema import PayloadSchema


class ListOf(JSONField):
    """A JSON list of one kind of thing; tuples are written as lists."""

    def __init__(self, inner: JSONField, *, empty: bool = True, **options: Any) -> None:
        self.inner = inner
        self.empty = empty
        self.expected = f"a list, each item {inner.expected}"
        if not empty:
            self.expected = f"a list of at least one item, each {inner.expected}"
        self.annotation = f"Sequence[{inner.annotation}]"
        super().__init__(**options)

    def check(self, value: Any) -> list[Any]:
        if not isinstance(value, (list, tuple)) or not (value or self.empty):
            raise self.refuse(value)
        result, errors = [], {}
        for index, item in enumerate(value):
            try:
                result.append(self.inner.check(item))
            except ValidationError as error:
                errors[index] = error.messages
        if errors:
            raise ValidationError(errors)
        return result

    def mask(self, value: Any, show: Show | None = None) -> Any:
        if isinstance(value, (list, tuple)):
            return [self.inner.mask(item, show) for item in value]
        return super().mask(value, show)


class FreeObject(JSONField):
    """A JSON object whose keys are the application's own."""

    expected = "an object"
    annotation = "Mapping[str, Any]"

    def __init__(self, **options: Any) -> None:
        options.setdefault("sensitivity", "words")
        super().__init__(**options)

    def check(self, value: Any) -> Mapping[str, Any]:
        if not isinstance(value, MAPPING):
            raise self.refuse(value)
        check_json(value)
        return value


class Object(JSONField):
    """A JSON object with a schema of its own."""

    expected = "an object"
    annotation = "Mapping[str, Any]"

    def __init__(self, schema: type[PayloadSchema], **options: Any) -> None:
        self.schema = schema()
        super().__init__(**options)

    def check(self, value: Any) -> Any:
        if not isinstance(value, MAPPING):
            raise self.refuse(value)
        return self.schema.load(value)

    def mask(self, value: Any, show: Show | None = None) -> Any:
        return self.schema.mask(value, show)


class Keyed(JSONField):
    """A union that its single key decides: ``{"start": {…}}``; or one of a few plain words."""

    def __init__(
        self, choices: Mapping[str, JSONField], *, words: Sequence[str] = (), **options: Any
    ) -> None:
        self.choices = dict(choices)
        self.words = tuple(words)
        keys = ", ".join(f"`{key}`" for key in self.choices)
        literal = ", ".join(f'"{word}"' for word in self.words)
        self.expected = f"an object with exactly one of the keys {keys}"
        self.annotation = "Mapping[str, Any]"
        if words:
            self.expected = f"{literal}, or {self.expected}"
            self.annotation = f"Literal[{literal}] | {self.annotation}"
        super().__init__(**options)

    def check(self, value: Any) -> Any:
        if isinstance(value, str) and value in self.words:
            return value
        if not isinstance(value, MAPPING):
            raise self.refuse(value)
        unknown = {
            key: [UnknownKey(f"unknown key{suggest(key, self.choices)}")]
            for key in value
            if key not in self.choices
        }
        if unknown:
            raise ValidationError(unknown)
        if len(value) != 1:
            found = " and ".join(f"`{key}`" for key in value) or "no key"
            raise ValidationError(f"{found}; expected {self.expected}")
        ((key, inner),) = value.items()
        try:
            return {key: self.choices[key].check(inner)}
        except ValidationError as error:
            raise ValidationError({key: error.messages}) from None

    def mask(self, value: Any, show: Show | None = None) -> Any:
        if not isinstance(value, MAPPING):
            return super().mask(value, show)
        return {
            **{
                key: field.mask(value[key], show)
                for key, field in self.choices.items()
                if key in value
            },
            **mask(
                {key: inner for key, inner in value.items() if key not in self.choices},
                "words",
                show=show,
            ),
        }


class Tagged(JSONField):
    """A union that its `type` decides: ``{"type": "tts", "params": {…}}``.

    :param choices: the schema of the params by type.
    :param params_required: whether `params` may not be left out.
    """

    annotation = "Mapping[str, Any]"

    def __init__(
        self,
        choices: Mapping[str, type[PayloadSchema]],
        *,
        params_required: bool = True,
        **options: Any,
    ) -> None:
        self.choices = {tag: Object(schema) for tag, schema in choices.items()}
        self.tag = Choice(*choices)
        self.params_required = params_required
        words = ", ".join(f'"{tag}"' for tag in choices)
        self.expected = f"an object with `type` {words} and its `params`"
        super().__init__(**options)

    def check(self, value: Any) -> Any:
        if not isinstance(value, MAPPING):
            raise self.refuse(value)
        errors: dict[Any, Any] = {}
        for key in value:
            if key not in ("type", "params"):
                hint = suggest(key, ("type", "params"))
                errors[key] = [UnknownKey(f"unknown key{hint}")]
        loaded: dict[str, Any] = {}
        try:
            if "type" not in value:
                raise ValidationError(f"missing; expected {self.tag.expected}")
            loaded["type"] = self.tag.check(value["type"])
        except ValidationError as error:
            errors["type"] = error.messages
        else:
            try:
                if "params" in value:
                    loaded["params"] = self.choices[loaded["type"]].check(value["params"])
                elif self.params_required:
                    raise ValidationError("missing; expected an object")
            except ValidationError as error:
                errors["params"] = error.messages
        if errors:
            raise ValidationError(errors)
        # In the order it came in: what a caller wrote is what is sent.
        return {key: loaded[key] for key in value}

    def mask(self, value: Any, show: Show | None = None) -> Any:
        if not isinstance(value, MAPPING):
            return super().mask(value, show)
        tag = value.get("type")
        known = self.choices.get(tag) if isinstance(tag, str) else None
        if known is None or "params" not in value:
            return mask(value, "words", show=show)
        rest = {key: inner for key, inner in value.items() if key != "params"}
        return {**mask(rest, show=show), "params": known.mask(value["params"], show)}


class Either(JSONField):
    """Text, or else something that is no text: the JSON type decides."""

    def __init__(self, text: Text, other: JSONField, **options: Any) -> None:
        self.text = text
        self.other = other
        self.expected = f"{text.expected}, or {other.expected}"
        self.annotation = f"{text.annotation} | {other.annotation}"
        super().__init__(**options)

    def check(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text.check(value)
        if isinstance(value, (Mapping, list, tuple)):
            return self.other.check(value)
        raise self.refuse(value)

    def mask(self, value: Any, show: Show | None = None) -> Any:
        return (self.text if isinstance(value, str) else self.other).mask(value, show)
