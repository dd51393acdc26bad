"""Fixtures for pytest, which finds them by the package's entry point.

None is used unless a test asks for it, and what they need is imported then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from flask import Flask

    from .testing import Tester


@pytest.fixture(scope="session")
def signalwire_settings() -> Mapping[str, Any]:
    """What an app under test is configured with: pass it to your factory.

    On the simulator, with a key and a URL so that callbacks reach it, and with what installed
    plugins want in tests (entry points of the group ``flask_signalwire_testing``). Read-only; to
    change something, write ``{**signalwire_settings, "SIGNALWIRE_RETRIES": 0}``.
    """
    return MappingProxyType(
        {
            **_settings_of_plugins(),
            "TESTING": True,
            "SECRET_KEY": "a key that only tests have",
            "SIGNALWIRE_SPACE": "simulator",
            "SIGNALWIRE_PUBLIC_URL": "http://localhost",
        }
    )


def _settings_of_plugins() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in sorted(entry_points(group="flask_signalwire_testing"), key=lambda at: at.name):
        try:
            found.update(entry.load())
        except Exception as error:  # noqa: BLE001  # somebody else's code
            # Left out, the tests of an app might write where only the app itself should.
            pytest.fail(
                f"the settings for tests of the plugin {entry.name} ({entry.value}) can't be used: "
                f"{type(error).__name__}: {error}",
                pytrace=False,
            )
    return found


@pytest.fixture
def signalwire_plugins() -> list[Any]:
    """The plugins of ``signalwire_app``; override it.

    A name stands for an installed plugin, which must work then; everything else is what
    ``SignalWire(plugins=[...])`` takes. Installed plugins that are not named are blocked.
    """
    return []


@pytest.fixture
def signalwire_app(signalwire_settings: Mapping[str, Any], signalwire_plugins: list[Any]) -> Flask:
    """A minimal app on the simulator, for tests of plugins and libraries."""
    from flask import Flask

    from . import SignalWire

    names = [plugin for plugin in signalwire_plugins if isinstance(plugin, str)]
    installed = {entry.name for entry in entry_points(group="flask_signalwire")}
    app = Flask("signalwire_app")
    app.config.from_mapping(
        signalwire_settings,
        SIGNALWIRE_PLUGINS_BLOCKED=sorted(installed - set(names)),
        SIGNALWIRE_PLUGINS_REQUIRED=names,
    )
    SignalWire(app, plugins=[p for p in signalwire_plugins if not isinstance(p, str)])
    return app


@pytest.fixture
def signalwire(request: pytest.FixtureRequest) -> Iterator[Tester]:
    """The :class:`~flask_signalwire.testing.Tester` of your ``app`` fixture; where there is none,
    of ``signalwire_app``.
    """
    from .exceptions import ConfigurationError
    from .testing import Tester

    try:
        app = request.getfixturevalue("app")
    except pytest.FixtureLookupError as error:
        if error.argname != "app":  # there is one, and it asks for something that there is not
            raise
        app = request.getfixturevalue("signalwire_app")
    try:
        tester = Tester(app)
    except ConfigurationError as error:
        pytest.fail(str(error), pytrace=False)
    with tester:
        yield tester
