"""What commands do to a simulated call, by wire name: to simulate one more, add it here.

A behaviour gets a call that is not over and params that the schema accepts, and nothing else moves
the call meanwhile. It changes the call and returns what is answered in place of the leg, or None
for the leg; or it raises a :class:`Refusal`, and has changed nothing. A command without a behaviour
does nothing and answers the leg. ``dial``, which makes the call, is in :meth:`Calls.dial`.

The contract names no status for acting on something that does not run. It is 404 everywhere, as if
it had never been: for an unknown control id, one of another kind of operation, a finished operation
and a session that is not open.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import ai, calls, live, media
from .common import Behaviour

BEHAVIOURS: Mapping[str, Behaviour] = {
    **calls.BEHAVIOURS,
    **media.BEHAVIOURS,
    **live.BEHAVIOURS,
    **ai.BEHAVIOURS,
}
