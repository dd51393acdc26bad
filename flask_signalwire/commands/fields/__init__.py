"""Exact JSON fields: the only fields that command schemas use.

marshmallow's own fields convert what looks alike ("yes", 1 and True are one boolean), and its major
versions differ in what they convert. The service converts nothing, so these fields accept exactly
one JSON type each, with the same verdicts on marshmallow 3 and 4. Each also knows how it reads in
an error (``expected``), in Python (``annotation``), in a log (``mask``), and whether the public
contract documents it (``documented=False``: accepted by the vendor's newest SDK only).
"""

from __future__ import annotations

from .base import (
    MAX_INTEGER,
    JSONField,
    UnknownKey,
    check_json,
    describe,
    suggest,
)
from .scalars import Boolean, Choice, Integer, LanguageTag, Number, Text, Url, Uuid, new_uuid
from .schema import PayloadSchema
from .structures import (
    Either,
    FreeObject,
    Keyed,
    ListOf,
    Object,
    Tagged,
    callback_fields,
)

__all__ = [
    "MAX_INTEGER",
    "Boolean",
    "Choice",
    "Either",
    "FreeObject",
    "Integer",
    "JSONField",
    "Keyed",
    "LanguageTag",
    "ListOf",
    "Number",
    "Object",
    "PayloadSchema",
    "Tagged",
    "Text",
    "UnknownKey",
    "Url",
    "Uuid",
    "callback_fields",
    "check_json",
    "describe",
    "new_uuid",
    "suggest",
]
