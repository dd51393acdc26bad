"""Tester: an app on the simulator, seen from the service's side."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from .. import signals
from ..config import DEFAULT_ACCOUNT
from ..events import Event
from ..exceptions import ConfigurationError
from ..simulator import ManualClock
from ..simulator.payloads import PROJECT_ID, Origin
from .assertions import Assertions
from .composing import Setting, compose, compose_swml, kind_of, purpose_of
from .delivering import PROOFS, Flaw, deliver
from .sent import Sent

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from typing_extensions import Self
    from werkzeug.test import TestResponse

    from ..calling import Calling
    from ..commands import Command
    from ..exceptions import CommandError
    from ..extension import Client
    from ..results import CallLeg
    from ..simulator import Clock, Fault, Simulator
    from ..simulator.faults import Damage

_TICK = 0.001
"""Seconds between two events that are posted at the same time of the clock, so that the second is
no repetition of the first."""


class TestClock:
    """The time that simulated calls live by. It stands still until it is advanced."""

    __test__ = False

    def __init__(self, tester: Tester) -> None:
        self._tester = tester

    def now(self) -> float:
        """Seconds since 1970-01-01 UTC; a test begins with the year 2026."""
        return self._tester.simulator.clock.now()

    def advance(self, seconds: float) -> None:
        """Let time pass, and have the app receive the callbacks that are due meanwhile.

        :param seconds: how much, at least 0.
        :raises Exception: what a plugin or a receiver of the app raised on one of them.
        """
        self._tester.simulator.advance(seconds)
        self._tester.raise_crash()


class Tester(Assertions):
    """An app under test: what it sent, what it received, and what the service does to it.

    A context manager; the fixture ``signalwire`` is one that is entered. It takes the app's
    simulator off the system's clock, and leaves the simulator empty.

    :param app: an app with flask-signalwire, on the simulator.
    :raises ConfigurationError: where it is none.

    :ivar app: the app.
    :ivar client: its :class:`~flask_signalwire.Client`.
    :ivar simulator: its :class:`~flask_signalwire.simulator.Simulator`.
    :ivar clock: the time, a :class:`TestClock`.
    :ivar outbox: the commands that the app gave, as :class:`Sent`, in the order in which they
        ended; failed ones, too.
    :ivar events: the events that it received, oldest first; repetitions reach nobody.
    """

    __test__ = False  # pytest takes what is called Test… for tests

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = _client(app)
        self.simulator: Simulator = self.client.simulator
        self.clock = TestClock(self)
        self.outbox: list[Sent] = []
        self.events: list[Event] = []
        self._crashes: list[BaseException] = []
        self._posted_at = 0.0
        self._clock_before: Clock | None = None

    @property
    def calling(self) -> Calling:
        """The app's commands: ``client.calling``, for tests that send one themselves."""
        return self.client.calling

    # -- what the service does ------------------------------------------------------------------

    def post(
        self,
        kind: type[Event] | str,
        /,
        *,
        call_id: str | None = None,
        purpose: str | None = None,
        account: str = DEFAULT_ACCOUNT,
        duplicate: int = 1,
        propagate: bool = True,
        **fields: Any,
    ) -> TestResponse:
        """Post a callback as the service would: to the app's own receiver, with the proofs that
        this demands.

        :param kind: a class of :mod:`flask_signalwire.events`, or its name: ``"utterance"``.
        :param call_id: the call; left out, the newest in the simulator. Where that has none, an
            inbound call is made.
        :param purpose: the endpoint, where it is not the kind's usual one.
        :param account: the name of the credentials that it is for.
        :param duplicate: how often it is delivered.
        :param propagate: whether to raise what a plugin or a receiver raised. Otherwise the
            response says what the service would see.
        :param fields: the event's fields; those that are left out have likely values.
        :returns: the response to the last delivery.
        :raises LookupError: for an unknown kind.
        :raises TypeError: for a field that it does not have.
        :raises ValueError: for a value that the app could not read.
        """
        call_id = call_id or self._newest_call()
        kind = kind_of(kind)
        purpose = purpose or purpose_of(kind)
        payload = compose(kind, self._setting(kind, call_id, account), fields)
        url = self._url(purpose, call_id, account)
        return self._deliver(url, payload, times=duplicate, propagate=propagate)

    def post_raw(
        self,
        purpose: str,
        payload: Mapping[str, Any] | bytes | str,
        *,
        call_id: str | None = None,
        account: str = DEFAULT_ACCOUNT,
        content_type: str = "application/json",
        duplicate: int = 1,
        propagate: bool = True,
    ) -> TestResponse:
        """Post something of your own, with the proofs of the service: a shape that is new, or
        broken.

        :param purpose: the endpoint: ``calls``, ``operations``, ``live`` or ``sidecar``.
        :param payload: a JSON object, or a body as it is.
        :param call_id: the call that the URL is bound to; left out, any call of the account.

        The other params, and what is returned and raised, are those of :meth:`post`.
        """
        url = self.client.webhooks.url(purpose, call_id=call_id, account=account)
        return self._deliver(
            url, payload, content_type=content_type, times=duplicate, propagate=propagate
        )

    def fetch_swml(
        self,
        path: str,
        /,
        *,
        call_id: str | None = None,
        account: str = DEFAULT_ACCOUNT,
        **fields: Any,
    ) -> TestResponse:
        """Ask a view under ``@signalwire.swml`` as the service would, by POST, with the proofs that
        the app demands: ``fetch_swml("/greeting/Ana", vars={"lang": "es"}).json``.

        :param path: the view's path within the app, maybe with a query.
        :param call_id: the call that it is for; left out, as with :meth:`post`.
        :param account: the name of the credentials that it is for.
        :param fields: those of :class:`~flask_signalwire.webhooks.swml.SwmlRequest`; those that are
            left out are the call's.
        :raises TypeError: for a field that it does not have.
        """
        call_id = call_id or self._newest_call()
        payload = compose_swml(self._setting(Event, call_id, account), fields)
        url = self.client.webhooks.url("swml", call_id=call_id, account=account, path=path)
        return self._deliver(url, payload, propagate=True)

    def forge(
        self,
        kind: type[Event] | str,
        flaw: Flaw,
        /,
        *,
        call_id: str | None = None,
        purpose: str | None = None,
        account: str = DEFAULT_ACCOUNT,
        **fields: Any,
    ) -> TestResponse:
        """Post a callback that the service did not send; the app should refuse it with 401 or 403.

        :param flaw: what is wrong with it. A ``missing``, ``malformed`` or otherwise bound token, a
            signature, or the credentials of basic authentication.
        :raises ValueError: where the endpoint does not demand the proof that is flawed.

        The other params are those of :meth:`post`.
        """
        call_id = call_id or self._newest_call()
        kind = kind_of(kind)
        purpose = purpose or purpose_of(kind)
        if flaw not in PROOFS:
            raise ValueError(f"flaw {flaw!r}; expected one of {', '.join(PROOFS)}")
        if any(PROOFS[flaw] not in proofs for proofs in self.client.settings.policy(purpose)):
            raise ValueError(
                f"{purpose} may do without a {PROOFS[flaw]} (SIGNALWIRE_WEBHOOK_AUTH), so "
                f"{flaw!r} is no flaw there"
            )
        payload = compose(kind, self._setting(kind, call_id, account), fields)
        bound = str(uuid4()) if flaw == "another call" else call_id
        token_purpose = purpose
        if flaw == "another purpose":
            token_purpose = "sidecar" if purpose != "sidecar" else "calls"
        url = self._url(token_purpose, bound, account)
        own = self._url(purpose, call_id, account)
        url = f"{own.partition('?')[0]}?{url.partition('?')[2]}"
        return self._deliver(url, payload, flaw=flaw, propagate=False)

    def fail_next(
        self,
        command: str | None = None,
        *,
        damage: Damage | None = None,
        status: int | None = None,
        retry_after: int | datetime | None = None,
        latency: float = 0.0,
        after: bool | None = None,
        times: int | None = 1,
    ) -> Fault:
        """Let the service fail at the next such command: ``fail_next("dial", status=503)``.

        :param command: its wire name or its method; None for whichever comes.

        The other params are those of
        :meth:`Faults.add <flask_signalwire.simulator.Faults.add>`.
        """
        return self.simulator.faults.add(
            None if command is None else self._name(command),
            damage=damage,
            status=status,
            retry_after=retry_after,
            latency=latency,
            after=after,
            times=times,
        )

    # -- the test's beginning and end -----------------------------------------------------------

    def __enter__(self) -> Self:
        self._clock_before = self.simulator.clock
        self.simulator.clock = ManualClock()
        for signal, receiver in self._receivers():
            signal.connect(receiver, sender=self.app)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for signal, receiver in self._receivers():
            signal.disconnect(receiver, sender=self.app)
        self.simulator.reset()
        self.client.webhooks.store.forget()
        self.client.webhooks.answers.forget()
        if self._clock_before is not None:
            self.simulator.clock = self._clock_before
        self.client.close()

    def raise_crash(self) -> None:
        """Raise what a plugin or a receiver raised since the last time, the first of it."""
        crashes, self._crashes = self._crashes, []
        for crash in crashes:
            raise crash

    def __repr__(self) -> str:
        return (
            f"<Tester of {self.app.name!r}: {len(self.outbox)} commands, {len(self.events)} events>"
        )

    def _receivers(self) -> tuple[tuple[Any, Any], ...]:
        return (
            (signals.command_succeeded, self._succeeded),
            (signals.command_failed, self._failed),
            (signals.event_received, self._received),
            (signals.plugin_failed, self._crashed),
        )

    def _succeeded(self, app: Flask, command: Command, leg: CallLeg, **more: Any) -> None:
        self.outbox.append(Sent.succeeded(command, leg))

    def _failed(self, app: Flask, command: Command, error: CommandError, **more: Any) -> None:
        self.outbox.append(Sent.failed(command, error))

    def _received(self, app: Flask, event: Event, **more: Any) -> None:
        self.events.append(event)

    def _crashed(self, app: Flask, error: BaseException, **more: Any) -> None:
        self._crashes.append(error)

    # -- posting --------------------------------------------------------------------------------

    def _newest_call(self) -> str:
        calls = list(self.simulator.calls)
        if calls:
            return calls[-1]
        return self.simulator.inbound(from_="+34911234567", to="+12025550100").id

    def _setting(self, kind: type[Event], call_id: str, account: str) -> Setting:
        at = self._posted_at = max(self.clock.now(), self._posted_at + _TICK)
        project_id = self.client.settings.account(account).project_id or PROJECT_ID
        return Setting(
            Origin(call_id, project_id=project_id),
            self.simulator.calls.get(call_id),
            self._control_id(kind, call_id),
            at,
        )

    def _control_id(self, kind: type[Event], call_id: str) -> str:
        """Of the newest such operation that the app began on the call."""
        names = {name.replace("calling.call.", "calling.") for name in kind.event_types}
        for sent in reversed(self.outbox):
            if sent.call_id == call_id and sent.name in names and "control_id" in sent.params:
                return str(sent.params["control_id"])
        return f"{kind.kind}-1"

    def _url(self, purpose: str, call_id: str, account: str) -> str:
        """As the app hands it out: a dial's is bound to the command, since it has no call yet."""
        for sent in self.outbox:
            if purpose == "calls" and sent.name == "dial" and sent.call_id == call_id:
                command_id = sent.command.id if sent.command else None
                return self.client.webhooks.url(purpose, command_id=command_id, account=account)
        return self.client.webhooks.url(purpose, call_id=call_id, account=account)

    def _deliver(
        self,
        url: str,
        payload: Mapping[str, Any] | bytes | str,
        *,
        content_type: str = "application/json",
        times: int = 1,
        propagate: bool,
        flaw: Flaw | None = None,
    ) -> TestResponse:
        if times < 1:
            raise ValueError(f"duplicate={times}; expected at least 1")
        if isinstance(payload, Mapping):
            payload = json.dumps(payload, ensure_ascii=False)
        body = payload.encode() if isinstance(payload, str) else payload
        self._crashes.clear()
        for _ in range(times):
            response = deliver(self.app, self.client.settings, url, body, content_type, flaw)
        if propagate:
            self.raise_crash()
        self._crashes.clear()
        return response


def _client(app: Flask) -> Client:
    client: Client | None = getattr(app, "extensions", {}).get("signalwire")
    if client is None:
        raise ConfigurationError(
            f"the app under test ({app!r}) has no flask-signalwire: call signalwire.init_app(app) "
            "in its factory. The fixture `signalwire` tests what the fixture `app` returns"
        )
    settings = client.settings
    accounts = [settings.account(name) for name in (DEFAULT_ACCOUNT, *settings.accounts)]
    real = [a for a in accounts if a.space and not a.simulated and a.url.startswith("https:")]
    if real or not any(account.simulated for account in accounts):
        named = ", ".join(f"{account.name}: {account.space or 'unset'}" for account in real)
        raise ConfigurationError(
            "the app under test is not on the simulator, so its commands could reach real "
            f"telephones ({named or 'no space is set'}). Have its factory take the settings of the "
            "fixture `signalwire_settings`, or set SIGNALWIRE_SPACE to 'simulator'"
        )
    return client
