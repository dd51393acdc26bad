"""The keys: what is derived from them, and the file that one is kept in where none is set."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
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

    :param given: the secrets of the app's config; None to keep one in a file.
    :param file: where that one is kept. It is made when the first entry is written, and never where
        something is sealed already.
    """

    def __init__(self, given: Sequence[bytes] | None, file: Path | None = None) -> None:
        self._given = given
        self._file = file
        self._keys: dict[str, Key] = {}

    def _all(self) -> dict[str, Key]:
        if not self._keys:
            found = self._given
            if found is None:
                kept = _read(self._file) if self._file else None
                found = [] if kept is None else [kept]
            self._keys = {key.id: key for key in map(Key, found)}
        return self._keys

    def get(self, key_id: str) -> Key | None:
        """The key of an entry, where it is known."""
        return self._all().get(key_id)

    @property
    def current(self) -> Key | None:
        """The key that writes, where there is one."""
        return next(iter(self._all().values()), None)

    def writing(self, sealed_with: str | None) -> Key:
        """The key that writes.

        :param sealed_with: the id of the key of the journal's last entry; None where it has none.
        :raises AuditError: where that key is not known: what this one wrote would not fit.
        """
        self.check(sealed_with)
        if not self._all() and self._file:
            _make(self._file)
        return next(iter(self._all().values()))

    def check(self, sealed_with: str | None) -> None:
        """Look whether the journal's key is here.

        :raises AuditError: where it is not, with what to do.
        """
        if sealed_with is not None and self.get(sealed_with) is None:
            raise AuditError(f"the journal is sealed with the key {self.missing(sealed_with)}")

    def missing(self, key_id: str) -> str:
        """The id of a key that is not here, where it should be, and what to do."""
        text = f"{str(key_id)[:40]!r}, which "
        if self._given is not None:
            text += "is not in SIGNALWIRE_AUDIT_KEY; add it there"
            if self._file and (kept := _read(self._file)) and Key(kept).id == key_id:
                text += f": it is the text of {self._file}"
            return text
        if self._all():
            return text + (
                f"is not the one in {self._file}; put the file back that was there, or set "
                "SIGNALWIRE_AUDIT_KEY"
            )
        return text + (
            f"is missing: it was kept in {self._file}; put that file back, or set "
            "SIGNALWIRE_AUDIT_KEY to the text that it held"
        )

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


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise AuditError(
            f"the audit's key file can't be used ({type(error).__name__}: {error}); set "
            "SIGNALWIRE_AUDIT_KEY, or let the app write there"
        ) from error


def _read(file: Path) -> bytes | None:
    """The key in a file; None where there is no file.

    :raises AuditError: where it can't be used.
    """
    with _explained():
        try:
            secret = file.read_bytes().strip()
        except FileNotFoundError:
            return None
    if len(secret) < 16:
        raise AuditError(f"the audit's key file {file} holds no key; put back the one it had")
    return secret


def _make(file: Path) -> None:
    """Make a key in a file, for its owner's eyes only, unless somebody else just did."""
    # Written whole under another name first: processes that start together all read the same key.
    own = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with _explained():
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(own, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        try:
            os.write(handle, secrets.token_hex(32).encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        try:
            with suppress(FileExistsError):
                file.hardlink_to(own)
        finally:
            own.unlink()


def _mac(key: bytes, content: bytes) -> str:
    return hmac.new(key, content, hashlib.sha256).hexdigest()
