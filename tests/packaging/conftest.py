"""What is released, built and installed the way a user gets it.

Run by ``tox -e dist``. Everything happens in temporary directories: the distributions are built
from a copy of the sources, and tried from an empty directory, in environments that hold them and
nothing of the checkout.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from configparser import ConfigParser
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEVER_SHIPPED = shutil.ignore_patterns(
    ".git", ".tox", ".venv", "build", "dist", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis"
)
PROJECTS = {
    "flask-signalwire": ".",
    "flask-signalwire-audit": "plugins/flask-signalwire-audit",
    "flask-signalwire-autolang": "plugins/flask-signalwire-autolang",
    "flask-signalwire-captions": "plugins/flask-signalwire-captions",
}


def run(*command: str | Path, cwd: Path, **environ: str) -> str:
    """What a command prints, its warnings aside; it must succeed."""
    # Nothing of the environment may lead back to the checkout, or to the settings of who runs this.
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "SIGNALWIRE_", "FLASK_", "VIRTUAL_ENV"))
    }
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=kept | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Distribution:
    """One released project: where its sources lie, and what was built of them."""

    name: str
    source: Path
    wheel: Path
    sdist: Path

    @property
    def package(self) -> str:
        """The name that one imports."""
        return self.name.replace("-", "_")

    @property
    def modules(self) -> list[Path]:
        """The sources of the package in the checkout."""
        return sorted(
            path
            for path in (self.source / self.package).rglob("*.py")
            if "__pycache__" not in path.parts
        )

    @property
    def version(self) -> str:
        """``__version__``, as the source has it."""
        tree = ast.parse((self.source / self.package / "__init__.py").read_text(encoding="utf-8"))
        for node in tree.body:
            match node:
                case ast.Assign(
                    targets=[ast.Name(id="__version__")], value=ast.Constant(value=str(text))
                ):
                    return text
        raise AssertionError(f"{self.package} has no literal __version__")

    @property
    def wheel_files(self) -> set[str]:
        """The paths of all files in the wheel."""
        with zipfile.ZipFile(self.wheel) as archive:
            return {name for name in archive.namelist() if not name.endswith("/")}

    @property
    def sdist_files(self) -> set[str]:
        """The paths of all files in the sdist, without its top directory."""
        with tarfile.open(self.sdist) as archive:
            return {
                member.name.partition("/")[2] for member in archive.getmembers() if member.isfile()
            }

    @property
    def metadata(self) -> Message:
        """The wheel's METADATA."""
        with zipfile.ZipFile(self.wheel) as archive:
            [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
            return HeaderParser().parsestr(archive.read(name).decode())

    def entry_points(self, group: str) -> dict[str, str]:
        """What the wheel's entry points of a group name."""
        parser = ConfigParser()
        parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
        with zipfile.ZipFile(self.wheel) as archive:
            for name in archive.namelist():
                if name.endswith(".dist-info/entry_points.txt"):
                    parser.read_string(archive.read(name).decode())
        return dict(parser[group]) if group in parser else {}

    @property
    def requirements(self) -> set[str]:
        """The names of the distributions that it always asks for, normalised."""
        return self._asked_for(extra=False)

    @property
    def requirements_of_extras(self) -> set[str]:
        """The names of the distributions that its extras ask for, normalised."""
        return self._asked_for(extra=True)

    def _asked_for(self, *, extra: bool) -> set[str]:
        return {
            re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", line, maxsplit=1)[0]).lower()
            for line in self.metadata.get_all("Requires-Dist", [])
            if ("extra ==" in line) is extra
        }


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Distribution]:
    """Every distribution: an sdist from the sources, and a wheel from that sdist."""
    sources = tmp_path_factory.mktemp("sources") / "checkout"
    shutil.copytree(ROOT, sources, ignore=NEVER_SHIPPED)
    distributions = {}
    for name, folder in PROJECTS.items():
        target = tmp_path_factory.mktemp(name)
        run(sys.executable, "-m", "build", "--outdir", target, sources / folder, cwd=target)
        [wheel] = target.glob("*.whl")
        [sdist] = target.glob("*.tar.gz")
        distributions[name] = Distribution(name, ROOT / folder, wheel, sdist)
    return distributions


@pytest.fixture(params=PROJECTS)
def distribution(request: pytest.FixtureRequest, built: dict[str, Distribution]) -> Distribution:
    """Each distribution in turn."""
    return built[request.param]


@dataclass(frozen=True)
class Environment:
    """A virtual environment, and an empty directory to work in."""

    root: Path
    workplace: Path

    def python(self, *arguments: str | Path, **environ: str) -> str:
        """Run its interpreter in the empty directory."""
        return run(self.root / "bin" / "python", *arguments, cwd=self.workplace, **environ)

    def flask(self, *arguments: str, **environ: str) -> str:
        """Run its ``flask``."""
        return self.python("-m", "flask", *arguments, **environ)


def environment(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    distributions: list[Distribution],
    extras: str = "",
    *more: str,
) -> Environment:
    """A new environment with the wheels of some distributions, and what they ask for.

    :param extras: of the first one.
    :param more: what else is installed.
    """
    root = tmp_path_factory.mktemp(name)
    made = Environment(root / "venv", root / "workplace")
    made.workplace.mkdir()
    venv.create(made.root, with_pip=True)
    first, *others = (str(distribution.wheel) for distribution in distributions)
    made.python("-m", "pip", "install", "--quiet", first + extras, *others, *more)
    made.python("-m", "pip", "check")
    return made


@pytest.fixture(scope="session")
def core_alone(
    tmp_path_factory: pytest.TempPathFactory, built: dict[str, Distribution]
) -> Environment:
    """flask-signalwire without any plugin."""
    return environment(tmp_path_factory, "core", [built["flask-signalwire"]])


@pytest.fixture(scope="session")
def everything(
    tmp_path_factory: pytest.TempPathFactory, built: dict[str, Distribution]
) -> Environment:
    """flask-signalwire with its extras, every plugin of this repository, and pytest."""
    return environment(
        tmp_path_factory, "everything", list(built.values()), "[redis,simulator]", "pytest"
    )
