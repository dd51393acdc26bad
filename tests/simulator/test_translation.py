"""Sessions of live translation."""

from __future__ import annotations

import pytest


@pytest.fixture
def call(space):
    return space.simulator.inbound(from_="+34911234567", to="+12025550100")


def test_a_start_opens_a_session(space, start, call):
    assert call.translation is None
    answer = space.translate(call.id, start, status_url="https://example.com/status")
    assert (answer.status_code, answer.json["id"]) == (200, call.id)
    session = call.translation
    assert (session.from_lang, session.to_lang) == ("en-US", "es-ES")
    assert session.direction == ("local-caller", "remote-caller")
    assert session.status_url == "https://example.com/status"
    assert repr(session) == "<TranslationSession en-US to es-ES>"


def test_a_second_start_changes_nothing(space, start, call):
    space.translate(call.id, start)
    other = {"start": {**start["start"], "to_lang": "fr-FR"}}
    answer = space.translate(call.id, other)
    assert (answer.status_code, answer.json["id"]) == (200, call.id)
    assert call.translation.to_lang == "es-ES"
    assert len(call.translations) == 1


def test_stop_and_start_change_the_language(space, start, call):
    space.translate(call.id, start)
    assert space.translate(call.id, "stop").status_code == 200
    assert call.translation is None
    space.translate(call.id, {"start": {**start["start"], "to_lang": "fr-FR"}})
    assert call.translation.to_lang == "fr-FR"
    assert [session.to_lang for session in call.translations] == ["es-ES", "fr-FR"]


def test_a_session_keeps_what_it_was_told(space, start, call):
    space.translate(call.id, start)
    inject = {"message": "Un momento", "direction": "remote-caller"}
    summarize = {"webhook": "https://example.com/summary", "prompt": "In two sentences"}
    assert space.translate(call.id, {"inject": inject}).status_code == 200
    assert space.translate(call.id, {"inject": inject}).status_code == 200
    assert space.translate(call.id, {"summarize": summarize}).status_code == 200
    assert call.translation.injected == [inject, inject]
    assert call.translation.summaries == [summarize]


@pytest.mark.parametrize(
    "action",
    ["stop", {"summarize": {}}, {"inject": {"message": "Hola", "direction": "local-caller"}}],
)
def test_without_a_session_there_is_nothing_to_act_on(space, start, call, action):
    for _ in range(2):
        answer = space.translate(call.id, action)
        assert (answer.status_code, answer.json) == (404, {"error": "Not Found"})
        space.translate(call.id, start)
        space.translate(call.id, "stop")


def test_a_session_ends_with_the_call(space, start, call):
    space.translate(call.id, start)
    space.command("calling.end", call.id)
    assert call.translation is None
    assert [session.to_lang for session in call.translations] == ["es-ES"]


def test_a_session_ends_with_a_call_that_nobody_answers(space, start):
    call = space.simulator.calls[space.dial(timeout=2)["id"]]
    space.translate(call.id, start)
    assert call.translation is not None
    space.clock.advance(2)
    assert call.translation is None
