"""Plugins: what an author imports (:data:`hookimpl`), the hooks, and their manager.

This module is a light leaf: a plugin that needs the marker alone imports nothing heavy by it.
"""

from __future__ import annotations

import pluggy

PROJECT = "flask_signalwire"
"""The pluggy project, and the entry-point group that plugins are found by."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function as the implementation of a hook; see
:mod:`flask_signalwire.plugins.hookspecs`."""

__all__ = ["PROJECT", "hookimpl", "hookspec"]
