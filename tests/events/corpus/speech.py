"""What is said, and its summaries."""

from __future__ import annotations

from typing import Any

from flask_signalwire import events
from flask_signalwire.events import Event

from .samples import (
    AT,
    CALL,
    MICROSECONDS,
    SECONDS,
    Sample,
    enveloped,
)

SAID = {
    "content": "Necesito ayuda",
    "confidence": 0.93,
    "role": "remote-caller",
    "lang": "es-ES",
    "timestamp": MICROSECONDS,
}
HEARD = {**SAID, "timestamp": AT}
TRANSLATED = {
    "original": "Necesito ayuda",
    "original_lang": "es-ES",
    "role": "remote-caller",
    "timestamp": AT,
}


def spoken(name: str, utterance: Any, *made: tuple[type[Event], dict[str, Any]], **beside: Any):
    """A payload of a live session."""
    payload = {"call_info": {"call_id": CALL}, "utterance": utterance, **beside}
    return Sample(name, payload, [(kind, {"call_id": CALL, **found}) for kind, found in made])


def translated(name: str, utterance: dict[str, Any], *texts: tuple[Any, str], **beside: Any):
    """One with its translations, by language."""
    return spoken(
        name,
        {**SAID, **utterance},
        (events.Utterance, HEARD),
        *((events.Translation, {**TRANSLATED, "lang": lang, "content": t}) for lang, t in texts),
        **beside,
    )


HELP = "I need help"
SPEECH = [
    spoken("an utterance", SAID, (events.Utterance, HEARD)),
    Sample(
        "an utterance whose call is in channel_data, after the call",
        {
            "channel_data": {
                "call_id": CALL,
                "SWMLVars": {"record_call_url": "https://e.org/r"},
                "call_end_date": MICROSECONDS,
            },
            "utterance": SAID,
        },
        [
            (
                events.Utterance,
                {
                    "call_id": CALL,
                    **HEARD,
                    "record_call_url": "https://e.org/r",
                    "call_end_date": AT,
                },
            )
        ],
    ),
    spoken(
        "a part of an utterance",
        {**SAID, "final": False},
        (events.Utterance, {**HEARD, "final": False}),
    ),
    spoken(
        "another spelling of it",
        {**SAID, "is_final": False},
        (events.Utterance, {**HEARD, "final": False}),
    ),
    spoken("a final one", {**SAID, "final": True}, (events.Utterance, HEARD)),
    spoken(
        "milliseconds, and the confidence beside it",
        {"content": "Hello", "role": "local-caller", "timestamp": MICROSECONDS // 1000},
        (
            events.Utterance,
            {"content": "Hello", "role": "local-caller", "timestamp": AT, "confidence": 0.5},
        ),
        confidence=0.5,
    ),
    spoken("an utterance beside params", SAID, (events.Utterance, HEARD), params={"x": 1}),
    Sample(
        "an utterance among params",
        {"params": {"call_id": CALL, "utterance": SAID}},
        [(events.Utterance, {"call_id": CALL, **HEARD})],
    ),
    spoken("an utterance as text", "Hello", (events.Utterance, {"content": "Hello"})),
    spoken(
        "a part of an utterance with its translation",
        {**SAID, "final": False, "translation": HELP},
        (events.Utterance, {**HEARD, "final": False}),
        (events.Translation, {**TRANSLATED, "content": HELP, "final": False}),
    ),
    translated("no translation", {"translation": None}),
    translated(
        "a translation within", {"translation": {"lang": "en-US", "content": HELP}}, ("en-US", HELP)
    ),
    translated("its text", {"translation": {"lang": "en-US", "text": HELP}}, ("en-US", HELP)),
    translated("a translation as text", {"translation": HELP}, (None, HELP)),
    translated("translated", {"translated": HELP}, (None, HELP)),
    translated("translated_text", {"translated_text": HELP}, (None, HELP)),
    translated("a translation beside", {}, (None, HELP), translated_text=HELP),
    translated(
        "translations, listed",
        {"translations": [{"lang": "en", "text": HELP}, {"lang": "fr", "content": "À l'aide"}]},
        ("en", HELP),
        ("fr", "À l'aide"),
    ),
    translated(
        "translations, by language",
        {"translations": {"en-US": HELP, "fr": {"content": "À l'aide"}}},
        ("en-US", HELP),
        ("fr", "À l'aide"),
    ),
    translated("the same twice", {"translation": HELP}, (None, HELP), translation=HELP),
]

SUMMARY = "The caller asked for help."
INTERIM, FINAL = {"call_end_date": 0}, {"call_end_date": MICROSECONDS}


def summarised(name: str, payload: dict[str, Any], *texts: Any, **found: Any) -> Sample:
    """A payload with summaries: a text, or language and text."""
    pairs = [text if isinstance(text, tuple) else (None, text) for text in texts]
    return Sample(
        name,
        {"call_info": {"call_id": CALL}, **payload},
        [
            (events.ConversationSummary, {"call_id": CALL, "lang": lang, "text": text, **found})
            for lang, text in pairs
        ],
    )


SUMMARIES = [
    *(
        summarised(f"{key}, {shape} at the top", {key: value}, SUMMARY)
        for key in ("conversation_summary", "ai_summary", "summary")
        for shape, value in (
            ("text", SUMMARY),
            ("object with text", {"text": SUMMARY}),
            ("object with content", {"content": SUMMARY}),
        )
    ),
    summarised("an object with summary", {"ai_summary": {"summary": SUMMARY}}, SUMMARY),
    *(
        summarised(f"in {place}", {place: {"conversation_summary": SUMMARY}}, SUMMARY)
        for place in ("params", "channel_data", "conversation_log")
    ),
    summarised(
        "an interim summary", {"ai_summary": SUMMARY, "channel_data": INTERIM}, SUMMARY, final=False
    ),
    summarised(
        "a final summary",
        {"ai_summary": SUMMARY, "channel_data": FINAL},
        SUMMARY,
        final=True,
        call_end_date=AT,
    ),
    summarised(
        "a final summary in channel_data",
        {"channel_data": {"ai_summary": {"text": SUMMARY}, "call_end_date": SECONDS}},
        SUMMARY,
        final=True,
        call_end_date=AT,
    ),
    summarised(
        "the summaries of a translation",
        {"ai_summary": {"en": SUMMARY, "es": {"text": "Pidió ayuda."}}},
        ("en", SUMMARY),
        ("es", "Pidió ayuda."),
    ),
    summarised("an unknown layout", {"ai_summary": {"paragraphs": 3}}, None),
    enveloped(
        "a named summary",
        events.ConversationSummary,
        "calling.ai.transcribe.conversation_log",
        {"conversation_log": {"summary": SUMMARY}, "channel_data": INTERIM},
        text=SUMMARY,
        final=False,
    ),
    enveloped(
        "a named summary without one",
        events.ConversationSummary,
        "calling.ai.transcribe.conversation_log",
        {},
    ),
]
