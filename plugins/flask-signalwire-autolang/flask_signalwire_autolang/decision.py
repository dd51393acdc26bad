"""What was decided for a command, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flask_signalwire import CommandRejected, mask_number


@dataclass(frozen=True)
class Evidence:
    """What one source says of the remote party's language.

    :param tag: a BCP 47 tag, such as ``es`` or ``es-MX``; None where the source was asked, says
        nothing, and speaks for those that come after it under the same hook, too.
    :param confidence: 0 to 1.
    :param evidence: what it rests on, fit for a log: masked, short, no words that people said.
    :param reason: one sentence.
    """

    tag: str | None
    confidence: float = 1.0
    evidence: str = ""
    reason: str = ""


Outcome = Literal["taken", "silent", "uncertain", "unsupported", "crashed", "skipped"]
"""What came of a step: `taken` ends the search; `uncertain` is below the confidence that is asked
for; `unsupported` is a language that the app's list has not; `skipped` came after the end."""


@dataclass(frozen=True)
class Step:
    """One source that was asked, in the order of asking.

    :param source: ``evidence``, ``profile``, ``call``, ``text``, ``header``, ``number``; then
        ``default`` or ``asked`` where the settings say so.
    :param plugin: who answered: ``built in``, or the name of an evidence plugin.
    :param tag: the language as the app's list has it, or as it was given where the list has it not.
    """

    source: str
    plugin: str
    outcome: Outcome
    tag: str | None = None
    confidence: float = 0.0
    evidence: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Finding:
    """The remote party's language, and the way to it.

    :param tag: None where it is unknown.
    :param source: the source of the step that was taken; ``none`` where none was.
    """

    tag: str | None
    source: str
    evidence: str
    confidence: float
    reason: str
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Decision:
    """``command.state["autolang"]``: what was filled in, and why.

    :param from_lang: what was filled in as ``from_lang``; None where it was left alone.
    :param to_lang: likewise.
    :param lang: what was filled in as a transcription's ``lang``; None where it was left alone.
    :param source: where the remote party's language is from, see :class:`Step`; ``setting`` where
        only the local party's was missing; ``none`` where it stays unknown.
    :param evidence: what it rests on: ``+34*******67, ES``, ``text of 12 words``; may be empty.
    :param confidence: 0 to 1; 1 for what the settings say, 0 for a default and what is unknown.
    :param reason: one sentence for a log.
    :param undecided: the keys that stay missing, so that the command is refused.
    :param steps: every source that was asked.
    """

    from_lang: str | None
    to_lang: str | None
    source: str
    evidence: str
    confidence: float
    reason: str
    undecided: tuple[str, ...] = ()
    lang: str | None = None
    steps: tuple[Step, ...] = ()


class LanguageRefused(CommandRejected):
    """A translation or transcription was not started because of its languages; nothing was sent.

    :ivar decision: what was found out; None where both languages were given.
    """

    decision: Decision | None = None


class LanguageUnknown(LanguageRefused):
    """Nobody knows the language that is missing."""


class SameLanguage(LanguageRefused):
    """Both parties speak one language: there is nothing to translate."""


class VoiceMismatch(LanguageRefused):
    """A voice that is given does not speak the language that was picked."""


LONGEST = 64
"""Longer texts are no telephone numbers, and not for a log either."""


def masked(number: str) -> str:
    """A number as flask-signalwire shows numbers everywhere: ``+34*******67``."""
    if len(number) > LONGEST or not number.isprintable():
        return f"text of {len(number)} characters"
    return mask_number(number)
