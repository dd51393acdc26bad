"""What a setting's value may be: each function gives the value as it is kept, or says what is wrong
with it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..exceptions import Problem
from ..redaction import scrub, short, type_of

SIMULATOR = "simulator"
DEFAULT_ACCOUNT = "default"


class Wrong(ValueError):
    """What is wrong with a value, and what to write instead."""


def found(value: Any) -> str:
    """The beginning of a complaint: what is there."""
    return "is empty" if value == "" else f"is {type_of(value)}"


def credential(value: Any) -> str:
    """Text without spaces around it."""
    if not isinstance(value, str) or not value.strip():
        hint = "; quote it, or an environment's 1e5 becomes a number" if value != "" else ""
        raise Wrong(f"{found(value)}; write it as text{hint}")
    if value != value.strip() or not value.isprintable():
        raise Wrong("has spaces or line ends around or inside of it; remove them")
    return value


HOST = re.compile(
    r"(?P<host>\[[0-9a-fA-F:]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)(:(?P<port>[0-9]{1,5}))?"
)


def space(value: Any) -> str:
    """A host, ``host:port``, or ``simulator``."""
    text = credential(value)
    host = HOST.fullmatch(text)
    if not host or (host["port"] and not 0 < int(host["port"]) < 65536):
        shown = scrub(text)[:80]
        raise Wrong(
            f"is {shown!r}, which is no host; write acme.signalwire.com, host:port, or simulator: "
            "no scheme, no path"
        )
    if text != SIMULATOR and "." not in text and not host["port"] and not is_loopback(text):
        raise Wrong(f"is a name without a domain; write {text}.signalwire.com, or simulator")
    return text


def is_loopback(space: str) -> bool:
    """Whether a host (and port) is this machine, so that plain http is safe."""
    host = (space.rsplit(":", 1)[0] if not space.endswith("]") else space).lower()
    return host in ("localhost", "[::1]") or bool(re.fullmatch(r"127(\.\d{1,3}){3}", host))


def seconds(value: Any) -> float:
    """A number of seconds, above 0 and below a day."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 86400:
        raise Wrong(f"is {short(value)}; write a number of seconds above 0, such as 10 or 2.5")
    return float(value)


def timeout(value: Any) -> tuple[float, float]:
    """Seconds to connect and seconds to wait, from one number or two."""
    if isinstance(value, (list, tuple)):
        if len(value) != 2:
            raise Wrong("has not two numbers; write [5, 15]: seconds to connect, seconds to wait")
        return seconds(value[0]), seconds(value[1])
    both = seconds(value)
    return both, both


LONGEST_LIFETIME = 30 * 86400


def lifetime(value: Any) -> float:
    """Seconds that something is kept, 30 days at most."""
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not 0 < value <= LONGEST_LIFETIME
    ):
        raise Wrong(f"is {value!r}; write seconds above 0, at most {LONGEST_LIFETIME} (30 days)")
    return float(value)


def redis(value: Any) -> str:
    """The address of a Redis."""
    # The address is not shown: it may hold a password.
    if not isinstance(value, str) or not value.startswith(("redis://", "rediss://", "unix://")):
        raise Wrong(
            "is no address of a Redis; write redis://host:6379/0, or leave it out for the memory "
            "of each process"
        )
    return value


def count(minimum: int) -> Callable[[Any], int]:
    """A parser of whole numbers from a minimum on."""

    def parse(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= 10_000:
            raise Wrong(f"is {short(value)}; write a whole number of at least {minimum}")
        return value

    return parse


def flag(value: Any) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise Wrong(f"is {value!r}; write True or False")
    return value


def names(value: Any) -> tuple[str, ...]:
    """Names, from a list or from one text with commas."""
    if isinstance(value, str):
        value = [name.strip() for name in value.split(",") if name.strip()]
    if not isinstance(value, (list, tuple, set, frozenset)) or not all(
        isinstance(name, str) and name for name in value
    ):
        raise Wrong('is no list of names; write ["audit", "autolang"]')
    return tuple(sorted(value) if isinstance(value, (set, frozenset)) else value)


def ca_file(value: Any) -> str:
    """The path of a file that exists."""
    if not isinstance(value, (str, os.PathLike)) or not str(value):
        raise Wrong(f"{found(value)}; write the path of a PEM file")
    try:
        there = Path(value).is_file()
    except (OSError, ValueError):  # no path at all
        there = False
    if not there:
        raise Wrong(f"names {str(value)[:200]!r}, which is no file; write the path of a PEM file")
    return os.fspath(value)


def accounts(value: Any) -> Mapping[str, Mapping[str, str]]:
    """Check the shape; problems inside carry their own path."""
    if not isinstance(value, Mapping):
        raise Wrong('is no dict; write {"eu": {"project_id": "…", "api_token": "…", "space": "…"}}')
    problems: list[Problem] = []
    parsed: dict[str, Mapping[str, str]] = {}
    parsers = {"project_id": credential, "api_token": credential, "space": space}
    for name, credentials in value.items():
        if not isinstance(name, str) or not name or name == DEFAULT_ACCOUNT:
            problems.append((f"[{name!r}]", "is no name for an account; write another one"))
            continue
        if not isinstance(credentials, Mapping):
            problems.append((f"[{name!r}]", "is no dict; write project_id, api_token and space"))
            continue
        account = {}
        for key, inner in credentials.items():
            if key not in parsers:
                problems.append(
                    (f"[{name!r}][{key!r}]", f"is unknown; known: {', '.join(parsers)}")
                )
                continue
            try:
                account[key] = parsers[key](inner)
            except Wrong as wrong:
                problems.append((f"[{name!r}][{key!r}]", str(wrong)))
        parsed[name] = account
    if problems:
        raise ManyWrong(problems)
    return parsed


class ManyWrong(Wrong):
    """What is wrong inside of a value: places and texts."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems
