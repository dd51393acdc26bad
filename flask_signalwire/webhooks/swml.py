"""Views that answer the service's requests for SWML: ``@signalwire.swml``."""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl

from flask import Flask, Request, Response, current_app, request
from marshmallow import ValidationError

from ..commands.schemas.shared import Swml
from ..exceptions import ClientNotFound, WebhookError, WebhookInvalid, WebhookRefused, flatten
from ..readonly import ReadOnlyDict, freeze, thaw
from ..redaction import mask_number, text_of
from .reading import parse_body, read_body
from .urls import TOKEN

if TYPE_CHECKING:
    from . import Webhooks

logger = logging.getLogger("flask_signalwire.webhooks")

PURPOSE = "swml"
SECONDS = 60.0
"""How long an answer is remembered: the service may fetch one document several times for one dial
(seen in production)."""
MOST = 128
"""Answers that are remembered at most."""
LONGEST = 65536
"""Bytes of an answer that is remembered; longer ones are made anew."""

_MARK = "signalwire_swml"
_DOCUMENT = Swml()
_EMPTY: Mapping[str, Any] = ReadOnlyDict()


@dataclass(frozen=True, kw_only=True, repr=False)
class SwmlRequest:
    """What the service says when it fetches SWML. What it does not say is None, or empty.

    :ivar call_id: the uuid of the call.
    :ivar from_: who calls, as the service writes it; a number, a SIP address or a name.
    :ivar dial_winner: whether this leg won a dial of several.
    :ivar headers: SIP headers, pairs of name and value.
    :ivar vars: the call's variables. :ivar envs: the space's. :ivar params: of the SWML that asks.
    :ivar raw: all of it, read-only.
    :ivar account: the account whose token is in the URL; ``default`` where there is none.
    """

    call_id: str | None = None
    node_id: str | None = None
    segment_id: str | None = None
    tag: str | None = None
    call_state: str | None = None
    direction: str | None = None
    type: str | None = None
    from_: str | None = None
    to: str | None = None
    from_number: str | None = None
    to_number: str | None = None
    dial_winner: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    parent: Mapping[str, Any] = field(default_factory=ReadOnlyDict, hash=False)
    peer: Mapping[str, Any] = field(default_factory=ReadOnlyDict, hash=False)
    sip_data: Mapping[str, Any] = field(default_factory=ReadOnlyDict, hash=False)
    project_id: str | None = None
    space_id: str | None = None
    vars: Mapping[str, Any] = field(default_factory=ReadOnlyDict, hash=False)
    envs: Mapping[str, Any] = field(default_factory=ReadOnlyDict, hash=False)
    params: Mapping[str, Any] = field(default_factory=ReadOnlyDict, hash=False)
    raw: Mapping[str, Any] = field(default_factory=ReadOnlyDict, hash=False)
    account: str = "default"

    def __repr__(self) -> str:
        number = mask_number(self.from_number) if self.from_number else None
        return (
            f"<SwmlRequest call {text_of(self.call_id)} {text_of(self.direction)} "
            f"{text_of(self.call_state)} from {number}>"
        )

    @classmethod
    def of(cls, raw: Mapping[str, Any], account: str = "default") -> SwmlRequest:
        """Read a payload; what has another type than it should is left out.

        :param raw: the payload; its ``call`` may be missing, then its fields are looked for in
            the payload itself.
        """
        kept = freeze(raw)
        call = _object(kept.get("call")) or kept
        texts = {name: _first_text(call, *keys) for name, keys in _TEXTS.items()}
        objects = {name: _object(call.get(name)) for name in ("parent", "peer", "sip_data")}
        outer = {name: _object(kept.get(name)) for name in ("vars", "envs", "params")}
        return cls(
            **cast("dict[str, Any]", {**texts, **objects, **outer}),
            dial_winner=call.get("dial_winner") in ("true", True),
            headers=_headers(call.get("headers")),
            raw=kept,
            account=account,
        )


_TEXTS = {
    **{
        name: (name,)
        for name in (
            "node_id",
            "segment_id",
            "tag",
            "direction",
            "type",
            "from_number",
            "to_number",
            "project_id",
            "space_id",
        )
    },
    # The names behind are those of forms (seen in production).
    "call_id": ("call_id", "CallSid"),
    "call_state": ("call_state", "CallStatus"),
    "from_": ("from", "From"),
    "to": ("to", "To"),
}


def _first_text(call: Mapping[str, Any], *keys: str) -> str | None:
    return next((call[key] for key in keys if isinstance(call.get(key), str)), None)


def _object(value: Any) -> Mapping[str, Any]:
    """An object, or text that is one, as a query or a form has it."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            value = freeze(json.loads(value))
        except (ValueError, RecursionError):
            return _EMPTY
    return value if isinstance(value, Mapping) else _EMPTY


def _headers(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list):
        return ()
    pairs = [(h.get("name"), h.get("value")) for h in value if isinstance(h, Mapping)]
    return tuple((n, v) for n, v in pairs if isinstance(n, str) and isinstance(v, str))


class Answers:
    """Answers that were given in the last minute, so that a repeated request gets the same one.

    Of requests that come at the same time, one asks the view, and the others wait for it.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Answer] = OrderedDict()
        self._lock = threading.Lock()

    def forget(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._kept.clear()

    def once(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The answer that was kept under a key, else a new one. What `make` raises is not kept."""
        with self._lock:
            answer = self._kept.setdefault(key, _Answer())
            if len(self._kept) > MOST:
                self._kept.popitem(last=False)
        with answer.lock:
            now = time.monotonic()
            if answer.document is not None and now < answer.until:
                return answer.document
            document = make()
            answer.document = document if len(document) <= LONGEST else None
            answer.until = now + SECONDS
            return document


@dataclass
class _Answer:
    document: bytes | None = None
    until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class _NotSwml(Exception):
    """A view returned something else than a SWML document."""


def swml_view(view: Callable[..., Any]) -> Callable[..., Response]:
    """A view that answers requests for SWML; see :meth:`flask_signalwire.SignalWire.swml`."""

    @functools.wraps(view)
    def answer(**arguments: Any) -> Response:
        webhooks = _webhooks()
        try:
            body = _read(request, webhooks.settings.webhook_max_body)
            url = webhooks.urls.called(request.environ)
            claim = webhooks.authenticate(PURPOSE, request, body)
            account = claim.account if claim else "default"
            asked = SwmlRequest.of(_payload(request, body), account)
            webhooks.authenticator.bind(claim, call_id=asked.call_id, project_id=asked.project_id)
        except WebhookError as error:
            return _refuse(webhooks, error)

        def make() -> bytes:
            returned = current_app.ensure_sync(view)(asked, **arguments)
            problem = _problem(returned)
            if problem:
                logger.error("the view %s returned no SWML: %s", request.endpoint, problem)
                raise _NotSwml
            return json.dumps(thaw(returned)).encode()

        try:
            document = webhooks.answers.once(_key(request, url, body), make)
        except _NotSwml:
            return _json(b'{"error": "internal error"}', 500)
        return _json(document, 200)

    vars(answer)[_MARK] = True
    return answer


def swml_views(app: Flask) -> list[str]:
    """The endpoints of an app's views of SWML."""
    # What wraps a view with functools.wraps, as decorators do, has its mark too.
    return [name for name, view in app.view_functions.items() if hasattr(view, _MARK)]


def _webhooks() -> Webhooks:
    client = current_app.extensions.get("signalwire")
    if client is None:
        raise ClientNotFound(
            f"the app {current_app.name!r} has a view of SWML, and no flask-signalwire; call "
            "signalwire.init_app(app)"
        )
    return cast("Webhooks", client.webhooks)


def _read(request: Request, limit: int) -> bytes:
    # Somebody before us, such as a `before_request`, may have read it: then Flask has kept it.
    read = "stream" in vars(request)
    body = request.get_data() if read else read_body(request.environ, limit)
    if len(body) > limit:
        raise WebhookInvalid(f"more than {limit} bytes", reason="too large", status=413)
    return body


def _payload(request: Request, body: bytes) -> Mapping[str, Any]:
    """What the service says: in the body, or else in the query. A view may well do without."""
    if not body:
        query = request.query_string.decode("latin-1")
        return {k: v for k, v in parse_qsl(query, keep_blank_values=True) if k != TOKEN}
    try:
        return parse_body(
            body,
            request.headers.get("Content-Type", ""),
            request.headers.get("Content-Encoding", ""),
        )
    except WebhookInvalid as error:
        logger.warning(
            "a request for SWML at %s can't be read, so that its view is told nothing: %s",
            request.endpoint,
            text_of(error.description),
        )
        return {}


def _problem(returned: Any) -> str:
    """What keeps something from being a SWML document; nothing where it is one."""
    try:
        _DOCUMENT.check(returned)
    except ValidationError as error:
        found = flatten(error.messages)
        return "; ".join(text_of(f"{path}: {text}" if path else text) for path, text in found)
    return ""


def _key(request: Request, url: str, body: bytes) -> str:
    asked = json.dumps([request.method, request.endpoint, url], ensure_ascii=True)
    return hashlib.sha256(asked.encode() + b"\n" + body).hexdigest()


def _refuse(webhooks: Webhooks, error: WebhookError) -> Response:
    refused = isinstance(error, WebhookRefused)
    webhooks.counts.add("refused" if refused else "invalid")
    logger.warning(
        "a request for SWML at %s is %s (%d, %s): %s",
        request.endpoint,
        "refused" if refused else "invalid",
        error.status,
        error.reason,
        text_of(error.description),
    )
    return Response(error.get_body(), error.status, error.get_headers())


def _json(body: bytes, status: int) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(body, status, headers, content_type="application/json")
