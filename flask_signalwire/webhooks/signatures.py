"""Signatures of the service: HMAC over the URL that was called and the raw body behind it.

Hex of HMAC-SHA256 in one header, of HMAC-SHA1 in another; the key is the project's signing key
(calling API contract, 2026-08). There is no timestamp in them: who has seen a signed request can
send it again, which is what deduplication is for.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence

from werkzeug.datastructures import Headers

from ..exceptions import WebhookRefused

SHA256 = "X-SignalWire-SHA256-Signature"
SHA1 = "X-SignalWire-Signature"
_HEX = {SHA256: re.compile("[0-9a-f]{64}"), SHA1: re.compile("[0-9a-f]{40}")}
_DIGESTS = {SHA256: hashlib.sha256, SHA1: hashlib.sha1}
_CREDENTIALS = re.compile(r"\A([A-Za-z][A-Za-z0-9+.-]*://)[^/?#]*@")


def sign(key: str, url: str, body: bytes) -> dict[str, str]:
    """The headers with which the service signs a request.

    :param key: the signing key.
    :param url: the whole URL that is called; basic credentials in it are not signed.
    :param body: the raw body.
    """
    return {name: _mac(key, name, _message(url, body)) for name in (SHA256, SHA1)}


def check(keys: Sequence[str], url: str, body: bytes, headers: Headers) -> None:
    """Raise unless one of the keys signed the request.

    Every key is compared, in constant time. SHA-1 counts only where there is no header of SHA-256.

    :param url: the URL that was called, as :meth:`~flask_signalwire.webhooks.urls.Urls.called`
        gives it; never one that the request's own headers name.
    :raises WebhookRefused: with the reason: ``no signature``, ``duplicated header``,
        ``wrong signature``.
    """
    name = SHA256 if SHA256 in headers else SHA1
    values = headers.getlist(name)
    if not values:
        raise WebhookRefused("the request is not signed", reason="no signature")
    if len(values) > 1 or len(headers.getlist(SHA1)) > 1:
        raise WebhookRefused("a signature is there twice", reason="duplicated header")
    # Two headers of a name may come as one, joined by a comma: that is no signature either.
    signature = values[0] if _HEX[name].fullmatch(values[0]) else ""
    message = _message(url, body)
    matches = [hmac.compare_digest(_mac(key, name, message), signature) for key in keys]
    if not any(matches):
        raise WebhookRefused(
            "the signature does not fit the public URL, the body and a signing key of this app",
            reason="wrong signature",
        )


def _mac(key: str, name: str, message: bytes) -> str:
    return hmac.new(key.encode(), message, _DIGESTS[name]).hexdigest()


def _message(url: str, body: bytes) -> bytes:
    # Bytes of a URL that are no UTF-8 went through Python as surrogates.
    return _CREDENTIALS.sub(r"\1", url, count=1).encode("utf-8", "surrogateescape") + body
