"""The consoles in the pages: files are written as shown, commands run, and print what is shown.

The plugin of the guide is built out of the page's own blocks and installed, as a reader would.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec

import pytest

# Whole programs, started again for each page.
pytestmark = pytest.mark.once

# What a test should not do again: get the package, and make an environment for it.
NOT_RUN = (
    "git clone",
    "python -m venv",
    ". venv/",
    "pip install ./flask-signalwire",
    "pip install -e",
)
# Waits until it is stopped: see test_simulator_on_a_port.
WAITS = "simulator run"
# Happens in a generated distribution, whose files have a folder in their names: see test_policy.
APART = "cd flask-signalwire-toll-guard"


@pytest.fixture
def shell(tmp_path, installed):
    """Runs a line of a console in a folder of its own; `pip install` goes into that folder too."""
    site = tmp_path / "site"
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SIGNALWIRE_", "FLASK_", "PYTHON", "PIP_"))
    }
    environment |= {
        "PYTHONPATH": os.pathsep.join([str(site), str(tmp_path)]),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "error",
        "COLUMNS": "200",
    }

    def run(line, start=subprocess.run, **options):
        words = shlex.split(line)
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            environment[name] = value
            return ""
        program = [sys.executable, "-m", words[0]] if words[0] != "python" else [sys.executable]
        arguments = words[1:]
        if words[:2] == ["pip", "install"]:
            # Without a network: the environment has setuptools, and flask-signalwire.
            quietly = [
                "--quiet",
                "--disable-pip-version-check",
                "--no-build-isolation",
                "--no-deps",
            ]
            arguments = ["install", *quietly, "--target", str(site), *words[2:]]
        given = environment if words[0] != "pip" else environment | {"PYTHONWARNINGS": "ignore"}
        result = start(
            [*program, *arguments],
            cwd=tmp_path,
            env=given,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )
        if start is not subprocess.run:
            return result
        if words[0] == "pip":
            assert result.returncode == 0, result.stdout
            # What is installed has to do without the folder that it was built in.
            (tmp_path / "office.py").unlink()
            for left in tmp_path.glob("*.egg-info"):
                shutil.rmtree(left)
        lines = result.stdout.splitlines(keepends=True)
        return "".join(line for line in lines if line.partition(" ")[0] not in installed)

    return run


def test_consoles(console_page, shell, tmp_path, check_output):
    page = console_page
    consoles = [
        block for block in page.consoles if not any(x in block.text for x in (WAITS, APART))
    ]
    for name, text in page.files.items():
        if "/" in name:
            continue
        (tmp_path / name).write_text(text, encoding="utf-8")
    for block in consoles:
        lines = [line.removeprefix("$ ") for line in block.text.splitlines()]
        printed = [shell(line) for line in lines if not line.startswith(NOT_RUN)]
        if block.output is not None:
            check_output("".join(printed), block.output, f"docs/{page.name}.md:{block.line}")


def test_simulator_on_a_port(pages, shell, tmp_path, check_output):
    (tmp_path / "app.py").write_text(pages["plugins"].files["app.py"], encoding="utf-8")
    (block,) = [block for block in pages["simulator"].consoles if WAITS in block.text]
    line = block.text.strip().removeprefix("$ ").replace("--port 5055", "--port 0")
    with shell(line, start=subprocess.Popen) as process:
        try:
            printed = [process.stdout.readline() for _ in block.output.splitlines()]
            port = printed[0].rpartition(":")[0].partition(".1:")[2].partition(".")[0]
            check_output("".join(printed), block.output.replace("5055", port), "docs/simulator.md")
            if find_spec("signalwire"):  # signalwire-sdk is the reader's, not ours
                shell(f"export SIGNALWIRE_SPACE=127.0.0.1:{port}")
                name = "vendor.py"
                (tmp_path / name).write_text(pages["simulator"].files[name], encoding="utf-8")
                assert shell(f"python {name}").endswith("queued\n")
        finally:
            process.terminate()


def test_the_plugin_of_the_guide_is_short(pages):
    lines = pages["plugins"].files["office.py"].splitlines()
    assert len([line for line in lines if line.strip()]) <= 15
