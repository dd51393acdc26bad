"""The settings of callbacks: where the service reaches the app, and how it proves to be itself."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..exceptions import Problem
from ..redaction import scrub, short
from .values import HOST, ManyWrong, Wrong, credential, found, is_loopback

ENDPOINTS = ("calls", "operations", "live", "sidecar")
"""What the package receives, an endpoint each; a callback's token is good for one of them."""

PURPOSES = (*ENDPOINTS, "swml")
"""All that the service asks an app for: the endpoints, and the app's own views of SWML."""

PROOFS = ("token", "signature", "basic")
UNAUTHENTICATED = "unauthenticated"

Policy = tuple[tuple[str, ...], ...]
"""Alternatives, each the proofs that it demands together. One of no proofs lets everybody in."""

DEFAULT_POLICIES: Mapping[str, Policy] = {
    **dict.fromkeys(ENDPOINTS, (("token",),)),
    # Requests for SWML are the ones that the service is known to sign (calling API contract,
    # 2026-08).
    "swml": (("signature",),),
}


def public_url(value: Any) -> str:
    """Scheme, host and maybe a path prefix, without a slash at the end."""
    url = credential(value)
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    host = HOST.fullmatch(parts.netloc)
    if (
        parts.scheme not in ("https", "http")
        or not host
        or (host["port"] and not 0 < int(host["port"]) < 65536)
        or not re.fullmatch(r"[\w.~!$&'()*+,;=:@%/-]*", parts.path, re.ASCII)
        or set("?#") & set(url)
    ):
        raise Wrong(
            f"is {scrub(url)[:80]!r}; write https://desk.example.com, with a path where the app "
            "has a prefix: no user, no query"
        )
    if parts.scheme == "http" and not is_loopback(parts.netloc):
        raise Wrong("is http; write https://, or http:// with a loopback host for development")
    return url.rstrip("/")


def signing_key(value: Any) -> tuple[str, ...]:
    """One key or several: all of them are accepted, for the time of a rotation."""
    keys = list(value) if isinstance(value, (list, tuple)) else [value]
    if not keys:
        raise Wrong("is empty; write the signing key of the project, or a list of two")
    return tuple(credential(key) for key in keys)


def prefix(value: Any) -> str:
    """The path under which the endpoints are."""
    if not isinstance(value, str) or not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", value):
        raise Wrong(f"is {short(value)}; write a path such as /signalwire, no slash at its end")
    return value


def user(value: Any) -> str:
    """A user name, as basic authentication takes it."""
    text = credential(value)
    if ":" in text:
        raise Wrong("has a colon, which ends a user name in basic authentication; write another")
    return text


def size(value: Any) -> int:
    """A number of bytes."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1024 <= value <= 2**30:
        raise Wrong(f"is {short(value)}; write a number of bytes from 1024 to {2**30}")
    return value


def choice(*words: str) -> Callable[[Any], str]:
    """A parser of a few words."""

    def parse(value: Any) -> str:
        if value not in words:
            raise Wrong(f"is {short(value)}; write {' or '.join(repr(word) for word in words)}")
        return str(value)

    return parse


def directory(value: Any) -> str:
    """The path of a directory, which is made when it is needed."""
    if not isinstance(value, (str, os.PathLike)) or not str(value):
        raise Wrong(f"{found(value)}; write the path of a directory")
    path = Path(value)
    try:
        wrong = "\0" in str(value) or (path.exists() and not path.is_dir())
    except OSError:  # longer than a path can be
        wrong = True
    if wrong:
        raise Wrong(f"names {str(value)[:200]!r}, which is no directory; write another path")
    return os.fspath(value)


def policies(value: Any) -> Mapping[str, Policy]:
    """The policies that were written out, by purpose; problems inside carry their own path."""
    if not isinstance(value, Mapping):
        return dict.fromkeys(PURPOSES, _policy(value))
    parsed: dict[str, Policy] = {}
    problems: list[Problem] = []
    for purpose, inner in value.items():
        if purpose not in PURPOSES:
            problems.append((f"[{purpose!r}]", f"is unknown; known: {', '.join(PURPOSES)}"))
            continue
        try:
            parsed[purpose] = _policy(inner)
        except Wrong as wrong:
            problems.append((f"[{purpose!r}]", str(wrong)))
    if problems:
        raise ManyWrong(problems)
    return parsed


def _policy(value: Any) -> Policy:
    alternatives = list(value) if isinstance(value, (list, tuple)) else [value]
    known = f"{', '.join(PROOFS)}, two of them such as 'token+signature', or {UNAUTHENTICATED}"
    if not alternatives:
        raise Wrong(f"is empty; write {known}")
    parsed = []
    for alternative in alternatives:
        if not isinstance(alternative, str):
            raise Wrong(f"{found(alternative)}; write {known}")
        if alternative == UNAUTHENTICATED:
            if len(alternatives) > 1:
                raise Wrong(f"has {UNAUTHENTICATED} beside proofs, which it makes pointless")
            return ((),)
        proofs = alternative.split("+")
        if not set(proofs) <= set(PROOFS) or len(set(proofs)) < len(proofs):
            raise Wrong(f"is {scrub(short(alternative))}; write {known}")
        parsed.append(tuple(proofs))
    return tuple(parsed)
