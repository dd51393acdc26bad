"""Which line an event belongs to, whatever the order in which events come."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from flask_signalwire.events import CallState, ConversationSummary, Translation, Utterance
from flask_signalwire_captions.transcript import LINES, Transcript

BEGIN = datetime(2026, 8, 1, tzinfo=timezone.utc)


def at(seconds):
    return BEGIN + timedelta(seconds=seconds)


def said(content, seconds, *, role="remote-caller", final=True, lang="es-ES"):
    return Utterance(content=content, timestamp=at(seconds), role=role, final=final, lang=lang)


def translated(content, original, seconds, *, role="remote-caller", final=True, lang="en-US"):
    return Translation(
        content=content, original=original, timestamp=at(seconds), role=role, final=final, lang=lang
    )


def tell(*events, transcript=None):
    """What a browser is told: the data of all messages."""
    transcript = transcript or Transcript(1)
    return [message.data for event in events for message, _ in transcript.take(event, 5.0)]


def lines(told):
    """What a browser shows in the end: the newest of each line."""
    shown = {}
    for data in told:
        shown[data["id"]] = data
    return list(shown.values())


def test_a_partial_replaces_the_one_before_and_a_final_ends_the_line() -> None:
    transcript = Transcript(7)
    first = transcript.take(said("Neces", 1, final=False), 5.0)
    second = transcript.take(said("Necesito", 2, final=False), 5.0)
    third = transcript.take(said("Necesito ayuda", 3), 5.0)
    ((one, none), (two, replaced), (three, replaced_too)) = (*first, *second, *third)
    assert (none, replaced, replaced_too) == (None, one.seq, two.seq)
    assert {m.data["id"] for m in (one, two, three)} == {"7-1"}
    assert [m.durable for m in (one, two, three)] == [False, False, True]
    assert three.data == {
        "id": "7-1",
        "role": "remote-caller",
        "lang": "es-ES",
        "content": "Necesito ayuda",
        "final": True,
        "timestamp": "2026-08-01T00:00:03+00:00",
        "translations": {},
    }


def test_roles_have_lines_of_their_own() -> None:
    told = tell(
        said("uno", 1, final=False),
        said("one", 2, role="local-caller", final=False),
        said("uno dos", 3),
        said("one two", 4, role="local-caller"),
    )
    assert [line["content"] for line in lines(told)] == ["uno dos", "one two"]


def test_a_partial_after_its_final_says_nothing() -> None:
    assert len(tell(said("uno", 2), said("un", 1, final=False), said("u", 2, final=False))) == 1


def test_an_older_final_is_a_line_of_its_own() -> None:
    told = tell(said("dos", 5, final=False), said("uno", 4), said("dos tres", 6))
    assert [(x["content"], x["final"]) for x in lines(told)] == [("dos tres", True), ("uno", True)]


def test_a_translation_finds_its_line_by_time_or_by_text() -> None:
    told = tell(
        said("sí", 1), said("no", 2), translated("yes", "sí", 9), translated("no!", "nein", 2)
    )
    assert [x["translations"] for x in lines(told)] == [{"en-US": "yes"}, {"en-US": "no!"}]


def test_the_same_words_said_twice_have_a_translation_each() -> None:
    told = tell(
        said("sí", 1), translated("yes", "sí", 1), translated("yeah", "sí", 2), said("sí", 2)
    )
    assert [x["translations"] for x in lines(told)] == [{"en-US": "yes"}, {"en-US": "yeah"}]


def test_a_translation_of_a_part_does_not_outlive_it() -> None:
    told = tell(
        said("no", 1, final=False),
        translated("no", "no", 1, final=False),
        said("no sé", 2),
        translated("I don't know", "no sé", 2),
    )
    assert [x["translations"] for x in told] == [
        {},
        {"en-US": "no"},
        {},
        {"en-US": "I don't know"},
    ]


def test_states_are_told_once_and_end_once() -> None:
    told = tell(
        CallState(state="answered"),
        CallState(state="answered"),
        CallState(state="ringing", late=True),
        CallState(state="ended", timestamp=at(9), from_="+34911234567"),
        CallState(state="completed"),
    )
    assert told == [
        {"state": "answered", "timestamp": None, "over": False},
        {"state": "ended", "timestamp": "2026-08-01T00:00:09+00:00", "over": True},
    ]


def test_an_end_that_only_a_summary_tells_of_is_one() -> None:
    told = tell(ConversationSummary(text="Bye.", lang="en-US", final=True, call_end_date=at(9)))
    assert told[0] == {"text": "Bye.", "lang": "en-US", "final": True}
    assert told[1]["over"]


def test_the_final_summary_stands() -> None:
    told = tell(
        *[
            ConversationSummary(text=text, lang="en-US", final=final)
            for text, final in (("a", False), ("b", True), ("c", False), ("b", True))
        ]
    )
    assert [data["text"] for data in told] == ["a", "b"]


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["remote-caller", "local-caller"]),
        st.integers(0, 12),
        st.sampled_from(["partial", "final", "translation"]),
    ),
    max_size=60,
)


@settings(deadline=None)
@given(EVENTS, st.booleans())
def test_any_order_loses_no_final_and_no_partial_follows_one(story, restored) -> None:
    """The model: a sentence a role and second, its text and translation told by these."""
    transcript, finals, partners = Transcript(1), {}, {}
    shown, ended, last = {}, set(), 0
    for role, second, kind in story:
        name = f"{role} {second}"
        if kind == "partial":
            event = said(f"{name} …", second, role=role, final=False)
        elif kind == "final":
            event = said(name, second, role=role)
            finals[name] = role
        else:
            event = translated(f"{name}!", name, second, role=role)
            partners[name] = f"{name}!"
        if restored:
            transcript = Transcript.from_json(transcript.to_json())
        for message, replaced in transcript.take(event, 5.0):
            assert message.seq == last + 1  # numbers have no holes
            last = message.seq
            assert replaced is None or replaced < message.seq
            line = message.data
            assert line["final"] or line["id"] not in ended
            ended |= {line["id"]} if line["final"] else set()
            shown[line["id"]] = line
    found = [line for line in shown.values() if line["final"]]
    assert sorted(line["content"] for line in found) == sorted(finals)
    for line in found:
        wanted = partners.get(line["content"])
        assert line["translations"] == ({} if wanted is None else {"en-US": wanted})
        assert line["role"] == finals[line["content"]]
    opened = [line["role"] for line in shown.values() if not line["final"]]
    assert len(opened) == len(set(opened))  # a role has one open line at most


@settings(deadline=None)
@given(st.lists(st.text(max_size=5), max_size=200))
def test_what_is_kept_of_a_call_is_bounded(texts) -> None:
    transcript = Transcript(1)
    for number, text in enumerate(texts):
        transcript.take(said(f"{number} {text}", number, role=text), 5.0)
        transcript.take(translated(text, "never said", number + 0.5, role=text), 5.0)
    assert len(transcript._lines) <= LINES
    assert len(transcript._waiting) <= LINES
