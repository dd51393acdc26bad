"""The tables: made and changed by a command, checked before they are used."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine, text

from flask_signalwire import exceptions
from flask_signalwire_audit import schema
from flask_signalwire_audit.table import metadata

VERSION = "signalwire_audit_version"


def scripts() -> ScriptDirectory:
    return ScriptDirectory(schema.MIGRATIONS)


def test_the_newest_migration_is_what_the_code_needs() -> None:
    assert scripts().get_current_head() == schema.REVISION
    assert {script.revision for script in scripts().walk_revisions()} == schema.known()


@pytest.mark.parametrize("start", sorted(schema.known()))
def test_from_each_released_revision_to_this_one(store, make_app, dial, run, start) -> None:
    engine = create_engine(store.url, poolclass=NullPool)
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(text(f"DROP TABLE IF EXISTS {table.name}"))
        connection.execute(text(f"DROP TABLE IF EXISTS {VERSION}"))
        schema.upgrade(connection, start)
    app = make_app(**store.config)
    run(app, "upgrade")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION})
        assert compare_metadata(context, metadata) == []
    dial(app)
    assert "2 entries" in run(app, "verify")
    assert run(app, "upgrade") == f"The tables are of revision {schema.REVISION} already.\n"
    assert "2 entries" in run(app, "verify")


@pytest.mark.parametrize(
    ("found", "known", "advice"),
    [
        ("0999", {"0001"}, "newer than this version of flask-signalwire-audit"),
        ("0000", {"0000", "0001"}, "run `flask signalwire audit upgrade`"),
    ],
)
def test_another_revision_stops_commands(
    store, make_app, dial, run, monkeypatch, found, known, advice
) -> None:
    dial(make_app(**store.config))
    store.sql(f"UPDATE {VERSION} SET version_num = :found", found=found)
    monkeypatch.setattr(schema, "known", lambda: known)
    app = make_app(**store.config)
    with pytest.raises(exceptions.PluginError) as raised:
        dial(app)
    assert raised.value.outcome == "not_sent"
    assert found in str(raised.value)
    assert advice in str(raised.value)
    assert advice in run(app, "list", code=1)


def test_a_database_that_holds_other_tables_is_left_alone(make_app, dial, run, tmp_path) -> None:
    """The app's own, say: what is in it is not ours to add to, unless somebody says so."""
    url = f"sqlite:///{tmp_path}/app.sqlite"
    with create_engine(url, poolclass=NullPool).begin() as connection:
        connection.execute(text("CREATE TABLE customer (id INTEGER)"))
    app = make_app(SIGNALWIRE_AUDIT_URL=url)
    with pytest.raises(exceptions.PluginError, match="run `flask signalwire audit upgrade`"):
        dial(app)
    assert run(app, "upgrade").startswith("The tables are of revision")
    dial(app)


@pytest.mark.services
def test_a_server_is_never_changed_by_itself(postgresql, make_app, dial, run) -> None:
    app = make_app(SIGNALWIRE_AUDIT_URL=postgresql.new_database())
    with pytest.raises(exceptions.PluginError, match="run `flask signalwire audit upgrade`"):
        dial(app)
    run(app, "upgrade")
    dial(app)


def kinds_of_engine(app, url):
    from flask_sqlalchemy import SQLAlchemy

    yield create_engine(url)
    yield lambda: create_engine(url)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    yield SQLAlchemy(app)


@pytest.mark.parametrize("kind", range(3))
def test_the_apps_own_engine(store, tmp_path, dial, run, kind) -> None:
    from flask import Flask

    from flask_signalwire import SignalWire

    app = Flask("desk", instance_path=str(tmp_path))
    app.testing = True
    engine = list(kinds_of_engine(app, store.url))[kind]
    app.config.update(
        SIGNALWIRE_SPACE="simulator",
        SIGNALWIRE_PLUGINS_BLOCKED="autolang",
        SIGNALWIRE_PLUGINS_REQUIRED="audit",
        SIGNALWIRE_AUDIT_ENGINE=engine,
        SIGNALWIRE_AUDIT_KEY="a key that nobody guesses",
    )
    SignalWire(app)
    run(app, "upgrade")
    dial(app)
    assert "2 entries" in run(app, "verify")
    assert len(store.sql("SELECT seq FROM signalwire_audit_entries")) == 2
    with app.app_context():
        app.extensions["signalwire_audit"]._journal.database.opened.engine.dispose()
