"""Sphinx's settings. `make docs` builds, and a warning is an error."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

import flask_signalwire

project = "flask-signalwire"
author = "flask-signalwire contributors"
copyright = author  # noqa: A001  # Sphinx's own name
version = release = flask_signalwire.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "generated"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"flask-signalwire {release}"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# `param` in a docstring is code, not a reference that may not resolve.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
# `…` stands in docstrings for what a reader fills in. Examples in pages and hooks are executed.
suppress_warnings = ["misc.highlighting_failure"]
maximum_signature_line_length = 80
