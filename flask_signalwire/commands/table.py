"""The one table of commands.

A command is one row here and one schema under ``schemas/``; methods, CLI, simulator, docs and tests
read them from here. Names, params and rules: calling API contract, 2026-08.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..exceptions import ConfigurationError
from .command import Command, CommandSpec, always
from .fields import suggest
from .schemas import calls, live


def _translate_repeatable(command: Command) -> bool:
    """A second start does nothing, and so does a second stop; inject would speak twice."""
    action = command.params.get("action")
    return action == "stop" or command.param("action.start") is not None


TABLE: tuple[CommandSpec, ...] = (
    CommandSpec("dial", "dial", calls.Dial, False, "Place a call."),
    CommandSpec(
        "update",
        "update",
        calls.Update,
        False,
        "Redirect a call to other SWML, or end it by status.",
    ),
    CommandSpec("calling.end", "end", calls.End, True, "Hang up.", always),
    CommandSpec(
        "calling.live_translate",
        "live_translate",
        live.LiveTranslate,
        True,
        "Start, stop, summarise or inject into the live translation of a call.",
        _translate_repeatable,
    ),
)


class CommandTable:
    """The table of one app: ours, and what its plugins added.

    :raises ConfigurationError: where two rows claim one wire name or one method.
    """

    def __init__(self, extra: Iterable[CommandSpec] = ()) -> None:
        self._by_name: dict[str, CommandSpec] = {}
        methods: dict[str, str] = {}
        for spec in (*TABLE, *extra):
            if spec.name in self._by_name:
                raise ConfigurationError(
                    f"two commands are named {spec.name}; rename the added one"
                )
            if spec.method in methods:
                raise ConfigurationError(
                    f"the commands {methods[spec.method]} and {spec.name} share the method "
                    f"{spec.method}; rename the added one"
                )
            methods[spec.method] = spec.name
            self._by_name[spec.name] = spec

    def __getitem__(self, name: str) -> CommandSpec:
        """The row of a wire name.

        :raises LookupError: with the nearest known name.
        """
        try:
            return self._by_name[name]
        except KeyError:
            # Not a KeyError, which prints its message in quotes.
            # The prefix that most have in common would make any of them look near.
            short = {known.removeprefix("calling."): known for known in self._by_name}
            hint = suggest(str(name).removeprefix("calling."), short)
            for near, whole in short.items():
                hint = hint.replace(f"`{near}`", f"`{whole}`")
            raise LookupError(f"no command {name!r}{hint}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[CommandSpec]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)
