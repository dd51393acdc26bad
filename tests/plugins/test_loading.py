"""Finding, checking, blocking and requiring plugins: installed ones, and the app's own."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from flask_signalwire import CommandSpec, PayloadSchema, SignalWire, fields, hookimpl
from flask_signalwire.commands import TABLE
from flask_signalwire.exceptions import ConfigurationError, Unprocessable
from flask_signalwire.plugins.builtin import UNBLOCKABLE
from tests.commands.corpus import CALL, dial

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Lay out a distribution as an installer does: a module, its metadata, an entry point."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(
        name: str, code: str, *, dist: str | None = None, version: str = "1.2", target: str = ""
    ) -> None:
        dist = dist or f"acme-{name}"
        module = dist.replace("-", "_")
        monkeypatch.delitem(sys.modules, module, raising=False)  # of an earlier test's
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(code))
        info = tmp_path / f"{module}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {dist}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[flask_signalwire]\n{name} = {module}{target}\n")

    return install


OBSERVER = """
    from flask_signalwire import hookimpl

    class Observer:
        def __init__(self):
            self.seen = []

        @hookimpl
        def signalwire_command_succeeded(self, command):
            self.seen.append(command.name)
"""


def test_an_installed_plugin_is_found_and_called(
    install: Install, make_app: Callable[..., Flask]
) -> None:
    install("observer", OBSERVER, target=":Observer")
    app = make_app()
    client = app.extensions["signalwire"]
    info = client.plugins["observer"]
    assert (info.status, info.source) == ("active", "acme-observer 1.2")
    assert info.hooks == ("signalwire_command_succeeded",)
    client.calling.dial(**_python(dial()))
    assert client.plugins.get("observer").seen == ["dial"]


def test_each_app_has_an_instance_of_its_own(
    install: Install, make_app: Callable[..., Flask]
) -> None:
    install("observer", OBSERVER, target=":Observer")
    one, two = make_app().extensions["signalwire"], make_app().extensions["signalwire"]
    one.calling.dial(**_python(dial()))
    assert one.plugins.get("observer").seen == ["dial"]
    assert two.plugins.get("observer").seen == []


def test_a_module_can_be_the_plugin(install: Install, make_app: Callable[..., Flask]) -> None:
    install(
        "policy",
        """
        from flask_signalwire import CommandRejected, hookimpl

        @hookimpl
        def signalwire_authorize_command(command):
            raise CommandRejected("closed")
        """,
    )
    client = make_app().extensions["signalwire"]
    with pytest.raises(Exception, match="closed") as caught:
        client.calling.dial(**_python(dial()))
    assert caught.value.plugin == "policy"


def test_a_function_can_make_the_plugin(install: Install, make_app: Callable[..., Flask]) -> None:
    install("observer", OBSERVER + "\n    def make():\n        return Observer()", target=":make")
    assert make_app().extensions["signalwire"].plugins["observer"].status == "active"


BROKEN = {
    "import": ("import nothing_of_that_name", "", "ModuleNotFoundError: No module named"),
    "attribute": ("x = 1", ":Plugin", "AttributeError"),
    "construct": ("class P:\n    def __init__(self, app):\n        pass", ":P", "TypeError"),
    "nothing": ("def make():\n    pass", ":make", "expected a class, a function"),
    "empty": ("class P:\n    pass", ":P", "implements no hook; mark functions with @hookimpl"),
}
HOOKS = {
    "misspelt": ("signalwire_prepare_comand(self, command)", "did you mean `signalwire_prepare_c"),
    "argument": (
        "signalwire_prepare_command(self, comand)",
        "takes 'comand'; did you mean `command`?",
    ),
    "default": ("signalwire_prepare_command(self, command=None)", "gives 'command' a default"),
    "self": ("signalwire_prepare_command(command)", "has no self: 'command' would be the plugin"),
    "stars": ("signalwire_prepare_command(self, **given)", "name the arguments instead: command"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_plugin_is_reported_and_takes_no_other_down(
    kind: str, install: Install, make_app: Callable[..., Flask], log: pytest.LogCaptureFixture
) -> None:
    code, target, reason = BROKEN[kind]
    install("broken", code, target=target)
    install("observer", OBSERVER, target=":Observer")
    plugins = make_app().extensions["signalwire"].plugins
    assert plugins["broken"].status == "broken"
    assert reason in plugins["broken"].reason
    assert plugins["broken"].hooks == ()
    assert plugins["observer"].status == "active"
    assert "the plugin broken (acme-broken 1.2) is broken and left out" in log.text


@pytest.mark.parametrize("kind", HOOKS)
def test_hooks_that_would_fail_later_or_silently_are_found_at_once(
    kind: str, install: Install, make_app: Callable[..., Flask]
) -> None:
    signature, reason = HOOKS[kind]
    code = (
        f"from flask_signalwire import hookimpl\nclass P:\n  @hookimpl\n  def {signature}: pass\n"
    )
    install("broken", code, target=":P")
    info = make_app().extensions["signalwire"].plugins["broken"]
    assert info.status == "broken"
    assert reason in info.reason


def test_a_forgotten_marker_a_coroutine_and_a_wrapper_are_refused(
    make_app: Callable[..., Flask],
) -> None:
    class Careless:
        def signalwire_prepare_command(self, command: Any) -> None:
            """Not marked."""

        @hookimpl
        async def signalwire_authorize_command(self, command: Any) -> None:
            """A coroutine."""

        @hookimpl(wrapper=True)
        def signalwire_command_succeeded(self, command: Any) -> Any:
            return (yield)

    with pytest.raises(ConfigurationError) as caught:
        make_app(Careless)
    text = str(caught.value)
    assert "signalwire_prepare_command is not marked; write @hookimpl above it" in text
    assert "signalwire_authorize_command is a coroutine function" in text
    assert "signalwire_command_succeeded is a wrapper; only signalwire_send_command" in text


def test_a_blocked_plugin_is_not_even_imported(
    install: Install, make_app: Callable[..., Flask]
) -> None:
    install("bomb", "raise SystemExit('imported')")
    plugins = (
        make_app(plugins_blocked=["bomb", "audit", "autolang"]).extensions["signalwire"].plugins
    )
    assert plugins["bomb"].status == "blocked"
    assert "SIGNALWIRE_PLUGINS_BLOCKED" in plugins["bomb"].reason


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("sender", "which sends every command"),
        ("callbacks", "SIGNALWIRE_CALLBACKS"),
        ("idempotency", "idempotency keys would be ignored"),
        ("dry_run", "set SIGNALWIRE_DRY_RUN to False"),
    ],
)
def test_no_built_in_plugin_is_blocked(
    name: str, told: str, make_app: Callable[..., Flask], installed: list[str]
) -> None:
    assert {info.name for info in make_app().extensions["signalwire"].plugins} - {*installed} == {
        *UNBLOCKABLE
    }
    with pytest.raises(ConfigurationError, match=rf"PLUGINS_BLOCKED: names '{name}'.*{told}"):
        make_app(plugins_blocked=[name, *installed])


@pytest.mark.parametrize("name", ["acme-observer", "Acme_Observer"])
def test_a_distribution_is_not_taken_for_its_plugin_and_that_is_said(
    name: str, install: Install, make_app: Callable[..., Flask], log: pytest.LogCaptureFixture
) -> None:
    install("observer", OBSERVER, target=":Observer")
    with pytest.raises(ConfigurationError, match="did you mean its plugin `observer`"):
        make_app(plugins_required=[name])
    make_app(plugins_blocked=[name, "audit", "autolang"])
    assert f"{name} is a distribution, did you mean its plugin `observer`?" in log.text


def test_a_blocked_name_that_nothing_has_is_warned_of(
    install: Install, make_app: Callable[..., Flask], log: pytest.LogCaptureFixture
) -> None:
    install("observer", OBSERVER, target=":Observer")
    make_app(plugins_blocked=["obsever", "audit", "autolang"])
    assert "names obsever, which is not installed; did you mean `observer`?" in log.text


@pytest.mark.parametrize("plugins", ["office", object, ["office"], [None], 5])
def test_plugins_of_the_app_are_a_list_of_plugins(plugins: Any) -> None:
    with pytest.raises(TypeError, match="installed plugins are found by themselves"):
        SignalWire(plugins=plugins)


def test_required_plugins_that_are_not_active_stop_the_app(
    install: Install, make_app: Callable[..., Flask]
) -> None:
    install("broken", "import nothing_of_that_name")
    install("observer", OBSERVER, target=":Observer")
    with pytest.raises(ConfigurationError) as caught:
        make_app(
            plugins_required=["broken", "observer", "obserer", "audit"],
            plugins_blocked=["observer", "audit", "autolang"],
        )
    problems = dict(caught.value.problems)
    assert "is broken: ModuleNotFoundError" in problems["plugin broken (acme-broken 1.2)"]
    assert "is blocked" in problems["plugin observer (acme-observer 1.2)"]
    assert "is missing: not installed; did you mean `observer`?" in problems["plugin obserer"]


def test_strict_makes_every_broken_plugin_stop_the_app(
    install: Install, make_app: Callable[..., Flask]
) -> None:
    install("broken", "import nothing_of_that_name")
    install("blocked", "import nothing_of_that_name")
    with pytest.raises(ConfigurationError) as caught:
        make_app(plugins_strict=True, plugins_blocked=["blocked", "audit", "autolang"])
    assert [key for key, _ in caught.value.problems] == ["plugin broken (acme-broken 1.2)"]


def test_an_app_that_could_not_start_is_left_as_it_was(
    install: Install, make_app: Callable[..., Flask]
) -> None:
    app = Flask("desk")
    app.config.update(SIGNALWIRE_SPACE="simulator", SIGNALWIRE_PLUGINS_REQUIRED=["nobody"])
    app.testing = True
    with pytest.raises(ConfigurationError, match="nobody"):
        SignalWire(app)
    assert "signalwire" not in app.extensions
    assert not hasattr(app, "signalwire")
    assert "signalwire" not in app.cli.commands


def test_two_plugins_of_one_name_are_both_reported(
    install: Install, make_app: Callable[..., Flask]
) -> None:
    install("observer", OBSERVER, dist="acme-observer", target=":Observer")
    install("observer", OBSERVER, dist="beta-observer", target=":Observer")
    plugins = make_app().extensions["signalwire"].plugins
    assert plugins["observer"].source == "acme-observer 1.2"
    other = plugins["observer (beta-observer 1.2)"]
    assert (other.status, other.reason) == (
        "broken",
        "the name is taken already: acme-observer 1.2",
    )


def test_the_apps_own_plugins_are_instances_classes_functions_or_modules(
    make_app: Callable[..., Flask],
) -> None:
    class Named:
        name = "my-policy"

        @hookimpl
        def signalwire_authorize_command(self, command: Any) -> None:
            pass

    module = ModuleType("acme.rules")
    module.signalwire_setup = hookimpl(_nothing)  # type: ignore[attr-defined]

    def factory() -> Named:
        return Named()

    client = make_app(Named(), factory, module).extensions["signalwire"]
    assert {info.name for info in client.plugins if info.origin == "app"} == {
        "my-policy",
        "factory",
        "rules",
    }


def _nothing(app: Any) -> None:
    pass


def test_a_plugin_that_fails_to_set_up_is_taken_out_whole(
    install: Install, make_app: Callable[..., Flask]
) -> None:
    install(
        "broken",
        """
        from flask_signalwire import hookimpl

        @hookimpl
        def signalwire_setup(app, client):
            raise RuntimeError(f"no database for {client.settings.space}")

        @hookimpl
        def signalwire_authorize_command(command):
            raise RuntimeError("called all the same")
        """,
    )
    client = make_app().extensions["signalwire"]
    assert client.plugins["broken"].reason == (
        "signalwire_setup raised RuntimeError: no database for simulator"
    )
    assert client.calling.dial(**_python(dial())).status == "queued"


def test_a_plugin_that_the_app_passed_must_set_up(make_app: Callable[..., Flask]) -> None:
    class Broken:
        @hookimpl
        def signalwire_setup(self, app: Flask) -> None:
            raise RuntimeError("no")

    with pytest.raises(ConfigurationError, match="signalwire_setup raised RuntimeError: no"):
        make_app(Broken)


class Whisper(PayloadSchema):
    text = fields.Text(required=True, help="What to whisper.")


class WhisperPlugin:
    @hookimpl
    def signalwire_register_commands(self) -> list[CommandSpec]:
        return [CommandSpec("calling.whisper", "whisper", Whisper, True, "Whisper into a call.")]


def test_a_plugin_adds_a_command_of_tomorrow(make_app: Callable[..., Flask]) -> None:
    app = make_app(WhisperPlugin)
    client = app.extensions["signalwire"]
    call_id = client.calling.dial(**_python(dial())).id
    assert client.calling.send("calling.whisper", call_id, {"text": "hi"}).id == call_id
    with pytest.raises(Exception, match=r"params.txt: unknown key; did you mean `text`"):
        client.calling.send("calling.whisper", call_id, {"txt": "hi"})
    other = make_app().extensions["signalwire"]
    with pytest.raises(LookupError, match=r"no command 'calling\.whisper'"):
        other.calling.send("calling.whisper", call_id, {"text": "hi"})


def test_the_service_may_still_refuse_a_command_of_tomorrow(make_app: Callable[..., Flask]) -> None:
    client = make_app(WhisperPlugin).extensions["signalwire"]
    client.simulator.inbound(from_="+34911234567", to="+12025550100").end()
    ended = next(iter(client.simulator.calls))
    with pytest.raises(Unprocessable):
        client.calling.send("calling.whisper", ended, {"text": "hi"})


def test_a_plugin_can_not_take_over_a_command_of_ours(
    install: Install, make_app: Callable[..., Flask]
) -> None:
    install(
        "broken",
        """
        from flask_signalwire import CommandSpec, PayloadSchema, hookimpl

        @hookimpl
        def signalwire_register_commands():
            return [CommandSpec("dial", "dial2", PayloadSchema, False, "")]
        """,
    )
    client = make_app().extensions["signalwire"]
    assert "two commands are named dial" in client.plugins["broken"].reason
    assert [spec.name for spec in client.commands] == [spec.name for spec in TABLE]


def test_two_plugins_of_the_app_need_two_names(make_app: Callable[..., Flask]) -> None:
    with pytest.raises(ConfigurationError, match="the name is taken already"):
        make_app(WhisperPlugin(), WhisperPlugin())


def test_a_plugin_of_the_app_can_be_blocked_by_name_too(make_app: Callable[..., Flask]) -> None:
    client = make_app(WhisperPlugin, plugins_blocked=["WhisperPlugin"]).extensions["signalwire"]
    assert client.plugins["WhisperPlugin"].status == "blocked"
    assert "calling.whisper" not in client.commands


def test_a_plugin_adds_to_the_apps_own_cli(make_app: Callable[..., Flask]) -> None:
    class Hours:
        @hookimpl
        def signalwire_register_cli(self, group: Any) -> None:
            @group.command("hours")
            def hours() -> None:
                print("9 to 17")

    runner = make_app(Hours).test_cli_runner()
    assert runner.invoke(args=["signalwire", "hours"]).output == "9 to 17\n"
    other = make_app().test_cli_runner().invoke(args=["signalwire", "hours"])
    assert other.exit_code == 2


def test_a_schema_that_can_not_be_made_breaks_its_plugin(make_app: Callable[..., Flask]) -> None:
    class Impossible(PayloadSchema):
        def __init__(self, **options: Any) -> None:
            raise KeyError("nothing")

    class Odd:
        @hookimpl
        def signalwire_register_commands(self) -> list[CommandSpec]:
            return [CommandSpec("calling.odd", "odd", Impossible, True, "Odd.")]

    with pytest.raises(ConfigurationError, match=r"plugin Odd: is broken: .*KeyError: 'nothing'"):
        make_app(Odd)


def test_plugins_are_fixed_once_the_app_is_initialised(make_app: Callable[..., Flask]) -> None:
    plugins = make_app().extensions["signalwire"].plugins
    with pytest.raises(ConfigurationError, match="comes too late"):
        plugins.add(WhisperPlugin(), "whisper", "app")


def _python(params: dict[str, Any]) -> dict[str, Any]:
    return {("from_" if key == "from" else key): value for key, value in params.items()}


def test_a_call_id_from_elsewhere_is_no_business_of_the_plugins(
    make_app: Callable[..., Flask],
) -> None:
    with pytest.raises(Exception, match="the space knows no such call"):
        make_app().extensions["signalwire"].calling.end(CALL)


@pytest.mark.skipif(sys.version_info < (3, 14), reason="annotations are evaluated at once")
def test_annotations_for_type_checkers_only_break_no_plugin(
    install: Install, make_app: Callable[..., Flask]
) -> None:
    code = """
        from typing import TYPE_CHECKING
        from flask_signalwire import hookimpl
        if TYPE_CHECKING:
            from flask_signalwire import Command

        @hookimpl
        def signalwire_prepare_command(command: Command) -> None: ...
    """
    install("late", code)
    app = make_app()
    assert app.extensions["signalwire"].plugins.get("late") is not None
