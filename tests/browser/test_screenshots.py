"""The README's pictures. `make screenshots` takes them; otherwise this checks what is in them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from flask_signalwire import events

from .desk import EGYPT, PREMIUM

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
SENTENCE = "Dr. Haddad will see you, on the second floor."


@pytest.fixture
def picture() -> Callable[[Any, str], None]:
    """Take a picture of a page as one sees it, where that was asked for."""

    def take(page: Any, name: str) -> None:
        if os.environ.get("SCREENSHOTS"):
            IMAGES.mkdir(exist_ok=True)
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=IMAGES / name, animations="disabled", caret="hide")

    return take


@pytest.mark.browser
def test_a_conversation_in_two_languages(desk, converse, expect, picture) -> None:
    page = converse(EGYPT, width=1200, height=830)
    desk.advance(18)
    expect(page.lines).to_have_count(3)
    page.say_something.fill(SENTENCE)
    page.say_it.click()
    expect(page.lines.last).to_contain_text(SENTENCE)
    desk.tester.post(
        events.Utterance,
        call_id=desk.call_id,
        content="نعم، الخميس مناسب. هل يجب",
        lang="ar-EG",
        final=False,
        timestamp=datetime.now(timezone.utc),
    )
    expect(page.lines.last).to_contain_text("نعم، الخميس مناسب")
    page.page.reload()  # nothing is said any more of the sentence that was sent
    expect(page.lines).to_contain_text(
        [
            "City clinic, good afternoon.",
            "Good afternoon, I have an appointment on Tuesday and want to move it.",
            "بالتأكيد. هل يناسبك يوم الخميس الساعة التاسعة والنصف؟",
            SENTENCE,
            "نعم، الخميس مناسب. هل يجب",
        ]
    )
    expect(page.state).to_have_text("In conversation")
    expect(page.target).to_contain_text("Arabic (Egypt)")
    expect(page.language).to_contain_text("is from Egypt")
    picture(page.page, "desk-call.png")


@pytest.mark.browser
def test_a_number_that_is_refused_on_a_telephone_in_the_dark(visit, expect, picture) -> None:
    page = visit(dark=True, width=390, height=930)
    page.number.fill(PREMIUM)
    expect(page.page.get_by_text("numbers that start with +1900 charge the caller")).to_be_visible()
    expect(page.call).to_be_in_viewport()
    picture(page.page, "desk-dial.png")


@pytest.mark.parametrize("name", ["desk-call.png", "desk-dial.png"])
def test_the_readme_shows_them_and_says_what_one_sees(name) -> None:
    assert (IMAGES / name).stat().st_size < 200_000
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (alt,) = re.findall(rf"!\[([^]]*)\]\(docs/images/{name}\)", readme)
    assert len(alt) > 40
