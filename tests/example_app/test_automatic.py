"""What the desk does by itself: it translates when somebody answers, and says why as it does."""

from __future__ import annotations

import pytest

from flask_signalwire import events, hookimpl
from flask_signalwire.testing import Tester

from .browser import Browser
from .conftest import CUSTOMER

pytestmark = pytest.mark.once

# The languages' plugin, without its detector of texts, which takes a second to load.
INSTALLED = {
    "SIGNALWIRE_PLUGINS_BLOCKED": ["audit"],
    "SIGNALWIRE_AUTOLANG_DETECTOR": None,
    "SIGNALWIRE_AUTOLANG_LOCAL": "en-US",
}

automatic = pytest.mark.parametrize("settings", [INSTALLED], ids=["autolang"])


@pytest.fixture
def dial(browser, signalwire, until):
    """Place a call by the form, have it answered, and wait until the page tells a language."""

    def dialled(**typed):
        browser.visit("/")
        path = browser.press("Call", to=CUSTOMER, **typed).answer.request.path
        signalwire.clock.advance(3)

        def told():
            page = browser.visit(path)
            return page if page.id("language").all("p", class_="big") else None

        return until(told)

    return dialled


def starts(signalwire):
    return [sent for sent in signalwire.outbox if "start" in sent.params.get("action", ())]


@automatic
def test_the_language_is_picked_and_its_reason_told(signalwire, dial):
    page = dial()
    told = page.id("language").text
    assert "Spanish (Spain) español (España)" in told
    assert "Because the number +34*******67 is from Spain: Spanish is official" in told
    assert "% certain" in told
    [sent] = starts(signalwire)
    assert sent.params["action"]["start"]["to_lang"] == "es-ES"
    assert sent.command.context["user"] == "anonymous"


@automatic
def test_who_dials_may_overrule(signalwire, browser, dial):
    page = browser.visit("/")
    choice = page.labelled("Their language")
    assert choice.all("option")[0].text == "Automatic"
    assert "Deutsch (Deutschland)" in choice.one("option", value="de-DE").text
    assert not choice.all("option", value="en-US")  # what the desk speaks itself
    page = dial(to_lang="de-DE")
    assert "German (Germany)" in page.id("language").text
    assert "Because anonymous chose it" in page.id("language").text
    [shown] = [
        o for o in page.labelled("Translate into").all("option") if "selected" in o.attributes
    ]
    assert shown["value"] == "de-DE"


@automatic
def test_however_often_the_answer_is_told_the_translation_starts_once(signalwire, browser, dial):
    signalwire.simulator.callbacks.disturb(duplicated=1)
    page = dial()
    for _ in range(3):
        signalwire.post(events.CallState, state="answered", duplicate=2)
    signalwire.clock.advance(30)
    page = browser.visit(page.answer.request.path)
    assert page.id("state").text == "In conversation"
    assert len(starts(signalwire)) == 1


@automatic
def test_a_call_of_a_program_is_left_to_the_program(signalwire, http, browser):
    call = http.post("/calls", json={"to": CUSTOMER}).headers["Location"]
    signalwire.clock.advance(5)
    page = browser.visit(call)
    assert "Not translated at the moment" in page.id("language").text
    assert not starts(signalwire)
    page = browser.press("Switch language", to_lang="es-ES")
    assert "Spanish (Spain)" in page.id("language").text


@automatic
def test_who_is_faster_by_hand_is_not_overtaken(signalwire, browser, until):
    browser.visit("/")
    page = browser.press("Call", to=CUSTOMER)
    browser.press("Switch language", to_lang="fr-FR")
    signalwire.clock.advance(5)
    page = browser.visit(page.answer.request.path)
    assert "French (France)" in page.id("language").text
    assert len(starts(signalwire)) == 1


def problem(browser, path):
    found = browser.visit(path).id("language").all("p", class_="problem")
    return found[0].text if found else None


def test_a_translation_that_does_not_start_is_told(browser, signalwire, until):
    """Without the language plugin, and nobody chose."""
    browser.visit("/")
    path = browser.press("Call", to=CUSTOMER).answer.request.path
    signalwire.clock.advance(3)
    told = until(lambda: problem(browser, path))
    assert "The translation did not start." in told
    assert "to_lang: missing; expected a language tag" in told
    page = browser.press("Switch language", to_lang="es-ES")
    assert "Spanish (Spain)" in page.id("language").text
    assert problem(browser, path) is None


def test_so_is_one_that_crashes_and_its_details_are_for_the_log(make_desk, until):
    class Crashes:
        @hookimpl
        def signalwire_prepare_command(self, command):
            if command.name == "calling.live_translate":
                raise RuntimeError("the password is hunter2")

    browser = Browser(make_desk(Crashes, TESTING=False).test_client())
    with Tester(browser.http.application) as signalwire:
        browser.visit("/")
        path = browser.press("Call", to=CUSTOMER, to_lang="es-ES").answer.request.path
        signalwire.clock.advance(3)
        told = until(lambda: problem(browser, path))
    assert "The translation did not start." in told
    assert "hunter2" not in browser.page.html


@automatic
def test_another_language_that_is_heard_is_offered(signalwire, browser, dial):
    page = dial()
    for text in ("Bonjour, je voudrais parler", "de mon colis qui n'est pas là"):
        signalwire.post(
            events.Utterance, content=text, lang="fr-FR", role="remote-caller", confidence=0.95
        )
    page = browser.visit(page.answer.request.path)
    assert "They seem to speak French (France)." in page.id("heard").text
    page = browser.press("Switch to French (France)")
    assert "French (France)" in page.id("language").text
    assert not page.id("heard").text


@pytest.mark.parametrize(
    "settings", [{**INSTALLED, "SIGNALWIRE_PLUGINS_BLOCKED": ["autolang", "captions"]}]
)
def test_the_audit_trail_tells_who_did_what(make_desk, settings, tmp_path, until):
    url = f"sqlite:///{(tmp_path / 'audit.sqlite3').as_posix()}"
    browser = Browser(make_desk(**settings, SIGNALWIRE_AUDIT_URL=url).test_client())
    with Tester(browser.http.application) as signalwire:
        browser.visit("/")
        path = browser.press("Call", to=CUSTOMER, to_lang="es-ES").answer.request.path
        signalwire.clock.advance(3)
        until(lambda: not browser.visit(path).button("Say it").disabled)
        browser.press("Say it", message="A secret between us.")
        rows = [row.text for row in browser.page.id("audit").all("tr")][1:]
    assert ["inject" in rows[0], "start en-US → es-ES" in rows[1], "dial" in rows[2]] == [True] * 3
    assert all("anonymous" in row and "accepted" in row for row in rows)
    assert "secret" not in " ".join(rows)
    assert CUSTOMER[3:] not in browser.page.html


@pytest.mark.parametrize(
    ("key", "spoken"), [("spain", "Buenos días"), ("germany", "Guten Tag"), ("egypt", "مساء الخير")]
)
@pytest.mark.parametrize("settings", [{**INSTALLED, "DESK_SCENARIO": "examples"}])
def test_the_examples_speak_by_themselves(signalwire, browser, until, key, spoken):
    browser.visit(f"/?example={key}")
    path = browser.press("Call").answer.request.path
    signalwire.clock.advance(6)
    until(lambda: not browser.visit(path).button("Say it").disabled)
    signalwire.clock.advance(15)
    page = browser.visit(path)
    lines = page.root.one("ol", class_="transcript").all("li")
    assert any(line.text.startswith(spoken) for line in lines)
    assert all(len(line.all("span")) == 2 for line in lines)  # what was said, and what it means


@pytest.mark.parametrize("settings", [{**INSTALLED, "DESK_SCENARIO": "examples"}])
def test_the_examples_show_what_does_not_work_too(signalwire, browser):
    browser.visit("/?example=france")
    path = browser.press("Call").answer.request.path
    signalwire.clock.advance(10)
    assert browser.visit(path).id("state").text == "Ended: the line was engaged"
    browser.visit("/?example=premium")
    assert browser.press("Call").status == 422
