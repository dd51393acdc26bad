"""``flask signalwire plugins new``: the distribution of a plugin, to start from."""

from __future__ import annotations

import re
from importlib import resources
from keyword import iskeyword
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..extension import Client

FILES = {
    "pyproject.toml": "pyproject.toml",
    "setup.cfg": "setup.cfg",
    "README.md": "README.md",
    "tox.ini": "tox.ini",
    "plugin.py": "{package}/__init__.py",
    "test_plugin.py": "tests/test_{name}.py",
}
"""The templates, and what is written of each."""

_PREFIX = ["flask", "signalwire"]
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*")


def new_command(client: Client) -> click.Command:
    """The command that writes a plugin's distribution."""

    @click.command("new", short_help="Write a plugin's distribution to start from.")
    @click.argument("name")
    @click.option(
        "--into",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path(),
        help="The folder that the distribution's folder is made in; the current one unless given.",
    )
    def new(name: str, into: Path) -> None:
        """Write a distribution with one hook and its tests, ready to be installed.

        NAME is the plugin's name in settings, logs and errors: toll_guard, say. Nothing that exists
        is overwritten.
        """
        words = re.split("[_-]", name)
        values = _values(words)
        if words[:2] == _PREFIX and words[2:]:
            raise click.BadParameter(
                f"{name!r} is a distribution's name; expected the plugin's: {'_'.join(words[2:])}",
                param_hint="NAME",
            )
        if not _NAME.fullmatch(name) or iskeyword(values["class_name"]):
            raise click.BadParameter(
                f"{name!r} is no name for a plugin; expected lower-case words such as toll_guard",
                param_hint="NAME",
            )
        taken = [info for info in client.plugins if re.split("[_-]", info.name) == words]
        if taken:
            first = taken[0]
            raise click.BadParameter(
                f"there is a plugin {first.name} already ({first.source}); write another name",
                param_hint="NAME",
            )
        target = into / values["distribution"]
        try:
            target.mkdir(parents=True)
        except FileExistsError:
            raise click.ClickException(f"{target} exists already; nothing was written") from None
        except OSError as error:
            raise click.ClickException(f"can't make {target}: {error.strerror}") from error
        for template, place in FILES.items():
            path = target / place.format_map(values)
            path.parent.mkdir(exist_ok=True)
            path.write_text(_read(template).substitute(values), encoding="utf-8")
            click.echo(path)
        typed = target / values["package"] / "py.typed"
        typed.touch()
        click.echo(typed)
        click.echo(f"Next: pip install -e '{target}[test]' && (cd {target} && pytest)")

    return new


def _values(words: list[str]) -> dict[str, str]:
    """What the placeholders stand for."""
    from .. import __version__

    major, minor = __version__.split(".")[:2]
    return {
        "name": "_".join(words),
        "distribution": f"flask-signalwire-{'-'.join(words)}",
        "package": f"flask_signalwire_{'_'.join(words)}",
        "class_name": "".join(map(str.capitalize, words)),
        "setting": "_".join(words).upper(),
        "version": f"{major}.{minor}",
        "next_version": f"{major}.{int(minor) + 1}",
    }


def _read(template: str) -> Template:
    place = resources.files(__package__) / "template" / f"{template}.in"
    return Template(place.read_text(encoding="utf-8"))
