"""The languages and voices that live translation knows: from a data file that users can replace."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .tags import base, closest, same_language

SHIPPED = Path(__file__).parent / "data" / "catalogue.json"


@dataclass(frozen=True)
class Catalogue:
    """What the app may ask the service for.

    :param languages: tags; of two that are equally near, the first is picked.
    :param voices: for each engine, how a voice tells its language; none that is not here is judged.
    :param source: who says so. :param date: and when, ``2026-11-22``.
    """

    languages: Sequence[str]
    voices: Mapping[str, Mapping[str, Any]]
    source: str
    date: str

    @classmethod
    def read(cls, path: Path) -> Catalogue:
        """A catalogue from its file.

        :raises ValueError: where it is none, with what is wrong.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ValueError(f"can't be read as JSON: {error}") from error
        if not isinstance(content, dict):
            raise ValueError(f"holds a {type(content).__name__}; expected an object")  # noqa: TRY004
        for key, kind in (("source", str), ("date", str), ("languages", list), ("voices", dict)):
            if not isinstance(content.get(key), kind):
                raise ValueError(f"has no {key!r}, or one that is no {kind.__name__}")  # noqa: TRY004
        languages = content["languages"]
        if not languages or not all(isinstance(tag, str) for tag in languages):
            raise ValueError("has 'languages' that is no list of tags")
        for engine, rule in content["voices"].items():
            _check_rule(engine, rule)
        return cls(
            tuple(languages),
            {engine.lower(): rule for engine, rule in content["voices"].items()},
            content["source"],
            content["date"],
        )

    def match(self, tag: str) -> str | None:
        """The nearest language of the list, or None where none is near."""
        return closest(tag, self.languages)

    @property
    def bases(self) -> frozenset[str]:
        """The languages without their regions: what a text can tell."""
        return frozenset(base(tag) for tag in self.languages)

    def speaks(self, voice: str) -> tuple[str, ...] | None:
        """The languages that a voice is bound to; None where it speaks any, or nobody knows.

        :param voice: ``engine.voice:model``, in any case.
        """
        engine, _, rest = voice.strip().lower().partition(".")
        rule = self.voices.get(engine)
        if not rule or not rest:
            return None
        parts = rest.split(":")
        if "locale" in rule:
            found = re.search(rule["locale"], parts[0])
            return (found[1],) if found else None
        if "part" in rule:
            part = rule["part"]
            given = parts[part] if len(parts) > part else ""
            return (given or rule["default"],)
        model = parts[1] if len(parts) > 1 else ""
        languages = rule.get("models", {}).get(model)
        return tuple(languages) if languages else None

    def mismatch(self, voice: str, tag: str) -> str | None:
        """What a voice is bound to, in words, where it does not speak a language; else None."""
        bound = self.speaks(voice)
        if bound is None or any(same_language(language, tag) for language in bound):
            return None
        return ", ".join(bound)


def _check_rule(engine: str, rule: Any) -> None:
    if not isinstance(rule, dict):
        raise ValueError(f"voices[{engine!r}] is no object")  # noqa: TRY004
    if "locale" in rule:
        try:
            groups = re.compile(rule["locale"]).groups
        except (re.error, TypeError) as error:
            raise ValueError(f"voices[{engine!r}] 'locale' is no pattern: {error}") from error
        if groups != 1:
            raise ValueError(f"voices[{engine!r}] 'locale' has {groups} groups; expected one")
    if "part" in rule and not (isinstance(rule["part"], int) and "default" in rule):
        raise ValueError(f"voices[{engine!r}] needs a number as 'part', and a 'default'")
