"""From an HTTP request to the body of a command, as the service reads it.

Statuses and bodies of refusals: calling API contract, 2026-08; the limits are ours.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NoReturn

from .refusals import Refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PATH = "/api/calling/calls"
BODY_LIMIT = 1024 * 1024
"""The longest body that is read, in bytes."""
_MAX_DEPTH = 100


def check_target(environ: WSGIEnvironment) -> None:
    """There is one path, and one method on it.

    :raises Refusal: 404 or 405.
    """
    if environ.get("PATH_INFO") != PATH:
        raise Refusal(404)
    if environ["REQUEST_METHOD"] != "POST":
        raise Refusal(405, headers=[("Allow", "POST")])


def read_command(environ: WSGIEnvironment) -> dict[str, Any]:
    """The JSON object that the request carries.

    :raises Refusal: 413 where it is too long, 400 where it is anything else than such an object.
    """
    if _media_type(environ) != "application/json":
        raise Refusal(400)
    raw = _read(environ)
    try:
        body = _DECODER.decode(raw.decode())
    except (ValueError, RecursionError):
        raise Refusal(400) from None
    # Counting brackets is quick, and only what has many of them can be nested deeply.
    if raw.count(b"{") + raw.count(b"[") > _MAX_DEPTH and _depth(body) > _MAX_DEPTH:
        raise Refusal(400)
    if not isinstance(body, dict):
        raise Refusal(400)
    return body


def _media_type(environ: WSGIEnvironment) -> str:
    return str(environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower()


def _read(environ: WSGIEnvironment) -> bytes:
    stream = environ["wsgi.input"]
    text = environ.get("CONTENT_LENGTH") or ""
    if text.isascii() and text.isdigit():
        length = int(text) if len(text) < 20 else BODY_LIMIT + 1
    elif not text and environ.get("wsgi.input_terminated"):  # a chunked body, which ends by itself
        length = len(raw := stream.read(BODY_LIMIT + 1))
        if length <= BODY_LIMIT:
            return bytes(raw)
    else:
        raise Refusal(400)
    if length > BODY_LIMIT:
        raise Refusal(413)
    return bytes(stream.read(length))


def _depth(value: Any) -> int:
    depth = 0
    level = [value]
    while level := [
        inner
        for outer in level
        if isinstance(outer, (dict, list))
        for inner in (outer.values() if isinstance(outer, dict) else outer)
    ]:
        depth += 1
    return depth


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text}, which JSON does not have")


def _integer(text: str) -> int:
    # Other parsers keep numbers as doubles; one that no double holds is malformed to them.
    if math.isinf(float(text)):
        raise ValueError("a number out of range")
    return int(text)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_int=_integer)
