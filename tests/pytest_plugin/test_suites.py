"""What users of the fixtures get: in suites of their own, run by pytest."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

pytestmark = pytest.mark.once

GREEN = """
    import pytest
    from flask_signalwire import events

    @pytest.mark.parametrize("number", range(4))
    def test_each_begins_with_nothing(signalwire, number):
        assert signalwire.outbox == signalwire.events == []
        assert len(signalwire.simulator.calls) == len(signalwire.simulator.journal) == 0
        assert len(signalwire.simulator.faults) == 0
        assert signalwire.clock.now() == 1_767_225_600
        call = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
        for state in ("answered", "ended"):
            signalwire.post("call_state", call_id=call, state=state)
            event = signalwire.assert_received(events.CallState, call_id=call, state=state)
            assert not event.late
        signalwire.post_raw("operations", {"params": {"call_id": call}})
        assert len(signalwire.events) == 3
        signalwire.post(events.Utterance, content="Hola")
        signalwire.assert_not_sent("dial")
        signalwire.calling.dial(from_="+12025550100", to="+34911234567", url="https://e.example/")
        signalwire.clock.advance(2)
        signalwire.fail_next(status=503)
"""


@pytest.mark.parametrize("scope", ["function", "module", "session"])
def test_tests_share_nothing_whatever_the_scope_of_the_app(suite, scope):
    suite(GREEN, scope=scope).assert_outcomes(passed=4)


def test_in_parallel_and_in_any_order(suite):
    suite(GREEN, "-n2", "-p", "randomly", apart=True).assert_outcomes(passed=4)


def test_the_calls_and_threads_of_a_test_end_with_it(suite):
    suite(
        """
        import threading

        BEFORE = threading.enumerate()

        def test_dials(signalwire):
            dial = {"from_": "+12025550100", "to": "+34911234567", "url": "https://e.example/"}
            signalwire.calling.dial(**dial)

        def test_nothing_runs(app):
            app.signalwire.calling
            new = [thread for thread in threading.enumerate() if thread not in BEFORE]
            assert not [thread for thread in new if "signalwire" in thread.name]
            assert not app.signalwire.simulator.calls
        """,
        "-p",
        "no:randomly",
        scope="session",
    ).assert_outcomes(passed=2)


def test_an_app_without_the_extension(suite):
    result = suite(
        "def test(signalwire): pass",
        conftest="""
import flask, pytest

@pytest.fixture
def app():
    return flask.Flask("shop")
""",
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*<Flask 'shop'>*has no flask-signalwire: call signalwire.init_app*"]
    )
    assert "Traceback" not in result.stdout.str()


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"SIGNALWIRE_SPACE": "example.signalwire.com"}, "default: example.signalwire.com"),
        (
            {
                "SIGNALWIRE_ACCOUNTS": {
                    "eu": {"project_id": "p", "api_token": "t", "space": "eu.signalwire.com"}
                }
            },
            "eu: eu.signalwire.com",
        ),
    ],
)
def test_an_app_that_could_reach_telephones_is_refused(suite, settings, named):
    result = suite(
        "def test(signalwire): pass",
        conftest=f"""
import flask, flask_signalwire, pytest

@pytest.fixture
def app(signalwire_settings):
    app = flask.Flask("shop")
    app.config.from_mapping({{**signalwire_settings, **{settings!r}}})
    flask_signalwire.SignalWire(app)
    return app
""",
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*not on the simulator*{named}*signalwire_settings*"])


def test_a_fixture_that_the_app_misses_is_named(suite):
    result = suite(
        "def test(signalwire): pass",
        conftest="""
import pytest

@pytest.fixture
def app(databse):
    pass
""",
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'databse' not found*"])


def test_without_an_app_plugins_are_tested_on_a_minimal_one(suite):
    suite(
        """
        import pytest
        from flask_signalwire import hookimpl

        class Shouts:
            @hookimpl
            def signalwire_prepare_command(self, command):
                return command.with_param("reason", "hangup")

        @pytest.fixture
        def signalwire_plugins():
            return [Shouts]

        def test_it(signalwire, signalwire_app):
            assert signalwire.app is signalwire_app
            names = {info.name for info in signalwire.client.plugins if info.status == "active"}
            assert not {"audit", "autolang"} & names
            call = signalwire.simulator.inbound(from_="+34911234567", to="+12025550100")
            signalwire.calling.end(call.id)
            signalwire.assert_sent_once("end", call_id=call.id, reason="hangup")
        """,
        conftest="",
    ).assert_outcomes(passed=1)


def test_installed_plugins_are_named(suite):
    result = suite(
        """
        import pytest

        @pytest.fixture
        def signalwire_plugins(request):
            return request.param

        @pytest.mark.parametrize("signalwire_plugins", [["autolang"], ["autolnag"]], indirect=True)
        def test_it(signalwire_plugins, signalwire):
            assert signalwire.client.plugins["autolang"].status == "active"
            assert signalwire.client.plugins["audit"].status == "blocked"
        """,
        conftest="",
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*plugin autolnag: is missing*did you mean `autolang`*"])


def test_nothing_is_imported_for_those_who_do_not_ask(pytester):
    """The package itself is: that is how Python imports the module of the fixtures."""
    pytester.makepyfile(
        """
        import sys

        def test_it():
            assert "flask_signalwire.pytest_plugin" in sys.modules
            assert "flask_signalwire.testing" not in sys.modules
            assert "flask_signalwire.simulator" not in sys.modules

        def test_no_fixture_is_used(request):
            assert not [name for name in request.fixturenames if "signalwire" in name]
        """
    )
    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=2)


@pytest.fixture
def distribution(pytester):
    """Installs a distribution that has settings for tests."""

    def install(module, text):
        pytester.makepyfile(**{module: text})
        info = pytester.mkdir(f"{module}-1.0.dist-info")
        (info / "METADATA").write_text(f"Name: {module}\nVersion: 1.0\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(
            f"[flask_signalwire_testing]\noffice = {module}:SETTINGS\n", encoding="utf-8"
        )
        pytester.syspathinsert()

    return install


def test_plugins_have_settings_for_tests(pytester, distribution):
    distribution("office_well", "SETTINGS = {'OFFICE_FILE': None, 'SIGNALWIRE_SPACE': 'a.example'}")
    pytester.makepyfile(
        """
        def test(signalwire_settings):
            assert signalwire_settings["OFFICE_FILE"] is None
            assert signalwire_settings["SIGNALWIRE_SPACE"] == "simulator"
        """
    )
    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("text", "why"), [("SETTINGS = 5", "TypeError: *"), ("raise OSError('no')", "OSError: no")]
)
def test_settings_for_tests_that_cannot_be_had_are_no_tests(pytester, distribution, text, why):
    """Without them a test might write where only the app itself should."""
    distribution("office_broken", text)
    pytester.makepyfile("def test(signalwire): pass")
    result = pytester.runpytest_subprocess("-W", "error")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [f"*settings for tests of the plugin office (office_broken:SETTINGS) can't be used: {why}"]
    )
    assert "Traceback" not in result.stdout.str()


def test_it_can_be_left_out(pytester):
    pytester.makepyfile("def test(signalwire): pass")
    result = pytester.runpytest_subprocess("-p", "no:flask_signalwire")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'signalwire' not found*"])


def test_the_fixtures_say_what_they_are(pytester):
    listed = pytester.runpytest_inprocess("--fixtures", "-p", "no:cacheprovider").stdout.str()
    head = "fixtures defined from flask_signalwire.pytest_plugin"
    ours = re.split(r"\n-+ fixtures defined from|\n=+", listed[listed.index(head) :])[0]
    names = re.findall(r"^(\w+).* -- .*pytest_plugin\.py:", ours, re.MULTILINE)
    assert sorted(names) == [
        "signalwire",
        "signalwire_app",
        "signalwire_plugins",
        "signalwire_settings",
    ]
    assert "no docstring available" not in ours


def test_pytest_is_no_dependency():
    code = (
        "import sys; sys.modules['pytest'] = None\n"
        "import flask_signalwire.testing, flask_signalwire.simulator"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
