"""The one setting: which database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from flask_signalwire import exceptions

if TYPE_CHECKING:
    from flask import Flask

KEY = "SIGNALWIRE_AUDIT_URL"
FILE = "signalwire-audit.sqlite"
EXAMPLES = "sqlite:////var/lib/desk/audit.sqlite or postgresql+psycopg://user:password@host/name"


def database_url(app: Flask) -> URL:
    """The database of an app: ``SIGNALWIRE_AUDIT_URL``, else a file in its instance folder.

    Nothing is opened or created here.

    :raises ConfigurationError: where the setting can't work, with what to write. The value is never
        quoted: it may hold a password.
    """
    value = app.config.get(KEY)
    if value is None:
        return URL.create("sqlite", database=str(Path(app.instance_path) / FILE))
    url = _parse(value)
    _check_driver(url)
    _check_folder(url)
    return url


def is_own_file(app: Flask) -> bool:
    """Whether the database is the file that we make ourselves, folder and all."""
    return app.config.get(KEY) is None


def _parse(value: object) -> URL:
    if isinstance(value, URL):
        return value
    if not isinstance(value, str) or not value.strip():
        found = "is empty" if value == "" else f"is a {type(value).__name__}"
        raise _wrong(f"{found}; write a database URL as text, such as {EXAMPLES}")
    try:
        return make_url(value)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise _wrong(f"is no database URL; write one such as {EXAMPLES}") from None


def _check_driver(url: URL) -> None:
    name = url.drivername
    try:
        dialect = url.get_dialect()
    except NoSuchModuleError:
        raise _wrong(
            f"names the database {name!r}, which SQLAlchemy does not know; write a URL such as "
            f"{EXAMPLES}, or install the package that brings this database"
        ) from None
    if dialect.is_async:
        raise _wrong(
            f"names {name!r}, an asynchronous driver; commands are sent synchronously, so name a "
            "synchronous one, such as sqlite or postgresql+psycopg"
        )
    try:
        dialect.import_dbapi()
    except ImportError as error:
        raise _wrong(
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
        raise _wrong(f"names a file in {str(folder)!r}, which is no folder; create it first")


def _wrong(text: str) -> exceptions.ConfigurationError:
    return exceptions.ConfigurationError("flask-signalwire-audit can't start:", [(KEY, text)])
