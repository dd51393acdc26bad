"""What a readiness probe is told of the audit."""

from __future__ import annotations

import pytest

KEY = "a key that nobody guesses"


def health(app):
    # A machine that is busy with other tests may take its time.
    return app.signalwire.check_health(deadline=20)["audit"]


def test_a_database_that_is_there(make_app, store) -> None:
    assert health(make_app(**store.config)).status == "ok"


def test_tables_that_are_missing_or_hurt(make_app, run, store) -> None:
    app = make_app(**store.config)
    run(app, "upgrade")
    store.sql("DELETE FROM signalwire_audit_head")
    found = health(app)
    assert found.status == "fail"
    assert "head is gone" in found.text
    assert "no command is sent" in found.text


def test_a_file_that_is_no_database(make_app, tmp_path) -> None:
    file = tmp_path / "audit.sqlite"
    file.write_bytes(b"no database, but long enough to be read as one" * 100)
    found = health(make_app(SIGNALWIRE_AUDIT_URL=f"sqlite:///{file}", SIGNALWIRE_AUDIT_KEY=KEY))
    assert found.status == "fail"
    assert "not a database" in found.text


@pytest.mark.services
def test_a_server_that_goes_away_and_comes_back(make_app, run, postgresql) -> None:
    url = postgresql.new_database()
    app = make_app(SIGNALWIRE_AUDIT_URL=url, SIGNALWIRE_AUDIT_KEY=KEY)
    run(app, "upgrade")
    assert health(app).status == "ok"
    postgresql.stop()
    assert health(app).status == "fail"
    postgresql.start()
    assert health(app).status == "ok"


def test_best_effort_is_no_failure(make_app, dial, tmp_path) -> None:
    file = tmp_path / "audit.sqlite"
    file.write_bytes(b"no database, but long enough to be read as one" * 100)
    app = make_app(
        SIGNALWIRE_AUDIT_URL=f"sqlite:///{file}",
        SIGNALWIRE_AUDIT_KEY=KEY,
        SIGNALWIRE_AUDIT_MODE="best-effort",
    )
    assert health(app).status == "ok"  # nothing is asked: it might hang
    dial(app)
    found = health(app)
    assert found.status == "warn"
    assert "no audit since" in found.text
