"""Whoever changes the journal by SQL is found out, and so is what they changed."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flask_signalwire import exceptions
from flask_signalwire_audit.chain import Entry
from flask_signalwire_audit.table import entries

pytestmark = pytest.mark.once

T = "signalwire_audit_entries"
COLUMNS = [column.name for column in entries.columns if column.name != "seq"]
COPIED = ", ".join(COLUMNS)
OTHERS = ", ".join("'x'" if name == "command_id" else name for name in COLUMNS)


@pytest.fixture
def app(store, make_app, dial):
    """An app that sent five commands: ten entries."""
    app = make_app(**store.config)
    for number in range(5):
        dial(app, context={"user": f"user{number}"})
    return app


def test_what_nobody_touched_verifies(app, run) -> None:
    assert run(app, "verify") == "10 entries, 1 to 10: as they were written\n"


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        pytest.param([f"UPDATE {T} SET who = 'eve' WHERE seq = 3"], ["3 was changed"], id="change"),
        pytest.param([f"UPDATE {T} SET who = NULL WHERE seq = 3"], ["3 was changed"], id="to null"),
        pytest.param(
            [f"UPDATE {T} SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 10"],
            ["10 was changed"],
            id="backdate",
        ),
        pytest.param(
            [f"UPDATE {T} SET at = 'soon' WHERE seq = 4"], ["4 was changed"], id="no time"
        ),
        pytest.param(
            [f"UPDATE {T} SET personal = replace(personal, '+34', '+33') WHERE seq = 5"],
            ["5 was changed in its personal part"],
            id="change params",
        ),
        pytest.param(
            [f"UPDATE {T} SET personal = 'x' WHERE seq = 5"],
            ["5 was changed in its personal part"],
            id="spoil params",
        ),
        pytest.param(
            [f"UPDATE {T} SET personal = NULL WHERE seq = 5"],
            ["5 has lost its personal part, and no erasure", "5 is found by numbers"],
            id="erase without a word",
        ),
        pytest.param(
            [f"UPDATE {T} SET personal = NULL, digest = NULL WHERE seq = 5"],
            ["5 was changed", "5 is found by numbers"],
            id="erase its digest",
        ),
        pytest.param(
            [f"UPDATE {T} SET mac = repeat('0', 64) WHERE seq = 7"],
            ["7 was changed", "8 was changed"],
            id="change a seal",
        ),
        pytest.param(
            [f"UPDATE {T} SET key_id = 'other' WHERE seq = 7"],
            ["7 is sealed with the key 'other'"],
            id="name another key",
        ),
        pytest.param([f"DELETE FROM {T} WHERE seq = 4"], ["4 is missing: deleted"], id="delete"),
        pytest.param(
            [f"DELETE FROM {T} WHERE seq BETWEEN 4 AND 6"],
            ["4 to 6 are missing: deleted"],
            id="delete three",
        ),
        pytest.param([f"DELETE FROM {T} WHERE seq = 1"], ["1 is missing: deleted"], id="first"),
        pytest.param(
            [f"DELETE FROM {T} WHERE seq > 8"], ["9 to 10 are missing at the end"], id="cut the end"
        ),
        pytest.param(
            [
                f"DELETE FROM {T} WHERE seq = 4",
                f"UPDATE {T} SET seq = seq - 100 WHERE seq > 4",
                f"UPDATE {T} SET seq = seq + 99 WHERE seq < 0",
                "DELETE FROM signalwire_audit_numbers WHERE seq = 4",
                "UPDATE signalwire_audit_numbers SET seq = seq - 100 WHERE seq > 4",
                "UPDATE signalwire_audit_numbers SET seq = seq + 99 WHERE seq < 0",
                "UPDATE signalwire_audit_head SET seq = 9",
            ],
            [f"{seq} was changed" for seq in range(4, 10)],
            id="delete and close the gap",
        ),
        pytest.param(
            [
                f"UPDATE {T} SET seq = -3 WHERE seq = 3",
                f"UPDATE {T} SET seq = 3 WHERE seq = 7",
                f"UPDATE {T} SET seq = 7 WHERE seq = -3",
            ],
            [f"{seq} was changed" for seq in (3, 4, 7, 8)],
            id="swap",
        ),
        pytest.param(
            [f"INSERT INTO {T} (seq, {COPIED}) SELECT 11, {OTHERS} FROM {T} WHERE seq = 3"],
            ["11 was changed, or inserted", "11 was inserted"],
            id="insert",
        ),
        pytest.param(
            [f"INSERT INTO {T} (seq, at, kind, key_id, mac) VALUES (0, 'x', 'gap', 'x', 'x')"],
            ["0 was inserted"],
            id="insert before the first",
        ),
        pytest.param(
            ["DELETE FROM signalwire_audit_numbers WHERE seq = 1"],
            ["1 is not found by the numbers that it has"],
            id="hide from an erasure",
        ),
        pytest.param(
            ["UPDATE signalwire_audit_head SET mac = 'x'"],
            ["10 does not fit the journal's head"],
            id="change the head",
        ),
    ],
)
def test_tampering_is_named(app, store, run, statements, found) -> None:
    for statement in statements:
        if store.url.startswith("sqlite"):
            statement = statement.replace("repeat('0', 64)", "printf('%064d', 0)")
        store.sql(statement)
    output = run(app, "verify", code=1)
    for text in found:
        assert f"entry {text}" in output
    named = {line.split()[1] for line in output.splitlines() if line.startswith("entry ")}
    assert named == {text.split()[0] for text in found}


def test_a_head_that_is_gone_is_said(app, store, run, dial) -> None:
    store.sql("DELETE FROM signalwire_audit_head")
    assert "head is gone" in run(app, "verify", code=1)
    with pytest.raises(exceptions.PluginError, match="head is gone"):
        dial(app)


def test_a_cut_end_shows_with_a_checkpoint_alone(app, store, run, tmp_path) -> None:
    """Whoever has the database can put the head back, too; that is what checkpoints are for."""
    (tmp_path / "early").write_text(run(app, "checkpoint"))
    store.sql(f"DELETE FROM {T} WHERE seq > 6")
    store.sql("DELETE FROM signalwire_audit_numbers WHERE seq > 6")
    [(mac,)] = store.sql(f"SELECT mac FROM {T} WHERE seq = 6")
    store.sql("UPDATE signalwire_audit_head SET seq = 6, mac = :mac", mac=mac)
    assert "6 entries" in run(app, "verify")
    output = run(app, "verify", "--checkpoint", str(tmp_path / "early"), code=1)
    assert "entry 10 was there at the checkpoint" in output
    assert "the end was cut off" in output


def test_a_chain_that_was_written_anew_shows_with_a_checkpoint(
    app, store, run, dial, tmp_path
) -> None:
    """By somebody who has the key, say."""
    (tmp_path / "early").write_text(run(app, "checkpoint"))
    store.sql(f"DELETE FROM {T}")
    store.sql("DELETE FROM signalwire_audit_numbers")
    store.sql("UPDATE signalwire_audit_head SET seq = 0, mac = :mac", mac="0" * 64)
    for _ in range(5):
        dial(app)
    assert "10 entries" in run(app, "verify")
    output = run(app, "verify", "--checkpoint", str(tmp_path / "early"), code=1)
    assert "entry 10 is another one than at the checkpoint" in output


def test_checkpoints_that_fit(app, run, dial, tmp_path) -> None:
    points = run(app, "checkpoint")
    dial(app)
    points += run(app, "checkpoint")
    (tmp_path / "points").write_text(points)
    assert "12 entries" in run(app, "verify", "--checkpoint", str(tmp_path / "points"))
    assert "12 entries" in run(app, "verify", "--checkpoint", "-", input=points)


def test_a_forged_checkpoint_is_refused(app, run) -> None:
    point = json.loads(run(app, "checkpoint"))
    forged = json.dumps({**point, "seq": 4})
    assert "was not signed with a key" in run(
        app, "verify", "--checkpoint", "-", input=forged, code=1
    )
    for nonsense in ("{}", "[1]", "x", json.dumps({**point, "seq": "1"}), json.dumps({"a": 1})):
        assert "this is no checkpoint" in run(
            app, "verify", "--checkpoint", "-", input=nonsense, code=1
        )


def test_no_checkpoint_of_a_journal_whose_head_was_changed(app, store, run) -> None:
    store.sql("UPDATE signalwire_audit_head SET mac = 'x'")
    assert "does not fit" in run(app, "checkpoint", code=1)


def test_keys_are_rotated(store, make_app, dial, run) -> None:
    old, new = "the key of last year", "the key of this year"
    dial(make_app(**{**store.config, "SIGNALWIRE_AUDIT_KEY": old}))
    app = make_app(**{**store.config, "SIGNALWIRE_AUDIT_KEY": [new, old]})
    dial(app)
    assert "4 entries" in run(app, "verify")
    assert len(run(app, "export", "--number", "+34911234567").splitlines()) == 2
    stranger = make_app(**{**store.config, "SIGNALWIRE_AUDIT_KEY": "somebody else's key"})
    with pytest.raises(exceptions.PluginError, match="is sealed with the key") as raised:
        dial(stranger)
    assert raised.value.outcome == "not_sent"
    assert "entries 1 to 2 are sealed with the key" in run(stranger, "verify", code=1)


def test_without_a_setting_the_key_is_made_once(make_app, dial, run, tmp_path) -> None:
    dial(make_app(folder=tmp_path / "desk"))
    app = make_app(folder=tmp_path / "desk")
    dial(app)
    assert "4 entries" in run(app, "verify")
    file = tmp_path / "desk" / "signalwire-audit.key"
    assert file.stat().st_mode & 0o077 == 0
    file.unlink()
    with pytest.raises(exceptions.PluginError, match="is sealed with the key"):
        dial(make_app(folder=tmp_path / "desk"))


texts = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(
    rows=st.lists(
        st.tuples(texts, st.none() | st.floats(0, 1e9), st.none() | st.dictionaries(texts, texts)),
        max_size=6,
    )
)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_written_is_read_back_as_it_was(store, make_app, run, rows) -> None:
    app = make_app(**store.config)
    journal = app.extensions["signalwire_audit"]._journal
    for text, number, details in rows:
        values = {"who": text and text[:255], "elapsed": number}
        personal = {"params": {str(key): value for key, value in (details or {}).items()}}
        journal.append(Entry("gap", values, details=details and personal, personal=personal))
    assert "as they were written" in run(app, "verify") or not rows
