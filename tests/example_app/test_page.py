"""What a person sees and does on the desk's page."""

from __future__ import annotations

import re

import pytest

from flask_signalwire import CommandRejected, events, hookimpl
from flask_signalwire.testing import Tester

from .browser import Browser, Page
from .conftest import CUSTOMER

pytestmark = pytest.mark.once

PREMIUM = "+19005550100"
SCRIPT = "<script>alert('¡hola!')</script>"


@pytest.fixture
def placed(browser) -> Page:
    """The page of a call that was placed by the form; nobody has answered yet."""
    browser.visit("/")
    return browser.press("Call", to=CUSTOMER, to_lang="es-ES")


@pytest.fixture
def translated(browser, signalwire, placed, until) -> Page:
    """And somebody has."""
    signalwire.clock.advance(3)
    until(lambda: signalwire.simulator.calls[call_id(placed)].translation)
    return until(lambda: again(browser, "Say it"))


def call_id(page: Page) -> str:
    return re.search("[0-9a-f]{8}-[0-9a-f-]{27}", page.answer.request.path)[0]


def again(browser: Browser, button: str) -> Page | None:
    """The call's page once more, when a button of it can be pressed."""
    page = browser.visit(f"/calls/{call_id(browser.page)}")
    return None if page.button(button).disabled else page


# -- the desk --------------------------------------------------------------------------------------


def test_browsers_get_a_page_and_programs_json_from_the_same_address(http, browser):
    page = browser.visit("/")
    assert page.labelled("Telephone number")["type"] == "tel"
    assert "Accept" in page.answer.vary
    for accept in ("*/*", "application/json", "application/json,text/html;q=0.9"):
        answer = http.get("/", headers={"Accept": accept})
        assert answer.is_json, accept
        assert "Accept" in answer.vary


def test_the_simulator_says_so_and_offers_a_number_that_calls(browser, signalwire):
    page = browser.visit("/")
    assert "Nobody's telephone rings" in page.html
    assert browser.press("Call").status == 200
    assert signalwire.assert_sent_once("dial", to=CUSTOMER)
    page = browser.visit("/?example=egypt")
    assert page.labelled("Telephone number")["value"].startswith("+20")
    assert browser.visit("/?example=nowhere").status == 200


def test_dialling_leads_to_the_calls_page_where_a_reload_dials_nothing(browser, signalwire):
    browser.visit("/")
    answer = browser.send("Call", to=CUSTOMER)
    assert answer.status_code == 303
    page = browser.visit(answer.location)
    assert page.root.one("h1").text == "Call to +34*******67"
    assert page.id("state").text == "Dialling"
    browser.visit(answer.location)
    signalwire.assert_sent_once("dial", to=CUSTOMER)
    [listed] = browser.visit("/").id("calls").all("a")
    assert listed.text == "+34*******67"
    assert listed["href"] == answer.location


@pytest.mark.parametrize("typed", ["+34 911 234 567", "0034-911.234.567", " +34 (911) 234/567 "])
def test_numbers_may_be_grouped_as_people_do(browser, signalwire, typed):
    browser.visit("/")
    browser.press("Call", to=typed)
    signalwire.assert_sent_once("dial", to=CUSTOMER)


WRONG = [
    ("", "Nothing yet; expected a telephone number"),
    ("mother", "expected a telephone number with + and its country, such as +34911234567."),
    ("911 234 567", "expected a telephone number with +"),
    ("+" + "9" * 400, "expected a telephone number with +"),
    ("sip:ana@example.com", "expected a telephone number"),
    (PREMIUM, "numbers that start with +1900 charge the caller"),
    ("+1 (900) 555-0100", "numbers that start with +1900 charge the caller"),
]


@pytest.mark.parametrize(("typed", "message"), WRONG)
def test_what_is_wrong_is_told_at_its_field_with_what_was_typed(
    browser, signalwire, typed, message
):
    browser.visit("/")
    page = browser.press("Call", to=typed, to_lang="fr-FR")
    assert page.status == 422
    assert message in page.error_of("Telephone number")
    number = page.labelled("Telephone number")
    assert (number["value"], number["aria-invalid"]) == (typed, "true")
    assert page.root.one("title").text.startswith("Error: ")
    summary = page.root.one("div", role="alert")
    assert "autofocus" in summary.attributes
    assert summary.one("a")["href"] == f"#{number['id']}"
    assert page.labelled("Their language").get("aria-invalid") is None
    signalwire.assert_nothing_sent()


@pytest.mark.parametrize(("typed", "message"), WRONG)
def test_what_is_wrong_is_told_while_one_types_and_nothing_happens(
    app, browser, signalwire, typed, message
):
    form = browser.visit("/").root.one("form")
    data = {each["name"]: each["value"] for each in form.all("input")}
    answer = browser.open(form["data-check"], "POST", data=data | {"to": typed, "to_lang": ""})
    assert answer.status_code == 200
    assert list(answer.json["errors"]) == ["to"]
    assert message in answer.json["errors"]["to"]
    right = browser.open(form["data-check"], "POST", data=data | {"to": CUSTOMER, "to_lang": ""})
    assert right.json == {"errors": {}}
    assert not signalwire.outbox
    assert not app.extensions["call_desk_log"].lines
    assert not app.extensions["call_desk"].all()


def test_a_number_stands_in_full_nowhere_but_where_it_is_typed(browser):
    browser.visit("/")
    page = browser.press("Call", to=CUSTOMER)
    assert CUSTOMER[3:] not in page.html
    browser.visit("/?example=germany")
    assert CUSTOMER[3:] not in browser.page.html
    page = browser.press("Call", to=PREMIUM)
    assert page.html.count(PREMIUM) == page.labelled("Telephone number")["value"].count(PREMIUM)


def test_the_address_of_a_form_that_was_not_right_can_be_loaded_anew(browser):
    assert "New call" in browser.visit("/desk/calls").html


def test_a_form_that_is_sent_twice_places_one_call(browser, signalwire):
    browser.visit("/")
    one, other = browser.send("Call", to=CUSTOMER), browser.send("Call", to=CUSTOMER)
    assert one.location == other.location
    signalwire.assert_sent_once("dial")
    browser.visit("/")
    assert browser.send("Call", to=CUSTOMER).location != one.location


def test_what_the_service_refuses_is_told_and_can_be_sent_again(browser, signalwire):
    browser.visit("/")
    signalwire.fail_next("dial", status=422)
    page = browser.press("Call", to=CUSTOMER)
    assert page.status == 422
    assert "That did not work" in page.root.one("div", role="alert").text
    assert page.labelled("Telephone number")["value"] == CUSTOMER
    assert browser.press("Call").root.one("h1").text.startswith("Call to")


def test_without_the_language_plugin_a_language_is_typed(browser, signalwire, until):
    page = browser.visit("/")
    assert page.labelled("Their language").tag == "input"
    page = browser.press("Call", to=CUSTOMER, to_lang="es_es")
    signalwire.clock.advance(3)
    call = signalwire.simulator.calls[call_id(page)]
    assert until(lambda: call.translation).to_lang == "es-ES"


# -- a call ----------------------------------------------------------------------------------------


def test_an_unknown_call_is_told_to_people_as_a_page(browser):
    page = browser.visit("/calls/<script>")
    assert page.status == 404
    assert "The desk knows no such call." in page.html
    assert "<script>" not in page.html


def test_the_state_of_a_call_is_followed_to_its_end(browser, signalwire, placed):
    path, seen = f"/calls/{call_id(placed)}", []
    for seconds in (0, 1, 2):
        signalwire.clock.advance(seconds)
        state = browser.visit(path).id("state")
        assert (state["role"], state["aria-label"]) == ("status", "State of the call")
        seen.append(state.text)
    assert seen == ["Dialling", "Ringing", "In conversation"]
    page = browser.press("Hang up")
    assert (page.id("state").text, page.button("Hang up").disabled) == ("Ended", True)
    assert "You have hung up." in page.id("notice").text
    assert "You have hung up." not in browser.visit(path).id("notice").text
    signalwire.assert_sent_once("end", reason="hangup")


def test_what_has_ended_stays_so_whatever_comes_late(browser, signalwire, translated):
    """An answer to a command that was on its way, and one that tells of a translation."""
    path = f"/calls/{call_id(translated)}"
    book = browser.http.application.extensions["call_desk"]
    answered = signalwire.outbox[-1].leg
    browser.press("Hang up")
    book.saw(call_id(translated), answered, "anonymous")
    book.translated(call_id(translated), {"from_lang": "en-US", "to_lang": "es-ES"})
    page = browser.visit(path)
    assert page.id("state").text == "Ended"
    assert page.button("Say it").disabled


def test_an_engaged_line_is_told(browser, signalwire, placed):
    signalwire.simulator.calls[call_id(placed)].end("busy")
    signalwire.simulator.deliver()
    assert browser.visit(f"/calls/{call_id(placed)}").id("state").text == (
        "Ended: the line was engaged"
    )


def test_what_can_be_done_goes_by_the_state(browser, signalwire, placed, until):
    buttons = ("Say it", "Summarise", "Switch language", "Hang up")
    assert [placed.button(name).disabled for name in buttons] == [True, True, False, False]
    signalwire.clock.advance(3)
    page = until(lambda: again(browser, "Say it"))
    assert not any(page.button(name).disabled for name in buttons)
    page = browser.press("Hang up")
    assert all(page.button(name).disabled for name in buttons)


def test_a_sentence_is_said_and_stands_there_as_the_desks(browser, signalwire, translated):
    page = browser.press("Say it", message="Your parcel arrives tomorrow.")
    signalwire.assert_sent("live_translate", action={"inject": {"direction": "remote-caller"}})
    [own] = [line for line in page.root.all("li") if "Your parcel" in line.text][:1]
    assert own["data-role"] == "desk"
    assert page.id("message").text == ""
    page = browser.press("Say it", message="   ")
    assert page.status == 422
    assert "expected text that is not blank" in page.error_of("Say something")


def test_what_was_typed_is_kept_where_the_service_refuses_it(browser, signalwire, translated):
    signalwire.fail_next("live_translate", status=404)
    page = browser.press("Say it", message="Your parcel arrives tomorrow.")
    assert page.status == 404
    assert "Sorry" in page.root.one("div", role="alert").text
    assert page.id("message").text == "Your parcel arrives tomorrow."


def test_of_an_unknown_outcome_the_page_warns(browser, signalwire, translated):
    signalwire.fail_next("live_translate", damage="reset", after=True)
    page = browser.press("Say it", message="Hello.")
    assert "Do not repeat this" in page.root.one("div", role="alert").text


def test_a_summary_is_asked_for_and_comes(browser, signalwire, translated):
    page = browser.press("Summarise")
    assert "on its way" in page.id("notice").text
    signalwire.post(events.ConversationSummary, lang="ar-EG", text="طرد متأخر")
    [text] = browser.visit(f"/calls/{call_id(page)}").id("summary").all("p")
    assert (text.text, text["lang"], text["dir"]) == ("طرد متأخر", "ar-EG", "rtl")


def test_the_language_is_switched(browser, signalwire, translated):
    page = browser.press("Switch language", to_lang="fr_fr")
    assert "French (France)" in page.id("language").text
    assert "anonymous chose it" in page.id("language").text
    assert signalwire.simulator.calls[call_id(page)].translation.to_lang == "fr-FR"
    starts = [sent.params["action"] for sent in signalwire.outbox if "action" in sent.params]
    assert [action if action == "stop" else "start" for action in starts] == [
        "start",
        "stop",
        "start",
    ]


def test_a_language_that_is_refused_leaves_the_old_one_running(make_desk, until):
    class NoFrench:
        @hookimpl
        def signalwire_authorize_command(self, command):
            if command.param("action.start.to_lang") == "fr-FR":
                raise CommandRejected("nobody here can read French")

    app = make_desk(NoFrench)
    browser = Browser(app.test_client())
    with Tester(app) as signalwire:
        browser.visit("/")
        page = browser.press("Call", to=CUSTOMER, to_lang="es-ES")
        signalwire.clock.advance(3)
        until(lambda: again(browser, "Say it"))
        page = browser.press("Switch language", to_lang="fr-FR")
        assert page.status == 403
        told = page.root.one("div", role="alert").text
        assert "Sorry" in told
        assert "nobody here can read French" in told
        assert page.labelled("Translate into")["value"] == "fr-FR"  # what was typed
        assert "Spanish (Spain)" in page.id("language").text
        assert signalwire.simulator.calls[call_id(page)].translation.to_lang == "es-ES"


def test_what_callers_say_is_text_whatever_it_says(browser, signalwire, translated):
    signalwire.post(events.Utterance, content=SCRIPT, lang="en-US", role="local-caller")
    signalwire.post(events.ConversationSummary, lang='"><script>', text=SCRIPT)
    page = browser.press("Say it", message=SCRIPT)
    assert page.html.count("&lt;script&gt;alert(") >= 3
    assert [script["src"] for script in page.root.all("script")] == ["/static/desk.js"]


def test_right_to_left_is_written_so(browser, signalwire, translated):
    signalwire.post(events.Utterance, content="مساء الخير", lang="ar", role="remote-caller")
    page = browser.visit(f"/calls/{call_id(translated)}")
    [said] = [each for each in page.root.all("span", lang="ar") if each.text]
    assert (said["dir"], said.text) == ("rtl", "مساء الخير")


def test_without_the_audit_plugin_the_page_says_so(placed):
    assert "flask-signalwire-audit" in placed.id("audit").text


def test_the_page_is_whole(browser, translated):
    """Every element is closed, every id there once, every label at a field."""
    for path in ("/", f"/calls/{call_id(translated)}", "/nowhere"):
        page = browser.visit(path)
        ids = [each["id"] for each in page._everything(page.root) if each.get("id")]
        assert len(ids) == len(set(ids))
        assert all(page.id(label["for"]) for label in page.root.all("label"))
        assert len(page.root.all("h1")) == len(page.root.all("main")) == 1
        assert page.root.one("html")["lang"] == "en"
