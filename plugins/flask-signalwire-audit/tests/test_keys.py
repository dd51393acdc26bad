"""Keys that are lost, changed or moved: what is said of it, and that nothing is made worse."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from flask_signalwire import exceptions

KEY_FILE = "signalwire-audit.key"


@pytest.fixture
def folder(make_app, dial, tmp_path: Path) -> Path:
    """An instance folder with a journal of two commands."""
    app = make_app(folder=tmp_path / "desk")
    dial(app)
    dial(app)
    return tmp_path / "desk"


@pytest.fixture
def without(folder: Path, tmp_path: Path) -> Path:
    """A copy of it without its key."""
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / KEY_FILE).unlink()
    return copy


def of(folder: Path) -> dict[str, str]:
    return {"SIGNALWIRE_AUDIT_URL": f"sqlite:///{folder}/signalwire-audit.sqlite"}


def test_a_lost_key_is_one_line_and_no_tampering(make_app, run, without) -> None:
    said = run(make_app(**of(without)), "verify", code=1).splitlines()
    assert len(said) == 2
    assert said[0].startswith("entries 1 to 4 are sealed with the key '")
    assert f"is missing: it was kept in {without / KEY_FILE}; put that file back" in said[0]
    assert said[1] == "Error: 4 entries, 1 to 4: 1 problems"


@pytest.mark.parametrize(
    "command",
    [
        ["verify"],
        ["checkpoint"],
        ["list", "--number", "+34911234567"],
        ["erase", "--number", "+34911234567"],
        ["purge", "--older-than", "0s"],
    ],
    ids=lambda command: command[0],
)
def test_no_key_is_made_where_entries_are(make_app, run, without, command) -> None:
    """And what depends on the key doesn't say that there is nothing."""
    said = run(make_app(**of(without)), *command, code=1)
    assert f"is missing: it was kept in {without / KEY_FILE}" in said
    assert not (without / KEY_FILE).exists()


def test_what_does_not_need_the_key_is_read_without_it(make_app, run, without) -> None:
    app = make_app(**of(without))
    assert len(run(app, "export").splitlines()) == 2
    assert not (without / KEY_FILE).exists()


@pytest.mark.parametrize("numbers", ["masked", "hashed"])
def test_a_command_is_stopped_without_a_traceback(
    make_app, dial, without, caplog, numbers: str
) -> None:
    app = make_app(**of(without), SIGNALWIRE_AUDIT_NUMBERS=numbers)
    with pytest.raises(exceptions.PluginError, match="is missing: it was kept in") as raised:
        dial(app)
    assert raised.value.outcome == "not_sent"
    assert "Traceback" not in caplog.text
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert not (without / KEY_FILE).exists()
    assert app.signalwire.check_health()["audit"].status == "fail"


def test_another_key_in_the_file_is_named(make_app, dial, run, without) -> None:
    (without / KEY_FILE).write_text("somebody else's key\n", encoding="utf-8")
    app = make_app(**of(without))
    said = run(app, "verify", code=1)
    assert f"which is not the one in {without / KEY_FILE}; put the file back" in said
    assert "was changed" not in said
    with pytest.raises(exceptions.PluginError, match="which is not the one in"):
        dial(app)


def test_a_single_entry_of_an_unknown_key_may_be_tampered_with(make_app, run, folder: Path) -> None:
    engine = create_engine(of(folder)["SIGNALWIRE_AUDIT_URL"])
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE signalwire_audit_entries SET key_id = 'other' WHERE seq = 3"
        )
    engine.dispose()
    said = run(make_app(**of(folder)), "verify", code=1)
    assert "entry 3 is sealed with the key 'other', which is not known" in said
    assert "put" not in said  # there is nothing to put back


def test_a_checkpoint_without_the_key_says_so(make_app, run, folder, without, tmp_path) -> None:
    points = tmp_path / "points"
    points.write_text(run(make_app(**of(folder)), "checkpoint"), encoding="utf-8")
    said = run(make_app(**of(without)), "verify", "--checkpoint", str(points), code=1)
    assert "is missing: it was kept in" in said


def test_from_the_key_file_to_a_key_of_ones_own(make_app, dial, run, folder) -> None:
    """The documentation's recipe."""
    new = "a key that nobody guesses"
    hasty = make_app(**of(folder), SIGNALWIRE_AUDIT_KEY=new)
    with pytest.raises(exceptions.PluginError) as raised:
        dial(hasty)
    assert f"add it there: it is the text of {folder / KEY_FILE}" in str(raised.value)
    old = (folder / KEY_FILE).read_text(encoding="utf-8")
    (folder / KEY_FILE).unlink()
    app = make_app(**of(folder), SIGNALWIRE_AUDIT_KEY=json.loads(f'["{new}", "{old}"]'))
    dial(app)
    assert "6 entries, 1 to 6: as they were written" in run(app, "verify")
    assert len(run(app, "export", "--number", "+34911234567").splitlines()) == 3
    both = {entry["key_id"] for entry in _entries(folder)}
    assert len(both) == 2
    assert not (folder / KEY_FILE).exists()


def _entries(folder: Path) -> list[dict[str, str]]:
    engine = create_engine(of(folder)["SIGNALWIRE_AUDIT_URL"])
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT key_id FROM signalwire_audit_entries")
        rows = [dict(row) for row in found.mappings()]
    engine.dispose()
    return rows


def test_an_empty_journal_is_read_without_making_a_key(make_app, run, tmp_path) -> None:
    app = make_app(folder=tmp_path / "new")
    assert run(app, "list", "--number", "+34911234567") == "No commands.\n"
    assert run(app, "verify") == "no entries\n"
    assert run(app, "erase", "--number", "+34911234567").startswith("The personal data of 0")
    assert not (tmp_path / "new" / KEY_FILE).exists()
