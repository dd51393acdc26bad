"""Picks the language of a live translation from the remote party's telephone number."""

from __future__ import annotations

from .decision import Decision
from .plugin import Autolang

__version__ = "0.1.0"

__all__ = ["Autolang", "Decision"]
