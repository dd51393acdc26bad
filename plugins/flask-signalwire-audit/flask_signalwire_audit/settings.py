"""The settings: ``SIGNALWIRE_AUDIT_*``, read once, every mistake in one error."""

from __future__ import annotations

import difflib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from flask_signalwire import Command, exceptions, scrub

from .engines import in_memory
from .errors import AuditError
from .keys import Keys

if TYPE_CHECKING:
    from flask import Flask

PREFIX = "SIGNALWIRE_AUDIT_"
NAMES = ("URL", "ENGINE", "KEY", "MODE", "NUMBERS", "TEXT", "USER", "EVENTS")
FILE = "signalwire-audit.sqlite"
KEY_FILE = "signalwire-audit.key"
EXAMPLES = "sqlite:////var/lib/desk/audit.sqlite or postgresql+psycopg://user:password@host/name"

Mode = Literal["strict", "best-effort"]


class _Wrong(ValueError):
    """What is wrong with a setting; a value that may be, or hold, a secret is never quoted."""


@dataclass(frozen=True)
class AuditSettings:
    """What the app's config says.

    :param where: the database: a URL, or a function that gives the app's own engine.
    :param own_file: whether it is the file in the instance folder, which we make.
    :param keys: what seals the journal.
    :param mode: what happens to a command whose intent can't be written.
    :param hash_numbers: whether numbers are shown as digests in place of masks.
    :param text: how many characters of words are kept; None for all.
    :param user: who sent a command; None for the ``user`` in its context.
    :param events: whether callbacks are recorded.
    """

    where: URL | Callable[[], Engine]
    own_file: bool
    keys: Keys
    mode: Mode
    hash_numbers: bool
    text: int | None
    user: Callable[[Command], Any] | None
    events: bool

    @classmethod
    def load(cls, app: Flask) -> AuditSettings:
        """Read an app's config. Nothing is opened or made here.

        :raises ConfigurationError: with every setting that can't work, and what to write.
        """
        given = {
            name.removeprefix(PREFIX): value
            for name, value in app.config.items()
            if name.startswith(PREFIX) and value is not None
        }
        problems: list[exceptions.Problem] = []

        def read(name: str, parse: Callable[[Any], Any], default: Any) -> Any:
            try:
                return parse(given[name]) if name in given else default
            except _Wrong as error:
                problems.append((PREFIX + name, str(error)))

        for name in given.keys() - set(NAMES):
            near = difflib.get_close_matches(name, NAMES, n=1)
            hint = f"; did you mean `{PREFIX}{near[0]}`?" if near else ""
            problems.append((PREFIX + name, f"is no setting of the audit{hint}"))
        if "URL" in given and "ENGINE" in given:
            problems.append((f"{PREFIX}ENGINE", f"is set beside {PREFIX}URL; leave one out"))
        folder = Path(app.instance_path)
        own = URL.create("sqlite", database=str(folder / FILE))
        where: URL | Callable[[], Engine] = read("URL", _url, own)
        engine = read("ENGINE", lambda value: _engine(app, value), None)
        made = read("KEY", _secrets, None)
        settings = cls(
            where=engine or where,
            own_file="URL" not in given and engine is None,
            keys=_keys(made, engine or where, folder),
            mode=read("MODE", _one_of("strict", "best-effort"), "strict"),
            hash_numbers=read("NUMBERS", _one_of("masked", "hashed"), "masked") == "hashed",
            text=read("TEXT", _text, 0),
            user=read("USER", _callable, None),
            events=read("EVENTS", _events, False),
        )
        if problems:
            raise exceptions.ConfigurationError("flask-signalwire-audit can't start:", problems)
        return settings


def _keys(
    given: list[bytes] | None, where: URL | Callable[[], Engine] | None, folder: Path
) -> Keys:
    if isinstance(where, URL) and in_memory(where):
        return Keys(given or [secrets.token_bytes(32)])
    if isinstance(where, URL) and where.get_backend_name() == "sqlite" and where.database:
        file = Path(where.database.removeprefix("file:").partition("?")[0])
        return Keys(given, file.with_suffix(".key"))
    return Keys(given, folder / KEY_FILE)


def _one_of(*choices: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if value not in choices:
            raise _Wrong(f"is {_quoted(value)}, which is none of {', '.join(choices)}")
        return str(value)

    return parse


def _quoted(value: Any) -> str:
    return scrub(repr(value))[:40]


def _text(value: Any) -> int | None:
    if value == "keep":
        return None
    if value == "drop":
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _Wrong(
            f'is {_quoted(value)}, which is neither "drop" nor "keep", nor how many characters '
            "are kept"
        )
    return value


def _callable(value: Any) -> Callable[[Command], Any]:
    if not callable(value):
        raise _Wrong(
            f"is {_quoted(value)}, which can't be called; write a function of the command that "
            "returns a user's id"
        )
    found: Callable[[Command], Any] = value
    return found


def _events(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(f"is {_quoted(value)}, which is neither true nor false")
    return value


def _secrets(value: Any) -> list[bytes]:
    found = list(value) if isinstance(value, (list, tuple)) else [value]
    what = "expected text of at least 16 characters that nobody can guess, or a list of such"
    for each in found:
        if not isinstance(each, (str, bytes)):
            raise _Wrong(f"is of type {type(each).__name__}; {what}")
        if len(each) < 16:
            raise _Wrong(f"is too short; {what}")
    if not found:
        raise _Wrong(f"is empty; {what}")
    return [each.encode() if isinstance(each, str) else each for each in found]


def _engine(app: Flask, value: Any) -> Callable[[], Engine]:
    """An engine, something with an ``engine`` such as Flask-SQLAlchemy, or a function of neither.

    It is asked for at first use: extensions may be set up after us.
    """
    if not (isinstance(value, Engine) or callable(value) or hasattr(type(value), "engine")):
        raise _Wrong(
            f"is of type {type(value).__name__}; expected an Engine of SQLAlchemy, a "
            "Flask-SQLAlchemy object, or a function that returns an Engine"
        )

    def get() -> Engine:
        found = value
        if not isinstance(value, Engine):
            with app.app_context():
                # Asked of the class: of the object it may need the app.
                has_one = hasattr(type(value), "engine")
                found = getattr(value, "engine") if has_one else value()  # noqa: B009
        if not isinstance(found, Engine):
            raise AuditError(f"{PREFIX}ENGINE gave a {type(found).__name__}; expected an Engine")
        return found

    return get


def _url(value: object) -> URL:
    url = _parse(value)
    _check_driver(url)
    _check_folder(url)
    return url


def _parse(value: object) -> URL:
    if isinstance(value, URL):
        return value
    if not isinstance(value, str) or not value.strip():
        found = "is empty" if value == "" else f"is of type {type(value).__name__}"
        raise _Wrong(f"{found}; write a database URL as text, such as {EXAMPLES}")
    try:
        return make_url(value)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise _Wrong(f"is no database URL; write one such as {EXAMPLES}") from None


def _check_driver(url: URL) -> None:
    name = url.drivername
    try:
        dialect = url.get_dialect()
    except NoSuchModuleError:
        raise _Wrong(
            f"names the database {name!r}, which SQLAlchemy does not know; write a URL such as "
            f"{EXAMPLES}, or install the package that brings this database"
        ) from None
    if dialect.is_async:
        raise _Wrong(
            f"names {name!r}, an asynchronous driver; commands are sent synchronously, so name a "
            "synchronous one, such as sqlite or postgresql+psycopg"
        )
    try:
        dialect.import_dbapi()
    except ImportError as error:
        raise _Wrong(
            f"needs the driver of {name!r}, and it can't be imported ({error}); install it, or "
            "name another driver in the URL"
        ) from None


def _check_folder(url: URL) -> None:
    """A misspelt folder is reported when the app starts, not at the first telephone call."""
    name = url.database
    if url.get_backend_name() != "sqlite" or not name or name.startswith((":", "file:")):
        return
    folder = Path(name).absolute().parent
    if not folder.is_dir():
        raise _Wrong(f"names a file in {str(folder)!r}, which is no folder; create it first")
