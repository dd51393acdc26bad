"""Live translation: ``calling.live_translate``."""

from __future__ import annotations

from ..fields import (
    Boolean,
    Choice,
    FreeObject,
    Integer,
    Keyed,
    LanguageTag,
    ListOf,
    Object,
    PayloadSchema,
    Text,
)
from .shared import leg, status_url

FILTERS = ("polite", "rude", "professional", "shakespeare", "gen-z")


def _filter(help: str) -> Choice:
    return Choice(*FILTERS, otherwise=r"prompt:.+", hint=', or "prompt:" and words', help=help)


class LiveStart(PayloadSchema):
    """The fields that transcription and translation share."""

    direction = ListOf(
        leg(), required=True, empty=False, help="Whose speech: one party's, or both's."
    )
    webhook = Text(
        sensitivity="url",
        example="https://example.com/utterances",
        callback="live",
        help="Where utterances and the summary are sent.",
    )
    live_events = Boolean(help="Send each utterance as it is spoken.")
    ai_summary = Boolean(help="Send a summary at the end.")
    ai_summary_prompt = Text(
        sensitivity="words", example="In one sentence.", help="How to summarise."
    )
    speech_engine = Choice("deepgram", "google", help="Who recognises the speech.")
    speech_timeout = Integer(1500, example=60000, help="Longest utterance, in milliseconds.")
    vad_silence_ms = Integer(
        1, example=300, help="Silence that ends an utterance, in milliseconds."
    )
    vad_thresh = Integer(0, 1800, example=400, help="Loudness above which it counts as speech.")
    debug_level = Integer(0, 2, help="How much the service logs.")
    deepgram_key_override = Text(documented=False, sensitivity="secret", help="Your own key.")
    deepgram_url_override = Text(documented=False, sensitivity="url", help="Your own endpoint.")


class TranslateStart(LiveStart):
    from_lang = LanguageTag(required=True, example="en-US", help="The language to translate from.")
    to_lang = LanguageTag(required=True, help="The language to translate to.")
    from_voice = Text(example="elevenlabs.josh", help="The voice that speaks `from_lang`.")
    to_voice = Text(example="elevenlabs.rachel", help="The voice that speaks `to_lang`.")
    filter_from = _filter("How to change the tone of what is said in `from_lang`.")
    filter_to = _filter("How to change the tone of what is said in `to_lang`.")
    mode = Text(documented=False)
    translation_model = Text(documented=False)
    translation_model_params = FreeObject(documented=False)
    from_voice_params = FreeObject(documented=False)
    to_voice_params = FreeObject(documented=False)


class LiveSummarize(PayloadSchema):
    webhook = Text(
        sensitivity="url",
        example="https://example.com/summary",
        callback="live",
        help="Where the summary is sent.",
    )
    prompt = Text(sensitivity="words", example="In one sentence.", help="How to summarise.")
    summary_prompt = Text(sensitivity="words", documented=False)
    ai_model = Text(documented=False)


class Inject(PayloadSchema):
    message = Text(
        sensitivity="words",
        required=True,
        blank=False,
        expected="text that is not blank",
        example="One moment, please.",
        help="What to translate and speak.",
    )
    direction = leg(required=True, help="Which party hears it.")


class TranscribeStart(LiveStart):
    lang = LanguageTag(required=True, example="en-US", help="What is spoken.")
    hints = ListOf(Text(sensitivity="words"), documented=False, help="Words to expect.")
    verbose_utterances = Boolean(documented=False)


class LiveTranscribe(PayloadSchema):
    action = Keyed(
        {
            "start": Object(TranscribeStart, help="Begin to transcribe."),
            "summarize": Object(LiveSummarize, help="Summarise what was said so far."),
        },
        words=("stop",),
        required=True,
    )


class LiveTranslate(PayloadSchema):
    action = Keyed(
        {
            "start": Object(TranslateStart, help="Begin to translate."),
            "summarize": Object(LiveSummarize, help="Summarise what was said so far."),
            "inject": Object(Inject, help="Say a sentence into the call, translated."),
        },
        words=("stop",),
        required=True,
    )
    status_url = status_url("Where the service reports the session's states.", callback="live")
