"""The service in memory: a fake space for tests, demos and development.

.. code-block:: python

    from flask_signalwire.simulator import ManualClock, Simulator, SimulatorAdapter

    simulator = Simulator(clock=ManualClock())
    session = requests.Session()
    session.mount("https://", SimulatorAdapter(simulator))

It answers as the calling API contract of 2026-08 documents; nobody is called. It sends no
callbacks. It fails where it is asked to:

.. code-block:: python

    simulator.faults.add("dial", status=503, retry_after=2)
"""

from __future__ import annotations

from .adapter import SimulatorAdapter
from .app import Simulator
from .call import SimulatedCall
from .calls import Calls
from .clock import Clock, ManualClock, SystemClock
from .faults import AnswerLost, Fault, Faults
from .journal import Journal, JournalEntry
from .operations import SimulatedOperation
from .server import SimulatorServer, serve
from .sessions import (
    LiveSession,
    Sidecar,
    SimulatedAgent,
    TranscriptionSession,
    TranslationSession,
)

__all__ = [
    "AnswerLost",
    "Calls",
    "Clock",
    "Fault",
    "Faults",
    "Journal",
    "JournalEntry",
    "LiveSession",
    "ManualClock",
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
    "serve",
]
