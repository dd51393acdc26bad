"""Settings: read once, from ``app.config`` and else from the vendor's environment variables."""

from __future__ import annotations

import difflib
import logging
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

from ..exceptions import ConfigurationError, Problem
from . import receiving, values
from .receiving import DEFAULT_POLICIES, ENDPOINTS, PURPOSES, Policy
from .values import DEFAULT_ACCOUNT, SIMULATOR, ManyWrong, Wrong, is_loopback

__all__ = [
    "DEFAULT_ACCOUNT",
    "DEFAULT_POLICIES",
    "ENDPOINTS",
    "PREFIX",
    "PURPOSES",
    "SIMULATOR",
    "Account",
    "Policy",
    "Settings",
]

logger = logging.getLogger("flask_signalwire.config")

PREFIX = "SIGNALWIRE_"


def _setting(
    parse: Callable[[Any], Any],
    default: Any,
    help: str,
    *,
    env: str | None = None,
    repr: bool = True,
) -> Any:
    metadata = {"parse": parse, "help": help, "env": env}
    if default == {}:
        return field(default_factory=dict, repr=repr, metadata=metadata)
    return field(default=default, repr=repr, metadata=metadata)


@dataclass(frozen=True)
class Account:
    """One set of credentials.

    :param name: ``default``, or its key in ``SIGNALWIRE_ACCOUNTS``.
    :param space: a host, ``host:port``, or ``simulator``.
    """

    name: str
    project_id: str | None
    api_token: str | None = field(repr=False)
    space: str | None

    @property
    def simulated(self) -> bool:
        return self.space == SIMULATOR

    @property
    def url(self) -> str:
        """Where commands are sent. Plain http for loopback hosts only, as the vendor's SDK does."""
        scheme = "http" if is_loopback(self.space or "") else "https"
        return f"{scheme}://{self.space}/api/calling/calls"

    def missing(self) -> list[Problem]:
        """The settings without which no command can be sent, and where to write them."""
        if self.simulated:
            return []
        found = []
        for name in ("space", "project_id", "api_token"):
            if getattr(self, name) is None:
                key = f"{PREFIX}{name.upper()}"
                if self.name != DEFAULT_ACCOUNT:
                    key = f"{PREFIX}ACCOUNTS[{self.name!r}][{name!r}]"
                hint = ', or write "simulator", which needs nothing else' if name == "space" else ""
                found.append((key, f"is missing; set it{hint}"))
        return found


@dataclass(frozen=True)
class Settings:
    """All settings of one app. The key of ``pool_size`` is ``SIGNALWIRE_POOL_SIZE``, and so on."""

    project_id: str | None = _setting(
        values.credential,
        None,
        "The project's id: the user name of the API.",
        env="SIGNALWIRE_PROJECT_ID",
    )
    api_token: str | None = _setting(
        values.credential,
        None,
        "The API token, with the calling scope. Keep it out of the code.",
        env="SIGNALWIRE_API_TOKEN",
        repr=False,
    )
    space: str | None = _setting(
        values.space,
        None,
        "The host of your space, such as ``acme.signalwire.com``; ``host:port`` for a server of "
        "your own; or ``simulator``, which needs no account and no network.",
        env="SIGNALWIRE_SPACE",
    )
    accounts: Mapping[str, Mapping[str, str]] = _setting(
        values.accounts,
        {},
        "More sets of credentials by name, each a dict of ``project_id``, ``api_token`` and "
        "``space``; what is left out is taken from the settings above.",
        repr=False,
    )
    timeout: tuple[float, float] = _setting(
        values.timeout,
        (5.0, 15.0),
        "Seconds to connect and seconds to wait for an answer: one number for both, or two.",
    )
    deadline: float = _setting(
        values.seconds,
        25.0,
        "Seconds that one command may take in all, repetitions included. The default stays under "
        "the 30 seconds after which gunicorn ends a worker.",
    )
    retries: int = _setting(
        values.count(0),
        2,
        "How often a command is repeated at most, where repeating it can't act twice.",
    )
    pool_size: int = _setting(
        values.count(1),
        64,
        "Connections that are kept open; as many as there are threads that send.",
    )
    ca_file: str | None = _setting(
        values.ca_file,
        None,
        "A PEM file of certificate authorities to trust in place of the usual ones.",
        env="SIGNALWIRE_REST_CA_FILE",
    )
    dry_run: bool = _setting(
        values.flag,
        False,
        "Send nothing; log what would have been sent, and answer with a made-up leg.",
    )
    idempotency_url: str | None = _setting(
        values.redis,
        None,
        "The Redis that remembers idempotency keys, such as ``redis://localhost:6379/0``; needs "
        "``flask-signalwire[redis]``. Unset, each process remembers its own.",
        repr=False,
    )
    idempotency_ttl: float = _setting(
        values.lifetime,
        86400.0,
        "Seconds that an idempotency key lives after its command ended.",
    )
    plugins_blocked: tuple[str, ...] = _setting(
        values.names, (), "Plugins that are not even imported, by name."
    )
    plugins_required: tuple[str, ...] = _setting(
        values.names,
        (),
        "Plugins without which the app must not start: absent, blocked or broken ones raise.",
    )
    plugins_strict: bool = _setting(values.flag, False, "Treat every installed plugin as required.")
    public_url: str | None = _setting(
        receiving.public_url,
        None,
        "Where the service reaches this app, such as ``https://desk.example.com``, with a path "
        "where the app has a prefix. Unset, no callback URLs are filled in; on the simulator "
        "callbacks are delivered in process.",
    )
    signing_key: tuple[str, ...] = _setting(
        receiving.signing_key,
        (),
        "The project's signing key, which signs what the service sends; a list of two while a new "
        "one takes over. On the simulator one is made for the process where this is unset.",
        env="SIGNALWIRE_SIGNING_KEY",
        repr=False,
    )
    webhooks: bool = _setting(
        values.flag, True, "Mount the endpoints that receive the service's callbacks."
    )
    webhook_prefix: str = _setting(
        receiving.prefix, "/signalwire", "The path under which those endpoints are."
    )
    webhook_auth: Mapping[str, Policy] = _setting(
        receiving.policies,
        {},
        "How a request proves that it comes from the service: ``token`` (in the URL that we handed "
        "out), ``signature``, ``basic``, both of two (``token+signature``), or a list of such "
        "alternatives; for all purposes, or a dict by purpose: ``calls``, ``operations``, "
        "``live``, ``sidecar``, ``swml``. Where left out: ``signature`` for ``swml``, ``token`` "
        "for the others. ``unauthenticated`` lets everybody in.",
    )
    webhook_user: str | None = _setting(
        receiving.user, None, "The user name of callback URLs with ``basic`` authentication."
    )
    webhook_password: str | None = _setting(
        values.credential, None, "The password that goes with it.", repr=False
    )
    webhook_lifetime: float = _setting(
        values.lifetime,
        7 * 86400.0,
        "Seconds that the token of a callback URL is accepted: as long as the longest call, and "
        "the recordings that come after it.",
    )
    webhook_max_body: int = _setting(
        receiving.size, 2**20, "Bytes that a callback may have; a longer one is refused unread."
    )
    webhook_on_error: str = _setting(
        receiving.choice("ack", "retry"),
        "ack",
        "What the service hears when a plugin or a receiver failed on an event: ``ack`` takes the "
        "event as delivered, ``retry`` answers 503, so that it may come again.",
    )
    callbacks: bool = _setting(
        values.flag, True, "Fill in the callback URLs that commands leave out."
    )
    events_url: str | None = _setting(
        values.redis,
        None,
        "The Redis that tells repeated and late events, such as ``redis://localhost:6379/1``; "
        "needs ``flask-signalwire[redis]``. Unset, each process tells its own.",
        repr=False,
    )
    capture_dir: str | None = _setting(
        receiving.directory,
        None,
        "A directory in which callbacks are kept, to be replayed: lines of JSON, a file a process.",
    )
    capture_raw: bool = _setting(
        values.flag, False, "Keep them as they came, telephone numbers and secrets included."
    )

    @classmethod
    def load(cls, config: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings of an app.

        :param config: ``app.config``; None in it counts as not set, and so does an empty URL.
        :param environ: the environment; ``os.environ`` where left out.
        :raises ConfigurationError: with every bad key and what to write instead.
        """
        environ = os.environ if environ is None else environ
        found: dict[str, Any] = {}
        problems: list[Problem] = []
        for option in fields(cls):
            key = f"{PREFIX}{option.name.upper()}"
            value, shown = config.get(key), key
            if value == "" and key.endswith("_URL"):  # as an environment has what is not wanted
                value = None
            if value is None and option.metadata["env"]:
                shown = f"{option.metadata['env']} (environment)"
                value = environ.get(option.metadata["env"]) or None
            if value is None:
                continue
            try:
                found[option.name] = option.metadata["parse"](value)
            except ManyWrong as wrong:
                problems += [(shown + place, text) for place, text in wrong.problems]
            except Wrong as wrong:
                problems.append((shown, str(wrong)))
        if not problems:
            settings = cls(**found)
            if settings.simulated and not settings.signing_key:
                settings = cls(**{**found, "signing_key": (secrets.token_hex(32),)})
            problems = settings._contradictions()
        if problems:
            raise ConfigurationError("flask-signalwire can't use these settings:", problems)
        _warn_of_near_misses(config)
        _warn_of_environment(config, environ)
        for purpose, policy in settings.webhook_auth.items():
            if () in policy and settings.webhooks:
                logger.warning(
                    "SIGNALWIRE_WEBHOOK_AUTH lets everybody in for %s: whoever knows the URL can "
                    "make the app believe what never happened",
                    purpose,
                )
        return settings

    @property
    def base_url(self) -> str | None:
        """Where callbacks go, without a slash at the end; None where none can reach the app.

        The simulator delivers in process, so that any host does where all accounts are simulated.
        """
        if self.public_url is not None:
            return self.public_url
        return "http://localhost" if self.simulated else None

    @property
    def simulated(self) -> bool:
        """Whether all accounts that have a space are on the simulator.

        Then nothing outside of this process plays the service, so that keys made for the process
        do.
        """
        accounts = [self.account(name) for name in (DEFAULT_ACCOUNT, *self.accounts)]
        return {account.space for account in accounts if account.space is not None} == {SIMULATOR}

    def policy(self, purpose: str) -> Policy:
        """How requests of a purpose (see :data:`PURPOSES`) prove that the service sent them."""
        return self.webhook_auth.get(purpose) or DEFAULT_POLICIES[purpose]

    def unable(self, purpose: str) -> str | None:
        """Why nothing can satisfy a purpose's policy with these settings, and what to set; else
        None.
        """
        proofs = {proof for alternative in self.policy(purpose) for proof in alternative}
        if "signature" in proofs and not self.signing_key:
            return "demands a signature, and there is no key; set SIGNALWIRE_SIGNING_KEY"
        if "signature" in proofs and self.base_url is None:
            return "demands a signature, which is over the public URL; set SIGNALWIRE_PUBLIC_URL"
        if "basic" in proofs and not (self.webhook_user and self.webhook_password):
            return (
                "demands basic authentication; set SIGNALWIRE_WEBHOOK_USER and "
                "SIGNALWIRE_WEBHOOK_PASSWORD"
            )
        return None

    def _contradictions(self) -> list[Problem]:
        """Policies that were written out and can't work; the default ones raise at their use."""
        reasons: dict[str, list[str]] = {}
        for purpose in self.webhook_auth:
            reason = self.unable(purpose)
            if reason:
                reasons.setdefault(reason, []).append(purpose)
        key = f"{PREFIX}WEBHOOK_AUTH"
        return [(f"{key} ({', '.join(names)})", reason) for reason, names in reasons.items()]

    def account(self, name: str = DEFAULT_ACCOUNT) -> Account:
        """A set of credentials by name.

        :raises ConfigurationError: where there is none of that name.
        """
        if name == DEFAULT_ACCOUNT:
            own: Mapping[str, str] = {}
        elif name in self.accounts:
            own = self.accounts[name]
        else:
            known = ", ".join([DEFAULT_ACCOUNT, *self.accounts])
            raise ConfigurationError(
                f"there is no account {name!r}; SIGNALWIRE_ACCOUNTS and the settings know: {known}"
            )
        return Account(
            name,
            own.get("project_id", self.project_id),
            own.get("api_token", self.api_token),
            own.get("space", self.space),
        )

    @classmethod
    def reference(cls) -> list[tuple[str, Any, str | None, str]]:
        """Key, default, environment variable and help of every setting: what the docs print."""
        return [
            (
                f"{PREFIX}{option.name.upper()}",
                {} if option.default is MISSING else option.default,
                option.metadata["env"],
                option.metadata["help"],
            )
            for option in fields(cls)
        ]


def _warn_of_near_misses(config: Mapping[str, Any]) -> None:
    """Plugins own keys of their own under our prefix, so an unknown key is no error."""
    known = [f"{PREFIX}{option.name.upper()}" for option in fields(Settings)]
    for key in config:
        if str(key).startswith(PREFIX) and key not in known:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.9)
            if near:
                logger.warning("the setting %s is not one of ours; did you mean %s?", key, near[0])


def _warn_of_environment(config: Mapping[str, Any], environ: Mapping[str, str]) -> None:
    """Of our settings the environment alone sets those that the vendor's SDK reads there."""
    keys = {f"{PREFIX}{option.name.upper()}": option.metadata["env"] for option in fields(Settings)}
    read = {env: key for key, env in keys.items() if env}
    for name in environ:
        if not name.startswith(PREFIX) or name in read or config.get(name) is not None:
            continue
        near = difflib.get_close_matches(name, read, n=1, cutoff=0.85)
        if name in keys:
            hint = f"set FLASK_{name}, and call app.config.from_prefixed_env()"
        elif near and not environ.get(near[0]) and config.get(read[near[0]]) is None:
            hint = f"did you mean {near[0]}?"
        else:
            continue
        logger.warning("the environment variable %s is not read; %s", name, hint)
