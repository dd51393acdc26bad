"""Fields for lists and objects, and for unions that a key, a type or a tag decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import is_
from typing import Any

from marshmallow import ValidationError

from ...readonly import MAPPING
from ...redaction import Show, mask
from .base import JSONField, UnknownKey, check_json, suggest
from .scalars import Choice, Text
from .schema import PayloadSchema, quick_test


class ListOf(JSONField):
    """A JSON list of one kind of thing; tuples are written as lists."""

    def __init__(self, inner: JSONField, *, empty: bool = True, **options: Any) -> None:
        self.inner = inner
        self.empty = empty
        self._quick = quick_test(inner)
        self.expected = f"a list, each item {inner.expected}"
        if not empty:
            self.expected = f"a list of at least one item, each {inner.expected}"
        self.annotation = f"Sequence[{inner.annotation}]"
        super().__init__(**options)

    def check(self, value: Any) -> list[Any]:
        if not isinstance(value, (list, tuple)) or not (value or self.empty):
            raise self.refuse(value)
        check = self.inner.check
        try:
            result = [check(item) for item in value]
        except ValidationError:
            raise ValidationError(self._errors(value)) from None
        if isinstance(value, list) and all(map(is_, result, value)):
            return value
        return result

    def quick(self) -> Callable[[Any], object]:
        return self._holds

    def _holds(self, value: Any) -> object:
        return isinstance(value, list) and (value or self.empty) and all(map(self._quick, value))

    def _errors(self, value: Sequence[Any]) -> dict[int, Any]:
        errors = {}
        for index, item in enumerate(value):
            try:
                self.inner.check(item)
            except ValidationError as error:
                errors[index] = error.messages
        return errors

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

    def quick(self) -> Callable[[Any], object]:
        return self.schema.holds

    def mask(self, value: Any, show: Show | None = None) -> Any:
        return self.schema.mask(value, show)


class Keyed(JSONField):
    """A union that its single key decides: ``{"start": {…}}``; or one of a few plain words."""

    def __init__(
        self, choices: Mapping[str, JSONField], *, words: Sequence[str] = (), **options: Any
    ) -> None:
        self.choices = dict(choices)
        self._quick = {key: quick_test(choice) for key, choice in self.choices.items()}
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
            checked = self.choices[key].check(inner)
        except ValidationError as error:
            raise ValidationError({key: error.messages}) from None
        return value if checked is inner and isinstance(value, dict) else {key: checked}

    def quick(self) -> Callable[[Any], object]:
        return self._holds

    def _holds(self, value: Any) -> object:
        if not isinstance(value, dict):
            return isinstance(value, str) and value in self.words
        ((key, inner),) = value.items()
        return self._quick[key](inner)

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
        self._quick = {tag: quick_test(choice) for tag, choice in self.choices.items()}
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

    def quick(self) -> Callable[[Any], object]:
        return self._holds

    def _holds(self, value: Any) -> object:
        if not isinstance(value, dict) or len(value) != 2:
            return False
        return self._quick[value["type"]](value["params"])

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


def callback_fields(
    schema: PayloadSchema, way: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str]]:
    """The fields for callback URLs: the keys that lead to each, and its purpose.

    Objects and what a single key decides are looked into; lists, and what a `type` decides, not.
    """
    for key, field in schema.keys.items():
        purpose = getattr(field, "callback", None)  # a plugin's field may be no JSONField
        if purpose:
            yield (*way, key), purpose
        for inner_key, inner in field.choices.items() if isinstance(field, Keyed) else ():
            if isinstance(inner, Object):
                yield from callback_fields(inner.schema, (*way, key, inner_key))
        if isinstance(field, Object):
            yield from callback_fields(field.schema, (*way, key))
