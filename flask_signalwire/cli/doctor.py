"""``flask signalwire doctor``: what is wrong here, and what to do."""

from __future__ import annotations

import dataclasses
import re
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import timezone
from email.utils import parsedate_to_datetime
from importlib import metadata
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit
from uuid import uuid4

import click
from requests.utils import get_environ_proxies

from ..commands import Command
from ..config import DEFAULT_ACCOUNT, ENDPOINTS, Account
from ..config.values import is_loopback
from ..exceptions import (
    AuthenticationFailed,
    ConfigurationError,
    NotFound,
    RateLimited,
    RemoteError,
    ServerError,
    TransportError,
    UnreadableAnswer,
)
from ..health import Health
from ..redaction import scrub
from ..transport import Transport
from ..webhooks.swml import PURPOSE as SWML
from ..webhooks.swml import swml_views
from .shared import echo_columns, echo_json

if TYPE_CHECKING:
    from ..extension import Client

DEADLINE = 10.0
"""Seconds for the one request to each account."""
SKEW = 60.0
"""Seconds that clocks may differ: beyond, times in logs and events can't be laid side by side."""

_LIBRARIES = ("Flask", "blinker", "marshmallow", "pluggy", "requests", "urllib3")


Status = Literal["ok", "warn", "fail"]


@dataclasses.dataclass(frozen=True)
class Check:
    """One line.

    :param name: what was looked at.
    :param status: ``fail`` where commands can't be sent, ``warn`` where somebody should know.
    :param text: what was found; nothing secret.
    :param advice: what to do, where there is something to do.
    """

    name: str
    status: Status
    text: str
    advice: str = ""


_DRY_RUN = Check("dry run", "warn", "no command is sent", "unset SIGNALWIRE_DRY_RUN to send")


def doctor_command(client: Client) -> click.Command:
    """The command that examines one app."""

    @click.command("doctor", short_help="Say what is wrong here, and what to do.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON, one list.")
    @click.option("--offline", is_flag=True, help="Send no request.")
    def doctor(as_json: bool, offline: bool) -> None:
        """Check settings, plugins, versions, and, with a request to each account that can't act,
        network, TLS, credentials and the clock. One line a check; exit code 1 where one fails.

        The request hangs up a call that does not exist. It goes past all plugins, so that no audit
        writes it down.
        """
        checks = []
        for check in examine(client, offline=offline):
            checks.append(check)
            if not as_json:
                _echo(check)
        if as_json:
            echo_json([dataclasses.asdict(check) for check in checks])
        sys.exit(any(check.status == "fail" for check in checks))

    return doctor


def _echo(check: Check) -> None:
    echo_columns([(f"{check.status:4}", f"{check.name:20}", check.text)])
    if check.advice:
        click.echo(f"      {'':20}  -> {check.advice}")


def examine(client: Client, *, offline: bool = False) -> Iterator[Check]:
    """All checks, in the order in which a problem in one explains those after it."""
    settings = client.settings
    # They were loaded when the app was made: it would not be here with settings that can't be.
    yield Check("settings", "ok", f"loaded; {len(settings.accounts) + 1} account(s)")
    if settings.dry_run:
        yield _DRY_RUN
    yield from _plugins(client)
    yield from _versions()
    for name in (DEFAULT_ACCOUNT, *settings.accounts):
        yield from _account(client, settings.account(name), offline)
    yield from _callbacks(client)
    yield from _swml(client)


def settings_health(client: Client) -> Health:
    """What the settings and the list of plugins alone can tell, in one answer."""
    names = (DEFAULT_ACCOUNT, *client.settings.accounts)
    checks = [check for name in names for check in _account(client, client.settings.account(name))]
    checks += [*_callbacks(client), *_swml(client)]
    # Whoever can't do without a plugin requires it, and the app does not start without it.
    checks += [dataclasses.replace(c, status="warn") for c in _plugins(client) if c.status != "ok"]
    if client.settings.dry_run:
        checks.append(_DRY_RUN)
    found = {check.status for check in checks}
    worst: Status = "fail" if "fail" in found else "warn" if "warn" in found else "ok"
    bad = [f"{check.name}: {check.text}" for check in checks if check.status != "ok"]
    return Health(worst, "; ".join(bad))


def _callbacks(client: Client) -> Iterator[Check]:
    """Whether the service's callbacks can reach this app, as far as the settings tell."""
    settings, name = client.settings, "callbacks"
    url = settings.base_url
    if url is None:
        advice = "set SIGNALWIRE_PUBLIC_URL to where the service reaches this app"
        if settings.callbacks:
            yield Check(name, "warn", "no callback URLs are filled in", advice)
        else:
            yield Check(name, "ok", "off: SIGNALWIRE_CALLBACKS is False")
        return
    accounts = [settings.account(account) for account in (DEFAULT_ACCOUNT, *settings.accounts)]
    simulated = all(account.simulated or account.space is None for account in accounts)
    if not client.webhooks.tokens:
        advice = "set SECRET_KEY to a long random text, the same in all processes"
        yield Check(name, "fail", "there is no secret key to sign callback URLs with", advice)
    elif is_loopback(urlsplit(url).netloc) and not simulated:
        advice = "set SIGNALWIRE_PUBLIC_URL to an address that is reached from the internet"
        yield Check(name, "warn", f"{url} is this machine: the service can't reach it", advice)
    elif settings.public_url is None:
        yield Check(name, "ok", "delivered in process, by the simulator")
    else:
        yield Check(name, "ok", f"received at {url}{settings.webhook_prefix}/")
    if not settings.webhooks:
        advice = "another process of yours must receive them; else set SIGNALWIRE_WEBHOOKS to True"
        yield Check(f"{name}: endpoints", "warn", "not mounted in this app", advice)
    for purpose in ENDPOINTS:
        if () in settings.policy(purpose):
            advice = "anybody can post there: demand a proof in SIGNALWIRE_WEBHOOK_AUTH"
            yield Check(f"{name}: {purpose}", "warn", "unauthenticated", advice)
    quiet = simulated or client.app.debug or client.app.testing
    if not client.webhooks.store.shared and not quiet:
        advice = "with several workers, set SIGNALWIRE_EVENTS_URL to a Redis"
        text = "repeated events are known to the process that got them first, and to no other"
        yield Check(f"{name}: store", "warn", text, advice)


def _swml(client: Client) -> Iterator[Check]:
    """Whether the app's views of SWML, where it has some, can answer the service."""
    views = swml_views(client.app)
    if not views:
        return
    unable = client.settings.unable(SWML)
    if unable:
        problem, _, advice = unable.partition("; ")
        text = f"SIGNALWIRE_WEBHOOK_AUTH ({SWML}) {problem}: {', '.join(views)} would answer 500"
        yield Check(SWML, "fail", text, advice)
    elif () in client.settings.policy(SWML):
        advice = "anybody can ask there: demand a proof in SIGNALWIRE_WEBHOOK_AUTH"
        yield Check(SWML, "warn", f"unauthenticated: {', '.join(views)}", advice)
    else:
        yield Check(SWML, "ok", f"answered by {', '.join(views)}")


def _plugins(client: Client) -> Iterator[Check]:
    active = [info.name for info in client.plugins if info.status == "active"]
    yield Check("plugins", "ok", f"active: {', '.join(active)}")
    for info in client.plugins:
        if info.status == "blocked":
            yield Check(f"plugin {info.name}", "ok", f"blocked: {info.reason}")
        elif info.status != "active":
            yield Check(
                f"plugin {info.name}",
                "fail",
                f"{info.status} ({info.source}): {scrub(' '.join(info.reason.split()))}",
                "commands go past it; repair or uninstall it, or name it in "
                "SIGNALWIRE_PLUGINS_BLOCKED",
            )


def _versions() -> Iterator[Check]:
    python = ".".join(map(str, sys.version_info[:3]))
    found = {name: metadata.version(name) for name in _LIBRARIES}
    text = ", ".join(f"{name} {version}" for name, version in found.items())
    yield Check("versions", "ok", f"Python {python}, {text}")
    for name, lowest in _lowest().items():
        if name in found and _numbers(found[name]) < _numbers(lowest):
            yield Check(
                f"version of {name}",
                "fail",
                f"{found[name]} is older than {lowest}",
                f"pip install '{name}>={lowest}'",
            )


def _lowest() -> dict[str, str]:
    """The oldest version of each library that we are tested with."""
    try:
        requirements = metadata.requires("flask-signalwire") or []
    except metadata.PackageNotFoundError:  # run from a checkout
        return {}
    by_name = {name.lower(): name for name in _LIBRARIES}
    lowest = {}
    for requirement in requirements:
        found = re.match(r"([\w.-]+)[^;]*?>=\s*([\d.]+)", requirement)
        if found and "extra ==" not in requirement and found[1].lower() in by_name:
            lowest[by_name[found[1].lower()]] = found[2]
    return lowest


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


# -- accounts -----------------------------------------------------------------------------------


def _account(client: Client, account: Account, offline: bool = True) -> Iterator[Check]:
    name = f"account {account.name}"
    if account.simulated:
        if client.app.debug or client.app.testing:
            yield Check(name, "ok", "the simulator: no telephone will ring")
        else:
            advice = "set SIGNALWIRE_SPACE to your space in production"
            yield Check(name, "warn", "the simulator: no telephone will ring", advice)
        return
    missing = account.missing()
    if missing:
        if account.name == DEFAULT_ACCOUNT and client.settings.accounts and not account.project_id:
            yield Check(name, "ok", "not configured: only named accounts are used")
            return
        for key, text in missing:
            yield Check(name, "fail", f"{key} is missing", text.removeprefix("is missing; "))
        return
    yield Check(name, "ok", f"configured for {account.space}")
    proxies = get_environ_proxies(account.url)
    proxy = proxies.get(account.url.partition(":")[0]) or proxies.get("all")
    if proxy:
        yield Check(f"{name}: proxy", "ok", scrub(str(proxy)))
    if offline:
        yield Check(f"{name}: network", "ok", "not tried (--offline)")
    else:
        yield from _probe(client, account)


def _probe(client: Client, account: Account) -> Iterator[Check]:
    """Hang up a call that does not exist: 404 means that all up to the service's own desk works."""
    dates: list[tuple[str, float]] = []

    def watch(headers: Mapping[str, str]) -> None:
        dates.append((headers.get("Date", ""), time.time()))

    name = f"account {account.name}: network"
    started = time.perf_counter()
    try:
        # One of its own: nothing of it is kept, and nothing of the app's is used.
        transport = Transport(
            account, client.settings, user_agent="flask-signalwire doctor", watch=watch
        )
    except ConfigurationError as error:
        yield Check(name, "fail", " ".join(str(error).split()), "correct the setting")
        return
    command = Command(
        client.commands["calling.end"],
        call_id=str(uuid4()),
        account=account.name,
        deadline=DEADLINE,
        retries=0,
    )
    try:
        transport.send(command.spec.validate(command))
        check = Check(
            name,
            "warn",
            "the space took the end of a call that does not exist",
            f"is SIGNALWIRE_SPACE ({account.space}) the right host?",
        )
    except (RemoteError, TransportError) as error:
        check = _verdict(name, account, error, time.perf_counter() - started)
    finally:
        transport.close()
    yield check
    for date, now in dates:
        yield from _clock(f"account {account.name}: clock", date, now)


def _verdict(
    name: str, account: Account, error: RemoteError | TransportError, elapsed: float
) -> Check:
    said = " ".join(str(error).split())
    host = f"is SIGNALWIRE_SPACE ({account.space}) the right host?"
    if isinstance(error, NotFound):
        if isinstance(error.body, dict):
            return Check(name, "ok", f"reached, credentials accepted ({elapsed * 1000:.0f} ms)")
        return Check(name, "fail", "404, and not in the words of the calling API", host)
    if isinstance(error, AuthenticationFailed):
        if error.status == 403:
            advice = "give the API token the calling scope"
        else:
            advice = "check project id, API token and space: all three belong together"
        return Check(name, "fail", f"reached, credentials refused ({error.status})", advice)
    if isinstance(error, RateLimited):
        return Check(name, "warn", "reached, too many requests (429)", "try again later")
    if isinstance(error, UnreadableAnswer) or _redirects(error):
        return Check(name, "fail", said, host)
    if isinstance(error, ServerError):
        return Check(name, "fail", said, "the service fails: see its status page, try again later")
    if isinstance(error, RemoteError):
        return Check(name, "warn", f"reached, {error.status} in place of 404: {said}")
    advice = "check the space's name, the network, proxies and firewalls"
    if "SSL" in said or "certificate" in said:
        advice = (
            "TLS: where a proxy of your own signs, name its authorities in SIGNALWIRE_CA_FILE; "
            "else check the space's name and this machine's clock"
        )
    return Check(name, "fail", said, advice)


def _redirects(error: Exception) -> bool:
    return isinstance(error, RemoteError) and 300 <= error.status < 400


def _clock(name: str, date: str, now: float) -> Iterator[Check]:
    """Our clock beside the service's, where that says what time it is."""
    try:
        moment = parsedate_to_datetime(date)
    except (TypeError, ValueError, IndexError, OverflowError):
        return
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    ahead = now - moment.timestamp()
    if abs(ahead) > SKEW:
        way = "ahead of" if ahead > 0 else "behind"
        text = f"{abs(ahead):.0f} s {way} the service's"
        yield Check(name, "warn", text, "synchronise this machine's clock (NTP)")
    else:
        yield Check(name, "ok", "agrees with the service's")
