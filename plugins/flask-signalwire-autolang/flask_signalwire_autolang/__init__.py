"""Picks the languages of live translations from what is known of the remote party."""

from __future__ import annotations

from . import signals
from .decision import (
    Decision,
    Evidence,
    LanguageRefused,
    LanguageUnknown,
    SameLanguage,
    Step,
    VoiceMismatch,
)
from .hookspecs import hookimpl
from .inquiry import Inquiry
from .plugin import Autolang

__version__ = "0.1.0"

__all__ = [
    "Autolang",
    "Decision",
    "Evidence",
    "Inquiry",
    "LanguageRefused",
    "LanguageUnknown",
    "SameLanguage",
    "Step",
    "VoiceMismatch",
    "hookimpl",
    "signals",
]
