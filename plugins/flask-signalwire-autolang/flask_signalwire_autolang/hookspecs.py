"""The hooks of this plugin, which other plugins implement: each is one source of evidence.

They are functions or methods marked with ``flask_signalwire_autolang.hookimpl``. For each hook all
plugins are asked in turn, the last registered first and the built-in one last; the first that
returns something has answered for that hook. An answer is an :class:`~.Evidence`, or a tag alone,
which counts with confidence 1. ``Evidence(None, reason=…)`` answers, too: nothing is known, and the
built-in source is not asked. None leaves it to the next.

They are called in the thread of whoever starts a translation, and that one waits: have a timeout.
**Failure:** logged with the plugin's name, and the search goes on; ``CommandRejected`` is a veto.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from .decision import Evidence, Step
    from .inquiry import Inquiry

PROJECT = "flask_signalwire_autolang"
"""The pluggy project, and the entry-point group that evidence plugins are found by."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a function as the implementation of one of this plugin's hooks."""


@hookspec
def signalwire_language_evidence(inquiry: Inquiry) -> Evidence | str | None:
    """Answer before everybody else: a CRM, a booking, a contract.

    .. code-block:: python

        class Crm:
            @hookimpl
            def signalwire_language_evidence(self, inquiry):
                contact = self.contacts.get(inquiry.number)
                return contact and Evidence(contact.language, 0.95, "CRM", "the contact's language")

    .. versionadded:: 0.1
    """


@hookspec
def signalwire_language_from_profile(inquiry: Inquiry) -> Evidence | str | None:
    """The profile; built in: ``SIGNALWIRE_AUTOLANG_PROFILE``, and the context.

    .. versionadded:: 0.1
    """


@hookspec
def signalwire_language_from_call(inquiry: Inquiry) -> Evidence | str | None:
    """What the call itself told; built in: its utterances, and an earlier choice.

    .. versionadded:: 0.1
    """


@hookspec
def signalwire_language_from_text(inquiry: Inquiry) -> Evidence | str | None:
    """What the remote party wrote; built in: the text detector.

    .. versionadded:: 0.1
    """


@hookspec
def signalwire_language_from_header(inquiry: Inquiry) -> Evidence | str | None:
    """The remote party's Accept-Language; built in: werkzeug's parser and the nearest tag.

    .. versionadded:: 0.1
    """


@hookspec
def signalwire_language_from_number(inquiry: Inquiry) -> Evidence | str | None:
    """The telephone number; built in: its area, else its region.

    .. versionadded:: 0.1
    """


@hookspec
def signalwire_language_unknown(inquiry: Inquiry, steps: tuple[Step, ...]) -> Evidence | str | None:
    """Ask somebody who knows; with ``SIGNALWIRE_AUTOLANG_UNKNOWN = "ask"``, where no source was
    certain enough. Built in: ``SIGNALWIRE_AUTOLANG_ASK``. Without an answer the command is refused.

    .. versionadded:: 0.1
    """
