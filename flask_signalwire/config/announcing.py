"""What somebody should know of an app's settings when it starts."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from .receiving import ENDPOINTS
from .values import DEFAULT_ACCOUNT

if TYPE_CHECKING:
    from . import Settings

logger = logging.getLogger("flask_signalwire.config")


def announce(settings: Settings, *, quiet: bool, keyed: bool) -> None:
    """Warn of what works in another way than it seems, or will not work at all.

    :param quiet: whether the simulator is what is meant: while debugging, and in tests.
    :param keyed: whether there is a key to sign callback URLs with.
    """
    accounts = [settings.account(name) for name in (DEFAULT_ACCOUNT, *settings.accounts)]
    simulated = [account.name for account in accounts if account.simulated]
    if simulated and not quiet:
        logger.warning(
            "SIGNALWIRE_SPACE is 'simulator' (account %s): no telephone will ring. Set a real "
            "space in production, or TESTING or debug to hide this line",
            ", ".join(simulated),
        )
    if settings.dry_run:
        logger.warning("SIGNALWIRE_DRY_RUN is on: commands are logged, none is sent")
        return
    signed = any("token" in settings.policy(purpose)[0] for purpose in ENDPOINTS)
    if signed and settings.callbacks and settings.base_url is not None and not keyed:
        logger.warning(
            "SIGNALWIRE_PUBLIC_URL is set, and SECRET_KEY is not, which callback URLs are signed "
            "with: until it is set, commands that need one will raise. Or set SIGNALWIRE_CALLBACKS "
            "to False"
        )
    # With named accounts only, the default one may well be left unset.
    for account in accounts:
        if account.name == DEFAULT_ACCOUNT and len(accounts) > 1 and not account.project_id:
            continue
        missing = [key for key, _ in account.missing()]
        if missing:
            logger.warning(
                "not set: %s; commands of account %r will raise", ", ".join(missing), account.name
            )
