"""Idempotency keys: what is remembered of them, and where.

The rules are in :mod:`flask_signalwire.plugins.builtin.idempotency`, a plugin that uses the hooks
that every plugin has.
"""

from __future__ import annotations

from .entry import Entry, fingerprint, name_of
from .memory import MemoryStore
from .store import Store, StoreError

__all__ = ["Entry", "MemoryStore", "Store", "StoreError", "fingerprint", "name_of", "open_store"]


def open_store(url: str | None) -> Store:
    """The store that ``SIGNALWIRE_IDEMPOTENCY_URL`` names. Nothing is connected to yet.

    :param url: a Redis; None for the memory of this process.
    :raises ConfigurationError: where the package is missing, or the URL has options of no use.
    """
    if url is None:
        return MemoryStore()
    from .redis import RedisStore  # its package takes long to import, and is an extra

    return RedisStore(url)
