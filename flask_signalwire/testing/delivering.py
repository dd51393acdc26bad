"""A callback on its way to the app under test: as the service would send it, or forged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from ..webhooks.signatures import sign
from ..webhooks.urls import TOKEN

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

    from ..config import Settings

Flaw = Literal[
    "missing",
    "malformed",
    "another purpose",
    "another call",
    "no signature",
    "wrong signature",
    "no credentials",
    "wrong credentials",
]
"""What is wrong with a forged callback, in the words in which the app's log gives the reason."""

PROOFS: Mapping[str, str] = {
    **dict.fromkeys(("missing", "malformed", "another purpose", "another call"), "token"),
    **dict.fromkeys(("no signature", "wrong signature"), "signature"),
    **dict.fromkeys(("no credentials", "wrong credentials"), "basic"),
}
"""The proof that each of them spoils."""


def deliver(
    app: Flask, settings: Settings, url: str, body: bytes, content_type: str, flaw: Flaw | None
) -> TestResponse:
    """Post a body to a URL that the app handed out.

    :param flaw: what is to be wrong; None: nothing.
    """
    parts = urlsplit(_with_flawed_token(url, flaw))
    base = urlsplit(settings.base_url or "")
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    options: dict[str, Any] = {}
    if parts.username is not None and flaw != "no credentials":
        password = "wrong" if flaw == "wrong credentials" else unquote(parts.password or "")
        options["auth"] = (unquote(parts.username), password)
    return app.test_client(use_cookies=False).post(
        # Below a path of the public URL the app sees its own part, as behind a proxy. Path and
        # query in one: only so REQUEST_URI has both, as servers give it.
        parts._replace(scheme="", netloc="", path=parts.path.removeprefix(base.path)).geturl(),
        base_url=f"{base.scheme}://{base.netloc}{base.path}",
        data=body,
        content_type=content_type,
        headers=_signature(settings.signing_key, bare, body, flaw),
        **options,
    )


def _signature(
    keys: tuple[str, ...], url: str, body: bytes, flaw: Flaw | None
) -> Mapping[str, str]:
    if not keys or flaw == "no signature":
        return {}
    return sign("wrong" if flaw == "wrong signature" else keys[0], url, body)


def _with_flawed_token(url: str, flaw: Flaw | None) -> str:
    if flaw not in ("missing", "malformed"):
        return url
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    token = query.pop(TOKEN, [""])[0]
    if flaw == "malformed":
        query[TOKEN] = [token[::-1]]
    return parts._replace(query=urlencode(query, doseq=True)).geturl()
