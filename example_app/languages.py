"""Languages as their speakers write them: names, and the direction of their script."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from flask import current_app

from flask_signalwire import current_signalwire


@dataclass(frozen=True)
class Language:
    """One, for a page.

    :param tag: as the service takes it. :param name: in English.
    :param own: the name in the language itself. :param dir: ``ltr``, ``rtl`` or ``auto``.
    """

    tag: str
    name: str
    own: str
    dir: str


@lru_cache(maxsize=1000)  # tags come from outside, too
def language(tag: str) -> Language:
    """What is known of a tag; an unknown one is its own name."""
    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Language(tag, tag, tag, "auto")
    name, own = locale.get_display_name("en") or tag, locale.get_display_name() or tag
    return Language(tag, name, own, locale.text_direction)


def choices() -> list[Language]:
    """The languages that the desk offers, by their English names; none without the plugin."""
    autolang = current_signalwire.plugins.get("autolang")
    if autolang is None:
        return []
    # What the desk itself speaks needs no translation.
    tags = set(autolang.catalogue.languages) - {current_app.config["DESK_LANGUAGE"]}
    return sorted(map(language, tags), key=lambda known: known.name)
