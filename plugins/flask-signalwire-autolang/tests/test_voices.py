"""Voices that are bound to a language."""

from __future__ import annotations

import pytest

from flask_signalwire_autolang import VoiceMismatch

SPANISH = "+34911234567"


@pytest.mark.parametrize(
    ("voice", "speaks_spanish"),
    [
        ("elevenlabs.josh", True),
        ("openai.alloy:tts-1", True),
        ("azure.es-ES-ElviraNeural", True),
        ("azure.es-MX-DaliaNeural", True),
        ("Azure.EN-US-AriaNeural", False),
        ("gcloud.es-ES-Neural2-A", True),
        ("gcloud.cmn-CN-Standard-A", False),
        ("amazon.Lucia:neural:es-ES", True),
        ("amazon.Amy:generative:en-GB", False),
        ("amazon.Joanna", False),
        ("polly.Joanna", False),
        ("deepgram.aura-asteria-en", False),
        ("deepgram.aura-2-celeste-es", True),
        ("rime.luna:coda", True),
        ("rime.luna:mistv2", True),
        ("speechify.alicia:simba-3.0", True),
        ("speechify.alicia:simba-3.2", False),
        ("nobody-knows.this:one", True),
        ("no engine", True),
        ("", True),
    ],
)
def test_a_voice_must_speak_the_language_that_was_picked(
    make_app, dial, start, voice, speaks_spanish
) -> None:
    app = make_app()
    call = dial(app, SPANISH)
    if speaks_spanish:
        assert start(app, call.id, to_voice=voice).to_lang == "es-ES"
        return
    with pytest.raises(VoiceMismatch, match="es-ES was picked by number") as raised:
        start(app, call.id, to_voice=voice)
    assert "leave to_voice out, or pass one that speaks es-ES" in str(raised.value)
    assert raised.value.decision.to_lang == "es-ES"


def voices(app, call_id, **fields):
    leg = app.signalwire.calling.live_translate(
        call_id, action={"start": {"direction": ["remote-caller"], **fields}}
    )
    start = leg.command.param("action.start")
    decision = leg.command.state.get("autolang")
    return start.get("from_voice"), start.get("to_voice"), decision and decision.reason


def test_such_a_voice_may_be_left_out(make_app, dial) -> None:
    app = make_app(SIGNALWIRE_AUTOLANG_VOICE_MISMATCH="leave_out")
    from_voice, to_voice, reason = voices(
        app,
        dial(app, SPANISH).id,
        from_voice="azure.en-US-AriaNeural",
        to_voice="azure.en-US-AriaNeural",
    )
    assert (from_voice, to_voice) == ("azure.en-US-AriaNeural", None)
    assert reason.endswith("to_voice left out: it speaks en-us")


def test_a_voice_beside_a_language_that_was_given_is_the_callers_business(make_app, dial) -> None:
    app = make_app()
    given = voices(
        app, dial(app, SPANISH).id, from_lang="en-US", to_lang="es-ES", to_voice="amazon.Amy"
    )
    assert given == (None, "amazon.Amy", None)


def test_the_apps_voices_are_filled_in_with_their_language(make_app, dial) -> None:
    known = {"es": "azure.es-ES-ElviraNeural", "es-MX": "azure.es-MX-DaliaNeural"}
    app = make_app(SIGNALWIRE_AUTOLANG_VOICES=known)
    assert voices(app, dial(app, SPANISH).id)[:2] == (None, "azure.es-ES-ElviraNeural")
    assert voices(app, dial(app, "+525512345678").id)[1] == "azure.es-MX-DaliaNeural"
    assert voices(app, dial(app, "+493012345678").id)[1] is None
    assert voices(app, dial(app, SPANISH).id, to_voice="elevenlabs.josh")[1] == "elevenlabs.josh"
    # A language that was given keeps what was given with it: no voice.
    assert voices(app, dial(app, SPANISH).id, to_lang="es-ES")[1] is None
