"""From a number to a language."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flask_signalwire import SignalWire
from flask_signalwire_autolang import numbers


@pytest.fixture(scope="module", params=["phonenumbers", "tables"])
def find(request):
    """What numbers lead to, with the package phonenumbers and without."""
    app = Flask("desk")
    app.testing = True
    app.config.update(SIGNALWIRE_SPACE="simulator", SIGNALWIRE_PLUGINS_BLOCKED=["audit"])
    SignalWire(app)
    chooser = app.signalwire.plugins.get("autolang").chooser

    def ask(number):
        with pytest.MonkeyPatch.context() as patch:
            if request.param == "tables":
                patch.setattr(numbers, "has_phonenumbers", lambda: False)
            return chooser.choose(chooser.inquire(None, {"remote_number": number}))

    return ask


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
        ("+3292345678", "nl-BE"),
        ("+3222345678", "fr-BE"),
        ("+381113456789", "sr-RS"),
        # Uzbek is not in the list of languages.
        ("+998711234567", None),
        ("+595212345678", "es-419"),
        ("+256312345678", "en-GB"),
        ("+221301012345", "fr-FR"),
        ("+358912345678", "fi-FI"),
        ("+442079460958", "en-GB"),
        # Official in a part only, spoken by too few, or by equally many: not to be assumed.
        ("+27101234567", None),
        ("+233302345678", None),
        ("+911123456789", None),
        # Areas that speak otherwise than their country.
        ("+15145550100", "fr-CA"),
        ("+14185550100", "fr-CA"),
        ("+41223456789", "fr-CH"),
        ("+41912345678", "it-CH"),
        ("+41791234567", "de-CH"),
        ("+3281234567", "fr-BE"),
        ("+32470123456", "nl-BE"),
        # Official, but not in the list of languages; half of the people speak another one.
        ("+352621123456", "fr-FR"),
        ("+80012345678", None),
        ("+18002345678", None),
        ("+3491", None),
        ("+4912", None),
        ("34911234567", None),
    ],
)
def test_known_numbers(find, number, tag) -> None:
    assert find(number).tag == tag


def test_a_number_that_is_not_assigned_says_less(make_app) -> None:
    chooser = make_app().signalwire.plugins.get("autolang").chooser

    def confidence(number: str) -> float:
        return chooser.choose(chooser.inquire(None, {"remote_number": number})).confidence

    assert 0 < confidence("+34555123456") < confidence("+34911234567")
    assert confidence("+44555123456") == 0


@settings(deadline=None)
@given(st.text() | st.from_regex(r"\+?[0-9 ().-]{0,20}", fullmatch=True))
@example("+" * 300)
@example("+34911234567;ext=5;phone-context=+49")
@example("\uff0b\uff13\uff14\uff19\uff11\uff11\uff12\uff13\uff14\uff15\uff16\uff17")
def test_any_text_is_decided_or_not_and_never_shown(find, number) -> None:
    finding = find(number)
    assert finding.tag is None or re.fullmatch("[a-z]{2,3}-([A-Z]{2}|419)", finding.tag)
    assert 0 <= finding.confidence <= 1
    assert (finding.tag is None) == (finding.confidence == 0)
    assert finding.evidence.isprintable()
    digits = re.sub(r"\D", "", number)
    if len(digits) >= 7:
        assert digits not in re.sub(r"\D", "", finding.evidence + finding.reason)


@settings(deadline=None)
@given(st.integers(1, 999), st.integers(0, 10**11))
def test_any_number_is_decided_or_not(find, code, rest) -> None:
    finding = find(f"+{code}{rest}")
    assert finding.tag is None or finding.confidence >= 0.5


@settings(deadline=None)
@given(st.integers(0, 10**9 - 1))
def test_the_tables_agree_with_phonenumbers(rest) -> None:
    """Of numbers that are somebody's; the tables were made from what phonenumbers knew then."""
    number = f"+34{rest:09}"
    known = numbers._by_phonenumbers(number)
    if known.region is not None and known.assigned:
        assert numbers._by_prefix(number).region == known.region


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("+77011234567", "KZ"),
        ("+79161234567", "RU"),
        ("+441534960194", "JE"),
        ("+18765230123", "JM"),
        ("+12425021234", "BS"),
    ],
)
def test_shared_calling_codes_are_told_apart_without_phonenumbers(number, region) -> None:
    assert numbers._by_prefix(number).region == region
