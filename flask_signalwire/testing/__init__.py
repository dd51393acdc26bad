"""What the pytest plugin hands to tests: an app under test, seen from the service's side.

.. code-block:: python

    def test_a_greeting(signalwire):
        signalwire.post("call_state", state="answered")
        signalwire.assert_sent("calling.play")

Without pytest it is a context manager: ``with Tester(app) as signalwire: …``.
"""

from __future__ import annotations

from .delivering import Flaw
from .sent import Sent
from .tester import TestClock, Tester

__all__ = ["Flaw", "Sent", "TestClock", "Tester"]
