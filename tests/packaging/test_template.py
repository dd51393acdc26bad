"""A new plugin from the installed package, in an environment without the checkout."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .test_installed import APP

if TYPE_CHECKING:
    from .conftest import Environment


def test_a_new_plugin_is_installed_tested_and_listed(core_alone: Environment) -> None:
    (core_alone.workplace / "app.py").write_text(APP, encoding="utf-8")
    core_alone.flask("signalwire", "plugins", "new", "toll_guard")
    core_alone.python("-m", "pip", "install", "-q", "./flask-signalwire-toll-guard[test]")
    try:
        passed = core_alone.python("-m", "pytest", "-q", "flask-signalwire-toll-guard")
        assert "3 passed" in passed
        listed = json.loads(core_alone.flask("signalwire", "plugins", "--json"))
        (found,) = [plugin for plugin in listed if plugin["name"] == "toll_guard"]
        assert (found["status"], found["version"]) == ("active", "0.1.0")
    finally:
        core_alone.python("-m", "pip", "uninstall", "-q", "-y", "flask-signalwire-toll-guard")
