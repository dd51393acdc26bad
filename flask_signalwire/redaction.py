"""Masks for text that leaves the process: log lines, messages, reprs, journals, audit rows.

Fields say what they hold (see :mod:`flask_signalwire.commands.fields`); these functions know how
each kind is shown. :func:`scrub` is for text that nobody declared: answers of servers, exceptions
of libraries, keys that no schema knows.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Literal

Sensitivity = Literal["secret", "number", "url", "words"]
"""What a field holds: a credential, a telephone number or SIP address, a URL that may carry
either, words that somebody says or writes."""

Show = Callable[[Sensitivity, str], "str | None"]
"""Decides how a number or words are shown; None for :func:`mask`'s own way."""

SECRET = "[secret]"  # noqa: S105  # the mask, no secret
_SECRET_KEYS = re.compile(
    r"(?i:token|secret|passw|pwd|credential|authori[sz]ation|bearer|signature|cookie|jwt"
    r"|(?:^|[_-])(?:key|sig|auth|pin)(?:$|[_-])|(?:api|signing|access|private)_?key)|[a-z]Key$"
)
# Userinfo in any URL; digits that read as a telephone number, but not those inside of a uuid or a
# word.
_USERINFO = re.compile(
    # Up to the last @ of the host's part; a password may hold what should have been escaped.
    r"(?<=://)(?:[^/?#\s\"'<>]*|[^\s\"'<>@:/]{1,256}:[^\s\"'<>]{0,256})@"
)
_QUERY_SECRET = re.compile(
    r"(?P<key>[?&][\w.-]{0,64}(?:token|secret|passw|pwd|sig|key|auth)[\w.-]{0,64}=)[^&#\s\"'<>]+",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?:(?<=%2B)|(?<![\w.-]))\+?\d{7,15}(?![\w-])|\+\d[\d ().-]{6,20}\d(?!\w)")


def mask_number(number: str) -> str:
    """``+34911234567`` becomes ``+34*******67``: enough to recognise, not enough to call."""
    plus = "+" if number.startswith("+") else ""
    digits = re.sub(r"\D", "", number)
    if len(digits) < 7:
        return f"{plus}{'*' * len(digits)}"
    return f"{plus}{digits[:2]}{'*' * (len(digits) - 4)}{digits[-2:]}"


def scrub(text: str) -> str:
    """Mask credentials in URLs, and whatever reads as a telephone number, in free text."""
    return _NUMBER.sub(lambda found: mask_number(found[0]), _without_credentials(text))


def _without_credentials(text: str) -> str:
    text = _USERINFO.sub(f"{SECRET}@", text)
    return _QUERY_SECRET.sub(lambda found: found["key"] + SECRET, text)


def mask_credentials(value: Any, key: str = "") -> Any:
    """A copy of a JSON value without credentials: for whom its numbers are meant, and no more.

    :param key: the key that it stands under.
    """
    if _SECRET_KEYS.search(key):
        return SECRET
    if isinstance(value, Mapping):
        return {name: mask_credentials(inner, str(name)) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [mask_credentials(inner) for inner in value]
    return _without_credentials(value) if isinstance(value, str) else value


def text_of(value: object) -> str:
    """Anything as text for a message or a log: scrubbed, in one line, whatever its ``str`` does.

    What a terminal would take for an order, and what can't be encoded, becomes a question mark.
    """
    try:
        text = " ".join(scrub(str(value)).split())
        return text if text.isprintable() else "".join(c if c.isprintable() else "?" for c in text)
    except Exception:  # noqa: BLE001  # somebody else's `__str__`
        return f"<{type(value).__name__}>"


def id_of(value: str | None) -> str:
    """An id that came from outside, for a log; of what is too long to be one, its length."""
    return text_of(value) if value is None or len(value) <= 80 else f"<{len(value)} characters>"


def short(value: object) -> str:
    """A wrong setting or option in an error; Python refuses to write out the longest integers."""
    try:
        return repr(value)[:40]
    except ValueError:
        return "a huge number"


def type_of(value: object) -> str:
    """The type of a wrong value in an error: ``a str``, ``an int``."""
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def scrubbed_traceback(error: BaseException) -> str:
    """An exception's traceback for a log: its message may quote a number or a URL."""
    return scrub("".join(traceback.format_exception(error))).rstrip()


def mask(
    value: Any,
    sensitivity: Sensitivity | None = None,
    key: str = "",
    show: Show | None = None,
) -> Any:
    """A copy of a JSON value with what is sensitive in it masked.

    :param sensitivity: what a schema says of it; without one, keys that sound like credentials are
        masked whole and all strings are scrubbed.
    :param key: the key that it stands under.
    :param show: is asked how to show the texts that are a ``number`` or ``words``.
    """
    if sensitivity == "secret" or _SECRET_KEYS.search(key):
        return SECRET
    if isinstance(value, Mapping):
        return {
            scrub(str(name)): mask(inner, sensitivity, str(name), show)
            for name, inner in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [mask(inner, sensitivity, show=show) for inner in value]
    if isinstance(value, str):
        if show is not None and sensitivity in ("number", "words"):
            shown = show(sensitivity, value)
            if shown is not None:
                return shown
        if sensitivity == "number":
            return _mask_address(value)
        return scrub(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) > 10**6:
        # A number that was not quoted; what is longer than one is no use in text either.
        return mask_number(str(int(value))) if abs(value) < 10**15 else "***"
    return value


def _mask_address(address: str) -> str:
    """A telephone number, or a SIP address whose user part is somebody's name or number."""
    scheme, colon, rest = address.partition(":")
    if colon and scheme.lower() in ("sip", "sips", "tel"):
        user, at, host = rest.partition("@")
        return f"{scheme}:{mask_number(user) if user.strip('+').isdigit() else '***'}{at}{host}"
    digits = sum(character.isdigit() for character in address)
    return mask_number(address) if digits >= 3 else scrub(address)
