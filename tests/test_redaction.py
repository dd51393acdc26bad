"""Nothing secret in text; telephone numbers masked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_signalwire.redaction import mask, mask_number, scrub, scrubbed_traceback


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call +34911234567 now", "call +34*******67 now"),
        ("call 0034911234567", "call 00*********67"),
        ("call +1 (202) 555-0100", "call +12*******00"),
        ("sip:+34911234567@e.org", "sip:+34*******67@e.org"),
        ("id 12345678-1234-4234-8234-123456789012", "id 12345678-1234-4234-8234-123456789012"),
        ("https://ana:hunter2@e.org/x", "https://[secret]@e.org/x"),
        ("https://e.org/?a=1&token=abc&b=2", "https://e.org/?a=1&token=[secret]&b=2"),
        ("at 2026-08-01T10:00:00", "at 2026-08-01T10:00:00"),
        ("timeout 1500", "timeout 1500"),
        ("to=%2B34911234567&x=1", "to=%2B34*******67&x=1"),
    ],
)
def test_free_text_is_scrubbed(text: str, shown: str) -> None:
    assert scrub(text) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("+34911234567", "+34*******67"),
        ("sip:ana@example.org", "sip:***@example.org"),
        ("sip:+34911234567@example.org", "sip:+34*******67@example.org"),
        ("tel:+34911234567", "tel:+34*******67"),
        ("112", "***"),
        ("client", "client"),
    ],
)
def test_addresses_are_masked(address: str, shown: str) -> None:
    assert mask(address, "number") == shown


def test_keys_that_sound_like_credentials_are_masked_at_every_depth() -> None:
    masked = mask({"a": [{"api_key": "x", "Authorization": "y", "keyboard": "z"}], "password": 5})
    assert masked == {
        "a": [{"api_key": "[secret]", "Authorization": "[secret]", "keyboard": "z"}],
        "password": "[secret]",
    }


def test_numbers_of_any_size_can_be_shown() -> None:
    assert mask([34600111222.0, 1e300, 10**5000, -(10**5000), float("inf"), 0.05]) == [
        "34*******22",
        "***",
        "***",
        "***",
        "***",
        0.05,
    ]


def test_a_key_can_be_a_number_too() -> None:
    assert mask({"+34911234567": {"+34911234567": 1}}) == {"+34*******67": {"+34*******67": 1}}


def test_numbers_that_are_integers_are_masked_too() -> None:
    assert mask({"to": 34911234567, "timeout": 30, "live": True}) == {
        "to": "34*******67",
        "timeout": 30,
        "live": True,
    }


@given(st.from_regex(r"\A\+[1-9][0-9]{6,14}\Z"))
def test_a_masked_number_keeps_its_length_and_four_digits(number: str) -> None:
    masked = mask_number(number)
    assert len(masked) == len(number)
    assert sum(character.isdigit() for character in masked) <= 4


@given(st.from_regex(r"\A\+[1-9][0-9]{7,14}\Z"), st.text(alphabet=" ,:;()'\"\n"), st.text(" \n,"))
def test_a_number_never_survives_in_text(number: str, before: str, after: str) -> None:
    assert number not in scrub(f"{before}{number}{after}")


def test_a_traceback_is_scrubbed() -> None:
    try:
        raise ValueError("no +34911234567 at https://u:hunter2@e.org")
    except ValueError as error:
        text = scrubbed_traceback(error)
    assert "ValueError" in text
    assert "test_redaction" in text
    assert text.splitlines()[-1] == "ValueError: no +34*******67 at https://[secret]@e.org"
