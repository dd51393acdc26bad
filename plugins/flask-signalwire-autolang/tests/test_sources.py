"""Each source of evidence, their order, and who takes their place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_signalwire import CommandRejected, exceptions
from flask_signalwire_autolang import Evidence, LanguageUnknown, hookimpl

GERMAN = "ich möchte gerne wissen, wann mein Paket bei mir ankommt"
SPANISH = "+34911234567"


def steps(finding):
    return [(step.source, step.outcome) for step in finding.steps]


# -- profile ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "tag"),
    [
        ("fr", "fr-FR"),
        ("fr_CA", "fr-CA"),
        ("iw", "he-IL"),
        ("in", "id-ID"),
        ("tl", "fil-PH"),
        ("en-UK", "en-GB"),
        ("en_US.UTF-8", "en-US"),
        ("zh-Hant-TW", "zh-TW"),
        ("zh-Hans", "zh-CN"),
        ("es-AR", "es-419"),
        ("de-LI", "de-DE"),
        ("gsw", "de-CH"),
        ("no", "nb-NO"),
    ],
)
def test_the_profile_may_write_a_language_in_any_way(find, given_, tag) -> None:
    assert find({"profile": {"language": given_}}).tag == tag
    assert find({"language": given_}).tag == tag


@pytest.mark.parametrize("given_", ["spanish", "xx", "*", "??", "af", "a" * 500, "es\nforged"])
def test_what_is_no_language_of_the_list_leaves_it_to_the_next(find, given_) -> None:
    finding = find({"profile": {"language": given_}, "remote_number": SPANISH})
    assert (finding.tag, finding.source) == ("es-ES", "number")
    assert steps(finding)[0] == ("profile", "unsupported")
    assert "\n" not in finding.steps[0].reason


def test_the_profile_is_looked_up_by_the_apps_function(find) -> None:
    seen = []

    def lookup(inquiry):
        seen.append((inquiry.number, inquiry.context["user"]))
        return Evidence("pl", 0.9, "the address book", "written down by an agent")

    finding = find({"remote_number": SPANISH, "user": 7}, SIGNALWIRE_AUTOLANG_PROFILE=lookup)
    assert (finding.tag, finding.confidence, finding.evidence) == ("pl-PL", 0.9, "the address book")
    assert seen == [(SPANISH, 7)]


@pytest.mark.parametrize("answer", [None, "", False])
def test_a_look_up_that_knows_nothing_leaves_it_to_the_next(find, answer) -> None:
    finding = find({"remote_number": SPANISH}, SIGNALWIRE_AUTOLANG_PROFILE=lambda inquiry: answer)
    assert (finding.tag, steps(finding)) == ("es-ES", [("number", "taken")])


# -- header ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("fr-CH, fr;q=0.9, *;q=0.5", "fr-CH"),
        ("zh-HK", "zh-HK"),
        ("es-419,es;q=0.9", "es-419"),
        ("zh-Hant-TW", "zh-TW"),
        ("iw", "he-IL"),
        ("eu, de-AT;q=0.3", "de-AT"),
        ("en;q=0, sv", "sv-SE"),
        ("*", None),
        ("", None),
        ("eu", None),
        (";;;,,,q=", None),
        ("x" * 5000, None),
    ],
)
def test_headers(find, header, tag) -> None:
    assert find({"accept_language": header}).tag == tag


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_header_is_decided_or_not(find, header) -> None:
    finding = find({"accept_language": header})
    assert (finding.tag is None) == (finding.confidence == 0)


def test_a_header_counts_only_where_the_request_is_the_remote_partys(make_app) -> None:
    chooser = make_app().signalwire.plugins.get("autolang").chooser
    app = make_app()

    def find(**context):
        return chooser.choose(chooser.inquire(None, context)).tag

    with app.test_request_context(headers={"Accept-Language": "fr"}):
        assert find(accept_language=True) == "fr-FR"
        assert find(accept_language=False) is None
        assert find() is None
    assert find(accept_language=True) is None


# -- order -----------------------------------------------------------------------------------------

EVERYTHING = {
    "profile": {"language": "pl"},
    "chat": GERMAN,
    "accept_language": "fr",
    "remote_number": SPANISH,
}


def test_the_order(find) -> None:
    left = dict(EVERYTHING)
    for key, tag in [
        ("profile", "pl-PL"),
        ("chat", "de-DE"),
        ("accept_language", "fr-FR"),
        ("remote_number", "es-ES"),
        (None, None),
    ]:
        assert find(left).tag == tag
        left.pop(key, None)


def test_the_order_is_a_setting(find) -> None:
    finding = find(EVERYTHING, SIGNALWIRE_AUTOLANG_ORDER="number,profile")
    assert finding.tag == "es-ES"
    assert find({"chat": GERMAN}, SIGNALWIRE_AUTOLANG_ORDER=["number"]).tag is None


def test_what_is_too_uncertain_is_named_and_passed_over(find) -> None:
    context = {"remote_number": "+911123456789", "language": None}
    finding = find(context, SIGNALWIRE_AUTOLANG_PROFILE=lambda inquiry: Evidence("mr", 0.2))
    assert finding.tag is None
    assert steps(finding) == [("profile", "uncertain"), ("number", "uncertain")]
    assert "mr-IN with confidence 0.20 is too uncertain" in finding.reason


# -- plugins of the plugin -------------------------------------------------------------------------


class Crm:
    """A CRM that knows one contact."""

    @hookimpl
    def signalwire_language_evidence(self, inquiry):
        if inquiry.number != SPANISH:
            return None
        return Evidence("ca-ES", 0.95, "contact 7", "the contact's language")


def test_a_crm_answers_first(find) -> None:
    finding = find(EVERYTHING, SIGNALWIRE_AUTOLANG_EVIDENCE=[Crm])
    assert (finding.tag, finding.source, finding.evidence) == ("ca-ES", "evidence", "contact 7")
    assert finding.steps[0].plugin == "Crm"
    left = {**EVERYTHING, "remote_number": "+493012345678"}
    assert find(left, SIGNALWIRE_AUTOLANG_EVIDENCE=[Crm()]).tag == "pl-PL"


@pytest.mark.parametrize("source", ["profile", "call", "text", "header", "number"])
def test_every_source_can_be_replaced(find, source) -> None:
    def answer(self, inquiry):
        return "sv"

    def silence(self, inquiry):
        return Evidence(None, reason="ask nobody else")

    name = f"signalwire_language_from_{source}"
    replacing = type("Replacing", (), {name: hookimpl(answer)})
    finding = find(
        EVERYTHING, SIGNALWIRE_AUTOLANG_ORDER=[source], SIGNALWIRE_AUTOLANG_EVIDENCE=[replacing]
    )
    assert (finding.tag, finding.steps[0].plugin) == ("sv-SE", "Replacing")
    silencing = type("Silencing", (), {name: hookimpl(silence)})
    finding = find(
        EVERYTHING, SIGNALWIRE_AUTOLANG_ORDER=[source], SIGNALWIRE_AUTOLANG_EVIDENCE=[silencing]
    )
    assert steps(finding) == [(source, "silent")]


def test_a_crm_that_crashes_stops_no_call(find, caplog) -> None:
    class Down:
        @hookimpl
        def signalwire_language_evidence(self, inquiry):
            raise TimeoutError("no answer for +34911234567 from https://me:pass@crm.example")

    finding = find(EVERYTHING, SIGNALWIRE_AUTOLANG_EVIDENCE=[Down])
    assert (finding.tag, steps(finding)[0]) == ("pl-PL", ("evidence", "crashed"))
    assert "the evidence plugin Down crashed in signalwire_language_evidence" in caplog.text
    assert "911234567" not in caplog.text
    assert "me:pass" not in caplog.text


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (5, "returned int; expected Evidence, a tag, or None"),
        (Evidence("es", 7), "a confidence that is not between 0 and 1"),
        (Evidence("es", True), "a confidence that is not between 0 and 1"),
        (Evidence("es", float("nan")), "a confidence that is not between 0 and 1"),
        (Evidence(5), "Evidence with a tag of type int"),
    ],
)
def test_an_answer_that_is_none_is_a_crash(find, answer, message) -> None:
    wrong = type("Wrong", (), {"signalwire_language_evidence": hookimpl(lambda self: answer)})
    finding = find({"remote_number": SPANISH}, SIGNALWIRE_AUTOLANG_EVIDENCE=[wrong])
    assert finding.tag == "es-ES"
    assert message in finding.steps[0].reason


def test_a_veto_of_a_source_stops_the_command(make_app, dial, start) -> None:
    class Strict:
        @hookimpl
        def signalwire_language_evidence(self):
            raise CommandRejected("this customer must not be translated")

    app = make_app(SIGNALWIRE_AUTOLANG_EVIDENCE=[Strict])
    with pytest.raises(CommandRejected, match="must not be translated"):
        start(app, dial(app, SPANISH).id)


def test_a_plugin_may_be_asked_where_nobody_knows(make_app, dial, start) -> None:
    class Operator:
        @hookimpl
        def signalwire_language_unknown(self, inquiry, steps):
            return "it" if steps else None

    app = make_app(SIGNALWIRE_AUTOLANG_EVIDENCE=[Operator], SIGNALWIRE_AUTOLANG_UNKNOWN="ask")
    assert start(app, dial(app, "+15555550100").id).to_lang == "it-IT"


def test_a_misspelt_hook_is_refused(make_app) -> None:
    misspelt = type("M", (), {"signalwire_language_evidenze": hookimpl(lambda self: None)})
    with pytest.raises(exceptions.ConfigurationError, match="signalwire_language_evidenze"):
        make_app(SIGNALWIRE_AUTOLANG_EVIDENCE=[misspelt])


def test_a_class_without_hooks_is_refused(make_app) -> None:
    with pytest.raises(exceptions.ConfigurationError, match="implements no hook"):
        make_app(SIGNALWIRE_AUTOLANG_EVIDENCE=[type("Nothing", (), {})])


def test_hints_that_ask_for_hints_come_to_an_end(find) -> None:
    class Curious:
        @hookimpl
        def signalwire_language_from_number(self, inquiry):
            return Evidence("es", 0.9, "", f"{len(inquiry.hints())} hints")

    finding = find({"remote_number": SPANISH}, SIGNALWIRE_AUTOLANG_EVIDENCE=[Curious])
    assert finding.tag == "es-ES"


# -- what the call told ----------------------------------------------------------------------------


def test_an_earlier_choice_counts_for_the_next_session(make_app, dial, start) -> None:
    app = make_app()
    call = dial(app, SPANISH)
    start(app, call.id, to_lang="ca-ES")
    app.signalwire.calling.live_translate(call.id, action="stop")
    assert start(app, call.id, context={"remote_number": SPANISH}).to_lang == "ca-ES"


def test_a_session_that_was_refused_is_no_choice(make_app, dial, start) -> None:
    app = make_app()
    call = dial(app, "+15555550100")
    with pytest.raises(exceptions.PayloadError):
        start(app, call.id, to_lang="ca-ES", direction=["nobody"])
    with pytest.raises(LanguageUnknown):
        start(app, call.id)
