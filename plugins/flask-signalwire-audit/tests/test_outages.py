"""A server that goes away under load: strict refuses, best-effort goes on and marks the gap."""

from __future__ import annotations

import logging
import signal
import threading
import time

import pytest
from sqlalchemy import NullPool, create_engine

from flask_signalwire import exceptions
from flask_signalwire_audit import engines, gaps

KEY = "a key that nobody guesses"


class Load:
    """Threads that dial until they are stopped, and count what came of it."""

    def __init__(self, app, dial) -> None:
        self.sent = 0
        self.refused: list[exceptions.CommandError] = []
        self.crashed: list[Exception] = []
        self._app, self._dial = app, dial
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._work) for _ in range(4)]

    def _work(self) -> None:
        while not self._end.is_set():
            try:
                self._dial(self._app)
            except exceptions.CommandError as error:
                with self._lock:
                    self.refused.append(error)
                time.sleep(0.05)
            except Exception as error:  # the test reports it
                self.crashed.append(error)
                return
            else:
                with self._lock:
                    self.sent += 1

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def until(self, seen, seconds=30.0) -> None:
        end = time.monotonic() + seconds
        while not seen():
            assert time.monotonic() < end
            assert not self.crashed
            time.sleep(0.02)

    def more(self, count: int) -> None:
        """Wait for as many more commands to be sent."""
        wanted = self.sent + count
        self.until(lambda: self.sent >= wanted)

    def __exit__(self, *error: object) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join()


def journalled(app) -> list[str]:
    return [entry.command for entry in app.signalwire.simulator.journal]


pytestmark = pytest.mark.services
HOWS = [signal.SIGINT, signal.SIGQUIT]


@pytest.fixture
def on_server(make_app, postgresql, run):
    def make(mode):
        app = make_app(
            SIGNALWIRE_AUDIT_URL=postgresql.new_database(),
            SIGNALWIRE_AUDIT_KEY=KEY,
            SIGNALWIRE_AUDIT_MODE=mode,
        )
        run(app, "upgrade")
        return app

    return make


@pytest.mark.parametrize("how", HOWS)
def test_strict_refuses_and_recovers(on_server, postgresql, dial, run, how) -> None:
    app = on_server("strict")
    with Load(app, dial) as load:
        load.more(20)
        postgresql.stop(how)
        load.until(lambda: len(load.refused) > 4)
        arrived = len(journalled(app))
        time.sleep(0.3)
        assert len(journalled(app)) == arrived  # nothing is sent without its intent
        postgresql.start()
        load.more(20)
    assert {error.outcome for error in load.refused} == {"not_sent"}
    assert all("the audit's database can't be written" in str(error) for error in load.refused)
    log = app.extensions["signalwire_audit"]
    rows = list(log.iterate())
    # Whatever was sent has its intent; what has no outcome was on its way when the server stopped.
    accepted = {row.id for row in rows if row.outcome == "accepted"}
    unresolved = {row.id for row in rows if row.outcome is None}
    assert load.sent - 4 <= len(accepted) <= load.sent
    assert len(accepted) + len(unresolved) >= load.sent
    assert len(unresolved) <= 8
    assert all(row.intent_at for row in rows if row.outcome == "accepted")
    assert "as they were written" in run(app, "verify")


@pytest.mark.parametrize("how", HOWS)
def test_best_effort_goes_on_and_marks_the_gap(
    on_server, postgresql, dial, run, how, monkeypatch, caplog
) -> None:
    monkeypatch.setattr(gaps, "RETRY", 0.3)
    caplog.set_level(logging.WARNING, logger="flask_signalwire_audit")
    app = on_server("best-effort")
    with Load(app, dial) as load:
        load.more(20)
        postgresql.stop(how)
        load.more(40)
        postgresql.start()
        load.until(lambda: "is written again" in caplog.text)
        load.more(20)
    assert load.refused == []
    log = app.extensions["signalwire_audit"]
    rows = list(log.iterate(oldest_first=True))
    marks = [row for row in rows if row.kind == "gap"]
    lost = sum(row.details["lost"] for row in marks)
    [(written,)] = postgresql.sql(
        log._journal.database._where.database,
        "SELECT count(*) FROM signalwire_audit_entries WHERE kind IN ('intent', 'outcome')",
    )
    # Two entries a command; one that the server took as it died may be there and be counted lost.
    assert 2 * load.sent <= written + lost <= 2 * load.sent + 4
    assert lost >= 60
    assert "gap" in run(app, "list", "--limit", "500")
    assert "as they were written" in run(app, "verify")
    assert "commands are sent WITHOUT an audit" in caplog.text


def test_best_effort_starts_without_a_server(make_app, postgresql, dial, run, caplog) -> None:
    url = postgresql.new_database()
    postgresql.stop()
    app = make_app(SIGNALWIRE_AUDIT_URL=url, SIGNALWIRE_AUDIT_MODE="best-effort")
    for _ in range(3):
        dial(app)
    assert len(journalled(app)) == 3
    assert caplog.text.count("WITHOUT an audit") == 1  # and not once a command
    assert "the audit's database can't be read" in run(app, "verify", code=1)


def test_a_lock_that_somebody_keeps_is_not_waited_for_for_ever(
    on_server, postgresql, dial, monkeypatch
) -> None:
    monkeypatch.setattr(engines, "PATIENCE", 1.0)
    app = on_server("strict")
    dial(app)
    url = app.extensions["signalwire_audit"]._journal.database._where
    other = create_engine(url, poolclass=NullPool)
    with other.begin() as connection:
        connection.exec_driver_sql("SELECT * FROM signalwire_audit_head FOR UPDATE")
        started = time.monotonic()
        with pytest.raises(exceptions.PluginError, match="lock timeout"):
            dial(app)
        assert time.monotonic() - started < 6
    dial(app)
