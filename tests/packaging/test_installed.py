"""The wheels, installed in an environment of their own, far from the checkout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .conftest import Distribution, Environment

IMPORT_ALL = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.endswith(("__main__", ".pytest_plugin")):
        importlib.import_module(module.name)
print(package.__file__)
"""

APP = """
from flask import Flask
from flask_signalwire import SignalWire

app = Flask(__name__)
app.config["SIGNALWIRE_SPACE"] = "simulator"
app.testing = True
SignalWire(app)
"""

FIRST_COMMAND = """
from app import app

with app.app_context():
    leg = app.signalwire.calling.dial(
        from_="+14155550100", to="+14155550111", url="https://example.com/swml"
    )
assert leg.id == leg["id"]
"""

SCENARIO = """
from app import app
from flask_signalwire.exceptions import ConfigurationError

try:
    print(app.signalwire.simulator.play("parcel").name)
except ConfigurationError as error:
    print(error)
"""

REDIS = """
from flask import Flask
from flask_signalwire import SignalWire
from flask_signalwire.exceptions import ConfigurationError

app = Flask("desk")
app.config.update(SIGNALWIRE_SPACE="simulator", SIGNALWIRE_EVENTS_URL="redis://127.0.0.1")
try:
    SignalWire(app)
except ConfigurationError as error:
    print(error)
"""

SUITE = """
def test_a_call_is_placed(signalwire):
    signalwire.calling.dial(
        from_="+14155550100", to="+14155550111", url="https://example.com/swml"
    )
    signalwire.assert_sent_once("dial", to="+14155550111")
"""


def test_every_module_imports_without_a_warning(
    everything: Environment, distribution: Distribution
) -> None:
    origin = Path(
        everything.python("-W", "error", "-c", IMPORT_ALL, distribution.package).splitlines()[-1]
    )
    assert origin.is_relative_to(everything.root)
    assert not origin.is_relative_to(distribution.source)


def test_the_core_needs_no_plugin(core_alone: Environment) -> None:
    core_alone.python("-W", "error", "-c", IMPORT_ALL, "flask_signalwire")
    (core_alone.workplace / "app.py").write_text(APP, encoding="utf-8")
    core_alone.python("-c", FIRST_COMMAND)


def test_without_an_extra_it_is_asked_for_by_name(core_alone: Environment) -> None:
    """Scenarios are listed, since they are shipped; to read one needs the extra."""
    (core_alone.workplace / "app.py").write_text(APP, encoding="utf-8")
    assert "pip install 'flask-signalwire[simulator]'" in core_alone.python("-c", SCENARIO)
    assert "pip install 'flask-signalwire[redis]'" in core_alone.python("-c", REDIS)


def test_a_shipped_scenario_is_played(everything: Environment) -> None:
    (everything.workplace / "app.py").write_text(APP, encoding="utf-8")
    assert everything.python("-c", SCENARIO).split() == ["parcel"]


def test_pytest_has_the_fixtures(everything: Environment) -> None:
    (everything.workplace / "test_call.py").write_text(SUITE, encoding="utf-8")
    everything.python("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_call.py")


def test_flask_lists_the_installed_plugins(
    everything: Environment, built: dict[str, Distribution]
) -> None:
    (everything.workplace / "app.py").write_text(APP, encoding="utf-8")
    listed = json.loads(everything.flask("signalwire", "plugins", "--json"))
    plugins = {
        plugin["name"]: (plugin["status"], plugin["distribution"], plugin["version"])
        for plugin in listed
        if plugin["distribution"] in built
    }
    assert plugins == {
        short: ("active", name, built[name].version)
        for short, name in {
            "audit": "flask-signalwire-audit",
            "autolang": "flask-signalwire-autolang",
            "captions": "flask-signalwire-captions",
        }.items()
    }
