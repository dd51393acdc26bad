"""The URLs of callbacks: those that we hand out, and those that were called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from ..config import ENDPOINTS, Settings
from ..exceptions import ConfigurationError
from .tokens import Claim, Tokens

TOKEN = "token"  # noqa: S105  # the query parameter's name
# What may stand in a path as it is (RFC 3986: unreserved, sub-delims, ":", "@", "/").
_QUOTED = re.compile(r"%[0-9A-Fa-f]{2}|.", re.DOTALL)
_PATH = "!$&'()*+,;=:@/~"


class Urls:
    """Builds callback URLs from the public URL, and tells which URL a request called.

    Neither the request's Host nor forwarded headers are asked for anything: who sends a request
    writes them.
    """

    def __init__(self, settings: Settings, tokens: Tokens) -> None:
        self._settings = settings
        self._tokens = tokens

    @property
    def base(self) -> str | None:
        """The public URL, without a slash at its end; None where nothing can call us."""
        return self._settings.base_url

    def build(self, claim: Claim, path: str | None = None) -> str:
        """A URL for the service to call, with the proofs that its purpose demands.

        :param claim: what its token is bound to.
        :param path: for ``swml``: the path of the view within the app, maybe with a query.
        :raises ConfigurationError: without a public URL, or without a secret key where the purpose
            demands a token.
        :raises ValueError: for an unknown purpose, or a path that is none.
        """
        base = self.base
        if base is None:
            raise ConfigurationError(
                "there is no URL for callbacks:",
                [("SIGNALWIRE_PUBLIC_URL", "is missing; set it to where the service reaches you")],
            )
        target = self._target(claim.purpose, path)
        # Handed out where not demanded, too: it tells the account, the command and the call.
        first = self._settings.policy(claim.purpose)[0]
        if "token" in first or self._tokens:
            separator = "&" if "?" in target else "?"
            target += f"{separator}{TOKEN}={quote(self._tokens.issue(claim), safe='')}"
        if "basic" in first:
            scheme, _, rest = base.partition("://")
            user = quote(self._settings.webhook_user or "", safe="")
            password = quote(self._settings.webhook_password or "", safe="")
            base = f"{scheme}://{user}:{password}@{rest}"
        return base + target

    def _target(self, purpose: str, path: str | None) -> str:
        if path is None and purpose in ENDPOINTS:
            return f"{self._settings.webhook_prefix}/{purpose}"
        if path is not None and path.startswith("/") and purpose == "swml":
            return path
        raise ValueError(
            f"there is no URL for {purpose!r} and path {path!r}; expected one of "
            f"{', '.join(ENDPOINTS)}, or 'swml' and the path of a view, such as /greeting"
        )

    def called(self, environ: Mapping[str, Any]) -> str:
        """The URL that the service called: the public one, and path and query as they came.

        :param environ: of the WSGI request. The path is the app's own: what is in front of it (a
            mount point, a prefix that a proxy takes away) is part of the public URL.
        """
        raw = str(environ.get("REQUEST_URI") or environ.get("RAW_URI") or "")
        if raw and not raw.startswith("/"):  # a request line may hold the whole URL
            raw = "/" + raw.partition("://")[2].partition("/")[2]
        path, mark, query = raw.partition("?")
        own = _own_path(path, str(environ.get("PATH_INFO", "")))
        if own is None:  # a server that does not tell, or a middleware that rewrote the path
            own = quote(str(environ.get("PATH_INFO", "")).encode("latin-1"), safe=_PATH)
        if not mark:  # nor a raw query: werkzeug's test client leaves out a `query_string=`
            query = str(environ.get("QUERY_STRING", ""))
            mark = "?" if query else ""
        came = f"{own}{mark}{query}".encode("latin-1").decode("utf-8", "surrogateescape")
        return f"{self.base or ''}{came}"


def _own_path(raw: str, path_info: str) -> str | None:
    """The end of a raw path that is, unquoted, the path within the app; None where none is."""
    wanted = path_info.encode("latin-1")
    units = _QUOTED.findall(raw)
    own = "".join(units[max(0, len(units) - len(wanted)) :])
    return own if unquote_to_bytes(own.encode("latin-1")) == wanted else None
