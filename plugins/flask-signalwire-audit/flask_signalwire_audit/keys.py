"""The keys: what is derived from them, and the file that one is kept in where none is set."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from .errors import AuditError


class Key:
    """What is derived from one secret. No two uses share a key, and none reveals the secret.

    :param secret: at least 16 bytes.
    """

    def __init__(self, secret: bytes) -> None:
        def derive(use: bytes) -> bytes:
            return hmac.digest(secret, b"flask-signalwire-audit " + use, "sha256")

        self.id = derive(b"id").hex()[:16]
        """Names the key in every entry that was sealed with it."""
        self._entries = derive(b"entries")
        self._personal = derive(b"personal")
        self._numbers = derive(b"numbers")
        self._checkpoints = derive(b"checkpoints")

    def seal(self, content: bytes) -> str:
        """The MAC of an entry."""
        return _mac(self._entries, content)

    def digest(self, personal: str) -> str:
        """Stands for an entry's personal part in the chain, so that the part itself can go."""
        return _mac(self._personal, personal.encode())

    def number(self, normalised: str) -> str:
        """Stands for a telephone number: the same one for the same number, 32 digits."""
        return _mac(self._numbers, normalised.encode("utf-8", "surrogatepass"))[:32]

    def sign(self, checkpoint: bytes) -> str:
        """The signature of a checkpoint."""
        return _mac(self._checkpoints, checkpoint)


class Keys:
    """The keys of an app: the first one writes, all of them are known when reading.

    :param load: gives the secrets; called at first use.
    """

    def __init__(self, load: Callable[[], Sequence[bytes]]) -> None:
        self._load = load
        self._keys: dict[str, Key] = {}

    def _all(self) -> dict[str, Key]:
        if not self._keys:
            found = [Key(secret) for secret in self._load()]
            self._keys = {key.id: key for key in found}
        return self._keys

    @property
    def current(self) -> Key:
        """The key that writes."""
        return next(iter(self._all().values()))

    def get(self, key_id: str) -> Key | None:
        """The key of an entry, where it is known."""
        return self._all().get(key_id)

    def numbers(self, number: str) -> list[str]:
        """What a telephone number may be stored as: once for each key."""
        plain = normalise(number)
        return [key.number(plain) for key in self._all().values()]


def normalise(address: str) -> str:
    """One spelling of a telephone number or SIP address, so that all of them join.

    ``+34 911 23-45-67``, ``0034911234567`` and ``sip:+34911234567@example.com`` are one number.
    """
    text = re.sub(r"^(?:sips?|tel):", "", address.strip(), flags=re.IGNORECASE)
    user = text.partition("@")[0]
    digits = re.sub(r"\D", "", user)
    if re.fullmatch(r"[+\d ().-]+", user) and digits:
        return digits.removeprefix("00")
    return text.lower()


def same(one: object, other: object) -> bool:
    """Compare two MACs in constant time; what is compared may have been tampered with."""
    return hmac.compare_digest(
        str(one).encode("utf-8", "replace"), str(other).encode("utf-8", "replace")
    )


def key_file(path: Path) -> bytes:
    """The key in a file, which is made, for its owner's eyes only, where there is none.

    :raises AuditError: where the file can't be used.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        secret = path.read_bytes().strip()
    except OSError as error:
        raise AuditError(
            f"the audit's key file can't be used ({type(error).__name__}: {error}); set "
            "SIGNALWIRE_AUDIT_KEY, or let the app write there"
        ) from error
    if len(secret) < 16:
        raise AuditError(f"the audit's key file {path} holds no key; put back the one it had")
    return secret


def _make(path: Path) -> None:
    # Written whole under another name first: processes that start together all read the same key.
    own = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(own, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        os.write(handle, secrets.token_hex(32).encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        with suppress(FileExistsError):
            path.hardlink_to(own)
    finally:
        own.unlink()


def _mac(key: bytes, content: bytes) -> str:
    return hmac.new(key, content, hashlib.sha256).hexdigest()
