"""What a store of idempotency keys does: three steps, each of them atomic."""

from __future__ import annotations

from typing import Protocol


class StoreError(Exception):
    """The store can't do what it was asked to, or can't be reached."""


class Store(Protocol):
    """Remembers a text under each name, for a while.

    Texts are opaque here, and compared whole. Each begins its life as the text of one command, with
    that command's id in it, so whoever knows the text owns the name.

    :ivar shared: whether other processes see the same names.
    """

    shared: bool

    def reserve(self, name: str, text: str, seconds: float) -> str | None:
        """Put a text under a name that is free.

        :param seconds: after these the name is free again.
        :returns: None where it is ours now; else the text of whoever has it.
        :raises StoreError: nobody knows whether it is.
        """

    def replace(self, name: str, old: str, new: str, seconds: float) -> bool:
        """Put another text under a name that we own, or that was lost and is nobody's.

        :returns: False where somebody else owns it; it is left alone.
        :raises StoreError: nobody knows whether it was replaced.
        """

    def release(self, name: str, old: str) -> bool:
        """Free a name that we own.

        :returns: False where somebody else owns it; it is left alone.
        :raises StoreError: nobody knows whether it is free.
        """

    def check(self) -> None:
        """Write something, to see whether that works.

        :raises StoreError: where it does not.
        """

    def close(self) -> None:
        """Close this process's connections; the next step opens new ones."""
