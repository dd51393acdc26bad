"""``flask signalwire language``."""

from __future__ import annotations

import json

import pytest

from flask_signalwire_autolang import Evidence, hookimpl

SPANISH = "me gustaría saber cuándo va a llegar mi paquete"


@pytest.fixture
def run(make_app):
    def invoke(*arguments, **config):
        runner = make_app(**config).test_cli_runner()
        return runner.invoke(args=["signalwire", "language", *arguments])

    return invoke


def test_a_number(run) -> None:
    result = run("detect", "+34911234567")
    assert result.exit_code == 0
    first, last = result.output.splitlines()
    assert first.startswith(
        "number  taken  es-ES 0.99  +34*******67, ES  es is official and spoken"
    )
    assert last == "es-ES by number, confidence 0.99"


def test_every_step_is_shown(run) -> None:
    result = run("detect", SPANISH, "+525512345678", "--header", "eu, fr;q=0.5")
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert lines[0].startswith("text taken es-MX ")
    assert "typed, 9 words" in lines[0]
    assert lines[1].startswith("header not needed fr-FR 0.60")
    assert lines[2].startswith("number not needed es-MX")
    assert lines[3].startswith("es-MX by text, confidence")
    assert "paquete" not in result.output


def test_a_number_that_says_nothing(run) -> None:
    result = run("detect", "+911123456789")
    assert result.exit_code == 1
    assert "number  too uncertain  hi-IN 0.41  +91********89, IN" in result.output
    assert "unknown: number: hi-IN with confidence 0.41 is too uncertain" in result.output
    assert "SIGNALWIRE_AUTOLANG_REGIONS['IN']" in result.output


def test_json(run) -> None:
    result = run("detect", "--profile", "ca", "--json")
    found = json.loads(result.output)
    assert (found["tag"], found["source"], found["confidence"]) == ("ca-ES", "profile", 1)
    assert found["steps"][0]["outcome"] == "taken"
    result = run("detect", "ok", "--json")
    assert result.exit_code == 1
    assert json.loads(result.output)["tag"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["detect"], "give a number, a text, --header or --profile"),
        (["detect", "+34911234567", "+34911234568"], "give one telephone number at most"),
    ],
)
def test_wrong_arguments(run, arguments, message) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.output


def test_who_is_asked_is_listed(run) -> None:
    class Crm:
        @hookimpl
        def signalwire_language_evidence(self, inquiry):
            return Evidence("ca", 0.9)

    result = run("list", SIGNALWIRE_AUTOLANG_EVIDENCE=[Crm])
    assert "evidence plugins: Crm" in result.output
    assert "order: evidence, profile, call, text, header, number" in result.output
    assert "en-US" in result.output
    result = run("detect", "ok", SIGNALWIRE_AUTOLANG_EVIDENCE=[Crm])
    assert result.output.startswith("evidence (Crm)  taken")
