"""The call desk's page in a browser, on the simulator."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

import pytest

from flask_signalwire import events

from .desk import EGYPT, ENGAGED, PREMIUM, SPAIN

pytestmark = pytest.mark.browser

SOON = 2000
"""Milliseconds within which an operator has to see what was said."""
FLAWS = ["missing", "malformed", "another purpose", "another call"]


def choose(select: Any, text: str) -> None:
    """Pick the option that has a text."""
    select.select_option(select.locator("option", has_text=text).get_attribute("value"))


# -- from the beginning to the end -----------------------------------------------------------------


def test_a_call_from_its_dial_to_its_audit_trail(desk, visit, expect) -> None:
    page = visit()
    page.dial(SPAIN)
    expect(page.page.get_by_role("heading", level=1)).to_contain_text("+34")
    expect(page.page.get_by_role("heading", level=1)).not_to_contain_text(SPAIN)
    expect(page.state).to_have_text("Dialling")
    expect(page.say_it).to_be_disabled()
    desk.advance(1)
    expect(page.state).to_have_text("Ringing")
    desk.advance(2)
    expect(page.state).to_have_text("In conversation")
    expect(page.target).to_contain_text("Spanish")
    expect(page.language).to_contain_text(re.compile(r"because .*number", re.IGNORECASE))

    desk.advance(12)
    expect(page.lines).to_contain_text(["Good morning, parcel service", "Buenos días. Mi paquete"])
    expect(page.lines).to_contain_text(["Buenos días, servicio", "Good morning. My parcel"])

    page.say_something.fill("One moment, please.")
    page.say_it.click()
    expect(page.lines.last).to_contain_text("One moment, please.")
    expect(page.say_something).to_have_value("")
    desk.tester.assert_sent("live_translate", action={"inject": {"message": "One moment, please."}})

    choose(page.translate_into, "Polish")
    page.switch.click()
    expect(page.target).to_contain_text("Polish")
    assert desk.tester.simulator.calls[desk.call_id].translation.to_lang == "pl-PL"

    page.summarise.click()
    desk.advance(1)
    expect(page.summary.get_by_text("A parcel that was due yesterday")).to_be_visible()

    page.hang_up.click()
    expect(page.state).to_have_text("Ended")
    expect(page.hang_up).to_be_disabled()
    rows = page.audit.get_by_role("row")
    expect(rows).to_have_count(1 + 7)  # dial, start, inject, stop, start, summarize, end
    expect(page.audit).to_contain_text("accepted")
    assert "34911234567" not in page.page.content()


def test_a_summary_and_the_end_come_by_themselves(desk, converse, expect) -> None:
    page = converse()
    desk.advance(60)
    expect(page.state).to_contain_text("Ended")
    expect(page.lines).to_have_count(6)
    expect(page.summary).to_contain_text("it arrives tomorrow before noon")
    expect(page.summary).to_contain_text("llega mañana antes del mediodía")
    expect(page.captions.get_by_role("status")).to_be_visible()


def test_what_is_said_is_seen_soon(desk, converse, expect) -> None:
    page = converse()
    for number in range(5):
        desk.say(f"Frase {number}", f"Sentence {number}")
        expect(page.lines.last).to_contain_text(f"Sentence {number}", timeout=SOON)


def test_what_the_desk_had_said_stands_where_it_was_said(desk, converse, expect) -> None:
    page = converse()
    desk.say("Hola", "Hello")
    expect(page.lines).to_have_count(1)
    for number, sentence in enumerate(["One moment, please.", "Thank you for waiting."], 2):
        page.say_something.fill(sentence)
        page.say_it.click()
        expect(page.lines).to_have_count(number)
    desk.say("Gracias", "Thanks", timestamp=datetime.now(timezone.utc))
    in_order = ["Hello", "One moment, please.", "Thank you for waiting.", "Thanks"]
    expect(page.lines).to_contain_text(in_order)
    page.page.reload()
    expect(page.lines).to_contain_text(in_order)


def test_the_language_can_be_chosen_beforehand(desk, visit, expect) -> None:
    page = visit()
    choose(page.their_language, "Polish")
    page.dial(SPAIN)
    expect(page.target).to_have_text("Translated as soon as they answer: Polish (Poland).")
    desk.answer()
    expect(page.target).to_contain_text("Polish")
    expect(page.say_it).to_be_enabled()
    assert desk.tester.simulator.calls[desk.call_id].translation.to_lang == "pl-PL"


def test_who_speaks_another_language_is_noticed(desk, converse, expect) -> None:
    page = converse()
    for french, english in [
        ("Bonjour, est-ce que quelqu'un parle français ici?", "Hello, does anybody speak French?"),
        ("Je voudrais savoir où est mon colis.", "I would like to know where my parcel is."),
    ]:
        desk.say(french, english, original_lang="fr-FR")
    expect(page.language).to_contain_text("They seem to speak French")
    page.language.get_by_role("button", name=re.compile("Switch to French")).click()
    expect(page.target).to_contain_text("French")
    expect(page.language).not_to_contain_text("They seem to speak")
    assert desk.tester.simulator.calls[desk.call_id].translation.to_lang.startswith("fr")


def test_arabic_stands_on_the_right(desk, converse, expect) -> None:
    page = converse(EGYPT)
    desk.advance(10)
    said = page.lines.get_by_text("مساء الخير، عندي موعد")
    expect(said).to_be_visible()
    expect(said).to_have_attribute("dir", "rtl")
    assert said.evaluate("element => getComputedStyle(element).direction") == "rtl"


def test_who_is_engaged_is_told_of(desk, visit, expect) -> None:
    page = visit()
    page.dial(ENGAGED)
    expect(page.state).to_have_text("Dialling")
    desk.advance(10)
    expect(page.state).to_have_text("Ended: the line was engaged")
    expect(page.hang_up).to_be_disabled()


def test_one_click_on_an_example_is_enough(desk, visit, expect) -> None:
    page = visit()
    expect(page.number).to_have_value(SPAIN)
    page.page.get_by_role("link", name="Egypt").click()
    expect(page.number).to_have_value(EGYPT)
    page.call.click()
    expect(page.state).to_have_text("Dialling")


# -- mistakes and refusals -------------------------------------------------------------------------


def error_of(field: Any) -> Any:
    """What the page says about a field, to everybody: it is the field's description."""
    ids = (field.get_attribute("aria-describedby") or "").split()
    return field.page.locator(", ".join(f"#{name}" for name in ids if "error" in name))


def test_a_number_is_checked_while_it_is_typed(desk, visit, expect) -> None:
    page = visit()
    page.number.fill("")
    page.number.press_sequentially("+34 91")
    expect(error_of(page.number)).to_contain_text("a telephone number with + and its country")
    expect(page.number).to_have_attribute("aria-invalid", "true")
    page.number.press_sequentially("1234567")
    expect(error_of(page.number)).to_have_text("")
    expect(page.number).not_to_have_attribute("aria-invalid", "true")
    page.number.fill(PREMIUM)
    expect(error_of(page.number)).to_contain_text("charge the caller")
    desk.tester.assert_nothing_sent()
    assert page.page.url == desk.url


def test_a_premium_number_is_refused(desk, visit, expect) -> None:
    page = visit(problems="422")
    page.dial(PREMIUM)
    expect(page.alert).to_be_focused()
    expect(page.alert).to_contain_text("numbers that start with +1900 charge the caller")
    expect(page.number).to_have_value(PREMIUM)
    expect(page.number).to_have_attribute("aria-invalid", "true")
    page.alert.get_by_role("link", name="Telephone number").click()
    expect(page.number).to_be_focused()
    desk.tester.assert_not_sent("dial")


def test_after_a_mistake_the_calls_are_still_followed(desk, visit, expect) -> None:
    page = visit(problems="422")
    page.dial(PREMIUM)
    expect(page.alert).to_be_visible()
    visit().dial(SPAIN)
    calls = page.page.get_by_role("region", name="Calls")
    expect(calls).to_contain_text("Dialling")
    desk.advance(3)
    expect(calls).to_contain_text("In conversation")


def test_what_the_service_refuses_is_told(desk, converse, expect) -> None:
    page = converse(problems="50[0-9]")
    desk.tester.fail_next("live_translate", status=503)
    page.say_something.fill("One moment, please.")
    page.say_it.click()
    expect(page.alert).to_be_focused()
    expect(page.alert).to_contain_text("Sorry")
    expect(page.say_something).to_have_value("One moment, please.")
    page.say_something.fill("")
    page.say_something.fill("Once more.")
    page.say_it.click()
    expect(page.lines.last).to_contain_text("Once more.")
    expect(page.alert).to_have_count(0)


def test_a_translation_that_does_not_start_is_told_of(desk, visit, expect) -> None:
    page = visit()
    page.dial(SPAIN)
    expect(page.state).to_have_text("Dialling")
    desk.tester.fail_next("live_translate", status=422)
    desk.advance(3)
    expect(page.language).to_contain_text("The translation did not start")
    choose(page.translate_into, "Spanish (Spain)")
    page.switch.click()
    expect(page.say_it).to_be_enabled()


# -- what nobody should be able to do --------------------------------------------------------------


def test_what_was_said_is_text_whatever_it_says(desk, converse, expect) -> None:
    page = converse()
    said = "<script>window.pwned = 1</script>"
    means = '<img src="x" onerror="window.pwned = 1">'
    desk.say(said, means)
    desk.tester.post(
        events.ConversationSummary, call_id=desk.call_id, text=said + means, final=False
    )
    page.say_something.fill(means)
    page.say_it.click()
    expect(page.lines.last).to_contain_text(means)
    expect(page.lines.get_by_text(said)).to_be_visible()
    expect(page.summary).to_contain_text(said + means)
    page.page.reload()
    expect(page.lines.last).to_contain_text(means)
    expect(page.summary).to_contain_text(said + means)
    assert page.page.evaluate("window.pwned") is None


def test_a_forged_event_is_shown_to_nobody(desk, converse, visit, expect) -> None:
    first = converse()
    second = visit(f"calls/{desk.call_id}")
    expect(second.captions.get_by_role("status")).to_contain_text("Live")
    for flaw in FLAWS:
        for kind, fields in [
            (events.Utterance, {"content": "Pay at once!"}),
            (events.ConversationSummary, {"text": "They will pay."}),
            (events.CallState, {"state": "ended"}),
        ]:
            answer = desk.tester.forge(kind, flaw, call_id=desk.call_id, **fields)
            assert answer.status_code in (401, 403)
    desk.say("Hola", "Hello")
    for page in (first, second):
        expect(page.lines).to_have_count(1)
        expect(page.lines).to_contain_text("Hello")
        page.page.reload()
        expect(page.lines).to_have_count(1)
        expect(page.state).to_have_text("In conversation")
        expect(page.summary).not_to_contain_text("They will pay.")


@pytest.mark.parametrize("settings", [{"DESK_TOKENS": {"alice": "alice's own token"}}])
def test_who_has_a_token_signs_in_and_out(desk, visit, expect) -> None:
    page = visit(problems="422")
    page.page.get_by_label("Your token").fill("somebody's token")
    page.page.get_by_role("button", name="Sign in").click()
    expect(page.page.get_by_label("Your token")).to_have_attribute("aria-invalid", "true")
    page.page.get_by_label("Your token").fill("alice's own token")
    page.page.get_by_label("Your token").press("Enter")
    page.dial(SPAIN)
    desk.advance(3)
    expect(page.say_it).to_be_enabled()
    desk.say("Hola", "Hello")
    expect(page.lines).to_contain_text(["Hello"])
    expect(page.audit).to_contain_text("alice")
    page.page.get_by_role("button", name="Sign out").click()
    expect(page.page.get_by_label("Your token")).to_be_visible()
    page.page.goto(f"{desk.url}calls/{desk.call_id}")
    expect(page.page.get_by_label("Your token")).to_be_visible()
    assert "Hello" not in page.page.content()


# -- connections -----------------------------------------------------------------------------------


def test_two_operators_follow_one_call(desk, converse, visit, expect) -> None:
    first = converse()
    second = visit(f"calls/{desk.call_id}")
    desk.say("Hola", "Hello")
    second.say_something.fill("One moment, please.")
    second.say_it.click()
    for page in (first, second):
        expect(page.lines).to_contain_text(["Hello", "One moment, please."])
    first.hang_up.click()
    for page in (first, second):
        expect(page.state).to_have_text("Ended")
        expect(page.say_it).to_be_disabled()


def test_a_lost_connection_loses_and_repeats_nothing(desk, converse, expect) -> None:
    page = converse(problems="ERR_")
    desk.say("uno", "one")
    expect(page.lines).to_contain_text(["one"])
    desk.site.cut()
    expect(page.captions.get_by_role("status")).to_contain_text("lost")
    desk.say("dos", "two")
    desk.say("tres", "three")
    desk.site.mend()
    expect(page.captions.get_by_role("status")).to_contain_text("Live")
    desk.say("cuatro", "four")
    expect(page.lines).to_have_count(4)
    expect(page.lines).to_contain_text(["one", "two", "three", "four"])


# -- for everybody ---------------------------------------------------------------------------------


def test_without_a_script_everything_works_but_does_not_move(desk, visit, expect) -> None:
    page = visit(javascript=False, problems="422")
    page.dial("+34")
    expect(page.alert).to_be_visible()
    expect(error_of(page.number)).to_contain_text("a telephone number with + and its country")
    page.dial(SPAIN)
    expect(page.state).to_have_text("Dialling")
    desk.answer()
    desk.advance(10)
    page.page.reload()
    expect(page.state).to_have_text("In conversation")
    transcript = page.page.locator("noscript ol")
    expect(transcript).to_be_visible()
    assert "Buenos días, servicio de paquetería" in transcript.inner_text()
    page.say_something.fill("One moment, please.")
    page.say_it.click()
    expect(page.page.get_by_text("Said into the call, translated.")).to_be_visible()
    page.hang_up.click()
    expect(page.state).to_have_text("Ended")


def test_a_call_by_keyboard_alone(desk, visit, expect) -> None:
    page = visit(problems="422")
    keys = page.page.keyboard
    keys.press("Tab")
    expect(page.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    keys.press("Enter")
    keys.press("Tab")
    expect(page.number).to_be_focused()
    keys.press("Control+A")
    keys.type(PREMIUM)
    keys.press("Enter")
    expect(page.alert).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(page.number).to_be_focused()
    keys.press("Control+A")
    keys.type(SPAIN)
    keys.press("Enter")
    expect(page.state).to_have_text("Dialling")
    desk.advance(3)
    expect(page.say_it).to_be_enabled()
    page.hang_up.focus()
    for element in (page.translate_into, page.switch, page.say_something, page.say_it):
        for _ in range(3):  # what can be scrolled has the focus in between
            keys.press("Tab")
            focused = page.page.locator(":focus")
            outline = focused.evaluate("element => getComputedStyle(element).outlineStyle")
            assert outline != "none", f"one can't see what has the focus: {focused}"
            if element.evaluate("element => element === document.activeElement"):
                break
        expect(element).to_be_focused()
    page.say_something.focus()
    keys.type("One moment, please.")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.lines.last).to_contain_text("One moment, please.")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(desk, visit, expect, accessible, dark) -> None:
    page = visit(dark=dark, problems="422|404")
    accessible(page.page)
    page.number.fill("+34")
    expect(error_of(page.number)).not_to_have_text("")
    accessible(page.page)
    page.call.click()
    expect(page.alert).to_be_visible()
    accessible(page.page)
    page.dial(EGYPT)
    expect(page.state).to_have_text("Dialling")
    accessible(page.page)
    desk.advance(5)
    expect(page.say_it).to_be_enabled()
    desk.advance(10)
    desk.tester.post(
        events.Utterance, call_id=desk.call_id, content="نعم، الخميس", lang="ar-EG", final=False
    )
    expect(page.lines.last).to_contain_text("نعم")
    page.say_something.fill("One moment, please.")
    page.say_it.click()
    expect(page.lines.last).to_contain_text("One moment")
    accessible(page.page)
    desk.advance(60)
    expect(page.state).to_contain_text("Ended")
    expect(page.summary).to_contain_text("No fasting")
    accessible(page.page)
    page.page.goto(desk.url)
    expect(page.page.get_by_role("region", name="Calls")).to_contain_text("Ended")
    accessible(page.page)
    page.page.goto(f"{desk.url}calls/nobody")
    accessible(page.page)


@pytest.mark.parametrize("settings", [{"DESK_TOKENS": {"alice": "alice's own token"}}])
def test_axe_finds_nothing_where_one_signs_in(desk, visit, expect, accessible) -> None:
    page = visit(problems="422")
    accessible(page.page)
    page.page.get_by_label("Your token").fill("somebody's token")
    page.page.get_by_role("button", name="Sign in").click()
    expect(page.page.get_by_label("Your token")).to_have_attribute("aria-invalid", "true")
    accessible(page.page)


def test_a_telephone_is_wide_enough(desk, visit, expect) -> None:
    page = visit(width=320, problems="422")
    page.dial("+34")
    expect(page.alert).to_be_visible()
    assert not page.scrolls_sideways
    page.dial(SPAIN)
    expect(page.state).to_have_text("Dialling")
    desk.advance(3)
    expect(page.say_it).to_be_enabled()
    desk.say("Donaudampfschifffahrtsgesellschaft" * 4, "Steamboats on the Danube")
    desk.advance(60)
    expect(page.state).to_contain_text("Ended")
    expect(page.summary).to_contain_text("tomorrow before noon")
    assert not page.scrolls_sideways
    page.page.goto(desk.url)
    assert not page.scrolls_sideways
