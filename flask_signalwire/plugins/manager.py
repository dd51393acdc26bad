"""One pluggy manager an app: finding plugins, checking them, and freezing the result.

pluggy's own loader stops at the first broken plugin and drops duplicate names silently, and its
registration leaves a plugin half registered when a check fails. So plugins are found and checked
here, and only what passed is registered.
"""

from __future__ import annotations

import inspect
import logging
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

import pluggy

from ..commands.fields import suggest
from ..exceptions import ConfigurationError, Problem
from ..redaction import scrubbed_traceback, text_of
from . import PROJECT, hookspecs
from .checking import HOOKS, check, instantiate

logger = logging.getLogger("flask_signalwire.plugins")

Status = Literal["active", "blocked", "broken", "missing"]
_ONE = ("command",)
INNERMOST = "\0pipeline"  # no plugin's name
Origin = Literal["built in", "app", "installed"]


@dataclass(frozen=True)
class PluginInfo:
    """What is known of one plugin of one app.

    :param origin: ``built in``, the ``app``'s own, or ``installed`` and found by its entry point.
    :param distribution: the installed package that it came with, if it came with one.
    :param hooks: the hooks that it implements; empty unless it is active.
    :param status: ``active``; ``blocked`` by a setting; ``broken``; ``missing``, though required.
    :param reason: why it is not active.
    """

    name: str
    origin: Origin
    distribution: str | None = None
    version: str | None = None
    hooks: tuple[str, ...] = ()
    status: Status = "active"
    reason: str = ""

    @property
    def source(self) -> str:
        """Where it came from, in words: a distribution and its version, where there is one."""
        return f"{self.distribution} {self.version}" if self.distribution else self.origin


@dataclass(frozen=True)
class Failure:
    """An observer's crash, kept for whoever asks later."""

    plugin: str
    hook: str
    error: Exception = field(repr=False)  # its text may quote a number


@dataclass(frozen=True)
class Implementation:
    """One plugin's function for one hook, called on its own so that a failure has a name.

    :param own_leg: whether it gets a copy of the leg; ours leave the caller's as it is.
    """

    plugin: str
    hook: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]
    wrapper: bool = False
    own_leg: bool = False

    def __call__(self, given: Mapping[str, Any]) -> Any:
        if self.arguments == _ONE:  # as it is mostly
            return self.function(given["command"])
        return self.function(*map(given.__getitem__, self.arguments))


class PluginManager:
    """The plugins of one app. Frozen once ``init_app`` returns.

    :param blocked: names that are not even imported.
    :param required: names without which :meth:`check_required` raises.
    :param strict: whether every plugin is required.
    """

    def __init__(
        self, *, blocked: Iterable[str] = (), required: Iterable[str] = (), strict: bool = False
    ) -> None:
        self._pluggy = pluggy.PluginManager(PROJECT)
        self._pluggy.add_hookspecs(hookspecs)
        self._blocked = frozenset(blocked)
        self._required = frozenset(required)
        self._strict = strict
        self._infos: dict[str, PluginInfo] = {}
        self._implementations: dict[str, tuple[Implementation, ...]] = {}
        self._wrapped: frozenset[str] = frozenset()
        self._frozen = False
        self.failures: deque[Failure] = deque(maxlen=100)
        """The latest crashes of observers."""

    def __iter__(self) -> Any:
        """A :class:`PluginInfo` for each plugin, blocked and broken ones too, by name."""
        return iter(sorted(self._infos.values(), key=lambda info: info.name))

    def __len__(self) -> int:
        return len(self._infos)

    def __getitem__(self, name: str) -> PluginInfo:
        return self._infos[name]

    def __contains__(self, name: object) -> bool:
        return name in self._infos

    def get(self, name: str) -> Any:
        """The plugin object of an active plugin, else None."""
        return self._pluggy.get_plugin(name)

    # -- loading, before the freeze -------------------------------------------------------------

    def add(self, plugin: Any, name: str, origin: Origin) -> None:
        """Register a plugin that came by no entry point."""
        self._register(PluginInfo(name, origin), lambda: plugin)

    def load_entry_points(self) -> None:
        """Register every installed plugin, in the order of their names."""
        found = [(entry, *_distribution(entry)) for entry in entry_points(group=PROJECT)]
        for entry, distribution, version in sorted(
            found, key=lambda known: (known[0].name, known[1] or "")
        ):
            self._register(PluginInfo(entry.name, "installed", distribution, version), entry.load)

    def call_each(
        self, hook: str, use: Callable[[str, Any], None] | None = None, **given: Any
    ) -> None:
        """Call a set-up hook of each plugin; one that raises is broken, and taken out.

        :param use: is handed each plugin's name and what it returned, and may raise too.
        """
        for implementation in self._ordered(hook):
            name = implementation.plugin
            try:
                result = implementation(given)
                if use is not None:
                    use(name, result)
            except (Exception, SystemExit) as error:  # noqa: BLE001  # somebody else's code
                self._pluggy.unregister(name=name)
                self._broken(self._infos[name], error, f"{hook} raised ")

    def freeze(self, innermost: Any) -> None:
        """End registration, with a last plugin whose ``trylast`` wrappers are innermost."""
        self._pluggy.register(innermost, INNERMOST)
        self._implementations = {hook: tuple(self._ordered(hook)) for hook in HOOKS}
        self._wrapped = frozenset(hook for hook in HOOKS if self.wrappers(hook))
        self._frozen = True

    def check_required(self) -> None:
        """Raise where a required plugin is not active.

        :raises ConfigurationError: naming each of them, its distribution, version and reason.
        """
        for name in sorted(self._blocked - self._infos.keys()):
            hint = self._suggest(name)
            logger.warning(
                "SIGNALWIRE_PLUGINS_BLOCKED names %s, which is not installed%s", name, hint
            )
        for name in sorted(self._required - self._infos.keys()):
            hint = self._suggest(name)
            self._infos[name] = PluginInfo(
                name, "installed", status="missing", reason=f"not installed{hint}"
            )
        problems: list[Problem] = []
        for info in self:
            # What the app passed itself must work, as all must where that is strict.
            must_work = self._strict or info.origin != "installed"
            needed = info.name in self._required or (must_work and info.status == "broken")
            if needed and info.status != "active":
                source = f" ({info.source})" if info.distribution else ""
                problems.append((f"plugin {info.name}{source}", f"is {info.status}: {info.reason}"))
        if problems:
            raise ConfigurationError(
                "required plugins are not active, so the app must not start:", problems
            )

    def _suggest(self, name: str) -> str:
        """The plugin that a name may be meant for: that of its distribution, or the nearest."""
        for info in self._infos.values():
            if info.distribution and _plain(info.distribution) == _plain(name):
                return f"; {name} is a distribution, did you mean its plugin `{info.name}`?"
        return suggest(name, self._infos)

    def _register(self, info: PluginInfo, load: Callable[[], Any]) -> None:
        if self._frozen:
            raise ConfigurationError(
                f"the plugin {info.name} comes too late: plugins are fixed when init_app returns; "
                "pass it to SignalWire(plugins=[...])"
            )
        if info.name in self._blocked:
            self._infos[info.name] = replace(
                info, status="blocked", reason="named in SIGNALWIRE_PLUGINS_BLOCKED"
            )
            return
        taken = self._infos.get(info.name)
        if taken is not None:
            info = replace(info, name=f"{info.name} ({info.source})")
            self._broken(info, ConfigurationError(f"the name is taken already: {taken.source}"))
            return
        try:
            plugin = instantiate(load())
            hooks = check(plugin)
            self._pluggy.register(plugin, info.name)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # somebody else's code
            self._broken(info, error)
            return
        self._infos[info.name] = replace(info, hooks=hooks)

    def _broken(self, info: PluginInfo, error: BaseException, what: str = "") -> None:
        reason = text_of(error)
        if isinstance(error, ConfigurationError) and error.problems:  # told in one line here
            summary = str(error).partition("\n")[0]
            told = "; ".join(f"{key}: {text}" for key, text in error.problems)
            reason = text_of(f"{summary} {told}")
        if not isinstance(error, ConfigurationError):
            reason = f"{type(error).__name__}: {reason}"
        self._infos[info.name] = replace(info, status="broken", hooks=(), reason=f"{what}{reason}")
        logger.error(
            "the plugin %s (%s) is broken and left out: %s%s%s",
            info.name,
            info.source,
            what,
            reason,
            "" if isinstance(error, ConfigurationError) else f"\n{scrubbed_traceback(error)}",
        )

    # -- calling, after the freeze --------------------------------------------------------------

    @property
    def hook(self) -> Any:
        """The callers of pluggy, for the one hook that has wrappers and a first result."""
        return self._pluggy.hook

    def implementations(self, hook: str) -> Sequence[Implementation]:
        """The functions for a hook in the order in which they are called."""
        return self._implementations[hook]

    def wraps(self, hook: str) -> bool:
        """Whether a plugin wraps a hook."""
        return hook in self._wrapped

    def call_first(self, hook: str, given: Mapping[str, Any]) -> Any:
        """The first result of a hook's functions, in their order; its wrappers are not called.

        pluggy's way, without the wrappers: so it is right where nobody but ourselves has one.
        """
        for implementation in self._implementations[hook]:
            if not implementation.wrapper:
                result = implementation(given)
                if result is not None:
                    return result
        return None

    def culprit(self, hook: str, error: BaseException) -> str:
        """The plugin in whose function an error was raised: the innermost one in its traceback."""
        names = {
            inspect.unwrap(found.function).__code__: found.plugin
            for found in self.implementations(hook)
            if hasattr(inspect.unwrap(found.function), "__code__")
        }
        culprit = self.wrappers(hook) or "unknown"
        traceback = error.__traceback__
        while traceback is not None:
            culprit = names.get(traceback.tb_frame.f_code, culprit)
            traceback = traceback.tb_next
        return culprit

    def wrappers(self, hook: str) -> str:
        """The plugins that wrap a hook, in words: each of them may have lost its result."""
        names = [
            found.plugin
            for found in self.implementations(hook)
            if found.wrapper and found.plugin != INNERMOST
        ]
        return " or ".join(names)

    def _ordered(self, hook: str) -> list[Implementation]:
        # The documented order of pluggy's own calls, the same in 1.5 to 1.7.
        return [
            Implementation(
                found.plugin_name,
                hook,
                found.function,
                tuple(found.argnames),
                wrapper=found.wrapper or found.hookwrapper,
                own_leg="leg" in found.argnames
                and self._infos[found.plugin_name].origin != "built in",
            )
            for found in reversed(getattr(self._pluggy.hook, hook).get_hookimpls())
        ]


def _plain(distribution: str) -> str:
    """A distribution's name as installers compare it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _distribution(entry: EntryPoint) -> tuple[str | None, str | None]:
    if entry.dist is None:
        return None, None
    metadata = entry.dist.metadata  # read and parsed anew each time that it is asked for
    return metadata["Name"], metadata["Version"]
