"""Scenarios: conversations for the simulator to play, written in YAML."""

from __future__ import annotations

from .model import Advice, Input, Line, Machine, Scenario
from .reading import load_scenario, read_scenario, shipped

__all__ = [
    "Advice",
    "Input",
    "Line",
    "Machine",
    "Scenario",
    "load_scenario",
    "read_scenario",
    "shipped",
]
