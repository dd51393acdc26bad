"""Whether a call's state comes after a later one: the service promises no order."""

from __future__ import annotations

from ..events.calls import RANKS
from .store import EventStore

_HIGHEST = max(RANKS.values())


class Order:
    """Remembers how far along each call is.

    :param store: what the workers share.
    """

    def __init__(self, store: EventStore) -> None:
        self._store = store

    def is_late(self, account: str, call_id: str, state: str) -> bool:
        """Note that a call was in a state.

        Each state is marked first and looked for afterwards. So of two workers that do this at
        once the one with the earlier state sees the other's mark, or came before it.

        :returns: whether a later state of the call is known already. Never for states of no known
            rank, or where the store fails.
        """
        rank = RANKS.get(state)
        if rank is None:
            return False
        self._store.set(self._name(account, call_id, rank), 1, self._store.lifetime)
        higher = [self._name(account, call_id, above) for above in range(rank + 1, _HIGHEST + 1)]
        return bool(higher) and any(self._store.get_many(*higher))

    def _name(self, account: str, call_id: str, rank: int) -> str:
        return self._store.name("state", account, call_id, str(rank))
