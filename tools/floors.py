"""The lowest versions that the distributions here claim to work with.

The floors are read from each ``setup.cfg``, their one source: ``write FILE`` makes a constraints
file of them, and ``check`` fails unless exactly those versions are installed.
"""

from __future__ import annotations

import configparser
import re
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)\s*(?P<specifiers>.*)")
FLOOR = re.compile(r">=\s*(?P<version>[^,;\s]+)")


def setup_files() -> list[Path]:
    """The core's ``setup.cfg`` and every plugin's."""
    return [ROOT / "setup.cfg", *sorted(ROOT.glob("plugins/*/setup.cfg"))]


def normalized(name: str) -> str:
    """A distribution's name as PEP 503 spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read(setup_file: Path) -> tuple[str, dict[str, str]]:
    """A distribution's name, and the floor of each of its requirements, extras included.

    A requirement without a floor ends the program: nobody would know what it was tested with.
    """
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(setup_file, encoding="utf-8")
    floors: dict[str, str] = {}
    required = [parser.get("options", "install_requires", fallback="")]
    if parser.has_section("options.extras_require"):
        required += [text for _, text in parser.items("options.extras_require")]
    for line in "\n".join(required).splitlines():
        requirement = REQUIREMENT.match(line.partition("#")[0].strip())
        if requirement is None:
            continue
        floor = FLOOR.search(requirement["specifiers"])
        if floor is None:
            raise SystemExit(f"{setup_file.relative_to(ROOT)}: {line.strip()!r} has no floor (>=)")
        floors[normalized(requirement["name"])] = floor["version"]
    return normalized(parser.get("metadata", "name")), floors


def collect() -> dict[str, str]:
    """The floors of every distribution here; where two name the same one, the higher counts."""
    ours: set[str] = set()
    floors: dict[str, str] = {}
    for setup_file in setup_files():
        name, required = read(setup_file)
        ours.add(name)
        for requirement, version in required.items():
            floors[requirement] = max(floors.get(requirement, version), version, key=version_key)
    return {name: version for name, version in sorted(floors.items()) if name not in ours}


def version_key(version: str) -> tuple[int, ...]:
    """A version as numbers that compare: 4.5 is 4.5.0."""
    numbers = [int(part) for part in version.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def main(arguments: list[str]) -> int:
    """Write the constraints file, or compare what is installed with the floors."""
    floors = collect()
    match arguments:
        case ["write", target]:
            Path(target).parent.mkdir(parents=True, exist_ok=True)
            lines = [f"{name}=={version}\n" for name, version in floors.items()]
            Path(target).write_text("".join(lines), encoding="utf-8")
            return 0
        case ["check"]:
            installed = {name: metadata.version(name) for name in floors}
            wrong = [
                f"{name}: installed {installed[name]}, the floor is {version}"
                for name, version in floors.items()
                if version_key(installed[name]) != version_key(version)
            ]
            print("\n".join(wrong) or f"every floor exactly: {len(floors)} distributions")
            return 1 if wrong else 0
        case _:
            print("usage: floors.py write FILE | floors.py check", file=sys.stderr)
            return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
