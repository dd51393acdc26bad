"""Our schemas against the contract: nothing that it allows is refused, nothing forbidden passes."""

from __future__ import annotations

import copy
import json
from typing import Any

import marshmallow
import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, pre_load

from flask_signalwire.commands import TABLE, Command, CommandTable, PayloadSchema, fields
from flask_signalwire.commands.schemas import media
from flask_signalwire.exceptions import PayloadError, flatten

from .corpus import ALLOWED, CALL, FORBIDDEN, start

COMMANDS = CommandTable()


def _command(name: str, params: dict[str, Any]) -> Command:
    spec = COMMANDS[name]
    return Command(spec, CALL if spec.takes_id else None, params)


@pytest.mark.parametrize(("name", "params"), ALLOWED)
def test_what_the_contract_allows_is_sent_as_it_is(name: str, params: dict[str, Any]) -> None:
    command = _command(name, params)
    expected: dict[str, Any] = {"command": name}
    if command.spec.takes_id:
        expected["id"] = CALL
    expected["params"] = params
    # Byte for byte: in the order that it was written in, too.
    assert command.spec.validate(command).body == json.dumps(expected).encode()


@pytest.mark.parametrize(("name", "params", "path"), FORBIDDEN)
def test_what_the_contract_forbids_is_refused_at_its_path(
    name: str, params: dict[str, Any], path: str
) -> None:
    command = _command(name, params)
    with pytest.raises(PayloadError) as caught:
        command.spec.validate(command)
    expected = f"params.{path}" if path else "params"
    found = [place for place, _ in caught.value.problems]
    assert expected in found
    assert all(place.startswith(expected) or expected.startswith(place) for place in found)
    assert caught.value.outcome == "not_sent"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(name=st.sampled_from([spec.name for spec in TABLE]), params=st.dictionaries(st.text(), JSON))
def test_any_object_is_either_sent_whole_or_refused_with_reasons(
    name: str, params: dict[str, Any]
) -> None:
    command = _command(name, params)
    try:
        sent = json.loads(command.spec.validate(command).body)
    except PayloadError as error:
        problems = error.problems
    else:
        assert sent["params"] == params
        return
    assert problems
    assert all(text for _, text in problems)


@given(
    case=st.sampled_from(ALLOWED),
    key=st.text(min_size=1).filter(lambda key: key.isidentifier()),
    value=JSON,
    data=st.data(),
)
def test_one_more_key_anywhere_is_refused(
    case: tuple[str, dict[str, Any]], key: str, value: Any, data: st.DataObject
) -> None:
    name, params = copy.deepcopy(case)
    spec = COMMANDS[name]
    places = [params]
    action = params.get("action")
    if isinstance(action, dict):
        places += list(action.values())
    place = data.draw(st.sampled_from(places))
    known = {
        *spec.payload.keys,
        *(
            field
            for choice in ("start", "summarize", "inject")
            for field in COMMANDS["calling.live_translate"]
            .payload.keys["action"]
            .choices[choice]
            .schema.keys
        ),
    }
    if key in known:
        return
    place[key] = value
    with pytest.raises(ValidationError) as caught:
        spec.load(params)
    assert any(path.endswith(key) for path, _ in flatten(caught.value.messages))


@given(
    field=st.sampled_from(["from_lang", "to_lang", "direction", "live_events", "vad_thresh"]),
    value=JSON,
)
def test_a_value_of_another_type_is_refused(field: str, value: Any) -> None:
    types = {"direction": list, "live_events": bool, "vad_thresh": int}
    wanted = types.get(field, str)
    if type(value) is wanted:
        return
    with pytest.raises(ValidationError) as caught:
        COMMANDS["calling.live_translate"].load(start(**{field: value}))
    assert [path for path, _ in flatten(caught.value.messages)] == [f"action.start.{field}"]


@pytest.mark.parametrize(
    ("given_tag", "sent"),
    [
        ("es_ES", "es-ES"),
        ("es-es", "es-ES"),
        ("ES_es", "es-ES"),
        ("zh_hant_tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("es", "es"),
        ("multi", "multi"),
        ("cmn-CN", "cmn-CN"),
        ("en-GB-oxendict", "en-GB-oxendict"),
    ],
)
def test_tags_are_normalised_only_where_that_is_safe(given_tag: str, sent: str) -> None:
    loaded = COMMANDS["calling.live_translate"].load(start(to_lang=given_tag))
    assert loaded["action"]["start"]["to_lang"] == sent


@given(st.text(min_size=1).filter(str.strip))
def test_a_region_is_never_invented(tag: str) -> None:
    try:
        loaded = COMMANDS["calling.live_translate"].load(start(to_lang=tag))
    except ValidationError:
        return
    sent = loaded["action"]["start"]["to_lang"]
    assert sent.replace("-", "").lower() == tag.replace("-", "").replace("_", "").lower() or (
        sent == tag
    )


def test_several_problems_are_reported_at_once_in_the_order_of_the_payload() -> None:
    command = Command(
        COMMANDS["calling.live_translate"],
        "no-uuid",
        {"status_url": "x", "action": {"start": {"to_langg": "es-ES", "vad_thresh": "loud"}}},
    )
    with pytest.raises(PayloadError) as caught:
        command.spec.validate(command)
    assert [path for path, _ in caught.value.problems] == [
        "call_id",
        "params.status_url",
        "params.action.start.to_langg",
        "params.action.start.vad_thresh",
        "params.action.start.direction",
        "params.action.start.from_lang",
        "params.action.start.to_lang",
    ]
    text = str(caught.value)
    assert "live_translate was not sent: 7 problems" in text
    assert "params.action.start.to_langg: unknown key; did you mean `to_lang`?" in text
    assert "such as es-ES" in text


def test_messages_are_nested_as_marshmallow_users_know_them() -> None:
    command = _command("dial", {"from": 5, "to": "+34911234567", "url": "https://e.org"})
    with pytest.raises(PayloadError) as caught:
        command.spec.validate(command)
    assert list(caught.value.messages) == ["params"]
    assert list(caught.value.messages["params"]) == ["from"]


def test_dial_names_no_call_outside_of_its_params() -> None:
    command = Command(COMMANDS["dial"], CALL, dict(ALLOWED[-1][1]))
    with pytest.raises(PayloadError, match="call_id: given; expected none"):
        command.spec.validate(command)


def test_a_missing_call_id_is_said_so() -> None:
    command = Command(COMMANDS["calling.end"], None, {})
    with pytest.raises(PayloadError, match="call_id: null; expected a uuid"):
        command.spec.validate(command)


def test_errors_show_neither_secrets_nor_numbers() -> None:
    command = _command(
        "dial",
        {
            "from": ["+12025550177"],
            "to": "+34911234567",
            "url": "https://user:hunter2@e.org/?token=abc",
            "password": 12345,
            "send_digits": "pin 9876",
            "status_url": "ftp://user:hunter2@e.org/?token=abc",
        },
    )
    with pytest.raises(PayloadError) as caught:
        command.spec.validate(command)
    text = f"{caught.value} {caught.value.command!r}"
    for secret in ("2025550177", "911234567", "hunter2", "abc", "9876", "12345"):
        assert secret not in text


@given(case=st.sampled_from(ALLOWED), key=st.text(max_size=3), value=JSON, data=st.data())
def test_the_short_way_through_a_schema_gives_what_marshmallows_whole_way_gives(
    case: tuple[str, dict[str, Any]], key: str, value: Any, data: st.DataObject
) -> None:
    name, params = copy.deepcopy(case)
    schema = COMMANDS[name].payload
    places = [params, *(inner for inner in params.values() if isinstance(inner, dict))]
    place = data.draw(st.sampled_from(places))
    place[data.draw(st.sampled_from([key, *place]))] = value

    def outcome(load: Any) -> tuple[str, Any]:
        try:
            return "loaded", load(params)
        except ValidationError as error:
            return "refused", error.messages

    assert outcome(schema.load) == outcome(lambda params: schema.load(params, partial=None))


def test_a_schema_of_a_plugin_may_use_all_of_marshmallow() -> None:
    class Odd(PayloadSchema):
        text = fields.Text()
        number = marshmallow.fields.Integer()

        @pre_load
        def _rename(self, data: Any, **kwargs: Any) -> Any:
            return {"text": data["txt"], "number": data["number"]}

    assert Odd().load({"txt": "a", "number": "5"}) == {"text": "a", "number": 5}


SHORTCUTS = [
    fields.Text(),
    fields.Text(blank=False),
    fields.Choice("a", "a b", "[x]"),
    fields.Url(),
    fields.Uuid(),
    fields.LanguageTag(),
    fields.Number(-1, 2.5),
    fields.Integer(0),
    media.Above(1),
    fields.ListOf(fields.Integer()),
    fields.ListOf(fields.Text(), empty=False),
    fields.Object(media.PlayRingtone),
    fields.Keyed({"a": fields.Text(), "b": fields.Integer()}, words=("a b",)),
    fields.Tagged({"a": media.PlayTts, "x": media.PlaySilence}),
]
NEAR = (
    JSON
    | st.text(max_size=12)
    | st.from_regex(r"[a-z]{2,5}://[a-z.:@\[\]0-9]{0,12}[ -~]{0,6}", fullmatch=True)
    | st.from_regex(r"[a-zA-Z]{2,3}[-_][a-zA-Z]{2}\n?", fullmatch=True)
    | st.uuids().map(str)
    | st.sampled_from(
        ["a", "a b", "[x]", "x", "a\n", "http://e.org", "http://:1", "http://a:99999", "\ud800"]
    )
    | st.lists(st.integers() | st.text(max_size=1), max_size=2)
    | st.dictionaries(st.sampled_from(["a", "b", "name"]), JSON | st.just("us"), max_size=2)
    | st.fixed_dictionaries(
        {
            "type": st.sampled_from(["a", "x", "y"]) | JSON,
            "params": st.dictionaries(st.sampled_from(["text", "duration"]), JSON, max_size=2),
        }
    )
)


@given(field=st.sampled_from(SHORTCUTS), value=NEAR)
def test_a_quick_test_passes_only_what_is_sent_as_it_is(
    field: fields.JSONField, value: Any
) -> None:
    test = field.quick()
    assert test is not None
    try:
        passed = test(value)
    except (ValidationError, TypeError, ValueError, LookupError):
        return
    if passed:
        assert field.check(value) == value


def test_a_plugins_own_check_is_asked_for_every_value() -> None:
    class Shouted(fields.Text):
        def check(self, value: Any) -> str:
            return super().check(value).upper()

    class Payload(PayloadSchema):
        text = Shouted()

    assert Payload().load({"text": "hello"}) == {"text": "HELLO"}
