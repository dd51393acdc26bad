"""``flask signalwire send``: every way in which it can end, and what scripts are told."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from flask_signalwire import hookimpl
from flask_signalwire.exceptions import CommandRejected
from tests.transport.servers import CALL, LEG, Server, reads_and_closes, replies

Run = Callable[..., Result]
DIAL = {
    "from": "+12025550100",
    "to": "+34911234567",
    "url": "https://ana:hunter2@example.com/swml",
    "password": "hunter2",
}
TEXT = json.dumps(DIAL)


def dial(run: Run, app: Flask, *more: str, **options: Any) -> Result:
    return run(app, "send", "dial", "--json", TEXT, *more, **options)


# -- exit codes ---------------------------------------------------------------------------------


def test_0_accepted(app: Flask, run: Run) -> None:
    result = dial(run, app)
    assert result.exit_code == 0
    assert "accepted" in result.stdout
    assert "+34*******67" in result.stdout
    assert "911234567" not in result.output
    assert "hunter2" not in result.output
    assert len(app.extensions["signalwire"].simulator.journal) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["dail"], "did you mean `dial`?"),
        (["end"], "--call-id"),
        (["dial", "--call-id", CALL], "leave --call-id out"),
        (["end", "--call-id", CALL, "--account", "eu"], "there is no account 'eu'"),
        (["dial", "--deadline", "0"], "--deadline"),
        (["dial", "--deadline", "nan"], "--deadline"),
        (["dial", "--json", "dial.json"], "Write @ before its name"),
        (["dial", "--json", "@no such file"], "No such file"),
        (["dial", "--json", "@."], "can't be read"),
        (["dial", "--json", "[1]"], "a list; expected an object"),
        (["dial", "--json", '{"a": 1, "a": 2}'], "'a' is there twice"),
        (["dial", "--json", '{"timeout": NaN}'], "NaN is no number"),
        (["dial", "--json", "[" * 100_000], "nested too deeply"),
        (["dial", "--context", "nonsense"], "--context"),
    ],
)
def test_2_options_that_can_not_be_used(
    arguments: list[str], said: str, app: Flask, run: Run
) -> None:
    result = run(app, "send", *arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert len(app.extensions["signalwire"].simulator.journal) == 0


def test_3_an_invalid_payload(app: Flask, run: Run) -> None:
    payload = json.dumps({**DIAL, "timout": 3})
    result = run(app, "send", "dial", "--json", payload)
    assert result.exit_code == 3
    assert "params.timout: unknown key; did you mean `timeout`?" in result.stderr
    result = run(app, "send", "dial", "--json", payload, "--output", "json")
    assert result.exit_code == 3
    said = json.loads(result.stdout)
    assert (said["outcome"], said["error"]["type"]) == ("not_sent", "PayloadError")
    assert said["error"]["problems"] == [
        {"path": "params.timout", "text": "unknown key; did you mean `timeout`?"}
    ]


class Closed:
    @hookimpl
    def signalwire_authorize_command(self, command: Any) -> None:
        raise CommandRejected(f"closed: {command.param('to')}")


def test_3_a_veto(make_app: Callable[..., Flask], run: Run) -> None:
    result = dial(run, make_app(Closed))
    assert (result.exit_code, result.stderr) == (3, "Error: closed: +34*******67\n")
    said = json.loads(dial(run, make_app(Closed), "--output", "json").stdout)
    assert (said["error"]["type"], said["error"]["plugin"]) == ("CommandRejected", "Closed")


def test_4_refused(serve: Callable[..., Server], desk: Callable[..., Flask], run: Run) -> None:
    errors = {"errors": [{"attribute": "to", "message": "not +34911234567"}]}
    server = serve(then=replies(errors, "422 Unprocessable Entity", X_Request_Id="r-1"))
    result = dial(run, desk(server.space))
    assert result.exit_code == 4
    assert "not +34*******67" in result.stderr
    assert "Traceback" not in result.output
    result = dial(run, desk(server.space), "--output", "json")
    assert result.exit_code == 4
    said = json.loads(result.stdout)
    assert (said["outcome"], said["error"]["status"]) == ("refused", 422)
    assert said["error"]["request_id"] == "r-1"


@pytest.mark.parametrize("fault", [reads_and_closes, replies({}, "500 Oops")], ids=["cut", "500"])
def test_5_nobody_knows(
    fault: Any, serve: Callable[..., Server], desk: Callable[..., Flask], run: Run
) -> None:
    server = serve(fault)
    result = dial(run, desk(server.space), "--output", "json")
    assert result.exit_code == 5
    assert json.loads(result.stdout)["outcome"] == "unknown"
    assert len(server.requests) == 1


def test_5_interrupted(make_app: Callable[..., Flask], run: Run) -> None:
    class Impatient:
        @hookimpl(tryfirst=True)
        def signalwire_send_command(self, command: Any) -> None:
            raise KeyboardInterrupt

    result = dial(run, make_app(Impatient))
    assert result.exit_code == 5
    assert "Look for its effect" in result.stderr


def test_6_not_reached(desk: Callable[..., Flask], run: Run) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        result = dial(run, desk(f"127.0.0.1:{nobody.getsockname()[1]}"))
    assert result.exit_code == 6
    assert "can't be reached" in result.stderr


def test_7_accepted_and_then(
    serve: Callable[..., Server], desk: Callable[..., Flask], run: Run
) -> None:
    class Careless:
        @hookimpl(wrapper=True)
        def signalwire_send_command(self, command: Any) -> Any:
            yield
            raise RuntimeError("the disk is full")

    result = dial(run, desk(serve().space, Careless), "--output", "json")
    assert result.exit_code == 7
    said = json.loads(result.stdout)
    assert (said["outcome"], said["leg"]["id"]) == ("accepted", LEG["id"])
    result = dial(run, desk(serve().space, Careless))
    assert (result.exit_code, LEG["id"] in result.stderr) == (7, True)
    result = dial(run, desk(serve(replies(b"<h1>")).space))
    assert result.exit_code == 7
    assert "Do not send it again" in result.stderr


def test_8_settings(make_app: Callable[..., Flask], run: Run) -> None:
    result = dial(run, make_app(space=None))
    assert result.exit_code == 8
    assert "SIGNALWIRE_SPACE" in result.stderr
    said = json.loads(dial(run, make_app(space=None), "--output", "json").stdout)
    assert "SIGNALWIRE_API_TOKEN" in [problem["path"] for problem in said["error"]["problems"]]


def test_the_codes_are_in_the_help(app: Flask, run: Run) -> None:
    text = run(app, "send", "--help").output
    for line in ("0  accepted", "4  refused", "5  outcome unknown: do NOT send it again"):
        assert line in text


# -- what goes in, what comes out -----------------------------------------------------------------


def test_the_payload_from_a_file_and_from_a_pipe(app: Flask, run: Run, tmp_path: Path) -> None:
    (tmp_path / "dial.json").write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    assert run(app, "send", "dial", "--json", f"@{tmp_path}/dial.json").exit_code == 0
    assert run(app, "send", "dial", "--json", "-", input=TEXT).exit_code == 0
    journal = app.extensions["signalwire"].simulator.journal
    assert [entry.command for entry in journal] == ["dial", "dial"]


def test_what_can_not_be_read_is_refused_and_not_quoted(
    app: Flask, run: Run, tmp_path: Path
) -> None:
    huge, binary = tmp_path / "huge", tmp_path / "binary"
    huge.write_bytes(b" " * (1024 * 1024 + 1))
    binary.write_bytes(b'{"password": "hunter2\xff"}')
    for path, said in ((huge, "more than 1024 KiB"), (binary, "no UTF-8 text")):
        result = run(app, "send", "dial", "--json", f"@{path}")
        assert result.exit_code == 2
        assert said in " ".join(result.stderr.split())
        assert "hunter2" not in result.output
    assert "hunter2" not in run(app, "send", "dial", "--json", '{"password": "hunter2"').output


def test_json_is_the_whole_answer_without_credentials(app: Flask, run: Run) -> None:
    said = json.loads(dial(run, app, "--output", "json").stdout)
    assert (said["outcome"], said["leg"]["to"]) == ("accepted", "+34911234567")
    assert said["command_id"]
    assert "hunter2" not in json.dumps(said)


def test_a_script_can_stop_what_it_started(app: Flask, run: Run) -> None:
    play = json.dumps({"play": [{"type": "tts", "params": {"text": "Hi"}}]})
    said = json.loads(
        run(
            app, "send", "play", "--call-id", CALL, "--json", play, "--dry-run", "--output", "json"
        ).stdout
    )
    assert said["control_id"] == said["would_send"]["params"]["control_id"]


def test_update_finds_the_call_id_among_its_params(app: Flask, run: Run) -> None:
    options = ["--json", '{"status": "completed"}', "--dry-run", "--output", "json"]
    said = json.loads(run(app, "send", "update", "--call-id", CALL, *options).stdout)
    params = said["would_send"]["params"]
    assert (params["status"], params["id"]) == ("completed", CALL)


def test_plugins_get_the_context(make_app: Callable[..., Flask], run: Run) -> None:
    class Curious:
        seen: list[Any] = []  # noqa: RUF012  # of this test alone

        @hookimpl
        def signalwire_authorize_command(self, command: Any) -> None:
            self.seen.append(dict(command.context))

    assert dial(run, make_app(Curious), "--context", '{"user": "ana"}').exit_code == 0
    assert Curious.seen == [{"user": "ana"}]


def test_another_account(
    serve: Callable[..., Server], desk: Callable[..., Flask], run: Run
) -> None:
    home, abroad = serve(), serve()
    app = desk(home.space, accounts={"eu": {"space": abroad.space}})
    assert dial(run, app, "--account", "eu").exit_code == 0
    assert (home.connections, abroad.commands) == (0, ["dial"])


def test_a_key_places_one_call(app: Flask, run: Run) -> None:
    first = json.loads(dial(run, app, "--idempotency-key", "order-42", "--output", "json").stdout)
    again = json.loads(dial(run, app, "--idempotency-key", "order-42", "--output", "json").stdout)
    assert (first["replayed"], again["replayed"]) == (False, True)
    assert first["leg"]["id"] == again["leg"]["id"]
    text = dial(run, app, "--idempotency-key", "order-42")
    assert "not sent: its key was answered before" in text.stdout
    assert len(app.extensions["signalwire"].simulator.calls) == 1


@pytest.mark.parametrize(("command", "key"), [(["dial", "--json", TEXT], " "), (["end"], "k")])
def test_2_a_key_that_can_not_be_used(app: Flask, run: Run, command: list[str], key: str) -> None:
    given = [*command, *(["--call-id", CALL] if command == ["end"] else [])]
    result = run(app, "send", *given, "--idempotency-key", key)
    assert result.exit_code == 2
    assert "--idempotency-key" in result.stderr
    assert not app.extensions["signalwire"].simulator.journal


def test_a_dry_run_shows_what_would_go_after_plugins_and_masked(
    make_app: Callable[..., Flask], run: Run
) -> None:
    class Ring:
        @hookimpl
        def signalwire_prepare_command(self, command: Any) -> Any:
            return command.with_param("timeout", 42)

    app = make_app(Ring)
    result = dial(run, app, "--dry-run")
    assert result.exit_code == 0
    assert '"timeout": 42' in result.stdout
    assert "+34*******67" in result.stdout
    assert "hunter2" not in result.output
    assert len(app.extensions["signalwire"].simulator.journal) == 0
    assert dial(run, make_app(Closed), "--dry-run").exit_code == 3
