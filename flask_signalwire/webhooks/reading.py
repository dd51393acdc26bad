"""From a request's bytes to a JSON object. What can't be read is a 4xx, and quickly."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping
from encodings import normalize_encoding
from encodings.aliases import aliases
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.wsgi import get_input_stream

from ..exceptions import WebhookInvalid
from ..readonly import MAX_DEPTH

MAX_FIELDS = 1000
"""Fields of a form."""
MAX_DIGITS = 30
"""Of a whole number: a time in nanoseconds has 19."""
MAX_VALUES = 50_000
"""In an object, at all its levels: a body of many small ones would take seconds."""

_CHUNK = 65536
FORM = "application/x-www-form-urlencoded"
# Some of Python's other encodings are no text, and some are slow.
_CHARSETS = frozenset(
    {"utf_8", "utf_8_sig", "ascii", "latin_1", "cp1252"}
    | {f"utf_{bits}{order}" for bits in (16, 32) for order in ("", "_le", "_be")}
)


def read_body(environ: dict[str, Any], limit: int) -> bytes:
    """Read a request's body, once, and put it back for whoever reads it after us.

    :param environ: of WSGI; a body without a length (chunked) is read where the server marks its
        end, as all do that take one.
    :param limit: bytes, whatever the app's ``MAX_CONTENT_LENGTH``; no more than one byte beyond is
        read.
    :raises WebhookInvalid: 413, or 400 where it breaks off.
    """
    try:
        # A byte more than the limit: werkzeug can't tell a body of just that length from a longer.
        stream = get_input_stream(environ, max_content_length=limit + 1)
        body = _read(stream, limit)
    except RequestEntityTooLarge:
        raise _too_large(limit) from None
    except WebhookInvalid:
        raise
    except Exception as error:
        # Servers have errors of their own for chunks that are none: gunicorn's is no OSError.
        raise WebhookInvalid("the body breaks off", reason="incomplete") from error
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    return body


def _read(stream: Any, limit: int) -> bytes:
    chunks, size = [], 0
    while chunk := stream.read(_CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            raise _too_large(limit)
    return b"".join(chunks)


def _too_large(limit: int) -> WebhookInvalid:
    return WebhookInvalid(f"more than {limit} bytes", reason="too large", status=413)


def parse_body(body: bytes, content_type: str, content_encoding: str = "") -> dict[str, Any]:
    """A body as a JSON object; of a form, all values are texts.

    :param content_type: its header. Where it is empty the body is taken for JSON.
    :raises WebhookInvalid: 415 for another type, 400 for what can't be read.
    """
    if content_encoding.strip().lower() not in ("", "identity"):
        raise _unsupported("the body has a Content-Encoding; send it as it is")
    kind, options = parse_options_header(content_type)
    kind = kind.lower()
    if kind == FORM:
        return parse_form(_decode(body, options.get("charset", "")))
    if kind in ("", "application/json", "text/json") or (
        kind.startswith("application/") and kind.endswith("+json")
    ):
        charset = options.get("charset", "")
        # In JSON the first bytes tell, where nothing else does.
        return parse_json(_decode(body, charset or json.detect_encoding(body)))
    raise _unsupported("the Content-Type is of no use here; send application/json, or a form")


def parse_json(text: str) -> dict[str, Any]:
    """Strict JSON: no key twice, no NaN, no number that overflows, no half characters.

    :raises WebhookInvalid: 400.
    """
    try:
        parsed = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_no_number,
            parse_float=_float,
            parse_int=_int,
        )
    except WebhookInvalid:
        raise
    except json.JSONDecodeError as error:
        raise _invalid(f"no JSON: line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise _too_deep() from None
    if not isinstance(parsed, dict):
        raise _invalid("the body is no JSON object")
    _check_size(parsed)
    if "\\u" in text:
        _check_escapes(parsed)
    return parsed


def parse_form(text: str) -> dict[str, Any]:
    """A form, or a query string.

    :raises WebhookInvalid: 400.
    """
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except UnicodeDecodeError:
        raise _invalid("a form that is no UTF-8") from None
    except ValueError:
        raise _invalid(f"a form of more than {MAX_FIELDS} fields") from None
    if not pairs:
        raise _invalid("an empty form")
    return _object(pairs)


def _decode(body: bytes, charset: str) -> str:
    # Not by `codecs.lookup`: that keeps each name that it was ever asked for, known or not.
    name = normalize_encoding(charset or "utf-8").lower()
    name = aliases.get(name, name)
    if name not in _CHARSETS:
        raise _unsupported("the body's charset is not known here; send UTF-8")
    try:
        return body.decode("utf_8_sig" if name == "utf_8" else name).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise _invalid(f"the body is no {name.replace('_', '-')} (byte {error.start})") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _invalid("a key is there twice in one object")
    return found


def _no_number(name: str) -> NoReturn:
    raise _invalid(f"{name} is no number")


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _invalid("a number that is too large")
    return value


def _int(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _invalid(f"a number of more than {MAX_DIGITS} digits")
    return int(text)


def _check_size(parsed: dict[str, Any]) -> None:
    level: list[Any] = [parsed]
    room = MAX_VALUES
    for _ in range(MAX_DEPTH):
        room -= sum(map(len, level))
        if room < 0:
            raise _invalid(f"more than {MAX_VALUES} values")
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return
    raise _too_deep()


def _inside(value: Any) -> list[Any]:
    """The objects and lists that are right inside of one."""
    values = value.values() if isinstance(value, Mapping) else value
    return [inner for inner in values if isinstance(inner, (dict, list))]


def _check_escapes(parsed: dict[str, Any]) -> None:
    """Half a surrogate pair can't be written to a file, a database or a log."""
    try:
        json.dumps(parsed, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise _invalid("half a character (an escaped surrogate without the other)") from None


def _too_deep() -> WebhookInvalid:
    return _invalid(f"more than {MAX_DEPTH} levels of nesting")


def _invalid(text: str) -> WebhookInvalid:
    return WebhookInvalid(text, reason="unreadable")


def _unsupported(text: str) -> WebhookInvalid:
    return WebhookInvalid(text, reason="unsupported", status=415)
