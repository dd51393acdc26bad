"""The plugins of this plugin: found, checked, and called one by one: a failure has a name."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from flask_signalwire import CommandRejected, exceptions, scrub

from . import hookspecs
from .decision import Evidence
from .hookspecs import PROJECT

logger = logging.getLogger("flask_signalwire_autolang")

BUILT_IN = "built in"


class EvidencePlugins:
    """The sources of evidence of one app.

    :param built_in: the sources that the package brings along, by name.
    :param blocked: names of installed ones that are not even imported.
    :param strict: whether an installed one that is broken is an error.
    """

    def __init__(
        self, built_in: dict[str, Any], blocked: Iterable[str] = (), *, strict: bool = False
    ) -> None:
        self._manager = _new_manager()
        self._strict = strict
        self._blocked = frozenset(blocked)
        self._built_in = frozenset(f"{BUILT_IN} {name}" for name in built_in)
        for name, plugin in built_in.items():
            self._manager.register(plugin, f"{BUILT_IN} {name}")
        self.broken: dict[str, str] = {}
        """Why an installed one is left out, by its name."""

    def load_entry_points(self) -> None:
        """Register every installed one, in the order of their names; a broken one is left out.

        :raises ConfigurationError: for a broken one, where that is strict.
        """
        found = entry_points(group=PROJECT)
        for entry in sorted(found, key=lambda entry: entry.name):
            if entry.name in self._blocked:
                continue
            try:
                self.add(entry.load(), entry.name)
            except (Exception, SystemExit) as error:  # somebody else's code
                reason = f"{type(error).__name__}: {scrub(' '.join(str(error).split()))}"
                if self._strict:
                    raise exceptions.ConfigurationError(
                        f"the evidence plugin {entry.name} ({_distribution(entry)}) is broken: "
                        f"{reason}"
                    ) from error
                self.broken[entry.name] = f"{_distribution(entry)}: {reason}"
                logger.error(  # noqa: TRY400  # the reason is enough, and a traceback is not masked
                    "the evidence plugin %s (%s) is broken and left out: %s",
                    entry.name,
                    _distribution(entry),
                    reason,
                )

    def add(self, target: Any, name: str) -> None:
        """Register one: an instance, a module, or a class or function that gives an instance.

        :raises ConfigurationError: where it implements no hook, or one that there is not.
        """
        plugin = target() if inspect.isclass(target) or inspect.isroutine(target) else target
        # pluggy leaves a plugin half registered when a check fails: it is tried elsewhere.
        trial = _new_manager()
        try:
            trial.register(plugin, name)
            trial.check_pending()
        except (pluggy.PluginValidationError, ValueError) as error:
            raise exceptions.ConfigurationError(" ".join(str(error).split())) from error
        if not trial.get_hookcallers(plugin):
            raise exceptions.ConfigurationError(
                f"{name} implements no hook of {PROJECT}; mark a function with "
                f"{PROJECT}.hookimpl (flask_signalwire.hookimpl is for the core's hooks)"
            )
        if self._manager.has_plugin(name):
            raise exceptions.ConfigurationError(f"the name {name} is taken already")
        self._manager.register(plugin, name)

    @property
    def names(self) -> tuple[str, ...]:
        """Those that came from elsewhere, in the order in which they are asked."""
        return tuple(
            name
            for name, _ in reversed(self._manager.list_name_plugin())
            if name not in self._built_in
        )

    def ask(self, hook: str, **given: Any) -> Iterator[tuple[str, Evidence | Exception]]:
        """The crashes for a hook, and its answer last, if there is one; each with who it is from.

        :raises CommandRejected: where one vetoes.
        """
        for found in reversed(getattr(self._manager.hook, hook).get_hookimpls()):
            name = BUILT_IN if found.plugin_name in self._built_in else found.plugin_name
            try:
                answer = _read(found.function(*[given[key] for key in found.argnames]))
            except CommandRejected:
                raise
            except Exception as error:  # noqa: BLE001  # somebody else's code
                yield name, error
                continue
            if answer is not None:
                yield name, answer
                return


def _new_manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    return manager


def _read(answer: Any) -> Evidence | None:
    """An answer as evidence.

    :raises TypeError: where it is none.
    """
    if answer is None:
        return None
    if isinstance(answer, str):
        answer = Evidence(answer)
    if not isinstance(answer, Evidence):
        raise TypeError(f"returned {type(answer).__name__}; expected Evidence, a tag, or None")
    tag: object = answer.tag
    if tag is not None and not isinstance(tag, str):
        raise TypeError(f"returned Evidence with a tag of type {type(tag).__name__}")
    certain: object = answer.confidence
    if isinstance(certain, bool) or not isinstance(certain, (int, float)) or not 0 <= certain <= 1:
        raise TypeError("returned Evidence with a confidence that is not between 0 and 1")
    return answer


def _distribution(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist else "no distribution"
