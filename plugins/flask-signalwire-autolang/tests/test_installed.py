"""A CRM's plugin as an installed distribution of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

CRM = """
from flask_signalwire_autolang import Evidence, hookimpl

CONTACTS = {"+34911234567": "ca"}


class Crm:
    @hookimpl
    def signalwire_language_evidence(self, inquiry):
        tag = CONTACTS.get(inquiry.number)
        return tag and Evidence(tag, 0.95, "contact 7", "the contact's language")
"""

METADATA = """
[metadata]
name = acme-crm
version = 2.0

[options]
py_modules = acme_crm

[options.entry_points]
flask_signalwire_autolang =
    crm = acme_crm:{target}
"""

BUILD = '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n'

APP = """
import os
from flask import Flask
from flask_signalwire import SignalWire

app = Flask("desk")
app.testing = True
app.config["SIGNALWIRE_SPACE"] = "simulator"
app.config.from_prefixed_env()
SignalWire(app)
"""


@pytest.fixture
def installed(tmp_path: Path):
    """Installs the distribution, and runs `flask signalwire` with it."""

    def install(target: str = "Crm"):
        source, site = tmp_path / "source", tmp_path / "site"
        source.mkdir()
        (source / "acme_crm.py").write_text(CRM, encoding="utf-8")
        (source / "setup.cfg").write_text(METADATA.format(target=target), encoding="utf-8")
        (source / "pyproject.toml").write_text(BUILD, encoding="utf-8")
        (tmp_path / "app.py").write_text(APP, encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
        subprocess.run(
            [*pip, "--no-build-isolation", "--no-deps", "--target", site, source],
            check=True,
            cwd=tmp_path,
            env=environment,
        )

        def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-m", "flask", "--app", "app", "signalwire", *arguments],
                cwd=tmp_path,
                env={
                    **os.environ,
                    "PYTHONPATH": str(site),
                    "FLASK_SIGNALWIRE_PLUGINS_BLOCKED": "audit",
                    **more,
                },
                capture_output=True,
                text=True,
                check=False,
            )

        return run

    return install


def test_it_is_found_and_answers_first(installed) -> None:
    run = installed()
    found = json.loads(run("language", "detect", "+34911234567", "--json").stdout)
    assert (found["tag"], found["source"]) == ("ca-ES", "evidence")
    assert found["steps"][0]["plugin"] == "crm"
    assert "evidence plugins: crm" in run("language", "list").stdout
    blocked = run(
        "language", "detect", "+34911234567", FLASK_SIGNALWIRE_PLUGINS_BLOCKED="audit,crm"
    )
    assert blocked.stdout.endswith("es-ES by number, confidence 0.99\n")


def test_a_broken_one_is_left_out_and_named(installed) -> None:
    run = installed("Crn")
    listed = run("language", "list")
    assert "broken: crm, acme-crm 2.0: AttributeError" in listed.stdout
    assert "the evidence plugin crm (acme-crm 2.0) is broken and left out" in listed.stderr
    strict = run("plugins", FLASK_SIGNALWIRE_PLUGINS_STRICT="true")
    assert strict.returncode != 0
    assert "the evidence plugin crm (acme-crm 2.0) is broken" in strict.stderr
