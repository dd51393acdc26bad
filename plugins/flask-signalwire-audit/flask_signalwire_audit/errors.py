"""What goes wrong with the journal itself."""

from __future__ import annotations

from flask_signalwire import exceptions


class AuditError(exceptions.SignalWireError):
    """The journal can't be written or read, or its tables are not those of this version.

    Raised while an intent is written in the strict mode, it stops the command: nothing is sent.
    """
