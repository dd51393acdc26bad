"""Calls that several processes know, in a Redis: a stream each, and one feed of all that is new.

Whoever receives an event finds its line in the transcript that all share, and writes the messages
to the call's stream and to the feed, in one transaction. One thread a process reads the feed, for
all of its browsers.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

from flask_signalwire import Health, exceptions, scrub
from flask_signalwire.events import Event, Utterance

from .messages import Cursor, Message
from .settings import PREFIX, CaptionsSettings
from .store import IDLE, ROOM, History, StoreDown
from .subscribers import Subscribers
from .transcript import Transcript

logger = logging.getLogger("flask_signalwire_captions")

KEYS = "signalwire:captions:"
FEED = f"{KEYS}feed"
FEED_LENGTH = 5000
"""Messages in the feed, about: a process that falls further behind reads the calls' streams."""
SECONDS = 0.5
"""To connect to the Redis, and to wait for its answer, unless the URL says otherwise."""
BACKLOG = 1000
"""Events that wait in a process while the Redis is down; more, and the oldest are lost."""
PAUSE = 0.5
"""Seconds between two attempts to reach a Redis that is down."""
BLOCK = 1.0
"""Seconds that the feed is waited for in one question."""
QUIET = 60.0
"""Seconds between two lines in the log about a Redis that is down."""
IDLE_THREAD = 10.0
"""Seconds without a browser after which the thread ends."""
_ATTEMPTS = 20


class RedisStore:
    """The calls in a Redis. Thread-safe, and safe across forks.

    :raises ConfigurationError: where the package is missing, or the URL can't be used.
    """

    def __init__(self, settings: CaptionsSettings) -> None:
        self._settings = settings
        self._thread: threading.Thread | None = None
        self.subscribers = Subscribers(ROOM)
        self._connect(settings.url or "")
        self.after_fork()

    def write(self, event: Event) -> None:
        with self._lock:
            if self._down:
                self._postpone(event)
                return
        try:
            self._apply(event)
        except self._errors as error:
            with self._lock:
                self._failed(error)
                self._postpone(event)
            self.follow()

    def read(self, call_id: str, cursor: Cursor | None) -> History:
        with self._lock:
            if self._down:
                raise StoreDown
        try:
            transcript = _transcript(self._client.get(_state(call_id)))
            same = cursor is not None and transcript and cursor.base == transcript.base
            begin = f"{cursor.base}-{cursor.seq + 1}" if cursor is not None and same else "-"
            found = self._client.xrange(_stream(call_id), min=begin)
        except self._errors as error:
            with self._lock:
                self._failed(error)
            self.follow()
            raise StoreDown from error
        messages = list(_messages(fields for _, fields in found))
        return History(messages, transcript.ended_at if transcript else None)

    def follow(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._listen, name="signalwire-captions", daemon=True
                )
                self._thread.start()

    def after_fork(self) -> None:
        self._lock = threading.Lock()
        self._thread = None
        self._down = False
        self._backlog: deque[Event] = deque(maxlen=BACKLOG)
        self._lost = 0
        self._log_at = 0.0
        self.subscribers.reset()

    def check_health(self) -> Health:
        try:
            self._client.set(f"{KEYS}health", 1, ex=60)
        except self._errors as error:
            # Never the app's failure: finals wait, and calls go on.
            return Health("warn", f"the Redis of {PREFIX}URL failed ({type(error).__name__})")
        return Health("ok")

    # -- writing --------------------------------------------------------------------------------

    def _apply(self, event: Event) -> None:
        """Write what an event tells; whoever comes in between makes us begin again."""
        call_id = (event.call_id or "").lower()
        state, stream = _state(call_id), _stream(call_id)
        for _ in range(_ATTEMPTS):
            with self._client.pipeline() as pipe:
                pipe.watch(state)
                before = pipe.get(state)
                now = time.time()
                transcript = _transcript(before) or Transcript(int(now * 1000))
                told = transcript.take(event, now)
                after = transcript.to_json()
                if before is not None and not told and bytes(before).decode() == after:
                    return
                ended = transcript.ended_at is not None
                seconds = max(1, self._settings.keep if ended else IDLE)
                pipe.multi()
                pipe.set(state, after, ex=seconds)
                for message, replaced in told:
                    text = message.to_json()
                    if replaced is not None:
                        pipe.xdel(stream, str(Cursor(message.base, replaced)))
                    pipe.xadd(
                        stream,
                        {"message": text},
                        id=str(message.cursor),
                        maxlen=self._settings.history,
                        approximate=True,
                    )
                    item = {"call": call_id, "message": text}
                    pipe.xadd(FEED, item, maxlen=FEED_LENGTH, approximate=True)
                pipe.expire(stream, seconds)
                pipe.expire(FEED, IDLE)
                try:
                    pipe.execute()
                    return
                except self._conflict:
                    continue
        raise self._conflict("many processes write about one call")

    def _postpone(self, event: Event) -> None:
        """Keep an event for when the Redis is back; parts of what is being said are not."""
        if isinstance(event, Utterance) and not event.final:
            return
        if len(self._backlog) == BACKLOG:
            self._lost += 1
        self._backlog.append(event)

    def _failed(self, error: Exception) -> None:
        self._down = True
        now = time.monotonic()
        if now < self._log_at:
            return
        self._log_at = now + QUIET
        logger.error(
            "the Redis of %sURL failed (%s); captions are written when it is back, the last %d of "
            "this process. Is it up?",
            PREFIX,
            type(error).__name__,
            BACKLOG,
        )

    def _catch_up(self) -> None:
        """Write what waited, in its order, and let others write again."""
        while True:
            with self._lock:
                if not self._backlog:
                    if self._down:
                        logger.info("the Redis is back; %d events were lost meanwhile", self._lost)
                    self._down, self._lost, self._log_at = False, 0, 0.0
                    return
                event = self._backlog[0]
            try:
                self._apply(event)
            except self._errors:
                raise
            except Exception as error:  # noqa: BLE001  # the others must not wait for it forever
                self._lost += 1
                logger.error("an event can't be written: %s", type(error).__name__)  # noqa: TRY400
            with self._lock:
                # A full backlog may have pushed it out already.
                if self._backlog and self._backlog[0] is event:
                    self._backlog.popleft()

    # -- listening ------------------------------------------------------------------------------

    def _listen(self) -> None:
        """The thread: reads the feed until nobody listens any more, and no event waits."""
        position: Any = None
        needed_at = time.monotonic()
        while True:
            with self._lock:
                if self._thread is not threading.current_thread():
                    return
                if len(self.subscribers) or self._down:
                    needed_at = time.monotonic()
                elif time.monotonic() > needed_at + IDLE_THREAD:
                    self._thread = None
                    return
            try:
                if position is None or self._down:
                    position = self._position()
                    self._catch_up()
                    # What was written before this position has passed them by.
                    self.subscribers.read_again()
                position = self._read_feed(position)
            except self._errors as error:
                with self._lock:
                    self._failed(error)
                time.sleep(PAUSE)
            except Exception as error:  # noqa: BLE001  # the thread of all browsers goes on
                # Texts of callers may be in the message and the traceback.
                logger.error("the feed of captions can't be read: %s", type(error).__name__)  # noqa: TRY400
                position = None
                time.sleep(PAUSE)

    def _position(self) -> Any:
        newest = self._feed.xrevrange(FEED, count=1)
        return newest[0][0] if newest else "0-0"

    def _read_feed(self, position: Any) -> Any:
        found = self._feed.xread({FEED: position}, count=500, block=int(BLOCK * 1000))
        # A list of pairs, or a mapping, by the protocol that the two agreed on.
        for _, items in found.items() if isinstance(found, Mapping) else found or ():
            # With one protocol there is a list of lists around the items.
            for name, fields in _flat(items):
                position = name
                call_id = bytes(fields.get(b"call", b"")).decode(errors="replace")
                self.subscribers.tell(call_id, _messages([fields]))
        return position

    # -- the client -----------------------------------------------------------------------------

    def _connect(self, url: str) -> None:
        try:
            redis = import_module("redis")
            retry = import_module("redis.retry").Retry
            none = import_module("redis.backoff").NoBackoff
        except ImportError as error:
            raise _unusable(
                f"needs the package redis ({error}); run: "
                "pip install 'flask-signalwire-captions[redis]'"
            ) from error
        try:
            self._client = self._open(redis, retry(none(), 0), url, SECONDS)
            self._feed = self._open(redis, retry(none(), 0), url, SECONDS + BLOCK)
        except (ValueError, TypeError, AttributeError, redis.RedisError) as error:
            raise _unusable(f"can't be used: {scrub(str(error))}") from error
        self._errors: tuple[type[Exception], ...] = (redis.RedisError, OSError)
        self._conflict: type[Exception] = redis.WatchError

    @staticmethod
    def _open(redis: Any, retry: Any, url: str, seconds: float) -> Any:
        client = redis.Redis.from_url(
            url, socket_connect_timeout=SECONDS, socket_timeout=seconds, retry=retry
        )
        pool = client.connection_pool
        # Options that nobody knows would otherwise fail at the first event.
        pool.connection_class(**pool.connection_kwargs)
        return client


def _state(call_id: str) -> str:
    return f"{KEYS}{call_id}:state"


def _stream(call_id: str) -> str:
    return f"{KEYS}{call_id}:stream"


def _transcript(text: bytes | None) -> Transcript | None:
    """What was written; what can't be read counts as lost."""
    if text is None:
        return None
    try:
        return Transcript.from_json(text)
    except ValueError:
        return None


def _messages(found: Iterable[Mapping[bytes, bytes]]) -> Iterable[Message]:
    for fields in found:
        try:
            yield Message.from_json(fields.get(b"message", b""))
        except ValueError:
            continue


def _flat(items: Any) -> Any:
    return items[0] if items and isinstance(items[0], list) else items


def _unusable(text: str) -> exceptions.ConfigurationError:
    found = [(f"{PREFIX}URL", text)]
    return exceptions.ConfigurationError("captions can't be kept:", found)
