"""The settings, read once an app."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from flask_signalwire import exceptions, scrub

PREFIX = "SIGNALWIRE_CAPTIONS_"

_SCHEMES = ("redis://", "rediss://", "unix://")


@dataclass(frozen=True)
class CaptionsSettings:
    """What an app says of captions.

    :param authorize: whether whoever sent the request may read a call's captions.
    :param url: a Redis that all workers share; None: the memory of this process.
    :param history: messages of a call that are kept at most.
    :param calls: calls that are kept at most, in the memory of a process.
    :param keep: seconds that a call is kept after its end.
    :param linger: seconds that a stream goes on after the call's end.
    :param heartbeat: seconds of silence after which a stream gives a sign of life.
    :param listeners: streams that a process serves at most.
    """

    authorize: Callable[[str], Any] | None = None
    url: str | None = None
    history: int = 500
    calls: int = 1000
    keep: int = 600
    linger: int = 60
    heartbeat: float = 15
    listeners: int = 100

    @classmethod
    def load(cls, config: Mapping[str, Any]) -> CaptionsSettings:
        """Read the settings of an app; None in its config counts as not set.

        :raises ConfigurationError: with every bad key, what was expected, and what to write.
        """
        problems: list[exceptions.Problem] = []
        values: dict[str, Any] = {}
        for item in fields(cls):
            key = PREFIX + item.name.upper()
            value = config.get(key)
            if value is None:
                continue
            values[item.name] = value
            problem = _CHECKS[item.name](value)
            if problem:
                problems.append((key, problem))
        if problems:
            raise exceptions.ConfigurationError("flask-signalwire-captions can't start:", problems)
        return cls(**values)


def _callable(value: Any) -> str | None:
    if callable(value):
        return None
    return f"is a {type(value).__name__}; expected a function of the call id that returns a bool"


def _redis_url(value: Any) -> str | None:
    if isinstance(value, str) and value.startswith(_SCHEMES):
        return None
    shown = scrub(repr(value))[:60]
    return f"is {shown}; write the URL of a Redis, such as redis://localhost:6379/1"


def _number(low: float, high: int, unit: str, kinds: Any = int) -> Callable[[Any], str | None]:
    def check(value: Any) -> str | None:
        if isinstance(value, kinds) and not isinstance(value, bool) and low <= value <= high:
            return None
        return f"is {repr(value)[:40]}; write a number of {unit} from {low} to {high}"

    return check


_CHECKS: Mapping[str, Callable[[Any], str | None]] = {
    "authorize": _callable,
    "url": _redis_url,
    "history": _number(10, 100_000, "messages"),
    "calls": _number(1, 1_000_000, "calls"),
    "keep": _number(0, 86_400, "seconds"),
    "linger": _number(0, 3600, "seconds"),
    "heartbeat": _number(0.1, 300, "seconds", (int, float)),
    "listeners": _number(1, 100_000, "streams"),
}
