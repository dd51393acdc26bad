"""A copy of each event that was received, for whoever must find out later what the service said.

Lines of JSON, which ``flask signalwire events replay`` delivers again. Each process writes files of
its own, so that no lines mix.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from uuid import uuid4

from ..redaction import SECRET, mask, scrub, text_of
from .tokens import Claim

logger = logging.getLogger("flask_signalwire.webhooks")

MAX_BYTES = 10 * 1024 * 1024
"""Of one file; then the process begins another one."""
MAX_FILES = 50
"""In the directory; the oldest ones are removed."""
QUIET = 60.0
"""Seconds between two lines in the log about a directory that can't be written to."""

_PATTERN = "events-*.jsonl"
# Times are no telephone numbers, and without them an event is not the same when it is replayed.
_TIME = re.compile(r"(?:^|_)(?:ts|time|timestamp|date|duration)$", re.IGNORECASE)


class Capture:
    """Writes events to a directory. Thread-safe, and safe across forks.

    :param directory: made where it is missing, for its owner alone, as the files are.
    :param raw: whether numbers and credentials stay readable.
    """

    def __init__(self, directory: str | os.PathLike[str], *, raw: bool = False) -> None:
        self._directory = Path(directory)
        self._raw = raw
        # By process id: a fork may happen while another thread holds the parent's lock.
        self._locks: dict[int, threading.Lock] = {}
        self._files: dict[int, Path] = {}
        self._log_at = 0.0

    def write(self, raw: Mapping[str, Any], purpose: str | None, claim: Claim | None) -> None:
        """Append one payload. Never raises: a full disk is for the log.

        :param raw: the payload.
        :param purpose: the endpoint that it came to.
        :param claim: what its token says, with the call that it was found to be for.
        """
        try:
            kept = raw if self._raw else redacted(raw)
            about = {"at": datetime.now(timezone.utc).isoformat(), "purpose": purpose}
            said = asdict(claim) if claim else None
            line = json.dumps({**about, "claim": said, "raw": kept}, separators=(",", ":"))
            with self._locks.setdefault(os.getpid(), threading.Lock()):
                self._append(line.encode() + b"\n")
        except Exception as error:  # noqa: BLE001  # the event matters more than its copy
            self._complain(error)

    def _append(self, line: bytes) -> None:
        process = os.getpid()
        path = self._files.get(process)
        if path is None or not path.exists():
            path = self._begin(process)
        # Opened for each line: a directory that was emptied or came back needs no restart.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(path, flags, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            if os.write(descriptor, line) < len(line):
                os.ftruncate(descriptor, size)  # or the next line would begin in this one
                raise OSError("only a part of the line could be written")
            if size + len(line) >= MAX_BYTES:
                del self._files[process]
        finally:
            os.close(descriptor)

    def _begin(self, process: int) -> Path:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        started = f"{datetime.now(timezone.utc):%Y%m%dT%H%M%S%f}"
        name = f"events-{started}-{process}-{uuid4().hex[:8]}.jsonl"
        # Names begin with the time, so the oldest come first.
        for old in sorted(self._directory.glob(_PATTERN))[: -(MAX_FILES - 1)]:
            old.unlink(missing_ok=True)
        self._files = {process: self._directory / name}
        return self._files[process]

    def _complain(self, error: Exception) -> None:
        now = time.monotonic()
        if now < self._log_at:
            return
        self._log_at = now + QUIET
        logger.error(
            "events are not captured in %s (%s: %s); they are delivered all the same",
            self._directory,
            type(error).__name__,
            text_of(error),
        )


def redacted(value: Any, key: str = "") -> Any:
    """A payload with telephone numbers and credentials masked; what people said is kept."""
    if isinstance(value, Mapping) and mask("", key=key) != SECRET:
        return {scrub(str(name)): redacted(inner, str(name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [redacted(inner, key) for inner in value]
    if _TIME.search(key) and (
        isinstance(value, (int, float)) or (isinstance(value, str) and value.isdigit())
    ):
        return value
    return mask(value, key=key)
