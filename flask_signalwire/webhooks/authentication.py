"""Whether the service sent a request: the proofs that its purpose demands."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable

from werkzeug.datastructures import Headers, MultiDict

from ..config import DEFAULT_ACCOUNT, Settings
from ..exceptions import ConfigurationError, WebhookRefused
from . import signatures
from .tokens import Claim, Tokens
from .urls import TOKEN


class Authenticator:
    """Checks requests against ``SIGNALWIRE_WEBHOOK_AUTH``."""

    def __init__(self, settings: Settings, tokens: Tokens) -> None:
        self._settings = settings
        self._tokens = tokens
        names = [DEFAULT_ACCOUNT, *settings.accounts]
        self._projects = {name: settings.account(name).project_id for name in names}

    def check(
        self,
        purpose: str,
        *,
        url: Callable[[], str],
        headers: Headers,
        args: MultiDict[str, str],
        body: bytes,
    ) -> Claim | None:
        """What the request's token claims; None where it has none, and needs none.

        :param url: gives the URL that was called, as :meth:`.urls.Urls.called` does; only a
            signature needs it.
        :param args: the parsed query.
        :param body: the raw body.
        :raises WebhookRefused: where no alternative of the purpose's policy is satisfied.
        :raises ConfigurationError: where none can be, with these settings.
        """
        unable = self._settings.unable(purpose)
        if unable:
            raise ConfigurationError(
                f"requests for {purpose} can't be authenticated:",
                [(f"SIGNALWIRE_WEBHOOK_AUTH ({purpose})", unable)],
            )
        policy = self._settings.policy(purpose)
        refusals: list[WebhookRefused] = []
        claim: Claim | None = None
        for alternative in policy:
            try:
                if "token" in alternative:
                    claim = self._read(purpose, args)
                if "signature" in alternative:
                    signatures.check(self._settings.signing_key, url(), body, headers)
                if "basic" in alternative:
                    self._check_basic(headers)
            except WebhookRefused as refused:
                refusals.append(refused)
                continue
            return claim or self._read_if_any(purpose, args)
        # What was tried and failed tells more than what was not tried.
        told = [refused for refused in refusals if refused.reason not in _ABSENT]
        refusal = (told or refusals)[0]
        refusal.basic = any("basic" in alternative for alternative in policy)
        raise refusal

    def bind(self, claim: Claim | None, *, call_id: str | None, project_id: str | None) -> None:
        """Raise where a body tells of something else than its token is for.

        :param call_id: the call that the body names, if it names one.
        :param project_id: the project that the body names, likewise.
        :raises WebhookRefused: with the reason: ``another call``, ``another account``.
        """
        if claim is None:
            return
        if claim.call_id and call_id and claim.call_id.lower() != call_id.lower():
            raise WebhookRefused("the token is for another call", reason="another call", status=403)
        own = self._projects.get(claim.account)
        others = {project for project in self._projects.values() if project and project != own}
        if project_id in others:
            raise WebhookRefused(
                "the token is for another account", reason="another account", status=403
            )

    def _read_if_any(self, purpose: str, args: MultiDict[str, str]) -> Claim | None:
        """The claim of a token that nobody demands; one that is not valid says nothing."""
        try:
            return self._read(purpose, args)
        except WebhookRefused:
            return None

    def _read(self, purpose: str, args: MultiDict[str, str]) -> Claim:
        tokens = args.getlist(TOKEN)
        if len(tokens) > 1:
            raise WebhookRefused("the URL has two tokens", reason="malformed")
        claim = self._tokens.read(tokens[0] if tokens else "", purpose)
        if claim.account not in self._projects:
            raise WebhookRefused(
                "the token is for another account", reason="another account", status=403
            )
        return claim

    def _check_basic(self, headers: Headers) -> None:
        values = headers.getlist("Authorization")
        if not values:
            raise WebhookRefused("user and password are missing", reason="no credentials")
        if len(values) > 1:
            raise WebhookRefused("credentials are there twice", reason="duplicated header")
        scheme, _, encoded = values[0].partition(" ")
        try:
            given = base64.b64decode(encoded.strip(), validate=True)
        except (binascii.Error, ValueError):
            given = b""
        wanted = f"{self._settings.webhook_user}:{self._settings.webhook_password}".encode()
        if not hmac.compare_digest(given, wanted) or scheme.lower() != "basic":
            raise WebhookRefused("user or password is wrong", reason="wrong credentials")


_ABSENT = ("missing", "no signature", "no credentials")
