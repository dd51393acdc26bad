"""The AI agent of a call, and the sidecar that listens and advises."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from ..call import SimulatedCall
from ..refusals import Refusal
from ..sessions import Sidecar, SimulatedAgent
from .common import Behaviour, there


def _agent(call: SimulatedCall) -> SimulatedAgent:
    if call.agent.state == "stopped":
        raise Refusal(404)
    return call.agent


def ai_hold(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Hold the agent; without a timeout until it is unheld."""
    # Any number of digits is allowed, and int() takes 4300.
    _agent(call).hold(float(params.get("timeout", math.inf)))


def ai_unhold(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Take it off hold; where it is not held, nothing happens."""
    _agent(call).unhold()


def ai_message(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Keep the message."""
    _agent(call).messages.append(params)


def ai_stop(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Stop it; the `control_id` is ignored, as by the service."""
    _agent(call).stop()


def sidecar(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Start one, or have the one that runs summarise. A second start is a 409: our choice."""
    if "action" in params:
        call.summarize(there(call.sidecar), params["action"]["summarize"])
    elif call.sidecar is not None:
        raise Refusal(409)
    else:
        call.start_sidecar(Sidecar(params))


def sidecar_poke(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Keep the text."""
    there(call.sidecar).pokes.append(params["text"])


def sidecar_ask(call: SimulatedCall, params: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the question, and answer under which id the reply would come."""
    ask_id = str(uuid4())
    call.ask_sidecar(there(call.sidecar), ask_id, params["text"])
    return {**call.leg(), "ask_id": ask_id}


def sidecar_stop(call: SimulatedCall, params: Mapping[str, Any]) -> None:
    """Stop it."""
    there(call.sidecar)
    call.stop_sidecar()


def sidecar_status(call: SimulatedCall, params: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a ``+OK key=value …`` line, wrapped in JSON.

    The contract gives the line, neither its keys nor whether it comes bare. Bare it would be an
    :class:`~flask_signalwire.exceptions.UnreadableAnswer`; the fault ``garbage`` rehearses that.
    """
    running = there(call.sidecar)
    counts = f"pokes={len(running.pokes)} asks={len(running.asks)}"
    line = f"+OK status=running {counts} summaries={len(running.summaries)}"
    return {"id": call.id, "result": line}


BEHAVIOURS: Mapping[str, Behaviour] = {
    "calling.ai_hold": ai_hold,
    "calling.ai_unhold": ai_unhold,
    "calling.ai_message": ai_message,
    "calling.ai.stop": ai_stop,
    "calling.ai_sidecar": sidecar,
    "calling.ai_sidecar.poke": sidecar_poke,
    "calling.ai_sidecar.ask": sidecar_ask,
    "calling.ai_sidecar.stop": sidecar_stop,
    "calling.ai_sidecar.status": sidecar_status,
}
