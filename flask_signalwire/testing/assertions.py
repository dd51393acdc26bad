"""What a test may assert of an app: what it sent, and what it received."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as fields_of
from typing import TYPE_CHECKING, Any, TypeVar, overload

from ..commands.fields import suggest
from ..events import Event
from ..redaction import SECRET, mask_credentials
from .composing import check_fields, kind_of
from .matching import Candidate, differences, distance, ranked, show
from .sent import Sent

if TYPE_CHECKING:
    from ..commands import CommandSpec
    from ..extension import Client

_FAR = 1000
"""How far from what is expected another command or another kind is."""

_EventT = TypeVar("_EventT", bound=Event)


class Assertions:
    """Assertions on :attr:`outbox` and :attr:`events`; a failing one says what was there instead.

    A command's params and an event's fields are compared as far as they are given: of an object
    the keys that are given, a list item by item, all else by ``==``.
    """

    client: Client
    outbox: list[Sent]
    events: list[Event]

    def assert_sent(self, name: str, /, *, call_id: Any = None, **params: Any) -> Sent:
        """A command reached the service, whatever this answered.

        :param name: its wire name (``calling.play``) or its method (``play``).
        :param call_id: the call that it acted on, or that a ``dial`` made; left out, any.
        :param params: its params; ``from_`` is ``from``.
        :returns: the first that fits.
        :raises LookupError: for an unknown command.
        :raises TypeError: for a param that the command does not have.
        """
        __tracebackhide__ = True
        expected = self._expected(name, call_id, params)
        found = [sent for sent in self.outbox if expected.matches(sent)]
        if not found:
            raise AssertionError(expected.missing(self.outbox))
        return found[0]

    def assert_sent_once(self, name: str, /, *, call_id: Any = None, **params: Any) -> Sent:
        """Just one such command reached the service. As :meth:`assert_sent`."""
        __tracebackhide__ = True
        expected = self._expected(name, call_id, params)
        found = [sent for sent in self.outbox if expected.matches(sent)]
        if not found:
            raise AssertionError(expected.missing(self.outbox))
        if len(found) > 1:
            lines = "".join(f"\n  {sent}" for sent in found)
            raise AssertionError(
                f"expected {expected} to be sent once, it was sent {len(found)} times:{lines}"
            )
        return found[0]

    def assert_not_sent(self, name: str, /, *, call_id: Any = None, **params: Any) -> None:
        """No such command reached the service. As :meth:`assert_sent`."""
        __tracebackhide__ = True
        expected = self._expected(name, call_id, params)
        found = [sent for sent in self.outbox if expected.matches(sent)]
        if found:
            lines = "".join(f"\n  {sent}" for sent in found)
            raise AssertionError(f"expected {expected} not to be sent, it was:{lines}")

    def assert_nothing_sent(self) -> None:
        """No command reached the service; some may have been refused before."""
        __tracebackhide__ = True
        found = [sent for sent in self.outbox if sent.outcome != "not_sent"]
        if found:
            lines = "".join(f"\n  {sent}" for sent in found)
            raise AssertionError(f"expected nothing to be sent, there was:{lines}")

    @overload
    def assert_received(self, kind: type[_EventT], /, **fields: Any) -> _EventT: ...

    @overload
    def assert_received(self, kind: str, /, **fields: Any) -> Event: ...

    def assert_received(self, kind: type[Event] | str, /, **fields: Any) -> Event:
        """The app received such an event.

        :param kind: a class of :mod:`flask_signalwire.events`, or its name.
        :param fields: the event's fields.
        :returns: the first that fits.
        :raises LookupError: for an unknown kind.
        :raises TypeError: for a field that it does not have.
        """
        __tracebackhide__ = True
        wanted = kind_of(kind)
        check_fields(wanted, fields)
        candidates: list[Candidate] = []
        for at, event in enumerate(self.events):
            if not isinstance(event, wanted):
                candidates.append((_FAR - at, f"{_title(event)}: another kind", ()))
                continue
            details = [
                line
                for name, value in fields.items()
                for line in differences(
                    value, getattr(event, name), _masked_field(event, name), name
                )
            ]
            if not details:
                return event
            found = {name: getattr(event, name) for name in fields}
            far = distance(details, fields, found)
            candidates.append((far, f"{_title(event)}:", tuple(details)))
        given = ", ".join(
            f"{name}={show(value, _masked_value(wanted, name, value))}"
            for name, value in fields.items()
        )
        head = f"expected {wanted.__name__}({given}) to be received."
        raise AssertionError(ranked(head, candidates, "received"))

    def _name(self, command: str) -> str:
        """The wire name of a command that is given by that, or by its method."""
        table = self.client.commands
        by_method = {spec.method: spec.name for spec in table}
        if command in by_method:
            return by_method[command]
        return table[command].name

    def _expected(self, name: str, call_id: Any, params: Mapping[str, Any]) -> _Expected:
        spec = self.client.commands[self._name(name)]
        wire = {key.removesuffix("_"): value for key, value in params.items()}
        sent = {key for one in self.outbox if one.name == spec.name for key in one.params}
        for key in wire:
            # What came in by `extras` is no param that the table knows, but was sent.
            if key not in spec.payload.keys and key not in sent:
                hint = suggest(key, spec.payload.keys)
                raise TypeError(f"{spec.name} has no param `{key}`{hint}")
        return _Expected(spec, call_id, wire)


class _Expected:
    """A command that a test expects."""

    def __init__(self, spec: CommandSpec, call_id: Any, params: Mapping[str, Any]) -> None:
        self._spec = spec
        self._call_id = call_id
        self._params = params

    def matches(self, sent: Sent) -> bool:
        return (
            sent.name == self._spec.name
            and sent.outcome != "not_sent"
            and not list(self._differences(sent))
        )

    def missing(self, outbox: list[Sent]) -> str:
        """The message about a command that was not sent."""
        candidates: list[Candidate] = []
        for at, sent in enumerate(outbox):
            if sent.name != self._spec.name:
                candidates.append((_FAR - at, f"{_title(sent)}: another command", ()))
                continue
            details = list(self._differences(sent))
            if sent.outcome == "not_sent":
                details.insert(0, f"it was not sent: {sent.error or 'dry run or replay'}")
            found = {key: sent.params.get(key) for key in self._params}
            far = distance(details, self._params, found)
            candidates.append((far, f"{_title(sent)}:", details))
        return ranked(f"expected {self} to be sent.", candidates, "sent instead")

    def _differences(self, sent: Sent) -> Any:
        if self._call_id is not None and self._call_id != sent.call_id:
            yield f"call_id is {sent.call_id!r}, expected {self._call_id!r}"
        yield from differences(self._params, sent.params, sent.masked())

    def __str__(self) -> str:
        call = "" if self._call_id is None else f" to call {self._call_id}"
        masked = self._spec.payload.mask(self._params)
        params = f" with {show(self._params, masked)}" if self._params else ""
        return f"{self._spec.name}{call}{params}"


def _title(what: Sent | Event) -> str:
    if isinstance(what, Event):
        return f"{type(what).__name__} of call {what.call_id}"
    return what.title


def _masked_field(event: Event, name: str) -> Any:
    return _masked_value(type(event), name, getattr(event, name))


def _masked_value(kind: type[Event], name: str, value: Any) -> Any:
    source = next(item.metadata.get("source") for item in fields_of(kind) if item.name == name)
    if source is not None and source.sensitivity == "secret":
        return value if value is None else SECRET
    return mask_credentials(value)
