"""The service in memory: a fake space for tests, demos and development.

.. code-block:: python

    from flask_signalwire.simulator import ManualClock, Simulator, SimulatorAdapter

    simulator = Simulator(clock=ManualClock())
    session = requests.Session()
    session.mount("https://", SimulatorAdapter(simulator))

It answers as the calling API contract of 2026-08 documents, and sends the callbacks that the
commands ask for; nobody is called. What is said in a call is a scenario's, and it fails where it is
asked to:

.. code-block:: python

    simulator.play("parcel")
    simulator.faults.add("dial", status=503, retry_after=2)
    simulator.advance(60)
"""

from __future__ import annotations

from .adapter import SimulatorAdapter
from .app import Simulator
from .call import SimulatedCall
from .callbacks import Callbacks, Delivery
from .calls import Calls
from .clock import Clock, ManualClock, SystemClock
from .disturbances import Disturbance
from .faults import AnswerLost, Fault, Faults
from .journal import Journal, JournalEntry, Log
from .operations import SimulatedOperation
from .scenarios import Advice, Input, Line, Machine, Scenario, load_scenario, read_scenario
from .server import SimulatorServer, serve
from .sessions import (
    LiveSession,
    Sidecar,
    SimulatedAgent,
    TranscriptionSession,
    TranslationSession,
)

__all__ = [
    "Advice",
    "AnswerLost",
    "Callbacks",
    "Calls",
    "Clock",
    "Delivery",
    "Disturbance",
    "Fault",
    "Faults",
    "Input",
    "Journal",
    "JournalEntry",
    "Line",
    "LiveSession",
    "Log",
    "Machine",
    "ManualClock",
    "Scenario",
    "Sidecar",
    "SimulatedAgent",
    "SimulatedCall",
    "SimulatedOperation",
    "Simulator",
    "SimulatorAdapter",
    "SimulatorServer",
    "SystemClock",
    "TranscriptionSession",
    "TranslationSession",
    "load_scenario",
    "read_scenario",
    "serve",
]
