"""Live captions for browsers: what is said on a call, and its translation, as it is said."""

from __future__ import annotations

from .access import captions_url
from .plugin import Captions

__version__ = "0.1.0"

__all__ = ["Captions", "captions_url"]
