"""One delivery for one event, however often the service repeats it.

The service has no delivery ids, so an event is known by :attr:`Event.key
<flask_signalwire.events.Event.key>`, which is derived from what it says.
"""

from __future__ import annotations

from ..events import Event
from .store import EventStore

CLAIM = 60
"""Seconds that an event is ours while plugins and receivers work on it. Where the process dies, a
repetition after that is delivered."""
UNSTAMPED = 10
"""Seconds that an event without a time of its own is known: the same may well happen again."""


class Deduplication:
    """Claims events, so that of many workers one delivers.

    :param store: what the workers share.
    """

    def __init__(self, store: EventStore) -> None:
        self._store = store

    def claim(self, event: Event) -> bool:
        """Take an event on.

        :returns: False where it was delivered before, or another worker is at it. A store that
            fails makes it True: twice is better than never.
        """
        name = self._name(event)
        if self._store.add(name, 1, CLAIM) is not False:
            return True
        found = self._store.get(name)
        if found == 1:
            return False
        if found is not None:  # nothing that we would write
            self._store.delete(name)
        return self._store.add(name, 1, CLAIM) is not False  # it ended meanwhile

    def confirm(self, event: Event) -> None:
        """It was delivered: a repetition is for nobody."""
        seconds = self._store.lifetime if event.stamped else UNSTAMPED
        self._store.set(self._name(event), 1, seconds)

    def release(self, event: Event) -> None:
        """It was not, and we tell the service so: a repetition is welcome."""
        self._store.delete(self._name(event))

    def _name(self, event: Event) -> str:
        return self._store.name("event", event.account, event.key)
