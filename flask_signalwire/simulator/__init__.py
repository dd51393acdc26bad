"""The service in memory: a fake space for tests, demos and development.

.. code-block:: python

    from flask_signalwire.simulator import ManualClock, Simulator, SimulatorAdapter

    simulator = Simulator(clock=ManualClock())
    session = requests.Session()
    session.mount("https://", SimulatorAdapter(simulator))

It answers as the calling API contract of 2026-08 documents; nobody is called. It sends no
callbacks, and does not fail on request.
"""

from __future__ import annotations

from .adapter import SimulatorAdapter
from .app import Simulator
from .calls import Calls, SimulatedCall, TranslationSession
from .clock import Clock, ManualClock, SystemClock
from .journal import Journal, JournalEntry
from .server import SimulatorServer, serve

__all__ = [
    "Calls",
    "Clock",
    "Journal",
    "JournalEntry",
    "ManualClock",
    "SimulatedCall",
    "Simulator",
    "SimulatorAdapter",
    "SimulatorServer",
    "SystemClock",
    "TranslationSession",
    "serve",
]
