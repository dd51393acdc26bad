"""A real browser, and what it is shown. What drives it is imported when a test asks for it: these
tests are collected, and left out, where nothing of it is installed.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from flask_signalwire.simulator import ManualClock
from flask_signalwire.testing import Tester

from .desk import SPAIN, Desk, DeskPage, make_desk
from .sites import SECONDS, Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, one a worker.

    As long as Playwright runs, its event loop counts as running in this thread. So it does not
    outlive this directory's tests: other tests have loops of their own.
    """
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    if path is None:
        pytest.fail("tests marked `browser` need Chromium: apt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            # In a container everybody is root, which Chromium's sandbox refuses.
            chromium_sandbox=False,
            # Nothing but this machine is reached, whatever a page or the browser itself asks for.
            args=["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def expect() -> Any:
    """Playwright's `expect`, which waits for what a page will show."""
    from playwright.sync_api import expect

    expect.set_options(timeout=SECONDS * 1000)
    return expect


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], Site]]:
    """Serve an app."""
    sites: list[Site] = []

    def start(app: Flask) -> Site:
        sites.append(Site(app))
        return sites[-1]

    yield start
    for site in sites:
        site.close()


class Profiles:
    """Browsers' profiles. One that was emptied is taken again: to make one takes half a second."""

    def __init__(self, chromium: Browser) -> None:
        self._chromium = chromium
        self._idle: dict[bool, list[BrowserContext]] = {True: [], False: []}

    def take(self, *, javascript: bool) -> BrowserContext:
        """An empty one, which nobody else has."""
        if self._idle[javascript]:
            return self._idle[javascript].pop()
        made = self._chromium.new_context(
            java_script_enabled=javascript,
            locale="en-US",
            timezone_id="UTC",
            reduced_motion="reduce",
        )
        made.set_default_timeout(SECONDS * 1000)
        return made

    def give_back(self, profile: BrowserContext, *, javascript: bool) -> None:
        """Close its pages, and forget its cookies. Other than that, sites store nothing."""
        for page in profile.pages:
            page.close()
        profile.clear_cookies()
        self._idle[javascript].append(profile)


@pytest.fixture(scope="package")
def profiles(chromium: Browser) -> Profiles:
    return Profiles(chromium)


class Browsing:
    """Opens pages, each in a browser of its own, with its own cookies.

    :ivar complaints: errors in the console: a script that failed, something that the
        Content-Security-Policy refused, a file that is not there.
    """

    def __init__(self, profiles: Profiles) -> None:
        self._profiles = profiles
        self._taken: list[tuple[BrowserContext, bool]] = []
        self._prepared: list[BrowserContext] = []
        self.complaints: list[str] = []

    def __call__(
        self,
        url: str,
        *,
        dark: bool = False,
        width: int = 1000,
        height: int = 800,
        javascript: bool = True,
        problems: str | None = None,
        prepare: Callable[[Page], Any] | None = None,
    ) -> Page:
        """Open a page.

        :param problems: a regular expression for the errors that the test provokes.
        :param prepare: what is done before the page is loaded.
        """
        profile = self._profiles.take(javascript=javascript)
        if prepare is None:
            self._taken.append((profile, javascript))
        else:
            self._prepared.append(profile)  # a stopped clock, say: for nobody else

        def complain(text: str) -> None:
            if problems is None or not re.search(problems, text):
                self.complaints.append(text)

        page = profile.new_page()
        page.on("console", lambda said: complain(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complain(str(error)))
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.set_viewport_size({"width": width, "height": height})
        if prepare is not None:
            prepare(page)
        page.goto(url)
        return page

    def close(self) -> None:
        """Close all browsers."""
        for profile, javascript in self._taken:
            self._profiles.give_back(profile, javascript=javascript)
        for profile in self._prepared:
            profile.close()


@pytest.fixture
def browse(serve: Any, profiles: Profiles) -> Iterator[Browsing]:
    """Open pages; the test fails where a console has an error that was not foreseen."""
    browsing = Browsing(profiles)
    yield browsing
    browsing.close()
    assert browsing.complaints == []


# -- the call desk ---------------------------------------------------------------------------------


@pytest.fixture
def settings() -> dict[str, Any]:
    """Those of the app under test that a test wants otherwise."""
    return {}


@pytest.fixture
def desk(
    signalwire_settings: Mapping[str, Any],
    settings: dict[str, Any],
    tmp_path: Path,
    serve: Callable[[Flask], Site],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    """The example app with all plugins."""
    for name in [name for name in os.environ if name.startswith(("FLASK_", "SIGNALWIRE_"))]:
        monkeypatch.delenv(name)
    app = make_desk({**signalwire_settings, **settings}, tmp_path / "audit.sqlite")
    with Tester(app) as tester:
        # The page's own lines have the time of this machine, and stand among those of the service:
        # so that they come last here, these are spoken a little earlier.
        tester.simulator.clock = ManualClock(time.time() - 300)
        yield Desk(tester, serve(app))


@pytest.fixture
def visit(desk: Desk, browse: Any) -> Callable[..., DeskPage]:
    """Open the desk, or another page of it."""

    def start(path: str = "", **options: Any) -> DeskPage:
        return DeskPage(browse(desk.url + path, **options))

    return start


@pytest.fixture
def converse(desk: Desk, visit: Callable[..., DeskPage], expect: Any) -> Callable[..., DeskPage]:
    """Call somebody, who answers; the translation runs, and nobody has said anything yet."""

    def start(number: str = SPAIN, **options: Any) -> DeskPage:
        page = visit(**options)
        page.dial(number)
        expect(page.hang_up).to_be_visible()
        desk.answer()
        expect(page.say_it).to_be_enabled()
        return page

    return start


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Assert that axe-core finds nothing wrong with a page as it is now."""
    from axe_playwright_python.sync_playwright import Axe

    def check(page: Page) -> None:
        results = Axe().run(page)
        assert results.response["passes"], "axe-core has looked at nothing"
        assert results.violations_count == 0, results.generate_report()

    return check
