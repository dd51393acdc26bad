"""Simulator: the calling API of a space, in memory, as a WSGI application."""

from __future__ import annotations

import hmac
import threading
from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from flask_signalwire.commands import CommandSpec, CommandTable
from flask_signalwire.redaction import mask

from .answers import Answer
from .behaviours import BEHAVIOURS
from .call import SimulatedCall
from .calls import Calls
from .clock import Clock, SystemClock
from .faults import AnswerLate, AnswerLost, Fault, Faults, from_header
from .journal import Journal, JournalEntry
from .reading import check_target, read_command
from .refusals import Refusal
from .validation import validate

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Simulator:
    """A space of the service that calls nobody: for tests, demos and development.

    A WSGI application, on any host name, that answers ``POST /api/calling/calls`` as the calling
    API contract of 2026-08 documents it. Any number of threads may use it. Mount
    :class:`~flask_signalwire.simulator.SimulatorAdapter` to reach it without a socket, or
    :func:`~flask_signalwire.simulator.serve` it on a port.

    :param table: the commands that it knows; left out, those of the package.
    :param clock: that its calls live by; left out, the system's.
    :param credentials: tokens by project id; everything else is answered 401. Left out, everybody
        is let in.
    :param ring_after: seconds from a ``dial`` until the call rings.
    :param answer_after: seconds from a ``dial`` until it is answered; ``math.inf``: never.
    :raises ValueError: where it would be answered before it rings.

    :ivar calls: the calls by id, as :class:`SimulatedCall`; the newest 100 000 are kept.
    :ivar journal: everything that was received, masked; the newest 10 000 requests are kept.
    :ivar faults: what is to go wrong; nothing does unless it is asked for.
    """

    def __init__(
        self,
        table: CommandTable | None = None,
        *,
        clock: Clock | None = None,
        credentials: Mapping[str, str] | None = None,
        ring_after: float = 1.0,
        answer_after: float = 3.0,
    ) -> None:
        self.calls = Calls(clock or SystemClock(), ring_after=ring_after, answer_after=answer_after)
        self.journal = Journal()
        self._table = CommandTable() if table is None else table
        self.faults = Faults(self._table)
        self._credentials: list[bytes] | None = None
        if credentials is not None:
            self._credentials = [
                b64encode(f"{project}:{token}".encode()) for project, token in credentials.items()
            ]

    @property
    def clock(self) -> Clock:
        """The clock; a call keeps the one that it began with. Set another to take an app's
        simulator off the system's.
        """
        return self.calls.clock

    @clock.setter
    def clock(self, clock: Clock) -> None:
        self.calls.clock = clock

    def inbound(self, *, from_: str, to: str) -> SimulatedCall:
        """A call comes in, and is answered at once.

        :param from_: the number or SIP address that calls.
        :param to: the one that it calls.
        """
        return self.calls.inbound(from_, to)

    def wsgi(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request.

        :raises AnswerLost: where a fault wants the connection reset.
        """
        answer = self._answer(environ)
        start_response(answer.wsgi_status, [*answer.wsgi_headers, ("X-Request-Id", str(uuid4()))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.content]

    __call__ = wsgi

    def _answer(self, environ: WSGIEnvironment) -> Answer:
        body: dict[str, Any] = {}
        content: Mapping[str, Any] = {}
        fault: Fault | None = None
        try:
            check_target(environ)
            self._authenticate(environ)
            asked = environ.get("HTTP_X_SIMULATOR_FAULT")
            fault = None if asked is None else from_header(asked)
            body = read_command(environ)
            fault = fault or self.faults.take(body.get("command"))
            if fault is None or fault.acts:
                content = self._execute(body)
            answer: Answer | None = Answer.of(200, content)
        except Refusal as refusal:
            answer = Answer.of(refusal.status, refusal.body, refusal.headers)
            # What is no command is answered as that; a command that is refused may still fail.
            fault = fault if body else None
        if fault is not None and answer is not None:
            answer = fault.befall(answer)
        self._note(body, content, answer.status if answer else None, fault)
        if fault is not None and fault.latency:
            self._wait(fault.latency, environ)
        if answer is None:
            raise AnswerLost("the connection was reset, as a fault wants it")
        return answer

    def _wait(self, seconds: float, environ: WSGIEnvironment) -> None:
        # Our server says when it closes; our adapter, how long the client would wait.
        closing: threading.Event | None = environ.get("flask_signalwire.closing")
        patience: float | None = environ.get("flask_signalwire.patience")
        if patience is not None and patience < seconds:
            self.clock.sleep(patience, closing)
            raise AnswerLate(f"no answer within {patience} seconds, as a fault wants it")
        self.clock.sleep(seconds, closing)

    def _authenticate(self, environ: WSGIEnvironment) -> None:
        if self._credentials is None:
            return
        scheme, _, given = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        found = [hmac.compare_digest(given.strip().encode(), known) for known in self._credentials]
        # Every known credential is compared: the time tells nobody how near a guess was.
        if scheme.lower() != "basic" or not any(found):
            raise Refusal(401, headers=[("WWW-Authenticate", 'Basic realm="signalwire"')])

    def _execute(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        spec = validate(self._table, body)
        params = body["params"]
        if spec.name == "dial":
            return self.calls.dial(params).leg()
        call_id = _call_id(spec, body)
        if call_id is None:  # a command of a plugin that acts on no call: there is no leg to show
            return {}
        with self.calls.lock:
            call = self.calls.live(call_id)
            behaviour = BEHAVIOURS.get(spec.name)
            content = None if behaviour is None else behaviour(call, params)
            return call.leg() if content is None else content

    def _note(
        self,
        body: Mapping[str, Any],
        content: Mapping[str, Any],
        status: int | None,
        fault: Fault | None,
    ) -> None:
        name = body.get("command")
        params = body.get("params", {})
        if isinstance(name, str) and name in self._table:
            spec = self._table[name]
            call_id = content.get("id") or mask(_call_id(spec, body))
            params = spec.payload.mask(params)
        else:
            # Nobody knows what is in it, so all that reads as a secret or a number is masked.
            name = mask(name)[:100] if isinstance(name, str) else None
            call_id = mask(body.get("id"))
            params = mask(params)
        if not isinstance(call_id, str):
            call_id = None
        shown = None if fault is None else str(fault)
        self.journal.add(JournalEntry(self.clock.now(), name, call_id, params, status, shown))


def _call_id(spec: CommandSpec, body: Mapping[str, Any]) -> Any:
    """The id of the call that a command acts on: `update` has it among its params (contract)."""
    if spec.name == "update":
        params = body.get("params")
        return params.get("id") if isinstance(params, Mapping) else None
    return body.get("id")
