"""The settings, read once an app."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_signalwire import exceptions

PREFIX = "SIGNALWIRE_AUTOLANG_"

_TAG = re.compile(r"multi|[A-Za-z]{2,3}([-_][A-Za-z]{4})?([-_]([A-Za-z]{2}|[0-9]{3}))?")
_REGION = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True)
class AutolangSettings:
    """What an app says of languages.

    :param local: the language of the local party, such as ``en-US``; None: it is not filled in.
    :param remote: which of ``from_lang`` and ``to_lang`` is the remote party's: ``from`` or ``to``.
    :param regions: languages by region, over what CLDR says.
    """

    local: str | None = None
    remote: str = "to"
    regions: Mapping[str, str] = field(default_factory=dict)

    @property
    def remote_key(self) -> str:
        return f"{self.remote}_lang"

    @property
    def local_key(self) -> str:
        return "from_lang" if self.remote == "to" else "to_lang"

    @classmethod
    def load(cls, config: Mapping[str, Any]) -> AutolangSettings:
        """Read the settings of an app; None in its config counts as not set.

        :raises ConfigurationError: with every bad key, what was expected, and what to write.
        """
        problems: list[exceptions.Problem] = []
        values: dict[str, Any] = {}
        local = config.get(f"{PREFIX}LOCAL")
        if local is not None:
            values["local"] = local
            problems += _check_tag(f"{PREFIX}LOCAL", local)
        remote = config.get(f"{PREFIX}REMOTE")
        if remote is not None:
            values["remote"] = remote
            if remote not in ("from", "to"):
                text = f'is {remote!r}; expected the side of the remote party: write "to" or "from"'
                problems.append((f"{PREFIX}REMOTE", text))
        regions = config.get(f"{PREFIX}REGIONS")
        if regions is not None:
            problems += _check_regions(f"{PREFIX}REGIONS", regions)
            values["regions"] = regions
        if problems:
            raise exceptions.ConfigurationError("flask-signalwire-autolang can't start:", problems)
        return cls(**{**values, "regions": dict(values.get("regions", {}))})


def _check_tag(key: str, value: object) -> list[exceptions.Problem]:
    if isinstance(value, str) and _TAG.fullmatch(value):
        return []
    return [(key, f'is {value!r}; expected a language tag: write one such as "en-US" or "es"')]


def _check_regions(key: str, value: object) -> list[exceptions.Problem]:
    if not isinstance(value, Mapping):
        text = f'is a {type(value).__name__}; expected a dict: write one such as {{"CH": "de-CH"}}'
        return [(key, text)]
    problems: list[exceptions.Problem] = []
    for region, tag in value.items():
        place = f"{key}[{region!r}]"
        if not isinstance(region, str) or not _REGION.fullmatch(region):
            problems.append((place, 'is no region; expected two capitals: write "CH", say'))
        elif region == "UK":
            problems.append((place, 'is no region; the United Kingdom is "GB"'))
        else:
            problems += _check_tag(place, tag)
    return problems
