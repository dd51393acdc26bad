"""What a plugin must look like, checked before it is registered.

What is found here would otherwise fail at the first call, or pass silently: pluggy ignores misspelt
hooks unless asked, and its releases differ in what they make of arguments with defaults.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from typing import Any

import pluggy

from ..commands.fields import suggest
from ..exceptions import ConfigurationError, Problem
from . import PROJECT, hookspecs


def signature_of(function: Any) -> inspect.Signature:
    """A callable's signature, whatever its annotations are.

    From 3.14 on they are evaluated when they are asked for, and may name what is imported for type
    checkers only.
    """
    if sys.version_info >= (3, 14):
        from annotationlib import Format

        return inspect.signature(function, annotation_format=Format.STRING)
    return inspect.signature(function)


HOOKS: dict[str, tuple[str, ...]] = {
    name: tuple(signature_of(function).parameters)
    for name, function in vars(hookspecs).items()
    if name.startswith("signalwire_")
}
"""Each hook and its arguments."""

WRAPPABLE = "signalwire_send_command"
_READER = pluggy.PluginManager(PROJECT)


def instantiate(target: Any) -> Any:
    """What an entry point names, as a plugin of its own for this app.

    A class or a function is called; a module, or an instance, is taken as it is.
    """
    plugin = target() if inspect.isclass(target) or inspect.isroutine(target) else target
    if plugin is None or inspect.isclass(plugin):
        raise ConfigurationError(
            f"{target!r} gave {plugin!r}; "
            "expected a class, a function that returns a plugin, or a module"
        )
    return plugin


def check(plugin: Any) -> tuple[str, ...]:
    """The hooks that a plugin implements.

    :raises ConfigurationError: with everything that is wrong with it.
    """
    hooks: list[str] = []
    problems: list[Problem] = []
    for attribute in dir(plugin):
        if attribute.startswith("__"):
            continue
        options = _READER.parse_hookimpl_opts(plugin, attribute)
        if options is None:
            if attribute in HOOKS and callable(getattr(plugin, attribute, None)):
                problems.append((attribute, "is not marked; write @hookimpl above it"))
            continue
        hook = options.get("specname") or attribute
        if hook not in HOOKS:
            problems.append((attribute, f"is no hook{suggest(hook, HOOKS)}"))
            continue
        hooks.append(hook)
        function = getattr(plugin, attribute)
        if options.get("wrapper") or options.get("hookwrapper"):
            if hook != WRAPPABLE:
                problems.append((attribute, f"is a wrapper; only {WRAPPABLE} can be wrapped"))
            elif not inspect.isgeneratorfunction(function):
                problems.append((attribute, "is a wrapper without a yield"))
            elif options.get("wrapper") and options.get("hookwrapper"):
                problems.append((attribute, "is a wrapper of both kinds; write wrapper=True alone"))
        problems += [(attribute, text) for text in _signature(hook, function)]
    if not hooks and not problems:
        problems.append(("it", "implements no hook; mark functions with @hookimpl"))
    if problems:
        raise ConfigurationError("; ".join(f"{place} {text}" for place, text in problems))
    return tuple(sorted(set(hooks)))


def _parameters(function: Any) -> list[str]:
    return list(signature_of(function).parameters)


def _signature(hook: str, function: Any) -> Iterator[str]:
    known = HOOKS[hook]
    if inspect.iscoroutinefunction(function):
        yield "is a coroutine function; hooks are called without an event loop"
    of_a_class = inspect.ismethod(function) and next(iter(_parameters(function.__func__)), "")
    if of_a_class in known:
        yield f"has no self: {of_a_class!r} would be the plugin"
    for parameter in signature_of(function).parameters.values():
        name = parameter.name
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            yield f"takes *{name}; name the arguments instead: {', '.join(known)}"
        elif name not in known:
            yield f"takes {name!r}{suggest(name, known)}; the hook has {', '.join(known)}"
        elif parameter.default is not parameter.empty:
            # pluggy 1.6 ignores such arguments, 1.7 fills them in.
            yield f"gives {name!r} a default; take it away"
