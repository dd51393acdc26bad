"""Whether the remote party speaks what was assumed."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_signalwire import events
from flask_signalwire.testing import Tester
from flask_signalwire_autolang import signals

SPANISH = "+34911234567"
GERMAN_WORDS = "ich möchte gerne wissen, wann mein Paket bei mir ankommt"


@dataclass(frozen=True)
class Utterance:
    """What flask-signalwire's event of the same name looks like."""

    call_id: str | None
    lang: str | None = None
    content: str | None = ""
    role: str | None = "remote-caller"
    final: bool | None = True
    confidence: float | None = 0.9


@pytest.fixture
def session(make_app, dial, start):
    """A session that assumes Spanish; says what is signalled."""
    shares: list[float] = []
    receivers = []

    def begin(**config):
        app = make_app(**config)
        call = dial(app, SPANISH)
        start(app, call.id)
        plugin = app.signalwire.plugins.get("autolang")
        told: list[tuple[str, str, str]] = []

        def receive(sender, call_id, assumed, heard, confidence, evidence):
            shares.append(confidence)
            told.append((call_id, assumed, heard))

        receivers.append(receive)
        signals.language_differs.connect(receive, app, weak=False)

        def hear(*utterances, **fields):
            for lang in utterances or ("",):
                plugin.hear(Utterance(call.id, lang, **fields))

        return app, call.id, hear, told

    yield begin
    for receive in receivers:
        signals.language_differs.disconnect(receive)
    assert all(0.8 <= share <= 1 for share in shares)


def test_two_utterances_in_a_row_in_another_language_are_told_once(session) -> None:
    _, call_id, hear, told = session()
    hear("de-DE")
    assert told == []
    hear("de-DE")
    assert told == [(call_id, "es-ES", "de-DE")]
    hear("de-DE", "de-DE", "es-ES", "de-AT", "de-AT")
    assert len(told) == 1
    hear("fr-FR", "fr-FR")
    assert told[1:] == [(call_id, "es-ES", "fr-FR")]


@pytest.mark.parametrize(
    ("langs", "fields"),
    [
        (["es-ES", "es-MX", "es"], {}),
        (["de-DE", "es-ES", "de-DE", "es-ES"], {}),
        (["de-DE", "fr-FR", "it-IT"], {}),
        (["de-DE"] * 3, {"role": "local-caller"}),
        (["de-DE"] * 3, {"role": None}),
        (["de-DE"] * 3, {"final": False}),
        (["de-DE"] * 3, {"confidence": 0.4}),
        (["xx", "multi", "", None, "eu"], {}),
        (["de-DE"] * 3, {"confidence": float("nan")}),
        (["de-DE"] * 3, {"confidence": 95}),
        (["de-DE"] * 3, {"confidence": "high"}),
    ],
)
def test_what_is_no_difference(session, langs, fields) -> None:
    _, _, hear, told = session()
    hear(*langs, **fields)
    assert told == []


def test_a_missing_confidence_and_a_missing_final_count_in_full(session) -> None:
    _, call_id, hear, told = session()
    hear("de-DE", "de-DE", confidence=None, final=None)
    assert told == [(call_id, "es-ES", "de-DE")]


def test_words_count_more_than_the_recognisers_tag(session) -> None:
    """A recogniser that listens for Spanish says Spanish, whatever it hears."""
    _, call_id, hear, told = session()
    hear("es-ES", "es-ES", content=GERMAN_WORDS)
    assert told == [(call_id, "es-ES", "de-DE")]


def test_a_few_words_do_not(session) -> None:
    _, _, hear, told = session()
    hear("es-ES", "es-ES", "es-ES", content="Guten Tag")
    assert told == []


def test_how_many_utterances_it_takes_is_a_setting(session) -> None:
    _, _, hear, told = session(SIGNALWIRE_AUTOLANG_SWITCH_AFTER=3)
    hear("de-DE", "de-DE")
    assert told == []
    hear("de-DE")
    assert len(told) == 1


def test_what_was_heard_decides_the_next_session(session, start) -> None:
    app, call_id, hear, told = session()
    hear("de-DE", "de-DE", "de-DE")
    app.signalwire.calling.live_translate(call_id, action="stop")
    assert start(app, call_id).to_lang == "de-DE"
    # And with that the row begins anew.
    hear("es-ES", "es-ES")
    assert told[-1] == (call_id, "de-DE", "es-ES")


def test_a_receiver_that_crashes_stops_nothing(session, caplog) -> None:
    app, _, hear, told = session()

    def crash(sender, **arguments):
        raise RuntimeError

    with signals.language_differs.connected_to(crash, app):
        hear("de-DE", "de-DE")
    assert len(told) == 1
    assert "of signalwire-language-differs raised RuntimeError" in caplog.text


def test_nothing_is_told_of_calls_without_a_session(session) -> None:
    app, _, _, told = session()
    plugin = app.signalwire.plugins.get("autolang")
    for call_id in (str(uuid4()), None, "", 5):
        for _ in range(3):
            plugin.hear(Utterance(call_id, "de-DE"))
    assert told == []


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            Utterance,
            call_id=st.none() | st.text(max_size=3) | st.integers(),
            lang=st.none() | st.text(max_size=8) | st.sampled_from(["de-DE", "es", "zh-Hant"]),
            content=st.none() | st.text(max_size=60) | st.integers(),
            role=st.sampled_from(["remote-caller", "local-caller", None]),
            final=st.sampled_from([True, False, None]),
            confidence=st.none() | st.floats() | st.text(max_size=3),
        ),
        max_size=5,
    )
)
def test_any_utterance_is_borne(plugin, utterances) -> None:
    for utterance in utterances:
        plugin.hear(utterance)


@pytest.fixture(scope="module")
def plugin(request):
    from flask import Flask

    from flask_signalwire import SignalWire

    app = Flask("desk")
    app.testing = True
    app.config.update(SIGNALWIRE_SPACE="simulator", SIGNALWIRE_PLUGINS_BLOCKED=["audit"])
    SignalWire(app)
    return app.signalwire.plugins.get("autolang")


def test_many_threads_are_told_once(session) -> None:
    _, _, hear, told = session()
    barrier = threading.Barrier(10)

    def speak():
        barrier.wait()
        hear("de-DE", "de-DE", "de-DE")

    threads = [threading.Thread(target=speak) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1


def test_utterances_that_come_to_the_app_are_heard(session) -> None:
    app, call_id, _, told = session()
    with Tester(app) as signalwire:
        for content in ("Guten Morgen", "Ist mein Paket da?"):
            signalwire.post(
                events.Utterance,
                call_id=call_id,
                role="remote-caller",
                lang="de-DE",
                content=content,
                confidence=0.95,
            )
    assert told == [(call_id, "es-ES", "de-DE")]
