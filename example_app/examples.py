"""Numbers to try on the simulator, and what is said when they are called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from flask import current_app

from flask_signalwire import Client
from flask_signalwire.simulator import Scenario, load_scenario

SCENARIOS = "examples"
"""What DESK_SCENARIO says for all of them."""


@dataclass(frozen=True)
class Example:
    """A number that can be called on the simulator.

    :param key: in the page's address. :param shows: what it is good for.
    :param scenario: a shipped one, or a file here; None: the number is engaged.
    """

    key: str
    place: str
    number: str
    shows: str
    scenario: str | None = None


_HERE = Path(__file__).parent
# Of ranges that nobody is given, where a country has some.
EXAMPLES = (
    Example("spain", "Spain", "+34911234567", "a parcel is late", "parcel"),
    Example("egypt", "Egypt", "+20223456789", "an appointment, right to left", "clinic"),
    Example(
        "germany", "Germany", "+493023125001", "a car in the workshop", str(_HERE / "workshop.yaml")
    ),
    Example("france", "France", "+33199001234", "the line is engaged"),
    Example("premium", "Premium", "+19005550100", "the desk's policy refuses it", "parcel"),
)


def find(key: str | None) -> Example | None:
    """The example of a key; the first one without. None where the desk calls really."""
    if not offered():
        return None
    return next((example for example in EXAMPLES if example.key == key), EXAMPLES[0])


def offered() -> bool:
    """Whether nobody's telephone rings."""
    client: Client = current_app.extensions["signalwire"]
    return client.settings.space == "simulator"


def play(client: Client, scenario: str) -> None:
    """Have a scenario happen in simulated calls; all of the above for ``examples``.

    :raises ConfigurationError: where it can't be read.
    """
    if scenario != SCENARIOS:
        client.simulator.play(scenario)
        return
    client.simulator.play("parcel")  # whoever else is called
    for example in EXAMPLES:
        if example.scenario is None:
            found = Scenario("engaged", refuses="busy", answers_after=4)
        else:
            found = load_scenario(example.scenario)
        # A fault of a scenario would befall whichever call comes first, and not its own.
        client.simulator.play(replace(found, to=example.number, faults=()))
