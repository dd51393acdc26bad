"""The callbacks of a simulator: what is to come, when, and who sends it.

Commands only put something on the agenda. A running clock has a daemon thread that works it off; it
lives from the first thing on it to the last. A clock that stands still has none: whoever moves it
by :meth:`Simulator.advance` does the work.
"""

from __future__ import annotations

import heapq
import itertools
import json
import logging
import os
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask_signalwire.redaction import mask, scrubbed_traceback

from .clock import Clock
from .disturbances import Disturbance, Disturber
from .journal import Log
from .posting import Failed, Poster, Reach, Unreachable, query

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

logger = logging.getLogger("flask_signalwire.simulator")

BACKOFF = (1.0, 5.0, 25.0)
"""Seconds until a callback is sent again after a 5xx, or none at all: our assumption, because the
service's schedule is not published.
"""

_PATIENCE = 5.0
"""Seconds after which the thread looks whether its simulator is still there."""


@dataclass(frozen=True)
class Delivery:
    """A callback that is done with, whatever became of it.

    :ivar at: when, in seconds since 1970-01-01 UTC, by the simulator's clock.
    :ivar url: where to, masked.
    :ivar event: what it told: ``calling.call.state ended``, ``utterance``.
    :ivar call_id: the call that it is of.
    :ivar status: the last answer's; None where there was none.
    :ivar attempts: how often it was sent.
    :ivar problem: why it was not delivered, or None where it was.
    """

    at: float
    url: str
    event: str
    call_id: str
    status: int | None
    attempts: int
    problem: str | None = None

    @property
    def delivered(self) -> bool:
        """Whether the receiver took it."""
        return self.problem is None


@dataclass(order=True)
class _Item:
    """Something on the agenda."""

    at: float
    number: int
    run: Callable[[], None] = field(compare=False)


@dataclass(frozen=True)
class _Callback:
    url: str
    event: str
    call_id: str
    body: bytes
    method: str


class Callbacks:
    """What a simulator sends by itself: ``simulator.callbacks``. Thread-safe.

    :param clock: asks for the clock that there is now.
    :param reach: ``loopback``: to this machine and to what was routed; ``anywhere``.
    :param timeout: seconds to connect to a receiver, and seconds to wait for it.
    :param signing_key: what callbacks are signed with; None: they are not.
    :param ca_file: certificate authorities to trust in place of the usual ones.

    :ivar log: a :class:`Delivery` for each callback that is done with; the newest 10 000.
    """

    def __init__(
        self,
        clock: Callable[[], Clock],
        *,
        reach: Reach = "loopback",
        timeout: float = 5.0,
        signing_key: str | None = None,
        ca_file: str | None = None,
    ) -> None:
        self.log: Log[Delivery] = Log()
        self._clock = clock
        self._poster = Poster(
            reach=reach, timeout=timeout, signing_key=signing_key, ca_file=ca_file
        )
        self._disturber = Disturber()
        self._agenda: list[_Item] = []
        self._numbers = itertools.count()
        # Guards the agenda for moments; never held while anything is sent or done.
        self._lock = threading.Lock()
        self._woken = threading.Event()
        # Whoever works the agenda off has the turn, so that there is one order.
        self._turn = threading.Lock()
        self._worker: int | None = None
        self._thread: threading.Thread | None = None
        self._closing = False
        self._survives_forks = False

    def route(self, prefix: str, app: WSGIApplication) -> None:
        """Have what is sent below a URL go into an application of this process.

        :param prefix: scheme, host and, where the application lies below a path, that path.
        :param app: the WSGI application.
        :raises ValueError: where the prefix is no such URL.
        """
        self._poster.route(prefix, app)

    def disturb(
        self,
        *,
        lost: float = 0.0,
        duplicated: float = 0.0,
        reordered: float = 0.0,
        delay: float = 0.0,
        seed: int | None = None,
    ) -> None:
        """Make the line bad from now on; without arguments, good again.

        It is for the calls whose scenario has no disturbances of its own.

        :param lost: the share of callbacks that never come, 0 to 1.
        :param duplicated: the share that come a second time.
        :param reordered: the share that are held back, so that others overtake.
        :param delay: seconds that all of them come late.
        :param seed: the same seed befalls the same callbacks.
        :raises ValueError: where one does not fit.
        """
        line = Disturbance(lost, duplicated, reordered, delay, seed)
        self._disturber = Disturber(line)

    @property
    def next_at(self) -> float | None:
        """When something is to be done next, in seconds since 1970-01-01 UTC; None: never."""
        with self._lock:
            return self._agenda[0].at if self._agenda else None

    @property
    def delivering(self) -> bool:
        """Whether this thread is within a delivery: a receiver in this process asks."""
        return self._worker == threading.get_ident()

    def schedule(self, at: float, run: Callable[[], None]) -> None:
        """Do something at a time, in the order of times, then of scheduling."""
        with self._lock:
            if self._closing:
                return
            heapq.heappush(self._agenda, _Item(at, next(self._numbers), run))
            if self._thread is None and self._clock().runs:
                if not self._survives_forks:
                    self._survives_forks = True
                    _survive_forks(weakref.ref(self))
                self._thread = threading.Thread(
                    target=_work,
                    args=(weakref.ref(self), self._woken),
                    name="signalwire-simulator-callbacks",
                    daemon=True,
                )
                self._thread.start()
        self._woken.set()

    def post(
        self,
        url: str,
        payload: Mapping[str, Any],
        *,
        at: float,
        event: str,
        call_id: str,
        method: str = "POST",
        disturber: Disturber | None = None,
    ) -> None:
        """Send something at a time.

        :param payload: JSON; behind the URL where the method is GET, which is our assumption.
        :param event: what the log calls it.
        :param disturber: of the call's own line.
        """
        body = b""
        if method == "GET":
            url = query(url, payload)
        else:
            body = json.dumps(payload, ensure_ascii=False).encode()
        callback = _Callback(url, event, call_id, body, method)
        times = (disturber or self._disturber).times(at)
        if not times:
            self._note(callback, at, None, 0, "lost, as the disturbances want it")
        for time in times:
            self._attempt_at(time, callback, 1)

    def deliver(self) -> int:
        """Do and send all that is due by now, in this thread.

        Where another thread is at it, wait for that, as long as for a receiver.

        :returns: how much was done; 0 within a delivery, whose own thread goes on afterwards.
        """
        if self.delivering or not self._turn.acquire(timeout=self._poster.timeout):
            return 0
        self._worker = threading.get_ident()
        try:
            count = 0
            while (item := self._due()) is not None:
                count += 1
                try:
                    item.run()
                # The next ones are due all the same; a traceback may quote numbers.
                except Exception as error:  # noqa: BLE001
                    trace = scrubbed_traceback(error)
                    logger.error("a callback could not be made: %s", trace)  # noqa: TRY400
            return count
        finally:
            self._worker = None
            self._turn.release()

    def close(self) -> None:
        """Forget what is to come, and end the thread; a later command begins anew.

        A delivery that is under way is waited for.
        """
        with self._lock:
            thread, self._closing = self._thread, True
            self._agenda.clear()
        self._woken.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        self._closing = False

    def wake(self) -> None:
        """Look at the clock again: it jumped, or there is another one."""
        self._woken.set()

    def _work_off(self) -> float | None:
        """What the thread does each time: deliver, and say how long to wait; None: for ever."""
        self._woken.clear()
        self.deliver()
        with self._lock:
            clock = self._clock()
            if self._agenda and clock.runs:
                return self._agenda[0].at - clock.now()
            self._thread = None
            return None

    def hold(self) -> bool:
        """Before this process forks: have no lock held by the thread, which the child lacks."""
        return not self.delivering and self._turn.acquire(timeout=self._poster.timeout)

    def let_go(self, *, child: bool) -> None:
        """Afterwards. What was to come is sent by the parent alone."""
        if child:
            self._agenda, self._thread = [], None
            self._lock, self._woken = threading.Lock(), threading.Event()
        self._turn.release()

    def _due(self) -> _Item | None:
        with self._lock:
            if self._agenda and self._agenda[0].at <= self._clock().now():
                return heapq.heappop(self._agenda)
        return None

    def _attempt_at(self, at: float, callback: _Callback, number: int) -> None:
        self.schedule(at, lambda: self._attempt(callback, number))

    def _attempt(self, callback: _Callback, number: int) -> None:
        status: int | None = None
        again = False
        try:
            status = self._poster.post(callback.url, callback.body, callback.method)
            problem = None if 200 <= status < 300 else f"the receiver answered {status}"
            again = status >= 500
        except Failed as error:
            problem, again = str(error), True
        except Unreachable as error:
            problem, number = str(error), number - 1
        now = self._clock().now()
        if again and number <= len(BACKOFF):
            self._attempt_at(now + BACKOFF[number - 1], callback, number + 1)
        else:
            self._note(callback, now, status, number, problem)

    def _note(
        self, callback: _Callback, at: float, status: int | None, attempts: int, problem: str | None
    ) -> None:
        url = mask(callback.url, "url")
        self.log.add(Delivery(at, url, callback.event, callback.call_id, status, attempts, problem))
        level = logging.INFO if problem is None else logging.WARNING
        shown = f"{status}" if problem is None else problem
        logger.log(level, "callback %s to %s: %s", callback.event, url, shown)

    def __repr__(self) -> str:
        with self._lock:
            return f"<Callbacks: {len(self.log)} done with, {len(self._agenda)} on the agenda>"


def _work(callbacks: weakref.ref[Callbacks], woken: threading.Event) -> None:
    """The thread. It does not hold the callbacks, so that an app that is let go can go."""
    while (there := callbacks()) is not None:
        left = there._work_off()  # noqa: SLF001  # the other half of it
        del there
        if left is None:
            return
        woken.wait(max(0.0, min(left, _PATIENCE)))


def _survive_forks(callbacks: weakref.ref[Callbacks]) -> None:
    held: list[Callbacks] = []

    def before() -> None:
        there = callbacks()
        if there is not None and there.hold():
            held.append(there)

    def after(*, child: bool) -> None:
        while held:
            held.pop().let_go(child=child)

    if hasattr(os, "register_at_fork"):  # Windows has no forks
        os.register_at_fork(
            before=before,
            after_in_parent=lambda: after(child=False),
            after_in_child=lambda: after(child=True),
        )
