"""PayloadSchema, the base of all command schemas."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, cast

from marshmallow import RAISE, Schema, ValidationError, validates_schema

from ...readonly import MAPPING
from ...redaction import SECRET, Show, mask, scrub
from .base import DOUBTS, JSONField, UnknownKey, suggest


class PayloadSchema(Schema):
    """Base of all command schemas: unknown keys are refused at every depth, with the nearest
    name.
    """

    class Meta:
        unknown = RAISE

    also_accepts: ClassVar[Mapping[str, str]] = {}
    """Keywords that the method takes beside the fields, with their Python types; see `accept`."""

    instead_of: ClassVar[Mapping[str, str]] = {}
    """Keys that are given in place of another one: examples show the other."""

    beside_callback: ClassVar[Mapping[str, Any]] = {}
    """What goes with a callback URL that is filled in, where the caller leaves it out."""

    @classmethod
    def accept(cls, params: dict[str, Any]) -> dict[str, Any]:
        """Params of the contract, from those that callers may write: made once, before plugins."""
        return params

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.keys: dict[str, JSONField] = {
            field.data_key or name: cast(JSONField, field) for name, field in self.fields.items()
        }
        """The fields by their key in JSON."""
        self.fills = {
            key: fill for key, field in self.keys.items() if (fill := getattr(field, "fill", None))
        }
        """What makes a value for a key that the caller leaves out."""
        self._required = {key for key, field in self.keys.items() if field.required}
        self._quick = {key: quick_test(field) for key, field in self.keys.items()}
        # A field that is not ours, and a hook that a subclass adds, want marshmallow's whole way.
        self._direct = _used(self._hooks) == _used(PayloadSchema._hooks) and all(
            getattr(type(field), "_deserialize", None) is JSONField._deserialize  # noqa: SLF001
            for field in self.keys.values()
        )

    def between(self, payload: Mapping[str, Any]) -> dict[str, list[str]]:
        """Rules between keys: the errors by key, under ``_schema`` where they are of no single one.

        :param payload: as it came; its values may be wrong.
        """
        return {}

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _check_between(self, data: Any, original: Any, **kwargs: Any) -> None:
        errors = self.between(original)
        if errors:
            raise ValidationError(errors)

    def load(self, data: Any, **options: Any) -> Any:
        """The payload as it is sent: the same object, where nothing in it had to be changed.

        marshmallow visits every field that a schema declares; a payload that is right is told by
        the fields that it has, in a fraction of the time. Everything else goes marshmallow's way,
        which reports all that is wrong.

        :raises marshmallow.ValidationError: with nested messages.
        """
        if not options and self.holds(data):
            return data
        if self._direct and not options and isinstance(data, MAPPING):
            loaded = self._load_present(data)
            if loaded is not None:
                return loaded
        return super().load(data, **options)

    def holds(self, data: Any) -> bool:
        """Whether a payload is beyond doubt right, and sent as it is: a test as fields have one."""
        if not (self._direct and isinstance(data, dict) and self._required <= data.keys()):
            return False
        quick = self._quick
        try:
            for key, value in data.items():
                if quick[key](value):
                    continue
                # Of text that looks unusual, `check` knows more; of all else the test knows enough.
                if type(value) is not str or self.keys[key].check(value) is not value:
                    return False
        except DOUBTS:
            return False
        return not self.between(data)

    def _load_present(self, data: Mapping[str, Any]) -> dict[str, Any] | None:
        """The payload where all of it is right, else None."""
        if not self._required <= data.keys():
            return None
        changed: dict[str, Any] = {}
        try:
            for key, value in data.items():
                if key not in self.keys:
                    return None
                checked = self.keys[key].check(value)
                if checked is not value:
                    changed[key] = checked
        except (ValidationError, TypeError):
            return None
        if self.between(data):
            return None
        return data if isinstance(data, dict) and not changed else {**data, **changed}

    def handle_error(self, error: ValidationError, data: Any, **kwargs: Any) -> None:
        """Name near misses, and report in the payload's order whatever Python's hashes say."""
        messages = error.messages
        if not isinstance(messages, dict) or not isinstance(data, MAPPING):
            return
        known = self.keys
        ordered: dict[Any, Any] = {}
        for key in (*data, *messages):
            if key not in messages or key in ordered:
                continue
            if key in known or key == "_schema":
                ordered[key] = messages[key]
            else:
                ordered[key] = [UnknownKey(f"unknown key{suggest(key, known)}")]
        error.messages = ordered

    def mask(self, payload: Any, show: Show | None = None) -> Any:
        """The payload as logs and journals show it; anything that is no object becomes a mask."""
        if not isinstance(payload, Mapping):
            return payload if payload is None else SECRET
        masked: dict[str, Any] = {}
        for key, value in payload.items():
            near = self.keys.get(key) or self._near(key)
            if near is not None:
                masked[scrub(str(key))] = near.mask(value, show)
            else:
                masked.update(mask({key: value}, "words", show=show))
        return masked

    def _near(self, key: object) -> JSONField | None:
        """The field that a misspelt key was meant for: `pasword` holds a password, too."""
        near = difflib.get_close_matches(str(key), self.keys, n=1, cutoff=0.6)
        return self.keys[near[0]] if near and self.keys[near[0]].sensitivity else None


def quick_test(field: JSONField) -> Callable[[Any], object]:
    """The field's own test, see :meth:`JSONField.quick`; or else its `check`."""
    # Of the very class: one that inherits it may have a `check` that asks for more.
    test = field.quick() if "quick" in vars(type(field)) else None
    return test or (lambda value: field.check(value) is value)


def _used(hooks: Mapping[Any, Any]) -> dict[Any, Any]:
    return {tag: names for tag, names in hooks.items() if names}
