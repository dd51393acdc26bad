"""What the contract's words mean: text, a number, an object with these keys."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

Rule = Callable[[Any], bool]


def is_json(value: Any, depth: int = 0) -> bool:
    """Whether JSON has it, with text that is Unicode, integers of 63 bits, and 64 levels."""
    if isinstance(value, dict):
        return depth <= 64 and all(
            isinstance(key, str) and is_json(key) and is_json(inner, depth + 1)
            for key, inner in value.items()
        )
    if isinstance(value, list):
        return depth <= 64 and all(is_json(inner, depth + 1) for inner in value)
    if isinstance(value, int):
        return abs(value) < 2**63
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError):
        return False
    return True


def any_object(value: Any) -> bool:
    return isinstance(value, dict) and is_json(value)


def boolean(value: Any) -> bool:
    return value is True or value is False


def text(pattern: str | None = None, *, blank: bool = True) -> Rule:
    return lambda value: (
        isinstance(value, str)
        and is_json(value)
        and (blank or value.strip() != "")
        and (pattern is None or re.fullmatch(pattern, value, re.DOTALL) is not None)
    )


def one_of(*words: str) -> Rule:
    return lambda value: isinstance(value, str) and value in words


def number(
    least: float | None = None, most: float | None = None, *, above: float | None = None
) -> Rule:
    return lambda value: (
        type(value) in (int, float)
        and abs(value) < 2**63
        and (least is None or value >= least)
        and (most is None or value <= most)
        and (above is None or value > above)
    )


def integer(least: int | None = None, most: int | None = None) -> Rule:
    return lambda value: type(value) is int and number(least, most)(value)


def list_of(rule: Rule, *, empty: bool = True) -> Rule:
    return lambda value: (
        isinstance(value, list) and (empty or value != []) and all(map(rule, value))
    )


def either(*rules: Rule) -> Rule:
    return lambda value: any(rule(value) for rule in rules)


def an_object(
    required: dict[str, Rule] | None = None,
    optional: dict[str, Rule] | None = None,
    between: Rule = lambda value: True,
) -> Rule:
    required = required or {}
    known = {**(optional or {}), **required}
    return lambda value: (
        isinstance(value, dict)
        and required.keys() <= value.keys() <= known.keys()
        and all(known[key](inner) for key, inner in value.items())
        and between(value)
    )


def tagged(kinds: dict[str, Rule], *, bare: bool = False) -> Rule:
    """`{"type": …, "params": …}`; bare: the params may be left out."""
    return lambda value: (
        isinstance(value, dict)
        and value.keys() <= {"type", "params"}
        and isinstance(value.get("type"), str)
        and value["type"] in kinds
        and (kinds[value["type"]](value["params"]) if "params" in value else bare)
    )


def one_key(kinds: dict[str, Rule], *words: str) -> Rule:
    return lambda value: (
        (isinstance(value, str) and value in words)
        or (
            isinstance(value, dict)
            and len(value) == 1
            and all(key in kinds and kinds[key](inner) for key, inner in value.items())
        )
    )


def url(*schemes: str) -> Rule:
    def check(value: Any) -> bool:
        if not text()(value) or re.search(r"[\x00-\x20\x7f]", value):
            return False
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError:
            return False
        return parts.scheme in schemes and bool(parts.hostname)

    return check


def public_ipv4(value: Any) -> bool:
    try:
        return isinstance(value, str) and ipaddress.IPv4Address(value).is_global
    except ValueError:
        return False
