"""What the README shows is true: its Python and its shell are executed."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from werkzeug.serving import make_server

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(.*)\n((?s:.*?))^```$", README, flags=re.MULTILINE)

UNTIL_IT_IS_TRANSLATED = (
    "for _ in {1..300}; do "
    "curl -s localhost:5000/calls/$CALL/captions | grep -q Buenos && break || sleep 0.1; done"
)


@pytest.fixture(autouse=True)
def _a_new_users_environment(monkeypatch, tmp_path):
    """As the README has it exported; the audit writes into a folder of the test's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIGNALWIRE_SPACE", "simulator")
    monkeypatch.setenv(
        "FLASK_SIGNALWIRE_AUDIT_URL", f"sqlite:///{tmp_path.as_posix()}/audit.sqlite"
    )


def python_blocks():
    """Each with what it is said to print; `…` stands for anything."""
    for (info, text), (after, output) in zip(BLOCKS, [*BLOCKS[1:], ("", "")], strict=True):
        if info == "python":
            yield text, output if after == "text" else "…"


def test_its_python_runs_and_prints_what_it_shows():
    namespace = {"__name__": "app"}
    count = 0
    for text, output in python_blocks():
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(text, "README.md", "exec"), namespace)
        pattern = "(?s:.*)".join(re.escape(part) for part in output.split("…"))
        assert re.fullmatch(pattern, printed.getvalue()), f"{text}\nprinted: {printed.getvalue()}"
        count += 1
    assert count >= 7


def test_its_tests_pass_in_the_app_that_it_shows(tmp_path):
    app = next(text for info, text in BLOCKS if info == "python")
    [tests] = [text for info, text in BLOCKS if info == "python pytest"]
    (tmp_path / "app.py").write_text(app, encoding="utf-8")
    (tmp_path / "test_app.py").write_text(tests, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_app.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert re.search(r"^2 passed", done.stdout, re.MULTILINE), done.stdout + done.stderr


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="needs curl, bash")
def test_its_curl_commands_run_in_order(tmp_path):
    from example_app import create_app

    [script] = [text for info, text in BLOCKS if info == "sh"]
    server = make_server(
        "127.0.0.1", 0, create_app({"TESTING": True, "DESK_SCENARIO": "parcel"}), threaded=True
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        # Which state a simulated call is in after three seconds is the simulator's test, not ours.
        script = script.replace("sleep 3", ":").replace("sleep 8", UNTIL_IT_IS_TRANSLATED)
        done = subprocess.run(
            ["bash", "-eu", "-c", script.replace("localhost:5000", f"127.0.0.1:{server.port}")],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert done.returncode == 0, done.stderr
    decoder, answers, rest = json.JSONDecoder(), [], done.stdout.strip()
    while rest:
        answer, end = decoder.raw_decode(rest)
        answers.append(answer)
        rest = rest[end:].strip()
    placed, started, said, summarized, captions, *answers = answers
    misspelt, refused, stopped, ended, calls, of_call, audit = answers
    assert placed["status"] == "queued"
    assert started["translation"] == {"from_lang": "en-US", "to_lang": "es-ES"}
    assert said["message"] == "Your parcel arrives tomorrow."
    assert summarized["call"] == placed["id"]
    assert captions["captions"][0]["text"].startswith("Good morning")
    assert captions["captions"][0]["translations"]["es-ES"].startswith("Buenos")
    assert misspelt["problems"] == {"to_langg": ["unknown key; did you mean `to_lang`?"]}
    assert refused["error"] == "CommandRejected"
    assert stopped["translation"] is None
    assert ended["status"] == "ended"
    assert [call["id"] for call in calls["calls"]] == [placed["id"]]
    assert len(of_call["rows"]) == 6
    assert len(audit["rows"]) == 5


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([\w./-]+)\)", README))))
def test_its_links_lead_somewhere(target):
    assert (ROOT / target).is_file()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"[$`] ?make ([\w-]+)", README))))
def test_what_it_makes_can_be_made(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_its_lines_are_short():
    assert [line for line in README.splitlines() if len(line) > 110 and "|" not in line] == []
