"""From YAML to a scenario, with every mistake by its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, cast

from marshmallow import ValidationError

from flask_signalwire.commands.fields import describe, suggest
from flask_signalwire.exceptions import ConfigurationError, Problem, flatten

from ..disturbances import Disturbance
from ..faults import Fault
from .model import Advice, Input, Line, Machine, Scenario
from .schema import ScenarioSchema


def shipped() -> tuple[str, ...]:
    """The names of the scenarios that come with the package."""
    files = resources.files(__package__).iterdir()
    return tuple(sorted(file.name[:-5] for file in files if file.name.endswith(".yaml")))


def load_scenario(source: str | Path) -> Scenario:
    """Read a scenario.

    :param source: the path of a YAML file, or the name of a shipped scenario.
    :raises ConfigurationError: where there is none, or with everything that is wrong in it; where
        PyYAML is not installed, too: ``pip install flask-signalwire[simulator]``.
    """
    name = str(source)
    if name in shipped():
        return read_scenario(
            (resources.files(__package__) / f"{name}.yaml").read_text("utf-8"), name
        )
    path = Path(source)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise ConfigurationError(
            f"the scenario {name!r} can't be read ({reason}){suggest(name, shipped())}; expected a "
            f"YAML file, or one of {', '.join(shipped())}"
        ) from None
    return read_scenario(text, path.stem)


def read_scenario(text: str, name: str = "scenario") -> Scenario:
    """Read a scenario from what would be in its file.

    :param text: YAML.
    :param name: what it is called in errors and logs.
    :raises ConfigurationError: with everything that is wrong in it.
    """
    document = _parse(text, name)
    if not isinstance(document, dict):
        raise _refused(name, [("", f"{describe(document)}; expected an object")])
    try:
        loaded = cast(dict[str, Any], ScenarioSchema().load(document))
    except ValidationError as error:
        raise _refused(name, flatten(error.messages)) from None
    problems = list(_faults(loaded.get("faults", ())))
    if problems:
        raise _refused(name, problems)
    return _build(name, loaded)


def _faults(faults: list[Mapping[str, Any]]) -> Iterator[Problem]:
    for index, fault in enumerate(faults):
        try:
            Fault(**{key: fault[key] for key in fault if key not in ("command", "times")})
        except ValueError as error:
            yield f"faults.{index}", str(error)


def _build(name: str, loaded: Mapping[str, Any]) -> Scenario:
    match = loaded.get("match", {})
    sidecar = dict(loaded.get("sidecar", {}))
    insights = tuple((each["at"], each["text"]) for each in sidecar.get("insights", ()))
    machine, line = loaded.get("machine"), loaded.get("disturbances")
    return Scenario(
        name=name,
        description=loaded.get("description", ""),
        to=match.get("to"),
        from_=match.get("from"),
        **loaded.get("call", {}),
        lines=tuple(
            Line(**_tuples(line)) for line in sorted(loaded.get("lines", ()), key=_beginning)
        ),
        summary=loaded.get("summary", {}),
        inputs=tuple(Input(**each) for each in loaded.get("inputs", ())),
        machine=None if machine is None else Machine(**machine),
        sidecar=Advice(**_tuples({**sidecar, "insights": insights})),
        faults=tuple(loaded.get("faults", ())),
        disturbance=None if line is None else Disturbance(**line),
    )


def _tuples(loaded: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(item) if isinstance(item, list) else item for key, item in loaded.items()}


def _beginning(line: Mapping[str, Any]) -> float:
    return float(line["at"])


def _refused(name: str, problems: Any) -> ConfigurationError:
    return ConfigurationError(f"the scenario {name!r} can't be played:", list(problems))


def _parse(text: str, name: str) -> Any:
    try:
        import yaml
    except ImportError:
        raise ConfigurationError(
            "scenarios are written in YAML, and PyYAML is not installed; "
            "pip install 'flask-signalwire[simulator]'"
        ) from None

    class Loader(yaml.SafeLoader):
        """Refuses what YAML parsers otherwise take: a key that is there twice."""

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
            keys = [self.construct_object(key, deep=True) for key, _ in node.value]
            for index, key in enumerate(keys):
                if key in keys[:index]:
                    where = node.value[index][0].start_mark
                    raise yaml.MarkedYAMLError(None, None, f"the key `{key}` is there twice", where)
            return super().construct_mapping(node, deep)

    try:
        return yaml.load(text, Loader)  # noqa: S506  # a SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f"line {mark.line + 1}"
        raise _refused(name, [(where, getattr(error, "problem", None) or "is no YAML")]) from None
    except (ValueError, RecursionError) as error:
        raise _refused(name, [("", f"is no YAML: {error}")]) from None
