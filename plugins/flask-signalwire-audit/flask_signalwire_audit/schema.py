"""The tables' version: checked at first use, changed by a command only."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from .errors import AuditError

REVISION = "0001"
"""The newest of the migrations, which is what this version of the package reads and writes."""

VERSION_TABLE = "signalwire_audit_version"
MIGRATIONS = Path(__file__).parent / "migrations"
COMMAND = "flask signalwire audit upgrade"
_LOCK = 7_305_804_401  # any number: the same one for everybody who upgrades


def revision(connection: Connection) -> str | None:
    """The revision of the tables in a database; None where there are none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    query = text(f"SELECT version_num FROM {VERSION_TABLE}")  # noqa: S608  # a constant
    found: str | None = connection.execute(query).scalar()
    return found


def empty(connection: Connection) -> bool:
    """Whether a database has no table at all, so that making ours changes nothing."""
    return not inspect(connection).get_table_names()


def check(found: str | None) -> None:
    """Compare a database's revision with this version's.

    :raises AuditError: where they differ, with what to do.
    """
    if found == REVISION:
        return
    if found is None:
        raise AuditError(f"the audit's tables are not in its database; run `{COMMAND}`")
    if found in known():
        raise AuditError(
            f"the audit's tables are of revision {found}, older than this version of "
            f"flask-signalwire-audit, which needs {REVISION}; run `{COMMAND}`"
        )
    raise AuditError(
        f"the audit's tables are of revision {found}, newer than this version of "
        f"flask-signalwire-audit, which knows {REVISION}; install the version that made them"
    )


def known() -> set[str]:
    """The revisions that have a migration here."""
    return {path.stem[1:] for path in (MIGRATIONS / "versions").glob("r*.py")}


def upgrade(connection: Connection, target: str = "head") -> None:
    """Run the migrations that are missing, in the connection's transaction.

    :param target: the revision to stop at.
    """
    # Slow to import, and needed when tables change only.
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":
        # Two hosts that upgrade at once: the second waits, and finds it done.
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    command.upgrade(config, target)
