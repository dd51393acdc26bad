"""Simulator: the calling API of a space, in memory, as a WSGI application."""

from __future__ import annotations

import hmac
import threading
from base64 import b64encode
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from werkzeug.datastructures import Authorization

from flask_signalwire.commands import CommandSpec, CommandTable
from flask_signalwire.redaction import mask

from .answers import Answer
from .behaviours import BEHAVIOURS
from .call import SimulatedCall
from .callbacks import Callbacks
from .calls import Calls
from .clock import Clock, SystemClock
from .faults import AnswerLate, AnswerLost, Fault, Faults, from_header
from .journal import Journal, JournalEntry
from .posting import Reach
from .reading import check_target, read_command
from .refusals import Refusal
from .scenarios import Scenario, load_scenario
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
    :param signing_key: what its callbacks are signed with; None: they are not.
    :param reach: where they may go: ``loopback`` (this machine, and what was routed to an
        application of this process) or ``anywhere``.
    :param ca_file: a PEM file of the certificate authorities that https receivers are checked by,
        in place of the usual ones.
    :raises ValueError: where it would be answered before it rings.

    :ivar callbacks: what it sends by itself, and what became of that.
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
        signing_key: str | None = None,
        reach: Reach = "loopback",
        ca_file: str | None = None,
    ) -> None:
        self.callbacks = Callbacks(
            lambda: self.clock, reach=reach, signing_key=signing_key, ca_file=ca_file
        )
        self.calls = Calls(
            SystemClock() if clock is None else clock,
            self.callbacks,
            ring_after=ring_after,
            answer_after=answer_after,
        )
        self.clock.watch(self.callbacks.wake)
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
        """The clock; a call keeps the one that it began with, and callbacks come by this one. Set
        another, before the first call, to take an app's simulator off the system's.
        """
        return self.calls.clock

    @clock.setter
    def clock(self, clock: Clock) -> None:
        self.calls.clock = clock
        clock.watch(self.callbacks.wake)
        self.callbacks.wake()

    def advance(self, seconds: float) -> None:
        """Let time pass, and have everything done that is due meanwhile, each thing in its time.

        Callbacks are sent in this thread; what a receiver does about one (another command) happens
        at the time of that callback.

        :param seconds: how much, at least 0.
        :raises ValueError: where it is less.
        """
        if self.callbacks.delivering or not seconds >= 0:
            # Whoever delivers goes on afterwards; the clock refuses to run backwards.
            self.clock.advance(seconds)
            return
        until = self.clock.now() + seconds
        while (at := self.callbacks.next_at) is not None and at <= until:
            self.clock.advance(max(0.0, at - self.clock.now()))
            self.callbacks.deliver()
        self.clock.advance(max(0.0, until - self.clock.now()))
        self.callbacks.deliver()

    def deliver(self) -> int:
        """Send all callbacks that are due by now, in this thread; how many things were done."""
        return self.callbacks.deliver()

    def play(self, scenario: Scenario | str | Path) -> Scenario:
        """Have a scenario happen in the calls that it matches from now on, before those that were
        played earlier; and put its faults on :attr:`faults`.

        :param scenario: it, the path of its file, or the name of a shipped one.
        :returns: the scenario.
        :raises ConfigurationError: where it can't be read.
        :raises LookupError: where it has a fault for a command that there isn't.
        """
        if not isinstance(scenario, Scenario):
            scenario = load_scenario(scenario)
        for fault in scenario.faults:
            self.faults.add(**fault)
        with self.calls.lock:
            self.calls.scenarios = (scenario, *self.calls.scenarios)
        return scenario

    def close(self) -> None:
        """Send nothing more: forget what is to come, and end the thread that would send it."""
        self.callbacks.close()

    def reset(self) -> None:
        """Forget everything: calls, requests, scenarios, faults, and callbacks that are to come.

        For tests that share an app; the clock stays.
        """
        self.callbacks.close()
        self.callbacks.disturb()
        self.callbacks.log.clear()
        self.journal.clear()
        self.faults.clear()
        self.calls.clear()

    def inbound(self, *, from_: str, to: str, project_id: str | None = None) -> SimulatedCall:
        """A call comes in, and is answered at once.

        :param from_: the number or SIP address that calls.
        :param to: the one that it calls.
        :param project_id: whose number that is, for callbacks; None: one made up.
        """
        return self.calls.inbound(from_, to, project_id)

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
                content = self._execute(body, _project(environ))
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

    def _execute(self, body: Mapping[str, Any], project_id: str | None) -> Mapping[str, Any]:
        spec = validate(self._table, body)
        params = body["params"]
        if spec.name == "dial":
            return self.calls.dial(params, project_id).leg()
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


def _project(environ: WSGIEnvironment) -> str | None:
    """Who sends a command: the user of its basic authentication."""
    found = Authorization.from_header(environ.get("HTTP_AUTHORIZATION"))
    return None if found is None else found.username or None


def _call_id(spec: CommandSpec, body: Mapping[str, Any]) -> Any:
    """The id of the call that a command acts on: `update` has it among its params (contract)."""
    if spec.name == "update":
        params = body.get("params")
        return params.get("id") if isinstance(params, Mapping) else None
    return body.get("id")
