"""Commands are frozen, and extras let through what we do not know."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import FrozenInstanceError
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_signalwire.commands import TABLE, Command, CommandTable, freeze, thaw
from flask_signalwire.exceptions import ConfigurationError, PayloadError
from flask_signalwire.readonly import ReadOnlyDict, ReadOnlyList

from .corpus import CALL, START, start

COMMANDS = CommandTable()
TRANSLATE = COMMANDS["calling.live_translate"]
STARTS = [
    f"calling.{what}"
    for what in ("play", "record", "collect", "detect", "tap", "stream", "transcribe")
]


def test_what_the_caller_does_to_its_own_dict_later_changes_nothing() -> None:
    params = start()
    command = Command(TRANSLATE, CALL, params)
    params["action"]["start"]["to_lang"] = "fr-FR"
    params["action"]["start"]["direction"].append("nobody")
    params["action"]["start"]["direction"].pop()
    assert command.param("action.start.to_lang") == "es-ES"


def test_nothing_of_a_command_can_be_changed_in_place() -> None:
    command = Command(TRANSLATE, CALL, start())
    with pytest.raises(FrozenInstanceError):
        command.call_id = "x"  # type: ignore[misc]
    with pytest.raises(TypeError, match="with_param"):
        command.params["action"] = "stop"  # type: ignore[index]
    with pytest.raises(TypeError, match="read-only"):
        command.params["action"]["start"].pop("to_lang")
    with pytest.raises(TypeError, match="read-only"):
        command.params["action"]["start"]["direction"].append("x")


MUTATORS = [
    (ReadOnlyDict, name)
    for name in ("clear", "pop", "popitem", "setdefault", "update", "__setitem__", "__ior__")
] + [
    (ReadOnlyList, name)
    for name in ("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort")
]


@pytest.mark.parametrize(("kind", "method"), MUTATORS)
def test_every_mutator_refuses(kind: type[Any], method: str) -> None:
    with pytest.raises(TypeError, match="read-only"):
        getattr(kind(), method)()


def test_read_only_params_are_plain_json_to_everyone_else() -> None:
    params = Command(TRANSLATE, CALL, start()).params
    assert json.loads(json.dumps(params)) == start()
    assert params == start()
    assert isinstance(params, dict)
    thawed = copy.deepcopy(params)
    thawed["action"]["start"]["direction"].append("x")
    assert type(thaw(params)["action"]) is dict
    assert pickle.loads(pickle.dumps(params)) == params
    assert type(pickle.loads(pickle.dumps(params))["action"]) is ReadOnlyDict


def test_a_changed_copy_leaves_the_original_as_it_was() -> None:
    command = Command(TRANSLATE, CALL, {"action": {"start": {}}}, context={"user": "ana"})
    changed = command.with_param("action.start.to_lang", "es-ES")
    assert command.params == {"action": {"start": {}}}
    assert changed.params == {"action": {"start": {"to_lang": "es-ES"}}}
    assert (changed.id, changed.call_id, changed.context) == (command.id, CALL, {"user": "ana"})
    assert changed.state is command.state


def test_params_are_found_by_path() -> None:
    command = Command(TRANSLATE, CALL, {"action": "stop"})
    assert command.param("action") == "stop"
    assert command.param("action.start.to_lang") is None
    assert command.param("action.start.to_lang", "none") == "none"
    with pytest.raises(TypeError, match="`action` is not an object"):
        command.with_param("action.start.to_lang", "es-ES")


def test_with_param_makes_the_objects_on_its_way() -> None:
    command = Command(TRANSLATE, CALL, {}).with_param("action.start.to_lang", "es-ES")
    assert command.params == {"action": {"start": {"to_lang": "es-ES"}}}


def test_a_dict_inside_of_itself_is_refused() -> None:
    loop: dict[str, Any] = {}
    loop["loop"] = loop
    with pytest.raises(ValueError, match="inside of itself"):
        freeze(loop)
    chain: list[Any] = []
    chain.append(chain)
    with pytest.raises(ValueError, match="inside of itself"):
        freeze(chain)


def test_extras_pass_keys_that_we_do_not_know_at_any_depth() -> None:
    extras = {"brand_new": {"x": 1}, "action": {"start": {**START, "newer": [1], "mode": "m"}}}
    command = Command(TRANSLATE, CALL, extras, extras=extras)
    assert TRANSLATE.validate(command).params == extras


def test_extras_do_not_pass_what_we_know_to_be_wrong() -> None:
    extras = {"brand_new": 1, "status_url": 5}
    command = Command(TRANSLATE, CALL, {"action": "stop", **extras}, extras=extras)
    with pytest.raises(PayloadError) as caught:
        TRANSLATE.validate(command)
    assert [path for path, _ in caught.value.problems] == ["params.status_url"]


def test_extras_are_json_too() -> None:
    extras = {"brand_new": {1, 2}}
    command = Command(TRANSLATE, CALL, {"action": "stop", **extras}, extras=extras)
    with pytest.raises(PayloadError, match="a Python set, which JSON does not have"):
        TRANSLATE.validate(command)


def test_an_unknown_key_beside_extras_is_still_refused() -> None:
    extras = {"brand_new": 1}
    command = Command(TRANSLATE, CALL, {"action": "stop", "actoin": 1, **extras}, extras=extras)
    with pytest.raises(PayloadError) as caught:
        TRANSLATE.validate(command)
    assert [path for path, _ in caught.value.problems] == ["params.actoin"]


def test_the_bytes_to_send_are_made_by_validation_and_lost_by_a_change() -> None:
    command = Command(TRANSLATE, CALL, {"action": "stop"})
    assert command.body == b""
    valid = TRANSLATE.validate(command)
    assert json.loads(valid.body) == {
        "command": "calling.live_translate",
        "id": CALL,
        "params": {"action": "stop"},
    }
    assert valid.with_param("status_url", "https://e.org").body == b""


def test_a_table_names_the_nearest_command() -> None:
    with pytest.raises(LookupError, match=r"did you mean `calling.live_translate`"):
        COMMANDS["calling.live_translat"]


def test_two_rows_can_not_share_a_name_or_a_method() -> None:
    row = TABLE[0]
    with pytest.raises(ConfigurationError, match="two commands are named dial"):
        CommandTable([row])
    renamed = type(row)("calling.other", row.method, row.schema, False, "")
    with pytest.raises(ConfigurationError, match="share the method dial"):
        CommandTable([renamed])


TEXT = st.text(alphabet=st.characters(codec="utf-8"))


@given(
    password=TEXT.filter(lambda text: len(text) > 3),
    digits=st.from_regex(r"\A\+[1-9][0-9]{7,14}\Z"),
)
def test_a_commands_repr_shows_neither_password_nor_number(password: str, digits: str) -> None:
    command = Command(COMMANDS["dial"], None, {"from": digits, "to": digits, "password": password})
    assert digits not in repr(command)
    assert command.masked_params()["password"] == "[secret]"
    assert command.params["password"] == password


@pytest.mark.parametrize(
    ("name", "params", "seen"),
    [
        (
            "dial",
            {
                "from": "+14155550100",
                "to": "sip:ana@e.org",
                "password": "p",
                "timeout": 30,
                "url": "https://e.org",
                "swml": {"sections": {"main": [{"play": "say:Hi"}]}},
            },
            {("number", "+14155550100"), ("number", "sip:ana@e.org"), ("words", "say:Hi")},
        ),
        (
            "calling.play",
            {"play": [{"type": "tts", "params": {"text": "Hi", "language": "en-US"}}]},
            {("words", "Hi")},
        ),
        (
            "calling.live_translate",
            {"action": {"inject": {"message": "Hi", "direction": "local-caller"}}},
            {("words", "Hi")},
        ),
        ("calling.ai_sidecar", {"prompt": {"text": "Help", "api_key": "k"}}, {("words", "Help")}),
        ("calling.end", {"surprise": "Hi", "token": "t"}, {("words", "Hi")}),
    ],
)
def test_who_keeps_records_decides_how_numbers_and_words_are_shown(name, params, seen) -> None:
    asked = set()

    def show(kind: str, text: str) -> str:
        asked.add((kind, text))
        return f"<{kind}>"

    masked = json.dumps(Command(COMMANDS[name], None, params).masked_params(show))
    assert asked == seen
    assert not [text for _, text in seen if text in masked]
    usual = Command(COMMANDS[name], None, params)
    assert usual.masked_params(lambda kind, text: None) == usual.masked_params()


def test_what_the_sdk_takes_for_a_hold_is_written_as_the_contract_wants_it() -> None:
    spec = COMMANDS["calling.ai_hold"]
    assert spec.complete({"timeout": 300}) == {"timeout": "300"}
    assert spec.complete({"timeout": 0, "prompt": "p"}) == {"timeout": "0", "prompt": "p"}
    assert spec.complete({"timeout": "300"}) == {"timeout": "300"}


@pytest.mark.parametrize(
    "timeout", [-1, True, 1.5, 10**19, pytest.param(10**5000, id="endless"), "", "5s"]
)
def test_no_other_timeout_of_a_hold_is_made_up(timeout: Any) -> None:
    spec = COMMANDS["calling.ai_hold"]
    params = spec.complete({"timeout": timeout})
    with pytest.raises(PayloadError) as caught:
        spec.validate(Command(spec, CALL, params))
    assert [path for path, _ in caught.value.problems] == ["params.timeout"]


def test_audio_beside_record_is_put_inside_of_it() -> None:
    spec = COMMANDS["calling.record"]
    completed = spec.complete({"control_id": "r", "audio": {"beep": True}})
    assert completed == {"control_id": "r", "record": {"audio": {"beep": True}}}
    both = spec.complete({"control_id": "r", "audio": {}, "record": {"audio": {}}})
    with pytest.raises(PayloadError) as caught:
        spec.validate(Command(spec, CALL, both))
    assert [path for path, _ in caught.value.problems] == ["params.audio"]


@pytest.mark.parametrize("name", STARTS)
def test_what_starts_gets_a_control_id_of_its_own_unless_it_has_one(name: str) -> None:
    spec = COMMANDS[name]
    first, second = spec.complete({})["control_id"], spec.complete({})["control_id"]
    assert UUID(first) != UUID(second)
    assert spec.complete({"control_id": "mine"})["control_id"] == "mine"


def test_nothing_else_gets_one() -> None:
    for spec in COMMANDS:
        assert ("control_id" in spec.complete({})) is (spec.name in STARTS), spec.name
