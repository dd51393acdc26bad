"""The call desk, served, and its page by the names that people read and screen readers say."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

import example_app
from flask_signalwire import events
from flask_signalwire.testing import Tester

from .sites import BEAT, SECONDS, Site

# The desk's examples: what happens in their calls are scenarios.
SPAIN, GERMANY, EGYPT = "+34911234567", "+493023125001", "+20223456789"
ENGAGED, PREMIUM = "+33199001234", "+19005550100"


def make_desk(settings: Mapping[str, Any], database: Path) -> Flask:
    """The example app with all plugins."""
    return example_app.create_app(
        {
            "DESK_SCENARIO": "examples",
            "SIGNALWIRE_PLUGINS_REQUIRED": ["audit", "autolang", "captions"],
            "SIGNALWIRE_AUDIT_URL": f"sqlite:///{database}",
            "SIGNALWIRE_AUTOLANG_LOCAL": "en-US",
            "SIGNALWIRE_CAPTIONS_HEARTBEAT": BEAT,
            **settings,
        }
    )


class Desk:
    """The app under test, seen from the service's side."""

    def __init__(self, tester: Tester, site: Site) -> None:
        self.tester, self.site = tester, site

    @property
    def url(self) -> str:
        return f"{self.site.url}/"

    @property
    def call_id(self) -> str:
        """The newest call."""
        return list(self.tester.simulator.calls)[-1]

    def advance(self, seconds: float) -> None:
        """Let time pass for the service."""
        self.tester.clock.advance(seconds)

    def answer(self) -> None:
        """Have the other party answer, and wait for the translation, which the desk starts then."""
        self.advance(5)
        until = time.monotonic() + SECONDS
        while self.tester.simulator.calls[self.call_id].translation is None:
            assert time.monotonic() < until, "no translation was started"
            time.sleep(0.01)

    def say(self, content: str, translation: str, **fields: Any) -> None:
        """The other party says something that no scenario has."""
        fields = {"role": "remote-caller", "original_lang": "es-ES", "lang": "en-US", **fields}
        self.tester.post(
            events.Translation,
            call_id=self.call_id,
            original=content,
            content=translation,
            final=True,
            **fields,
        )


class DeskPage:
    """The desk in one browser.

    :ivar page: Playwright's page.
    """

    def __init__(self, page: Any) -> None:
        self.page = page
        self.number = page.get_by_label("Telephone number")
        self.their_language = page.get_by_label("Their language")
        self.call = page.get_by_role("button", name="Call", exact=True)
        self.state = page.get_by_role("status", name="State of the call")
        self.captions = page.get_by_role("region", name="Live captions")
        self.lines = self.captions.get_by_role("listitem")
        self.language = page.get_by_role("region", name="Language")
        self.target = self.language.get_by_role("paragraph").first
        self.translate_into = page.get_by_label("Translate into")
        self.switch = page.get_by_role("button", name="Switch language")
        self.say_something = page.get_by_label("Say something")
        self.say_it = page.get_by_role("button", name="Say it")
        self.summarise = page.get_by_role("button", name="Summarise")
        self.summary = page.get_by_role("region", name="Summary")
        self.audit = page.get_by_role("region", name="Audit trail")
        self.hang_up = page.get_by_role("button", name="Hang up")
        self.alert = page.get_by_role("alert")

    def dial(self, number: str) -> None:
        """Place a call by the form."""
        self.number.fill(number)
        self.call.click()

    @property
    def scrolls_sideways(self) -> bool:
        self.page.wait_for_load_state()  # without its style sheet it is as wide as it likes
        return bool(
            self.page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
        )
