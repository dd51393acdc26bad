"""One tree of errors.

Every error of this package is a :class:`SignalWireError`. Every error of a command is a
:class:`CommandError`, and says in :attr:`CommandError.outcome` whether the service may have acted::

    SignalWireError
    ├── ConfigurationError           .problems
    │   └── ClientNotFound           no app context, or no init_app; also a RuntimeError
    ├── HandleError                  a session or operation used out of turn; nothing was sent
    ├── WebhookError                 .status .reason; a request of the service, answered with a 4xx
    │   ├── WebhookRefused           401, 403: nothing proves that the service sent it
    │   └── WebhookInvalid           400, 413, 415: nothing can be read from it
    └── CommandError                 .command  .outcome
        ├── PayloadError             .messages .problems            not_sent
        ├── CommandRejected          .plugin                        not_sent
        ├── IdempotencyConflict      .reason .first_command_id      not_sent
        ├── IdempotencyUnavailable   the keys' store failed         not_sent
        ├── PluginError              .plugin .hook .leg             not_sent, accepted or unknown
        ├── RemoteError              .status .body .request_id .retry_after   refused
        │   ├── AuthenticationFailed 401, 403
        │   ├── NotFound             404
        │   ├── Conflict             409
        │   ├── Unprocessable        422      .errors
        │   ├── RateLimited          429
        │   ├── UnreadableAnswer     2xx that can't be read         accepted
        │   └── ServerError          5xx; also an OutcomeUnknown    unknown
        └── TransportError           nothing reached the service    not_sent
            └── OutcomeUnknown       it may have acted              unknown
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from click import ClickException
from werkzeug.exceptions import HTTPException

from .redaction import scrub

if TYPE_CHECKING:
    from .commands import Command
    from .results import CallLeg

Outcome = Literal["not_sent", "refused", "unknown", "accepted"]
"""What became of a command.

``not_sent``: no byte of it reached the service. ``refused``: the service answered that it will not.
``unknown``: it may have acted, nobody can say. ``accepted``: it answered 200, but something after
that went wrong.
"""

ConflictReason = Literal["in_progress", "other_params", "unknown_outcome"]
"""Why an idempotency key gives no leg; see :class:`IdempotencyConflict`."""

Problem = tuple[str, str]
"""A place (``params.action.start.to_lang``, or a setting's key) and what is wrong there."""


class SignalWireError(Exception):
    """Base of everything that this package raises.

    It can be pickled and copied; an error of a command loses its command by that, which may carry
    secrets, and keeps all the rest.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        state = {key: value for key, value in self.__dict__.items() if key != "command"}
        return _rebuild, (type(self), self.args, state)


def _rebuild(
    kind: type[SignalWireError], arguments: tuple[Any, ...], state: dict[str, Any]
) -> SignalWireError:
    error: SignalWireError = kind.__new__(kind, *arguments)
    error.args = arguments
    error.__dict__.update(state)
    return error


class ConfigurationError(SignalWireError, ClickException):
    """The settings, or the way the extension is used, can't work.

    Commands of the ``flask`` program that it ends, be it before there is an app, print it without a
    traceback and exit with 8; Flask's own error for an app that can't be found is one of click's,
    too.

    :param summary: what was being done.
    :param problems: each a setting's key and what to write instead; all of them, not the first.
    """

    exit_code = 8

    def __init__(self, summary: str, problems: Sequence[Problem] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__("".join([summary, *(f"\n  {key}: {text}" for key, text in problems)]))


class ClientNotFound(ConfigurationError, RuntimeError):
    """There is no app context, or its app has no client; Flask's own proxies raise RuntimeError."""


class HandleError(SignalWireError, RuntimeError):
    """A handle is used in a way that can't work, such as stopping what does not run.

    Nothing was sent: the service would refuse it, or silently do nothing.
    """


class WebhookError(SignalWireError, HTTPException):
    """A request to an endpoint of ours, or to a view of SWML, that is answered with a 4xx.

    Flask answers a request with it where a view raises it: short JSON, ``{"error": "…"}``.

    :ivar reason: one word for logs and counts.
    :ivar status: the HTTP status.
    """

    code = 400

    def __init__(self, message: str, *, reason: str, status: int | None = None) -> None:
        super().__init__(message)
        self.description = message
        self.response = None
        self.reason = reason
        self.code = status or type(self).code

    @property
    def status(self) -> int:
        """The HTTP status, 4xx."""
        return self.code

    def get_body(self, environ: Any = None, scope: Any = None) -> str:
        """What the sender reads: JSON."""
        return json.dumps({"error": self.description}) + "\n"

    def get_headers(self, environ: Any = None, scope: Any = None) -> list[tuple[str, str]]:
        """The headers that go with it."""
        return [("Content-Type", "application/json"), ("Cache-Control", "no-store")]


class WebhookRefused(WebhookError):
    """401 or 403: nothing proves that the service sent the request, or it is about another call.

    :ivar basic: whether basic authentication would have been taken, so that the sender is asked.
    """

    code = 401

    def __init__(
        self, message: str, *, reason: str, status: int | None = None, basic: bool = False
    ) -> None:
        super().__init__(message, reason=reason, status=status)
        self.basic = basic

    def get_headers(self, environ: Any = None, scope: Any = None) -> list[tuple[str, str]]:
        headers = super().get_headers(environ, scope)
        if self.basic and self.status == 401:
            headers.append(("WWW-Authenticate", 'Basic realm="signalwire"'))
        return headers


class WebhookInvalid(WebhookError):
    """400, 413 or 415: the request's body is no event: too long, or nothing that can be read."""


class CommandError(SignalWireError):
    """A command did not succeed.

    :param command: the command as far as it came; None only for errors raised outside of a command.
    :param outcome: whether the service may have acted; the class's own default where left out.
    """

    default_outcome: Outcome = "unknown"
    command: Command | None = None

    def __init__(
        self, message: str, *, command: Command | None = None, outcome: Outcome | None = None
    ) -> None:
        super().__init__(message)
        self.command = command
        self.outcome: Outcome = outcome or self.default_outcome


class PayloadError(CommandError):
    """The payload breaks the contract; nothing was sent.

    :param messages: marshmallow's shape: nested dicts by key, lists of texts at the leaves.
    """

    default_outcome: Outcome = "not_sent"

    def __init__(
        self,
        messages: Mapping[str, Any],
        *,
        name: str = "the command",
        command: Command | None = None,
    ) -> None:
        self.messages = messages
        self.problems: tuple[Problem, ...] = tuple(flatten(messages))
        count = len(self.problems)
        lines = [f"{name} was not sent: {count} problem{'s'[: count != 1]} in its payload."]
        lines += [f"  {path}: {text}" for path, text in self.problems]
        super().__init__("\n".join(lines), command=command)


def flatten(messages: Any, path: str = "") -> Iterator[Problem]:
    """Turn marshmallow's nested messages into ``(path, text)`` pairs, in order."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            if key == "_schema":  # marshmallow's name for "the object itself"
                yield from flatten(inner, path)
            else:
                key = scrub(str(key))  # a key can be anything that a caller wrote
                yield from flatten(inner, f"{path}.{key}" if path else key)
    elif isinstance(messages, (list, tuple)):
        for inner in messages:
            yield from flatten(inner, path)
    else:
        yield path, str(messages)


class CommandRejected(CommandError):
    """A plugin vetoed the command; nothing was sent.

    Plugins raise it: ``raise CommandRejected("outside of office hours")``.

    :ivar plugin: the name of the plugin that vetoed; filled in by the pipeline.
    """

    default_outcome: Outcome = "not_sent"

    def __init__(
        self,
        message: str,
        *,
        command: Command | None = None,
        outcome: Outcome | None = None,
        plugin: str | None = None,
    ) -> None:
        super().__init__(message, command=command, outcome=outcome)
        self.plugin = plugin


class IdempotencyConflict(CommandError):
    """The idempotency key belongs to a command whose leg can't be returned; nothing was sent.

    :ivar reason: ``in_progress``: it has not ended, or its process died; ``other_params``: it asked
        for something else; ``unknown_outcome``: nobody knows whether it placed its call.
    :ivar first_command_id: its id, which finds it in the logs and the audit.
    """

    default_outcome: Outcome = "not_sent"

    def __init__(
        self,
        message: str,
        *,
        reason: ConflictReason,
        first_command_id: str,
        command: Command | None = None,
        outcome: Outcome | None = None,
    ) -> None:
        super().__init__(message, command=command, outcome=outcome)
        self.reason = reason
        self.first_command_id = first_command_id


class IdempotencyUnavailable(CommandError):
    """Whether the idempotency key was used before can't be found out; nothing was sent.

    The store can't be reached, or it is full. Without the key the command could be sent; but then
    nothing keeps it from being sent twice.
    """

    default_outcome: Outcome = "not_sent"


class PluginError(CommandError):
    """A plugin crashed where a crash must stop the command, or lost its answer.

    :ivar plugin: the plugin's name.
    :ivar hook: the hook that it crashed in.
    :ivar leg: the answer, where the service had already given one (then ``outcome`` is
        ``accepted``: the call exists, and the command must not be repeated).
    """

    default_outcome: Outcome = "not_sent"

    def __init__(
        self,
        message: str,
        *,
        plugin: str,
        hook: str,
        command: Command | None = None,
        outcome: Outcome | None = None,
        leg: CallLeg | None = None,
    ) -> None:
        super().__init__(message, command=command, outcome=outcome)
        self.plugin = plugin
        self.hook = hook
        self.leg = leg


class RemoteError(CommandError):
    """The service answered, and the answer is not a call leg.

    :ivar status: the HTTP status.
    :ivar body: the parsed JSON, else the text (its beginning), raw.
    :ivar request_id: the service's own id of the request, for its support desk; None if it gave
        none.
    :ivar retry_after: seconds that it asked to wait; None where it did not say.
    """

    default_outcome: Outcome = "refused"

    def __init__(
        self,
        message: str,
        *,
        status: int,
        body: Any = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        command: Command | None = None,
        outcome: Outcome | None = None,
    ) -> None:
        super().__init__(message, command=command, outcome=outcome)
        self.status = status
        self.body = body
        self.request_id = request_id
        self.retry_after = retry_after


class AuthenticationFailed(RemoteError):
    """401 or 403: the project id and the token don't fit the space, or lack the permission."""


class NotFound(RemoteError):
    """404: the space knows no such call or operation."""


class Conflict(RemoteError):
    """409: the operation is already running."""


class Unprocessable(RemoteError):
    """422: the service refused the payload.

    :ivar errors: what it said: dicts with ``type``, ``code``, ``message``, ``attribute``, ``url``.
    """

    @property
    def errors(self) -> list[dict[str, Any]]:
        found = self.body.get("errors") if isinstance(self.body, dict) else None
        if not isinstance(found, list):
            return []
        return [error for error in found if isinstance(error, dict)]


class RateLimited(RemoteError):
    """429: too many requests."""


class UnreadableAnswer(RemoteError):
    """The service answered 2xx, so it accepted the command, but the answer can't be read."""

    default_outcome: Outcome = "accepted"


class TransportError(CommandError):
    """The service was not reached; nothing was sent.

    :ivar passing: whether it may pass by itself, so that trying again makes sense.
    """

    default_outcome: Outcome = "not_sent"

    def __init__(
        self,
        message: str,
        *,
        command: Command | None = None,
        outcome: Outcome | None = None,
        passing: bool = True,
    ) -> None:
        super().__init__(message, command=command, outcome=outcome)
        self.passing = passing


class OutcomeUnknown(TransportError):
    """The command left, and no whole answer came back: the service may or may not have acted.

    It is not repeated on its own, because a repeated ``dial`` is a second telephone call.
    """

    default_outcome: Outcome = "unknown"


class ServerError(RemoteError, OutcomeUnknown):
    """5xx: the service failed. Whether it acted before that is unknown."""

    default_outcome: Outcome = "unknown"
