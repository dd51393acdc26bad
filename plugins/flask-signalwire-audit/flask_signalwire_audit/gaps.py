"""The best-effort mode: calls go on without a database, and the gap is marked when it is back."""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime, timezone

from .chain import Entry, moment
from .errors import AuditError
from .journal import Journal

logger = logging.getLogger("flask_signalwire_audit")

RETRY = 2.0
"""Seconds for which a database that failed is not asked again: commands would wait for it."""


class BestEffort:
    """Appends where that is possible, and else remembers that something is missing.

    :param journal: what is appended to.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lock = threading.Lock()
        self._since: datetime | None = None
        self._lost = 0
        self._again_at = 0.0

    @property
    def since(self) -> datetime | None:
        """When the gap began that is open now."""
        return self._since

    def append(self, entry: Entry) -> bool:
        """Append an entry, after one that marks a gap where there was one.

        :returns: whether it was written.
        """
        with self._lock:
            if self._since is not None and time.monotonic() < self._again_at:
                self._lost += 1
                return False
            since, lost = self._since, self._lost
            self._since, self._lost = None, 0
        gap = [] if since is None else [_gap(since, lost)]
        try:
            self._journal.append(*gap, entry)
        except AuditError as error:
            self._failed(since, lost, error)
            return False
        if since is not None:
            logger.warning(
                "the audit is written again: %d entries since %s are missing",
                lost,
                since.isoformat(timespec="seconds"),
            )
        return True

    def _failed(self, since: datetime | None, lost: int, error: AuditError) -> None:
        with self._lock:
            known = since or self._since
            self._since = min(filter(None, (since, self._since)), default=_now())
            self._lost += lost + 1
            self._again_at = time.monotonic() + RETRY
        if known is None:
            logger.error("commands are sent WITHOUT an audit: %s", error)


def _gap(since: datetime, lost: int) -> Entry:
    return Entry("gap", details={"since": moment(since), "until": moment(_now()), "lost": lost})


def _now() -> datetime:
    return datetime.now(timezone.utc)
