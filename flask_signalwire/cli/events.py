"""``flask signalwire events``: what was captured, delivered again."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
from flask.cli import AppGroup

from ..config import ENDPOINTS
from ..exceptions import WebhookError, WebhookInvalid
from ..redaction import text_of
from ..webhooks.reading import parse_json
from ..webhooks.tokens import Claim
from .exits import Exit
from .shared import echo_columns, echo_json

if TYPE_CHECKING:
    from ..extension import Client

_ENDED_WELL = ("delivered", "duplicate")


class _Captured(click.File):
    """A file of captured events."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and Path(value).is_dir():
            name = Path(value) / "*.jsonl"
            self.fail(f"{value!r} is a directory; expected the files in it: {name}", param, ctx)
        return super().convert(value, param, ctx)


def events_group(client: Client) -> click.Group:
    """The commands of one app's events."""
    group = AppGroup("events", help="What the service posted to this app.")
    group.add_command(_replay_command(client))
    return group


def _replay_command(client: Client) -> click.Command:
    @click.command("replay", short_help="Deliver captured events again.")
    @click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_Captured("rb"))
    @click.option(
        "--purpose",
        type=click.Choice(ENDPOINTS),
        help="Only what came to this endpoint; and what a payload without one came to.",
    )
    @click.option("--keep-going", is_flag=True, help="Go on after an event that fails.")
    @click.option("--again", is_flag=True, help="Deliver what was delivered before, too.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON, one list.")
    def replay(
        files: tuple[IO[bytes], ...],
        purpose: str | None,
        keep_going: bool,
        again: bool,
        as_json: bool,
    ) -> None:
        """Deliver the events of FILE, in order, to this app's plugins, handlers and signals, as if
        the service had posted them; - is standard input.

        Lines are those of SIGNALWIRE_CAPTURE_DIR, or plain payloads. Nothing is sent by this
        command itself, but whatever the app does on an event, it does.

        Exit code 3 where an event is refused, or a plugin or a receiver fails on it; 2 where a line
        can't be read.
        """
        code, shown = 0, []
        for file in files:
            for number, line in enumerate(file, 1):
                found, ended = _line(client, line, purpose, again)
                where = {"file": getattr(file, "name", "-"), "line": number}
                for item in found:
                    shown.append({**where, **item})
                    if not as_json:
                        _echo(shown[-1])
                code = max(code, ended) if code else ended
                if ended and not keep_going:
                    break
            if code and not keep_going:
                break
        if as_json:
            echo_json(shown)
        else:
            counts = Counter(item["outcome"] for item in shown)
            told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
            plural = "" if len(shown) == 1 else "s"
            click.echo(f"{len(shown)} event{plural}{': ' * bool(told)}{told}")
        sys.exit(code)

    return replay


def _line(
    client: Client, line: bytes, purpose: str | None, again: bool
) -> tuple[list[dict[str, Any]], int]:
    """What became of the events in one line, and the exit code of that."""
    if not line.strip():
        return [], 0
    try:
        came_to, claim, raw = _read(line)
        if purpose and came_to and came_to != purpose:
            return [], 0
        receipts = client.webhooks.receive(
            raw, purpose=came_to or purpose, claim=claim, again=again
        )
    except WebhookInvalid as error:
        return [_shown("invalid", reason=error.description)], Exit.USAGE
    except WebhookError as error:
        return [_shown("refused", reason=error.description)], Exit.STOPPED
    found = [_shown(receipt.outcome, receipt.event) for receipt in receipts]
    well = all(receipt.outcome in _ENDED_WELL for receipt in receipts)
    return found, 0 if well else Exit.STOPPED


def _read(line: bytes) -> tuple[str | None, Claim | None, Mapping[str, Any]]:
    """Purpose, claim and payload of a line; of a plain payload neither of the first two is known.

    :raises WebhookInvalid: for a line that is neither.
    """
    try:
        found = parse_json(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise WebhookInvalid("the line is no UTF-8", reason="unreadable") from None
    if not {"claim", "raw"} <= found.keys():
        return None, None, found
    purpose, claim, raw = found.get("purpose"), found["claim"], found["raw"]
    try:
        if not isinstance(raw, dict) or purpose not in (None, *ENDPOINTS):
            raise TypeError(raw)
        return purpose, None if claim is None else Claim(**claim), raw
    except TypeError:
        raise WebhookInvalid("the line is no captured event", reason="unreadable") from None


def _shown(outcome: str, event: Any = None, *, reason: str | None = None) -> dict[str, Any]:
    about = {
        name: None if event is None else getattr(event, name)
        for name in ("kind", "call_id", "control_id", "late")
    }
    return {**about, "outcome": outcome, "reason": reason}


def _echo(item: Mapping[str, Any]) -> None:
    row = [f"{item['file']}:{item['line']}", f"{item['outcome']:9}"]
    if item["kind"]:
        late = " (late)" if item["late"] else ""
        row += [f"{item['kind']}{late}", f"call {text_of(item['call_id'])}"]
    else:
        row.append(str(item["reason"]))
    echo_columns([row])
