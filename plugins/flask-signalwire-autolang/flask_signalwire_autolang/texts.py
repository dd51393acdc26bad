"""Whether a text says anything about a language, before a detector is asked.

Detectors give any text a language, "ok", names and telephone numbers too.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

FEWEST_WORDS, FEWEST_LETTERS = 2, 6
LONGEST = 2000
"""Characters that are looked at: more does not make an answer better."""

# Written by one language alone, of those that are spoken on telephones.
SCRIPTS = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "THAI": "th",
    "HEBREW": "he",
    "GREEK": "el",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "KHMER": "km",
    "LAO": "lo",
    "MYANMAR": "my",
    "SINHALA": "si",
}
SHARE_OF_SCRIPT = 0.7
SCRIPT_LETTERS = 2
HAN_LETTERS = 4

_NOT_WORDS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|[@#]\w+", re.IGNORECASE)


def clean(samples: Iterable[str]) -> str:
    """Samples as one text without addresses, handles, digits and emoji."""
    text = _NOT_WORDS.sub(" ", "\n".join(samples)[: LONGEST * 2])
    kept = "".join(character if _is_wording(character) else " " for character in text[:LONGEST])
    return " ".join(kept.split())


def _is_wording(character: str) -> bool:
    # Letters and their marks; an apostrophe or a hyphen is part of a word.
    return unicodedata.category(character)[0] in "LM" or character in "'\u2019-\u00b7"


def letters(text: str) -> int:
    """How many letters a text has."""
    return sum(character.isalpha() for character in text)


def script_language(text: str) -> str | None:
    """The language of a text in a script that one language alone writes."""
    scripts = Counter(_script(character) for character in text if character.isalpha())
    total = sum(scripts.values())
    if total < SCRIPT_LETTERS:
        return None
    # Japanese mixes its own signs with Chinese ones; Chinese has none of them.
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    if kana and kana + scripts["CJK"] >= SHARE_OF_SCRIPT * total and kana * 8 >= total:
        return "ja"
    script, count = scripts.most_common(1)[0]
    return SCRIPTS.get(script) if count >= SHARE_OF_SCRIPT * total else None


def counted(number: int, noun: str) -> str:
    """``1 word``, ``2 words``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def too_little(text: str) -> str | None:
    """Why a cleaned text is too little to go by; None where it is enough."""
    words = text.split()
    han = sum(_script(character) == "CJK" for character in text if character.isalpha())
    if han >= HAN_LETTERS:
        return None  # written without spaces
    if len(words) < FEWEST_WORDS or letters(text) < FEWEST_LETTERS:
        few = f"{counted(len(words), 'word')} with {counted(letters(text), 'letter')}"
        return f"{few} are too little to go by"
    if len(words) <= 3 and all(word.istitle() for word in words):
        return "capitalised words alone may be a name"
    return None


def _script(character: str) -> str:
    return unicodedata.name(character, "?").partition(" ")[0]
