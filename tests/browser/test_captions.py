"""Captions as people see and hear them, on a small page with a strict policy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

import pytest
from flask import Flask

from flask_signalwire import events
from flask_signalwire.testing import Tester

from .sites import Site
from .watch import CALL, Watch

pytestmark = pytest.mark.browser

WORDS = ["uno", "dos", "tres", "cuatro"]


@pytest.fixture
def watch(
    signalwire_settings: Mapping[str, Any],
    installed: list[str],
    settings: dict[str, Any],
    serve: Callable[[Flask], Site],
) -> Iterator[Watch]:
    blocked = [name for name in installed if name != "captions"]
    made = Watch({**signalwire_settings, "SIGNALWIRE_PLUGINS_BLOCKED": blocked, **settings})
    with Tester(made.app) as made.tester:
        made.site = serve(made.app)
        yield made


@pytest.fixture(params=["light", "dark"])
def dark(request: pytest.FixtureRequest) -> bool:
    return request.param == "dark"


def captions(page: Any) -> Any:
    return page.get_by_role("region", name="Live captions")


def lines(page: Any) -> Any:
    return captions(page).get_by_role("listitem")


def announced(page: Any) -> Any:
    """What a screen reader was told, the last of it."""
    return page.locator("[aria-live=polite] > p")


def connection(page: Any) -> Any:
    return captions(page).get_by_role("status")


def brightness(locator: Any) -> int:
    """Of its text."""
    color = locator.evaluate("element => getComputedStyle(element).color")
    return sum(int(part) for part in re.findall(r"\d+", color)[:3])


def side(locator: Any) -> str:
    """On which side of its column a text stands."""
    left, right = locator.evaluate(
        """element => {
            const range = document.createRange();
            range.selectNodeContents(element);
            const [text, column] = [range, element].map((one) => one.getBoundingClientRect());
            return [text.left - column.left, column.right - text.right];
        }"""
    )
    assert abs(left - right) > 20, "the text fills its column, so that nothing can be told"
    return "left" if left < right else "right"


def scrolls_sideways(page: Any) -> bool:
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    )


# -- what one sees ---------------------------------------------------------------------------------


def test_a_line_is_grey_while_it_is_spoken_and_stays_in_its_place(
    watch, browse, expect, dark
) -> None:
    page = browse(watch.url, dark=dark)
    expect(connection(page)).to_have_text("Live")
    watch.say("Buenos", final=False)
    expect(lines(page)).to_have_text(["Buenos"], timeout=2000)
    element, faint = lines(page).element_handle(), brightness(lines(page))
    watch.say("Good", role="local-caller", final=False)
    expect(lines(page)).to_have_text(["Buenos", "Good"])
    watch.say("Buenos días")
    expect(lines(page)).to_have_text(["Buenos días", "Good"], timeout=2000)
    assert element.evaluate("line => line.isConnected")
    full = brightness(lines(page).first)
    assert full > faint > 400 if dark else full < faint < 400
    assert brightness(lines(page).last) == faint


def test_what_was_said_and_what_it_means_stand_side_by_side(watch, browse, expect) -> None:
    page = browse(watch.url)
    watch.say("Buenos días", "Good morning")
    watch.say("Adiós", "Goodbye")
    texts = [
        lines(page).get_by_text(text, exact=True)
        for text in ("Buenos días", "Good morning", "Adiós", "Goodbye")
    ]
    expect(texts[-1]).to_be_visible()
    said, means, said_next, means_next = (text.bounding_box() for text in texts)
    assert means["x"] >= said["x"] + said["width"]
    assert means["y"] == said["y"]
    assert said_next["x"] == said["x"]
    assert means_next["x"] == means["x"]
    assert said_next["y"] >= said["y"] + said["height"]


def test_on_a_telephone_what_it_means_stands_below(watch, browse, expect) -> None:
    page = browse(watch.url, width=320)
    watch.say("Donaudampfschifffahrt" * 5, "Steamboats on the Danube. " * 5)
    watch.say("Adiós", "Goodbye")
    expect(lines(page)).to_have_count(2)
    expect(lines(page).get_by_text("Goodbye")).to_be_visible()
    said = lines(page).get_by_text("Donau").bounding_box()
    means = lines(page).get_by_text("Steamboats").bounding_box()
    assert means["y"] >= said["y"] + said["height"]
    assert means["x"] < said["x"] + said["width"]
    assert not scrolls_sideways(page)


RIGHT = {"ar": "شكرا", "he-IL": "תודה", "ur": "شکریہ", "ckb-IQ": "سوپاس", "multi": "תודה רבה"}


@pytest.mark.parametrize("width", [320, 1000])
def test_what_is_written_from_the_right_stands_on_the_right(watch, browse, expect, width) -> None:
    page = browse(watch.url, width=width)
    for lang, text in RIGHT.items():
        watch.say(f"Thanks {lang}", text, lang=lang)
    expect(lines(page)).to_have_count(len(RIGHT))
    for lang, text in RIGHT.items():
        written = lines(page).get_by_text(text, exact=True)
        assert side(written) == "right"
        assert side(lines(page).get_by_text(f"Thanks {lang}")) == "left"
        if lang != "multi":  # that is none, and the text itself decides
            assert (written.get_attribute("dir"), written.get_attribute("lang")) == ("rtl", lang)


def test_all_translations_are_shown_or_the_one_that_is_wanted(watch, browse, expect) -> None:
    every, english = browse(watch.url), browse(f"{watch.url}?lang=en-US")
    at = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
    for lang, content in [("en-US", "Thanks"), ("pl-PL", "Dziękuję")]:
        watch.say("Gracias", content, lang=lang, timestamp=at)
    expect(lines(every)).to_have_text(["GraciasThanksDziękuję"])
    expect(lines(english)).to_have_text(["GraciasThanks"])


def test_a_summary_is_replaced_by_a_later_one(watch, browse, expect) -> None:
    page = browse(watch.url)
    watch.say("Hola")
    watch.summarize("They greet")
    expect(lines(page)).to_have_text(["Hola", "They greet"])
    watch.summarize("Saludan", lang="es-ES")
    watch.summarize("They greeted each other.", final=True)
    expect(lines(page)).to_have_text(["Hola", "They greeted each other.", "Saludan"])


def test_of_hundreds_of_lines_the_newest_are_shown(watch, browse, expect) -> None:
    page = browse(f"{watch.url}?limit=50")
    expect(connection(page)).to_have_text("Live")
    for number in range(300):
        watch.say(f"line {number}")
    newest = [f"line {number}" for number in range(250, 300)]
    expect(lines(page)).to_have_text(newest)
    expect(lines(browse(f"{watch.url}?limit=50"))).to_have_text(newest)


def test_a_line_that_made_room_does_not_come_back(watch, browse, expect) -> None:
    page = browse(f"{watch.url}?limit=2")
    at = datetime(2025, 12, 31, tzinfo=timezone.utc)
    watch.say("uno", timestamp=at)
    watch.say("dos")
    watch.say("tres")
    expect(lines(page)).to_have_text(["dos", "tres"])
    watch.say("uno", "one", timestamp=at)
    watch.say("cua", final=False)
    expect(lines(page)).to_have_text(["tres", "cua"])


def test_without_a_script_one_is_told_so(watch, browse, expect) -> None:
    page = browse(watch.url, javascript=False)
    expect(page.locator("noscript")).to_be_visible()
    assert page.locator("noscript").inner_text() == "Live captions need JavaScript."


# -- what one hears --------------------------------------------------------------------------------


def test_a_screen_reader_is_told_finals_and_once(watch, browse, expect) -> None:
    page = browse(watch.url)
    watch.say("Bue", final=False)
    expect(lines(page)).to_have_text(["Bue"])
    expect(announced(page)).to_have_count(0)
    at = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
    watch.say("Buenos días", timestamp=at)
    expect(announced(page)).to_have_text(["Buenos días"])
    expect(announced(page)).to_have_attribute("lang", "es-ES")
    watch.say("Buenos días", "Good morning", timestamp=at)
    expect(lines(page)).to_have_text(["Buenos díasGood morning"])
    expect(announced(page)).to_have_text(["Buenos días"])
    for word in WORDS:
        watch.say(word)
    expect(announced(page)).to_have_text(WORDS[-3:])


def test_a_screen_reader_finds_its_way(watch, browse, expect) -> None:
    page = browse(watch.url)
    watch.say("Buenos días", "Good morning")
    expect(captions(page)).to_match_aria_snapshot("""
        - region "Live captions":
          - status: Live
          - list:
            - listitem: Buenos días Good morning
          - paragraph: Buenos días
    """)


@pytest.mark.parametrize("settings", [{"SIGNALWIRE_CAPTIONS_HISTORY": 10}])
def test_axe_finds_nothing(watch, browse, expect, accessible, dark) -> None:
    page = browse(watch.url, dark=dark, problems="ERR_")
    expect(connection(page)).to_have_text("Live")
    accessible(page)
    watch.say("Hola", final=False)
    watch.say("شكرا", "Thanks", role="local-caller")
    expect(lines(page)).to_have_count(2)
    accessible(page)
    watch.site.cut()
    expect(connection(page)).to_contain_text("lost")
    for number in range(12):
        watch.say(f"line {number}")
    watch.summarize("They greet.")
    accessible(page)
    watch.site.mend()
    expect(lines(page).get_by_text("They greet.")).to_be_visible()
    expect(lines(page).get_by_text("Some captions are missing here.")).to_be_visible()
    accessible(page)


# -- what nobody should be able to do --------------------------------------------------------------


def test_what_was_said_is_text_whatever_it_says(watch, browse, expect) -> None:
    page = browse(watch.url)
    said = "<script>window.pwned = 1</script>"
    means = '<img src="x" onerror="window.pwned = 1">'
    summary = "<svg onload='window.pwned = 1'>&amp;</svg>"
    watch.say(said, means, role='"><b>', lang='en" onclick="window.pwned = 1')
    watch.summarize(summary)
    expect(lines(page)).to_have_text([said + means, summary])
    expect(announced(page)).to_have_text([said])
    assert page.evaluate("window.pwned") is None
    assert captions(page).locator("script, img, svg, b, [onclick]").count() == 0


def test_the_policy_would_stop_what_gets_through(watch, browse) -> None:
    page = browse(watch.url)
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.pwned = 1";
            document.body.append(script);
        }"""
    )
    assert page.evaluate("window.pwned") is None
    (complaint,) = browse.complaints
    assert "Content Security Policy" in complaint
    browse.complaints.clear()


FLAWS = ["missing", "malformed", "another purpose", "another call"]


def test_a_forged_event_is_shown_to_nobody(watch, browse, expect) -> None:
    pages = [browse(watch.url), browse(watch.url)]
    for page in pages:
        expect(connection(page)).to_have_text("Live")
    for flaw in FLAWS:
        answer = watch.tester.forge(events.Utterance, flaw, call_id=CALL, content="Pay at once!")
        assert answer.status_code in (401, 403)
    watch.say("Buenos días")
    for page in pages:
        expect(lines(page)).to_have_text(["Buenos días"])


def test_who_is_refused_reads_once_the_app_lets_them(watch, browse, expect) -> None:
    watch.allowed = False
    watch.say("Buenos días")
    page = browse(watch.url, problems="403")
    expect(connection(page)).to_have_text("The connection is lost; trying again …")
    expect(lines(page)).to_have_count(0)
    watch.allowed = True
    expect(lines(page)).to_have_text(["Buenos días"])
    expect(connection(page)).to_have_text("Live")


def test_who_is_refused_asks_ever_more_seldom(watch, browse, expect) -> None:
    watch.allowed = False
    asked: list[str] = []

    def prepare(page: Any) -> None:
        page.clock.install(time=0)
        page.clock.pause_at(1000)
        page.on("request", lambda sent: asked.append(sent.resource_type))

    page = browse(watch.url, problems="403", prepare=prepare)
    lost = "The connection is lost; trying again …"
    for times, seconds in enumerate([2, 4, 8, 16, 30, 30], 1):
        expect(connection(page)).to_have_text(lost)
        page.clock.run_for(seconds * 1000 - 1)
        assert asked.count("eventsource") == times
        page.clock.run_for(1)
        expect(connection(page)).to_have_text(lost)
        assert asked.count("eventsource") == times + 1


# -- connections -----------------------------------------------------------------------------------


def test_two_browsers_read_the_same_call(watch, browse, expect) -> None:
    watch.say("uno")
    first, second = browse(watch.url), browse(watch.url)
    watch.say("dos")
    for page in (first, second):
        expect(lines(page)).to_have_text(["uno", "dos"])
    first.close()
    watch.say("tres")
    expect(lines(second)).to_have_text(["uno", "dos", "tres"])
    expect(lines(browse(watch.url))).to_have_text(["uno", "dos", "tres"])


@pytest.mark.parametrize("settings", [{"SIGNALWIRE_CAPTIONS_HISTORY": 10}])
@pytest.mark.parametrize("how", ["cut", "busy"])
def test_a_lost_connection_loses_and_repeats_nothing(watch, browse, expect, how) -> None:
    page = browse(watch.url, problems="ERR_|503")
    earlier = [f"line {number}" for number in range(12)]  # more than are kept
    expect(connection(page)).to_have_text("Live")
    for line in [*earlier, "uno"]:
        watch.say(line)
    watch.say("do", final=False)
    expect(lines(page)).to_have_text([*earlier, "uno", "do"])
    watch.busy = how == "busy"  # a browser gives up after such an answer, the script does not
    watch.site.cut()
    if how == "busy":
        watch.site.mend()
    expect(connection(page)).to_have_text("The connection is lost; trying again …")
    watch.say("dos")
    watch.say("tres")
    watch.busy = False
    watch.site.mend()
    expect(connection(page)).to_have_text("Live")
    watch.say("cuatro")
    expect(lines(page)).to_have_text([*earlier, *WORDS])
    assert {line.get_attribute("data-final") for line in lines(page).all()} == {"true"}
    expect(announced(page)).to_have_text(WORDS[-3:])


@pytest.mark.parametrize("settings", [{"SIGNALWIRE_CAPTIONS_HISTORY": 10}])
def test_what_nobody_kept_is_told_of(watch, browse, expect) -> None:
    page = browse(watch.url, problems="ERR_")
    watch.say("the first")
    expect(lines(page)).to_have_count(1)
    watch.site.cut()
    expect(connection(page)).to_contain_text("lost")
    for number in range(20):
        watch.say(f"line {number}")
    watch.site.mend()
    kept = [f"line {number}" for number in range(10, 20)]
    expect(lines(page)).to_have_text(["the first", "Some captions are missing here.", *kept])


@pytest.mark.parametrize("settings", [{"SIGNALWIRE_CAPTIONS_LINGER": 1}])
def test_the_end_of_the_call_is_the_end(watch, browse, expect) -> None:
    sources = """
        window.sources = [];
        window.EventSource = class extends EventSource {
            constructor(...all) { super(...all); window.sources.push(this); }
        };
    """
    page = browse(watch.url, prepare=lambda page: page.add_init_script(sources))
    expect(connection(page)).to_have_text("Live")
    watch.end()
    expect(captions(page)).to_have_attribute("data-call-state", "ended")
    watch.say("the last words come late")
    expect(connection(page)).to_have_text("The call has ended.")
    expect(lines(page)).to_have_text(["the last words come late"])
    assert page.evaluate("sources.map((source) => source.readyState)") == [2]  # closed, for good
    assert watch.listening == 0
