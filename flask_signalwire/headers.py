"""HTTP headers, of requests and of answers, read and copied in less time.

A command is a few hundred bytes each way: on the way through requests, urllib3 and http.client its
headers cost more than its JSON.
"""

from __future__ import annotations

import http.client
import re
from types import FunctionType
from typing import Any

from requests.structures import CaseInsensitiveDict

__all__ = ["Headers", "parse_headers", "with_globals"]

_MOST_LINES = 100
_LONGEST_LINE = 65536
# Field lines (RFC 9112) of tokens and printable ASCII, and the empty line that ends them.
_PLAIN = re.compile(rb"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e]*\r\n)*\r\n")


class Headers(CaseInsensitiveDict[str]):
    """The headers of requests, copied and read without a call for each one of them."""

    _store: Any

    def copy(self) -> Headers:
        made = Headers.__new__(Headers)  # past an __init__ that makes a store of its own
        made._store = self._store.copy()  # noqa: SLF001  # our own, of the same class
        return made

    def items(self) -> Any:
        return self._store.values()  # pairs of name and value, by the name in lower case


def parse_headers(fp: Any, *args: Any, **kwargs: Any) -> Any:
    """Read header lines from a file, as :func:`http.client.parse_headers` does.

    That one has a parser of e-mail read them, which takes a tenth of the time of a whole command.
    Lines that are as plain as they nearly always are need none; it has the others.

    :param fp: a binary file, at the first header line; afterwards it is past the empty line.
    :returns: a :class:`http.client.HTTPMessage`.
    :raises http.client.HTTPException: for too many lines, or one that is too long.
    """
    if args or any(kwargs.values()):  # of some Python to come: other limits, another class
        return http.client.parse_headers(fp, *args, **kwargs)
    lines: list[bytes] = []
    while len(lines) < _MOST_LINES:
        line = fp.readline(_LONGEST_LINE)
        lines.append(line)
        if line == b"\r\n" or not line.endswith(b"\r\n"):
            break
    if not _PLAIN.fullmatch(b"".join(lines)):
        unread: Any = _Unread(lines, fp)
        return http.client.parse_headers(unread)
    message = http.client.HTTPMessage()
    for line in lines[:-1]:
        name, _, value = line.decode("ascii").partition(":")
        message[name] = value.lstrip(" \t").removesuffix("\r\n")
    return message


class _Unread:
    """A file, of which the first lines were read already."""

    def __init__(self, lines: list[bytes], fp: Any) -> None:
        self._fp = fp
        self._lines = lines[::-1]

    def readline(self, limit: int) -> bytes:
        if not self._lines:
            return self._fp.readline(limit)  # type: ignore[no-any-return]
        line = self._lines.pop()
        if line.endswith(b"\n") or len(line) < _LONGEST_LINE:  # the file ended there
            return line
        rest: bytes = self._fp.readline(max(limit - len(line), 0))
        return line + rest


def with_globals(function: Any, **others: Any) -> Any:
    """A copy of another module's function, which finds these in place of that module's globals."""
    copied = FunctionType(
        function.__code__,
        {**function.__globals__, **others},
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    copied.__kwdefaults__ = function.__kwdefaults__
    return copied
