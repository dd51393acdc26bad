"""Settings: read once, from ``app.config`` and else from the vendor's environment variables."""

from __future__ import annotations

import difflib
import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from .exceptions import ConfigurationError, Problem
from .redaction import scrub, short

logger = logging.getLogger("flask_signalwire.config")

PREFIX = "SIGNALWIRE_"
SIMULATOR = "simulator"
DEFAULT_ACCOUNT = "default"


class _Wrong(ValueError):
    """What is wrong with a value, and what to write instead."""


def _found(value: Any) -> str:
    kind = type(value).__name__
    return "is empty" if value == "" else f"is {'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _credential(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        hint = "; quote it, or an environment's 1e5 becomes a number" if value != "" else ""
        raise _Wrong(f"{_found(value)}; write it as text{hint}")
    if value != value.strip() or not value.isprintable():
        raise _Wrong("has spaces or line ends around or inside of it; remove them")
    return value


_HOST = re.compile(
    r"(?P<host>\[[0-9a-fA-F:]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)(:(?P<port>[0-9]{1,5}))?"
)


def _space(value: Any) -> str:
    text = _credential(value)
    host = _HOST.fullmatch(text)
    if not host or (host["port"] and not 0 < int(host["port"]) < 65536):
        shown = scrub(text)[:80]
        raise _Wrong(
            f"is {shown!r}, which is no host; write acme.signalwire.com, host:port, or simulator: "
            "no scheme, no path"
        )
    if text != SIMULATOR and "." not in text and not host["port"] and not _is_loopback(text):
        raise _Wrong(f"is a name without a domain; write {text}.signalwire.com, or simulator")
    return text


def _is_loopback(space: str) -> bool:
    host = (space.rsplit(":", 1)[0] if not space.endswith("]") else space).lower()
    return host in ("localhost", "[::1]") or bool(re.fullmatch(r"127(\.\d{1,3}){3}", host))


def _seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 86400:
        raise _Wrong(f"is {short(value)}; write a number of seconds above 0, such as 10 or 2.5")
    return float(value)


def _timeout(value: Any) -> tuple[float, float]:
    if isinstance(value, (list, tuple)):
        if len(value) != 2:
            raise _Wrong("has not two numbers; write [5, 15]: seconds to connect, seconds to wait")
        return _seconds(value[0]), _seconds(value[1])
    seconds = _seconds(value)
    return seconds, seconds


_LONGEST_LIFETIME = 30 * 86400


def _lifetime(value: Any) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not 0 < value <= _LONGEST_LIFETIME
    ):
        raise _Wrong(f"is {value!r}; write seconds above 0, at most {_LONGEST_LIFETIME} (30 days)")
    return float(value)


def _redis(value: Any) -> str:
    # The address is not shown: it may hold a password.
    if not isinstance(value, str) or not value.startswith(("redis://", "rediss://", "unix://")):
        raise _Wrong(
            "is no address of a Redis; write redis://host:6379/0, or leave it out for the memory "
            "of each process"
        )
    return value


def _count(minimum: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= 10_000:
            raise _Wrong(f"is {short(value)}; write a whole number of at least {minimum}")
        return value

    return parse


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(f"is {value!r}; write True or False")
    return value


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [name.strip() for name in value.split(",") if name.strip()]
    if not isinstance(value, (list, tuple, set, frozenset)) or not all(
        isinstance(name, str) and name for name in value
    ):
        raise _Wrong('is no list of names; write ["audit", "autolang"]')
    return tuple(sorted(value) if isinstance(value, (set, frozenset)) else value)


def _ca_file(value: Any) -> str:
    if not isinstance(value, (str, os.PathLike)) or not str(value):
        raise _Wrong(f"{_found(value)}; write the path of a PEM file")
    try:
        found = Path(value).is_file()
    except (OSError, ValueError):  # no path at all
        found = False
    if not found:
        raise _Wrong(f"names {str(value)[:200]!r}, which is no file; write the path of a PEM file")
    return os.fspath(value)


def _accounts(value: Any) -> Mapping[str, Mapping[str, str]]:
    """Check the shape; problems inside carry their own path."""
    if not isinstance(value, Mapping):
        raise _Wrong(
            'is no dict; write {"eu": {"project_id": "…", "api_token": "…", "space": "…"}}'
        )
    problems: list[Problem] = []
    accounts: dict[str, Mapping[str, str]] = {}
    parsers = {"project_id": _credential, "api_token": _credential, "space": _space}
    for name, credentials in value.items():
        if not isinstance(name, str) or not name or name == DEFAULT_ACCOUNT:
            problems.append((f"[{name!r}]", "is no name for an account; write another one"))
            continue
        if not isinstance(credentials, Mapping):
            problems.append((f"[{name!r}]", "is no dict; write project_id, api_token and space"))
            continue
        account = {}
        for key, inner in credentials.items():
            if key not in parsers:
                problems.append(
                    (f"[{name!r}][{key!r}]", f"is unknown; known: {', '.join(parsers)}")
                )
                continue
            try:
                account[key] = parsers[key](inner)
            except _Wrong as wrong:
                problems.append((f"[{name!r}][{key!r}]", str(wrong)))
        accounts[name] = account
    if problems:
        raise _ManyWrong(problems)
    return accounts


class _ManyWrong(_Wrong):
    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


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
        scheme = "http" if _is_loopback(self.space or "") else "https"
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
        _credential,
        None,
        "The project's id: the user name of the API.",
        env="SIGNALWIRE_PROJECT_ID",
    )
    api_token: str | None = _setting(
        _credential,
        None,
        "The API token, with the calling scope. Keep it out of the code.",
        env="SIGNALWIRE_API_TOKEN",
        repr=False,
    )
    space: str | None = _setting(
        _space,
        None,
        "The host of your space, such as ``acme.signalwire.com``; ``host:port`` for a server of "
        "your own; or ``simulator``, which needs no account and no network.",
        env="SIGNALWIRE_SPACE",
    )
    accounts: Mapping[str, Mapping[str, str]] = _setting(
        _accounts,
        {},
        "More sets of credentials by name, each a dict of ``project_id``, ``api_token`` and "
        "``space``; what is left out is taken from the settings above.",
        repr=False,
    )
    timeout: tuple[float, float] = _setting(
        _timeout,
        (5.0, 15.0),
        "Seconds to connect and seconds to wait for an answer: one number for both, or two.",
    )
    deadline: float = _setting(
        _seconds,
        25.0,
        "Seconds that one command may take in all, repetitions included. The default stays under "
        "the 30 seconds after which gunicorn ends a worker.",
    )
    retries: int = _setting(
        _count(0),
        2,
        "How often a command is repeated at most, where repeating it can't act twice.",
    )
    pool_size: int = _setting(
        _count(1), 64, "Connections that are kept open; as many as there are threads that send."
    )
    ca_file: str | None = _setting(
        _ca_file,
        None,
        "A PEM file of certificate authorities to trust in place of the usual ones.",
        env="SIGNALWIRE_REST_CA_FILE",
    )
    dry_run: bool = _setting(
        _flag, False, "Send nothing; log what would have been sent, and answer with a made-up leg."
    )
    idempotency_url: str | None = _setting(
        _redis,
        None,
        "The Redis that remembers idempotency keys, such as ``redis://localhost:6379/0``; needs "
        "``flask-signalwire[redis]``. Unset, each process remembers its own.",
        repr=False,
    )
    idempotency_ttl: float = _setting(
        _lifetime,
        86400.0,
        "Seconds that an idempotency key lives after its command ended.",
    )
    plugins_blocked: tuple[str, ...] = _setting(
        _names, (), "Plugins that are not even imported, by name."
    )
    plugins_required: tuple[str, ...] = _setting(
        _names,
        (),
        "Plugins without which the app must not start: absent, blocked or broken ones raise.",
    )
    plugins_strict: bool = _setting(_flag, False, "Treat every installed plugin as required.")

    @classmethod
    def load(cls, config: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings of an app.

        :param config: ``app.config``; None in it counts as not set.
        :param environ: the environment; ``os.environ`` where left out.
        :raises ConfigurationError: with every bad key and what to write instead.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for option in fields(cls):
            key = f"{PREFIX}{option.name.upper()}"
            value, shown = config.get(key), key
            if value is None and option.metadata["env"]:
                shown = f"{option.metadata['env']} (environment)"
                value = environ.get(option.metadata["env"]) or None
            if value is None:
                continue
            try:
                values[option.name] = option.metadata["parse"](value)
            except _ManyWrong as wrong:
                problems += [(shown + place, text) for place, text in wrong.problems]
            except _Wrong as wrong:
                problems.append((shown, str(wrong)))
        if problems:
            raise ConfigurationError("flask-signalwire can't use these settings:", problems)
        _warn_of_near_misses(config)
        return cls(**values)

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
