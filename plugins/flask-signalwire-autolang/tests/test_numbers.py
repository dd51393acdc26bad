"""From a number to a language."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from flask_signalwire import Command, CommandSpec, PayloadSchema, exceptions
from flask_signalwire_autolang import Autolang


class _Start(PayloadSchema):
    pass


SPEC = CommandSpec("calling.live_translate", "live_translate", _Start, True, "Translate.")


@pytest.fixture(scope="module")
def plugin():
    autolang = Autolang()
    autolang.signalwire_setup(Flask("desk"))
    return autolang


def decide(plugin, number):
    command = Command(
        SPEC, call_id="x", params={"action": {"start": {}}}, context={"remote_number": number}
    )
    plugin.signalwire_prepare_command(command)
    return command.state["autolang"]


@pytest.mark.parametrize(
    ("number", "tag"),
    [
        ("+34 911 23 45 67", "es-ES"),
        ("tel:+34-911-234-567", "es-ES"),
        ("+493012345678", "de-DE"),
        ("+12125552368", "en-US"),
        ("+14165550123", "en-CA"),
        ("+525512345678", "es-MX"),
        ("+551123456789", "pt-BR"),
        ("+351211234567", "pt-PT"),
        ("+861012345678", "zh-CN"),
        ("+886212345678", "zh-TW"),
        ("+85221234567", "zh-HK"),
        ("+82212345678", "ko-KR"),
        ("+4721234567", "nb-NO"),
        ("+41446681800", "de-CH"),
        ("+3222345678", "nl-BE"),
        ("+381113456789", "sr-RS"),
        ("+998711234567", "uz-UZ"),
        ("+595212345678", "es-PY"),
        ("+256312345678", "en-UG"),
        ("+221301012345", "fr-SN"),
        ("+358912345678", "fi-FI"),
        ("+442079460958", "en-GB"),
        # Official in a part only, spoken by too few, or by equally many: not to be assumed.
        ("+27101234567", None),
        ("+233302345678", None),
        ("+911123456789", None),
        # The country is known by its calling code alone.
        ("+34555123456", "es-ES"),
        ("+44555123456", None),
        ("+3491", None),
        ("+4912", None),
    ],
)
def test_known_numbers(plugin, number, tag) -> None:
    assert decide(plugin, number).to_lang == tag


def test_a_number_that_is_not_assigned_says_less(plugin) -> None:
    assert decide(plugin, "+34555123456").confidence < decide(plugin, "+34911234567").confidence


@given(st.text() | st.from_regex(r"\+?[0-9 ().-]{0,20}", fullmatch=True))
@example("+" * 300)
@example("+34911234567;ext=5;phone-context=+49")
@example("\uff0b\uff13\uff14\uff19\uff11\uff11\uff12\uff13\uff14\uff15\uff16\uff17")
def test_any_text_is_decided_or_not_and_never_shown(plugin, number) -> None:
    decision = decide(plugin, number)
    assert decision.to_lang is None or re.fullmatch("[a-z]{2,3}-[A-Z]{2}", decision.to_lang)
    assert 0 <= decision.confidence <= 1
    assert (decision.to_lang is None) == (decision.confidence == 0)
    assert decision.evidence.isprintable()
    digits = re.sub(r"\D", "", number)
    if len(digits) >= 7:
        assert digits not in re.sub(r"\D", "", decision.evidence)


@given(st.integers(1, 999), st.integers(0, 10**11))
def test_any_number_is_decided_or_not(plugin, code, rest) -> None:
    decision = decide(plugin, f"+{code}{rest}")
    assert decision.to_lang is None or decision.to_lang[-2:] == decision.evidence[-2:]


# -- settings -------------------------------------------------------------------------------------


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


# -- the command line -----------------------------------------------------------------------------


def test_language(make_app) -> None:
    runner = make_app(SIGNALWIRE_AUTOLANG_REGIONS={"CH": "fr-CH"}).test_cli_runner()
    result = runner.invoke(args=["signalwire", "language", "+34911234567"])
    assert result.exit_code == 0
    assert result.output.startswith("es-ES (+34*******67, ES), confidence 0.99: es is official")
    result = runner.invoke(args=["signalwire", "language", "+41446681800"])
    assert result.output.startswith("fr-CH (+41*******00, CH), confidence 1.00: SIGNALWIRE_AUTO")
    result = runner.invoke(args=["signalwire", "language", "+911123456789"])
    assert result.exit_code == 1
    assert "undecided (+91********89, IN): no official language" in result.output
    assert "SIGNALWIRE_AUTOLANG_REGIONS['IN']" in result.output
