"""``flask signalwire send``: one command, for people and scripts."""

from __future__ import annotations

import contextlib
import json
import logging
import math
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ..config import DEFAULT_ACCOUNT
from ..exceptions import CommandError, ConfigurationError, RemoteError, SignalWireError
from ..redaction import mask_credentials, scrub
from ..results import CallLeg
from .exits import MEANINGS, Exit, exit_code
from .payload import JSONObject
from .shared import echo_columns, echo_json, find_command

if TYPE_CHECKING:
    from ..commands import CommandSpec
    from ..extension import Client

_EPILOG = "\b\nExit codes:\n" + "\n".join(f"  {code}  {text}" for code, text in MEANINGS.items())


class _Seconds(click.FloatRange):
    name = "seconds"

    def __init__(self) -> None:
        super().__init__(min=0, min_open=True)

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        seconds = super().convert(value, param, ctx)
        if not math.isfinite(seconds):
            self.fail(f"{value!r} is no number of seconds", param, ctx)
        return seconds


def send_command(client: Client) -> click.Command:
    """The command that sends a command of one app."""

    @click.command("send", short_help="Send one command.", epilog=_EPILOG)
    @click.argument("name")
    @click.option("--call-id", help="The uuid of the call that it acts on.")
    @click.option(
        "--json",
        "params",
        type=JSONObject(),
        help="The payload: a file (@dial.json), standard input (-), or the JSON itself. {} where "
        "it is left out.",
    )
    @click.option("--account", default=DEFAULT_ACCOUNT, help="Credentials of SIGNALWIRE_ACCOUNTS.")
    @click.option(
        "--context",
        type=JSONObject(),
        help="What plugins should know and the service does not get, such as remote_number.",
    )
    @click.option("--deadline", type=_Seconds(), help="Seconds that it may take in all.")
    @click.option(
        "--idempotency-key",
        help="A name for this call, for commands that start one: sent again with the same key, it "
        "answers with the first leg and starts no second call.",
    )
    @click.option(
        "--dry-run",
        is_flag=True,
        help="Go through validation and all plugins, send nothing, and show what would have gone.",
    )
    @click.option(
        "--output",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="text masks telephone numbers; json prints the whole answer, and errors, on standard "
        "output. Neither prints credentials.",
    )
    def send(
        name: str,
        call_id: str | None,
        params: dict[str, Any] | None,
        account: str,
        context: dict[str, Any] | None,
        deadline: float | None,
        idempotency_key: str | None,
        dry_run: bool,
        output: str,
    ) -> None:
        """Send one command to the service, as the app would: with its plugins, vetoes and audit.

        NAME is a command's name on the wire (calling.play.stop) or its method's (play_stop);
        `flask signalwire commands NAME` shows what it takes.
        """
        spec = find_command(client.commands, name)
        params = dict(params or {})
        call_id = _place_call_id(spec, call_id, params)
        try:
            calling = client.account(account).calling
        except ConfigurationError as error:
            raise click.BadParameter(str(error), param_hint="--account") from error
        options: dict[str, Any] = {"context": context, "deadline": deadline, "dry_run": dry_run}
        if idempotency_key is not None:
            options["idempotency_key"] = idempotency_key
        report = _Report(spec, as_json=output == "json")
        with _quiet_log():
            try:
                leg = calling.send(spec.name, call_id, params, **options)
            except (TypeError, ValueError) as error:  # of a key that can't be used
                raise click.BadParameter(str(error), param_hint="--idempotency-key") from error
            except SignalWireError as error:
                report.failed(error)
            except KeyboardInterrupt:
                report.interrupted()
        report.succeeded(leg)

    return send


def _place_call_id(spec: CommandSpec, call_id: str | None, params: dict[str, Any]) -> str | None:
    """The call id for beside the params; `update` has it among them.

    :raises click.UsageError: where one is missing, or has no place.
    """
    if spec.takes_id:
        if call_id is None:
            raise click.UsageError(f"{spec.name} acts on a call; give its uuid: --call-id")
        return call_id
    if call_id is not None:
        if "id" not in spec.payload.keys:
            raise click.UsageError(f"{spec.name} names no call; leave --call-id out")
        if params.setdefault("id", call_id) != call_id:
            raise click.UsageError("--call-id and `id` of --json name different calls")
    return None


@contextlib.contextmanager
def _quiet_log() -> Iterator[None]:
    """Where the app has no log, Python writes warnings to the terminal: what is printed anyway."""
    logger = logging.getLogger("flask_signalwire.command")
    silence = logging.NullHandler()
    silent = not logger.hasHandlers()
    if silent:
        logger.addHandler(silence)
    try:
        yield
    finally:
        logger.removeHandler(silence)


class _Report:
    """Prints how it ended, and ends the process with the exit code of that."""

    def __init__(self, spec: CommandSpec, *, as_json: bool) -> None:
        self._spec = spec
        self._as_json = as_json

    def succeeded(self, leg: CallLeg) -> None:
        try:
            if self._as_json:
                echo_json(_as_json(leg))
            elif leg.dry_run:
                click.echo(f"{self._spec.name}: not sent (dry run). It would have sent:")
                click.echo(json.dumps(_would_send(leg), indent=2, ensure_ascii=False))
            else:
                how = "not sent: its key was answered before." if leg.replayed else "accepted."
                click.echo(f"{self._spec.name}: {how}")
                echo_columns(_rows(leg))
        except OSError as error:  # whoever reads is gone; the command is not
            # Or Python would complain once more, when it flushes what is left.
            with contextlib.suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if not leg.dry_run:
                click.echo(f"accepted, but not printed: {error.strerror}", err=True)
                sys.exit(Exit.ACCEPTED_BUT)

    def failed(self, error: SignalWireError) -> NoReturn:
        code = exit_code(error)
        if self._as_json:
            echo_json(_error_as_json(error))
        else:
            click.echo(f"Error: {scrub(str(error))}", err=True)
            leg = getattr(error, "leg", None)
            if leg is not None:
                click.echo("The service had answered:", err=True)
                click.echo(repr(leg), err=True)
        sys.exit(code)

    def interrupted(self) -> NoReturn:
        text = (
            f"{self._spec.method} was interrupted: the service may have acted or not. "
            "Look for its effect before you send it again."
        )
        if self._as_json:
            error = {"type": "KeyboardInterrupt", "message": text}
            echo_json({"outcome": "unknown", "command_id": None, "error": error})
        else:
            click.echo(f"Error: {text}", err=True)
        sys.exit(Exit.UNKNOWN)


def _rows(leg: CallLeg) -> list[tuple[str, str]]:
    """The answer in two columns, numbers masked, and what a following command needs."""
    shown = dict(leg.masked())
    if leg.control_id:
        shown["control_id"] = leg.control_id
    shown["request_id"], shown["command_id"] = leg.request_id, leg.command_id
    return [
        (f"  {scrub(key)}", value if isinstance(value, str) else json.dumps(value))
        for key, value in shown.items()
        if value is not None
    ]


def _as_json(leg: CallLeg) -> dict[str, Any]:
    about = {
        "outcome": "not_sent" if leg.dry_run else "accepted",
        "dry_run": leg.dry_run,
        "replayed": leg.replayed,
        "command_id": leg.command_id,
        "request_id": leg.request_id,
        "control_id": leg.control_id,
    }
    if leg.dry_run:
        return {**about, "would_send": _would_send(leg)}
    return {**about, "leg": mask_credentials(leg)}


def _would_send(leg: CallLeg) -> dict[str, Any]:
    """The body that would have gone, masked."""
    command = leg.command
    if command is None:
        return {}
    call = {} if command.call_id is None else {"id": command.call_id}
    return {"command": command.name, **call, "params": command.masked_params()}


def _error_as_json(error: SignalWireError) -> dict[str, Any]:
    command = error.command if isinstance(error, CommandError) else None
    details: dict[str, Any] = {"type": type(error).__name__, "message": scrub(str(error))}
    problems = getattr(error, "problems", None)
    if problems is not None:
        details["problems"] = [{"path": path, "text": scrub(text)} for path, text in problems]
    for name in ("plugin", "hook"):
        if getattr(error, name, None):
            details[name] = getattr(error, name)
    if isinstance(error, RemoteError):
        details["status"] = error.status
        details["request_id"] = error.request_id
        details["retry_after"] = error.retry_after
    leg = getattr(error, "leg", None)
    return {
        "outcome": error.outcome if isinstance(error, CommandError) else "not_sent",
        "command_id": command.id if command else None,
        "error": details,
        **({} if leg is None else {"leg": mask_credentials(leg)}),
    }
