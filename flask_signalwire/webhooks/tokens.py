"""Tokens in callback URLs: what we hand out, and what a request shows that the service sent it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeTimedSerializer

from ..exceptions import ConfigurationError, WebhookRefused

_SALT = "flask_signalwire.callbacks"
SKEW = 60.0
"""Seconds that the clock of the process that issued a token may be ahead of ours."""

LONGEST = 2048
"""Characters of a token at most; ours have some 200."""


@dataclass(frozen=True)
class Claim:
    """What a token says of the requests that may carry it.

    :param account: the name of the credentials that the command was sent with.
    :param purpose: the endpoint that it is good for.
    :param call_id: the call that it is bound to; None where the call had no id yet.
    :param command_id: the command that it was made for; a dial's token is bound by it alone.
    """

    account: str
    purpose: str
    call_id: str | None = None
    command_id: str | None = None


class Tokens:
    """Issues tokens and reads them.

    :param keys: gives the secret keys at each use, the one to sign with first.
    :param lifetime: seconds that a token is accepted.
    """

    def __init__(self, keys: Callable[[], list[str | bytes]], lifetime: float) -> None:
        self._keys = keys
        self._lifetime = lifetime
        self._made: tuple[tuple[bytes, ...], URLSafeTimedSerializer] | None = None

    def __bool__(self) -> bool:
        """Whether there is a key to sign with."""
        return bool(self._keys())

    def issue(self, claim: Claim) -> str:
        """A token for a claim: URL-safe text, signed, and readable by everybody who sees it.

        :raises ConfigurationError: where the app has no secret key.
        """
        serializer = self._serializer()
        if serializer is None:
            raise ConfigurationError(
                "callback URLs are signed with the app's secret key:",
                [("SECRET_KEY", "is missing; set it to a long random text")],
            )
        said = [claim.account, claim.purpose, claim.call_id, claim.command_id]
        return str(serializer.dumps(said))

    def read(self, token: str, purpose: str) -> Claim:
        """What a token claims.

        :param purpose: the endpoint that it came to.
        :raises WebhookRefused: with the reason: ``missing``, ``malformed`` (a forged one, too),
            ``expired``, ``another purpose``.
        """
        if not token:
            raise WebhookRefused("the URL has no token", reason="missing")
        serializer = self._serializer()
        if serializer is None or len(token) > LONGEST:
            raise WebhookRefused("the token is not one of ours", reason="malformed")
        try:
            said, issued = serializer.loads(token, return_timestamp=True)
        except BadData:
            raise WebhookRefused("the token is not one of ours", reason="malformed") from None
        if not -SKEW <= time.time() - issued.timestamp() <= self._lifetime:
            raise WebhookRefused("the token has expired", reason="expired")
        claim = Claim(*said)
        if claim.purpose != purpose:
            raise WebhookRefused(
                "the token is for another endpoint", reason="another purpose", status=403
            )
        return claim

    def _serializer(self) -> URLSafeTimedSerializer | None:
        keys = tuple(key.encode() if isinstance(key, str) else key for key in self._keys())
        if not keys:
            return None
        if self._made is None or self._made[0] != keys:
            made = URLSafeTimedSerializer(
                list(reversed(keys)),  # itsdangerous signs with the last one
                salt=_SALT,
                signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
            )
            self._made = keys, made
        return self._made[1]
