"""The hooks: what a plugin may do, and when.

All hooks are called in the thread, and in the Flask context, of whoever sends the command; a plugin
that keeps state between calls protects it with a lock. Plugins are called in the reverse order of
their registration (the last one first), built-in ones last; ``@hookimpl(tryfirst=True)`` and
``trylast=True`` change that. A hook's function may leave out arguments that it does not need.
Arguments with defaults, coroutine functions, and wrappers around other hooks than
``signalwire_send_command`` are refused when the plugin is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import hookspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    import click
    from flask import Flask

    from ..commands import Command, CommandSpec
    from ..events import Event
    from ..exceptions import CommandError
    from ..extension import Client
    from ..health import Health
    from ..results import CallLeg


@hookspec
def signalwire_setup(app: Flask, client: Client) -> None:
    """Prepare for an app: read its config, open what the plugin needs.

    **When:** once an app, near the end of ``init_app``. **Arguments:** `app`, and `client`, which
    has ``settings`` already; don't send commands yet. **Returns:** nothing.
    **Failure:** the plugin is reported as broken and taken out of this app; ``init_app`` raises
    where the plugin is required, or was passed to ``SignalWire(plugins=...)``.

    .. code-block:: python

        class OfficeHours:
            @hookimpl
            def signalwire_setup(self, app):
                self.open_from = app.config.get("OFFICE_OPEN_FROM", 9)

    .. versionadded:: 0.1
    """


@hookspec
def signalwire_register_commands(client: Client) -> Iterable[CommandSpec] | None:
    """Add commands of the service that this package does not know yet.

    **When:** once an app, in ``init_app``, before ``signalwire_setup``. **Returns:** rows for the
    table; they are sent with ``calling.send(name, …)`` and go through every hook like ours.
    **Failure:** as for ``signalwire_setup``; two rows of one name are a failure of the later
    plugin.

    .. code-block:: python

        class Whisper(PayloadSchema):
            text = fields.Text(required=True)

        @hookimpl
        def signalwire_register_commands():
            return [CommandSpec("calling.whisper", "whisper", Whisper, True, "Whisper.")]

    .. versionadded:: 0.1
    """


@hookspec
def signalwire_register_cli(app: Flask, group: click.Group) -> None:
    """Add commands to ``flask signalwire``.

    **When:** once an app, in ``init_app``, after ``signalwire_setup``. `group` belongs to this app
    alone.
    **Failure:** as for ``signalwire_setup``.

    .. code-block:: python

        @hookimpl
        def signalwire_register_cli(group):
            @group.command("hours")
            def hours():
                click.echo("9 to 17")

    .. versionadded:: 0.1
    """


@hookspec
def signalwire_prepare_command(command: Command) -> Command | None:
    """Change a command's params before they are validated.

    **When:** first of all, for each command. **Arguments:** `command` as the previous plugin left
    it; it may be invalid. **Returns:** ``command.with_param(path, value)`` or
    ``command.replace(params=...)``; None to leave it as it is. Nothing else of a command can be
    changed.
    **Failure:** closed. :class:`~flask_signalwire.exceptions.CommandRejected` is a veto; anything
    else that is raised or returned becomes a ``PluginError``, and nothing is sent.

    .. code-block:: python

        @hookimpl
        def signalwire_prepare_command(command):
            if command.name == "dial" and command.param("timeout") is None:
                return command.with_param("timeout", 30)

    .. versionadded:: 0.1
    """


@hookspec
def signalwire_authorize_command(command: Command) -> None:
    """Veto a command.

    **When:** after validation. **Arguments:** `command` exactly as it will be sent; read-only.
    **Returns:** nothing. A returned value (a policy that says False) is an error, and nothing is
    sent.
    **Failure:** closed. Raise ``CommandRejected("why")`` to veto; anything else becomes a
    ``PluginError``.

    .. code-block:: python

        @hookimpl
        def signalwire_authorize_command(command):
            if command.name == "dial" and str(command.param("to")).startswith("+1900"):
                raise CommandRejected("premium numbers are not dialled")

    .. versionadded:: 0.1
    """


@hookspec(firstresult=True)
def signalwire_send_command(command: Command) -> CallLeg | None:
    """Send a command, or do something around the sending.

    **When:** after every veto. **Returns:** the service's answer as a ``CallLeg``; the first plugin
    that returns one has sent the command, and the others, ours included, are not asked. Most
    plugins rather wrap: ``@hookimpl(wrapper=True)`` with one ``yield``, which gives the answer or
    raises what sending raised, and must hand it on.
    **Dry runs:** a plugin that sends by itself returns None for a command with ``dry_run``, and
    ours answers with a made-up leg.
    **Failure:** what a wrapper raises before its ``yield`` stops the command, and nothing is sent.
    One that crashes after the answer came, or loses it, causes a ``PluginError`` that carries the
    leg; the command is never repeated because of that.

    .. code-block:: python

        @hookimpl(wrapper=True)
        def signalwire_send_command(command):
            started = time.perf_counter()
            leg = yield
            print(f"{command.name} took {time.perf_counter() - started:.3f} s")
            return leg

    .. versionadded:: 0.1
    """


@hookspec
def signalwire_command_succeeded(command: Command, leg: CallLeg, elapsed: float) -> None:
    """Learn that the service accepted a command.

    **When:** after the answer. Each command ends with exactly one call of this hook or of
    ``signalwire_command_failed``. **Arguments:** `leg`, a copy; `elapsed`, seconds since the call.
    **Returns:** nothing. **Failure:** logged, and signalled by ``plugin_failed``; the command's
    outcome stands, and the other plugins are called all the same.

    .. code-block:: python

        @hookimpl
        def signalwire_command_succeeded(command, leg):
            print(f"{command.name}: {leg.id} is {leg.status}")

    .. versionadded:: 0.1
    """


@hookspec
def signalwire_command_failed(
    command: Command, error: CommandError, stage: str, elapsed: float
) -> None:
    """Learn that a command ended without success.

    **When:** whenever a command does not succeed, for whatever reason: changed badly, invalid,
    vetoed, refused, lost. **Arguments:** `error`, whose ``outcome`` says whether the service may
    have acted; `stage`: ``prepare``, ``validate``, ``authorize`` or ``send``; `elapsed`, seconds.
    **Returns:** nothing. **Failure:** as for ``signalwire_command_succeeded``.

    .. code-block:: python

        @hookimpl
        def signalwire_command_failed(command, error, stage):
            if error.outcome == "unknown":
                print(f"somebody should look at {command.id}")

    .. versionadded:: 0.1
    """


@hookspec
def signalwire_event_received(event: Event) -> None:
    """Learn what the service says: a call's state, an utterance, the end of a recording.

    **When:** once for each event that is authenticated and no repetition, before handlers
    (``@signalwire.on(...)``) and signals, in the app context of the request that brought it.
    **Arguments:** `event`, frozen, of one of the kinds in :mod:`flask_signalwire.events`;
    ``event.known`` says whether a command of ours acted on its call, ``event.late`` whether a later
    state of the call came before.
    **Returns:** nothing. **Failure:** logged, and signalled by ``plugin_failed``; the others get
    the event all the same. With ``SIGNALWIRE_WEBHOOK_ON_ERROR = "retry"`` the service is asked to
    send it again, and then every plugin and receiver gets it again.
    **Threads:** as many as the server has; two events of one call may be handled at once.

    .. code-block:: python

        @hookimpl
        def signalwire_event_received(event):
            if isinstance(event, events.CallState) and not event.late:
                print(f"{event.call_id} is {event.state}")

    .. versionadded:: 0.1
    """


@hookspec
def signalwire_check_health() -> Health | None:
    """Say whether what the plugin depends on is there: a database, a service, a file of prices.

    **When:** whenever ``client.check_health()`` is called, once a second maybe, in a thread of its
    own and in an app context. Be quick, bound what you wait for, and change nothing.
    **Returns:** ``Health("ok")``; ``Health("warn", "why")`` where the app does its work all the
    same; ``Health("fail", "why")`` where it can't, and should get no requests; None: nothing to
    say. The text is for operators: no secrets.
    **Failure:** what is raised counts as ``fail``, and so does no answer in time.

    .. code-block:: python

        class Prices:
            read_at = 0.0

            @hookimpl
            def signalwire_check_health(self):
                if time.time() - self.read_at > 86400:
                    return Health("warn", "the prices are older than a day")
                return Health("ok")

    .. versionadded:: 0.1
    """
