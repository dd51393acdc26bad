"""What ends up in the journal."""

from __future__ import annotations

import sqlite3
import threading
from datetime import datetime, timedelta, timezone
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flask_signalwire import CallLeg, CommandRejected, SignalWire, exceptions, hookimpl, signals
from flask_signalwire_audit import AuditLog


def log_of(app) -> AuditLog:
    return app.extensions["signalwire_audit"]


class Crash:
    @hookimpl
    def signalwire_prepare_command(self, command):
        raise RuntimeError("broken while preparing")


class Refuse:
    """Answers in the service's place."""

    def __init__(self, error=None, leg=None) -> None:
        self.error, self.leg = error, leg

    @hookimpl
    def signalwire_send_command(self, command):
        if self.error:
            self.error.command = command
            raise self.error
        return self.leg


def test_it_is_found_by_its_entry_point(make_app) -> None:
    [entry] = entry_points(group="flask_signalwire", name="audit")
    assert entry.dist.name == "flask-signalwire-audit"
    info = make_app().signalwire.plugins["audit"]
    assert (info.status, info.distribution) == ("active", "flask-signalwire-audit")


def test_a_sent_command_is_one_row_from_intent_to_outcome(make_app, dial) -> None:
    app = make_app()
    before = datetime.now(timezone.utc)
    leg = dial(app, context={"user": "ana"})
    [row] = log_of(app).rows()
    assert row.id == leg.command_id
    assert (row.account, row.name, row.call_id, row.who) == ("default", "dial", None, "ana")
    assert (row.outcome, row.stage, row.error, row.message) == ("accepted", None, None, None)
    assert (row.leg_id, row.leg_status, row.request_id) == (leg.id, leg.status, leg.request_id)
    assert before <= row.recorded_at == row.intent_at <= row.finished_at
    assert row.finished_at.utcoffset() == timedelta(0)
    assert 0 < row.elapsed < 10
    assert row.params["to"] == "+34*******67"
    with pytest.raises(AttributeError):
        row.outcome = "refused"


def test_newest_first_by_call_and_limited(make_app, dial) -> None:
    app = make_app()
    one, two = dial(app), dial(app)
    app.signalwire.calling.end(one.id)
    assert [row.name for row in log_of(app).rows()] == ["calling.end", "dial", "dial"]
    assert [row.name for row in log_of(app).rows(one.id)] == ["calling.end", "dial"]
    assert [row.leg_id for row in log_of(app).rows(two.id)] == [two.id]
    assert [row.name for row in log_of(app).rows(limit=1)] == ["calling.end"]
    assert log_of(app).rows("no such call") == []


def test_a_failed_update_is_found_by_the_call_in_its_params(make_app) -> None:
    app = make_app()
    missing = str(uuid4())
    with pytest.raises(exceptions.NotFound):
        app.signalwire.calling.update(id=missing, status="completed")
    [row] = log_of(app).rows(missing)
    assert (row.outcome, row.stage, row.error) == ("refused", "send", "NotFound")
    assert row.request_id
    assert row.intent_at


def test_the_intent_is_committed_when_the_command_is_sent(make_app, dial, tmp_path) -> None:
    seen: list[Any] = []

    class Send:
        @hookimpl
        def signalwire_send_command(self, command):
            database = sqlite3.connect(tmp_path / "desk" / "signalwire-audit.sqlite")
            query = "SELECT command_id, kind FROM signalwire_audit_entries"
            seen.extend(database.execute(query).fetchall())
            database.close()
            assert [row.id for row in log_of(app).unresolved()] == [command.id]
            return CallLeg({"id": str(uuid4())}, command=command)

    app = make_app(Send(), folder=tmp_path / "desk")
    leg = dial(app)
    assert seen == [(leg.command_id, "intent")]
    assert log_of(app).unresolved() == []


class Breaker:
    """Stops commands where wrappers run: after every veto, before anything is sent."""

    @hookimpl(wrapper=True)
    def signalwire_send_command(self, command):
        raise CommandRejected("the circuit is open")
        yield


class EarlyBreaker:
    @hookimpl(wrapper=True, tryfirst=True)
    def signalwire_send_command(self, command):
        raise CommandRejected("the circuit is open")
        yield


@pytest.mark.parametrize(("breaker", "intended"), [(Breaker, True), (EarlyBreaker, False)])
def test_a_command_that_another_wrapper_stops_is_recorded(
    make_app, dial, breaker, intended
) -> None:
    app = make_app(breaker)
    with pytest.raises(CommandRejected):
        dial(app)
    [row] = log_of(app).rows()
    assert (row.outcome, row.stage, row.error) == ("not_sent", "send", "CommandRejected")
    assert (row.intent_at is not None) is intended


@pytest.mark.parametrize(
    ("plugins", "options", "stage", "error", "message"),
    [
        ([], {"timeout": "soon"}, "validate", "PayloadError", "timeout"),
        ([Crash()], {}, "prepare", "PluginError", "broken while preparing"),
        ([], {"to": None}, "validate", "PayloadError", "to"),
    ],
)
def test_what_is_not_sent_is_recorded(
    make_app, dial, plugins, options, stage, error, message
) -> None:
    app = make_app(*plugins)
    with pytest.raises(exceptions.CommandError):
        dial(app, **options)
    [row] = log_of(app).rows()
    assert (row.outcome, row.stage, row.error) == ("not_sent", stage, error)
    assert message in row.message
    assert row.intent_at is None
    assert row.recorded_at == row.finished_at
    assert not app.signalwire.simulator.journal


def test_a_veto_is_recorded_with_its_numbers_masked(make_app, dial) -> None:
    class Veto:
        @hookimpl
        def signalwire_authorize_command(self, command):
            raise CommandRejected(f"{command.param('to')} is on the list")

    app = make_app(Veto())
    with pytest.raises(CommandRejected):
        dial(app)
    [row] = log_of(app).rows()
    assert (row.outcome, row.stage, row.error) == ("not_sent", "authorize", "CommandRejected")
    assert row.message == "+34*******67 is on the list"


@pytest.mark.parametrize("outcome", ["refused", "unknown", "accepted", "not_sent"])
def test_the_outcome_is_the_errors_own(make_app, dial, outcome) -> None:
    error = exceptions.CommandError("no", outcome=outcome)
    app = make_app(Refuse(error))
    with pytest.raises(exceptions.CommandError):
        dial(app)
    assert log_of(app).rows()[0].outcome == outcome


def test_a_leg_that_a_crashing_wrapper_lost_is_kept(make_app, dial) -> None:
    class Lose:
        @hookimpl(wrapper=True)
        def signalwire_send_command(self, command):
            yield
            raise RuntimeError("after the answer")

    app = make_app(Lose())
    with pytest.raises(exceptions.PluginError) as raised:
        dial(app)
    [row] = log_of(app).rows()
    assert (row.outcome, row.error) == ("accepted", "PluginError")
    assert row.leg_id == raised.value.leg.id


def test_an_interrupted_command_is_unknown(make_app, dial) -> None:
    class Interrupt:
        @hookimpl
        def signalwire_send_command(self, command):
            raise KeyboardInterrupt

    app = make_app(Interrupt())
    with pytest.raises(KeyboardInterrupt):
        dial(app)
    assert log_of(app).rows()[0].outcome == "unknown"


def test_a_replayed_leg_is_not_a_second_call(make_app, dial) -> None:
    app = make_app()
    assert dial(app, idempotency_key="order-42").id == dial(app, idempotency_key="order-42").id
    assert [row.outcome for row in log_of(app).rows()] == ["replayed", "accepted"]


def test_a_dry_run_is_not_called_accepted(make_app, dial) -> None:
    app = make_app(SIGNALWIRE_DRY_RUN=True)
    assert dial(app).dry_run
    assert [row.outcome for row in log_of(app).rows()] == ["dry_run"]


def test_two_apps_have_two_journals(make_app, dial) -> None:
    one, two = make_app(), make_app()
    dial(one)
    assert len(log_of(one).rows()) == 1
    assert log_of(two).rows() == []


def test_nothing_is_made_before_it_is_needed(make_app, tmp_path) -> None:
    make_app(folder=tmp_path / "desk")
    assert not (tmp_path / "desk").exists()


def test_its_own_file_is_for_its_owner(make_app, dial, tmp_path) -> None:
    dial(make_app(folder=tmp_path / "desk"))
    for path in (tmp_path / "desk").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


# -- what must not be in it -----------------------------------------------------------------------

SECRETS = ("hunter2", "sesame", "34911234567", "4155550100", "600111222", "s3cr3t", "611222333")


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_secrets_and_numbers_are_not_in_the_files_bytes(make_app, dial, tmp_path) -> None:
    class Veto:
        @hookimpl
        def signalwire_authorize_command(self, command):
            if command.context.get("veto"):
                raise CommandRejected("https://u:hunter2@example.com says no to +34600111222")

    app = make_app(Veto(), folder=tmp_path / "desk")
    dial(
        app,
        username="desk",
        password="s3cr3t",
        custom_variables={"customer": "+34 600 11 12 22", "api_key": "s3cr3t"},
        context={"user": "agent +34611222333", "remote_number": "+34600111222"},
    )
    dial(app, send_digits="611222333")
    for broken in (
        {"context": {"veto": True}},
        {"timeout": "+34600111222"},
        {"custom_variables": {"+34600111222": "x"}},
        {"extras": {"+34600111222": "x", "token": "s3cr3t"}},
        {"password": 34600111222},
    ):
        with pytest.raises(exceptions.CommandError):
            dial(app, **broken)
    for call_id in ("+34600111222", 34600111222):
        with pytest.raises(exceptions.PayloadError):
            app.signalwire.calling.end(call_id)
    assert len(log_of(app).rows()) == 9
    stored = bytes_of(tmp_path / "desk")
    assert b"agent +34*******33" in stored
    assert [secret for secret in SECRETS if secret.encode() in stored] == []


@pytest.mark.parametrize(
    ("user", "who"),
    [
        (None, None),
        ("ana", "ana"),
        (7, "7"),
        ("x" * 300, "x" * 254 + "…"),
        ("tel +34600111222", "tel +34*******22"),
        (12345678, "12345678"),
        ("user-12345678", "user-12345678"),
        ("a\0b\ud800", "a\ufffdb?"),
        (object(), "<object>"),
    ],
)
def test_who(make_app, dial, user, who) -> None:
    app = make_app()
    dial(app, context={"user": user})
    assert log_of(app).rows()[0].who == who


json_like = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.binary()
    | st.just({1, 2})
    | st.datetimes(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=12,
)


@pytest.mark.once
@given(params=st.dictionaries(st.text() | st.sampled_from(["to", "timeout", "swml"]), json_like))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_nonsense_is_recorded(make_app, params) -> None:
    app = make_app(SIGNALWIRE_AUDIT_URL="sqlite://")
    with pytest.raises(exceptions.PayloadError):
        app.signalwire.calling.send("dial", None, params)
    assert [row.stage for row in log_of(app).rows()] == ["validate"]
    assert not app.signalwire.plugins.failures


# -- when it fails ---------------------------------------------------------------------------------


def test_without_a_journal_nothing_is_sent(make_app, dial, tmp_path) -> None:
    (tmp_path / "desk").write_text("a file where a folder should be")
    app = make_app(folder=tmp_path / "desk")
    with pytest.raises(exceptions.PluginError) as raised:
        dial(app)
    assert (raised.value.outcome, raised.value.plugin) == ("not_sent", "audit")
    assert "the audit's database can't be written" in str(raised.value)
    assert not app.signalwire.simulator.journal
    (tmp_path / "desk").unlink()
    dial(app)
    assert len(log_of(app).rows()) == 1


def test_a_locked_database_stops_the_command(make_app, dial, tmp_path) -> None:
    path = tmp_path / "busy.sqlite"
    app = make_app(SIGNALWIRE_AUDIT_URL=f"sqlite:///{path}?timeout=0.2")
    dial(app)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(exceptions.PluginError, match="database is locked"):
        dial(app)
    other.execute("ROLLBACK")
    other.close()
    dial(app)
    assert len(app.signalwire.simulator.journal) == 2
    assert len(log_of(app).rows()) == 2


def test_an_outcome_that_cannot_be_written_leaves_the_row_unresolved(
    make_app, dial, tmp_path
) -> None:
    path = tmp_path / "busy.sqlite"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    class Send:
        @hookimpl
        def signalwire_send_command(self, command):
            other.execute("BEGIN IMMEDIATE")
            return CallLeg({"id": str(uuid4())}, command=command)

    app = make_app(Send(), SIGNALWIRE_AUDIT_URL=f"sqlite:///{path}?timeout=0.1")
    reported = []

    def receive(sender, plugin, hook, error, **extra) -> None:
        reported.append((plugin, hook, type(error).__name__))

    with signals.plugin_failed.connected_to(receive, app):
        leg = dial(app)
    other.execute("ROLLBACK")
    other.close()
    assert reported == [("audit", "signalwire_command_succeeded", "AuditError")]
    assert [row.id for row in log_of(app).unresolved()] == [leg.command_id]


def test_an_error_of_the_database_quotes_nothing_that_was_written(make_app, dial, tmp_path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE signalwire_audit_entries (something TEXT)")
    other.close()
    app = make_app(SIGNALWIRE_AUDIT_URL=f"sqlite:///{path}")
    with pytest.raises(exceptions.PluginError) as raised:
        dial(app, context={"user": "ana-maria"})
    assert "ana-maria" not in str(raised.value)
    assert "INSERT" not in str(raised.value)


def test_threads_share_a_database_in_memory(make_app, dial) -> None:
    app = make_app(SIGNALWIRE_AUDIT_URL="sqlite://")
    threads = [threading.Thread(target=dial, args=(app,)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = log_of(app).rows()
    assert len(rows) == 20
    assert {row.outcome for row in rows} == {"accepted"}


def test_the_app_can_be_given_the_plugin_itself(tmp_path) -> None:
    """Not installed, or blocked: a class is enough."""
    from flask import Flask

    from flask_signalwire_audit import Audit

    app = Flask("desk", instance_path=str(tmp_path))
    app.testing = True
    app.config.update(SIGNALWIRE_SPACE="simulator", SIGNALWIRE_PLUGINS_BLOCKED="audit,autolang")

    class Journal(Audit):
        name = "journal"

    SignalWire(app, plugins=[Journal])
    app.signalwire.calling.dial(from_="+14155550100", to="+34911234567", url="https://example.com")
    assert len(log_of(app).rows()) == 1
