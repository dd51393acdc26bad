"""What is missing in a start, what is filled in, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask_signalwire import Command

from .decision import (
    Decision,
    Finding,
    LanguageRefused,
    LanguageUnknown,
    SameLanguage,
    VoiceMismatch,
)
from .tags import normalise, same_language

if TYPE_CHECKING:
    from .catalogue import Catalogue
    from .choosing import Chooser
    from .settings import AutolangSettings

TRANSLATE, TRANSCRIBE = "calling.live_translate", "calling.live_transcribe"
AUTO = "auto"
LOCAL_ONLY = Finding(None, "setting", "", 1.0, "only the local party's language was missing")


def missing(value: Any) -> bool:
    """Whether a language is to be filled in: null is what `to_lang=profile.language` gives where
    nobody knows.
    """
    return value is None or (isinstance(value, str) and value.strip().lower() == AUTO)


class Filler:
    """Fills in one app's commands."""

    def __init__(self, settings: AutolangSettings, catalogue: Catalogue, chooser: Chooser) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._chooser = chooser

    def fill(self, command: Command) -> tuple[Command, Decision | None, LanguageRefused | None]:
        """The changed command, the decision if one was made, and why it must not be sent."""
        start = command.param("action.start")
        if not isinstance(start, Mapping):
            return command, None, None
        if command.name == TRANSLATE:
            return self._translate(command, start)
        if command.name == TRANSCRIBE and missing(start.get("lang")):
            return self._transcribe(command, start)
        return command, None, None

    def _translate(
        self, command: Command, start: Mapping[str, Any]
    ) -> tuple[Command, Decision | None, LanguageRefused | None]:
        settings = self._settings
        wanted = [key for key in ("from_lang", "to_lang") if missing(start.get(key))]
        if not wanted:
            return command, None, _equal(start)
        chosen: dict[str, str | None] = {}
        finding = LOCAL_ONLY
        if settings.remote_key in wanted:
            finding = self._find(command)
            chosen[settings.remote_key] = finding.tag
        if settings.local_key in wanted:
            chosen[settings.local_key] = settings.local
        decision = _decision(finding, chosen, self._reason(finding, chosen))
        if decision.undecided:
            return command, decision, _unknown(decision)
        pair = {key: start.get(key) for key in ("from_lang", "to_lang")} | chosen
        if all(isinstance(tag, str) for tag in pair.values()) and same_language(
            str(pair["from_lang"]), str(pair["to_lang"])
        ):
            error = SameLanguage(
                f"from_lang {pair['from_lang']} and to_lang {pair['to_lang']} are one language, so "
                f"there is nothing to translate; the remote party's is by {_why(decision)}; pass "
                "from_lang and to_lang if that is wrong"
            )
            return command, decision, _with(error, decision)
        return self._voiced(command, start, decision, chosen)

    def _transcribe(
        self, command: Command, start: Mapping[str, Any]
    ) -> tuple[Command, Decision | None, LanguageRefused | None]:
        parties = start.get("direction")
        if not isinstance(parties, (list, tuple)) or not parties:
            return command, None, None  # for the validation to tell
        if not all(party in ("local-caller", "remote-caller") for party in parties):
            return command, None, None
        local = self._settings.local
        finding = self._find(command) if "remote-caller" in parties else LOCAL_ONLY
        tag = finding.tag if "remote-caller" in parties else local
        decision = _decision(finding, {"lang": tag}, self._reason(finding, {"lang": tag}))
        if decision.undecided:
            return command, decision, _unknown(decision)
        if "local-caller" in parties and tag and not (local and same_language(local, tag)):
            decision = replace(decision, lang=None, undecided=("lang",))
            error = LanguageUnknown(
                f"lang is missing, and a transcription has one: the local party speaks "
                f"{local or 'nobody knows what (SIGNALWIRE_AUTOLANG_LOCAL)'}, the remote party "
                f"{tag}; pass lang, or transcribe one direction"
            )
            return command, decision, _with(error, decision)
        return command.with_param("action.start.lang", tag), decision, None

    def _find(self, command: Command) -> Finding:
        return self._chooser.choose(self._chooser.inquire(command.call_id, command.context))

    def _reason(self, finding: Finding, chosen: Mapping[str, str | None]) -> str:
        key = self._settings.local_key
        if key in chosen and chosen[key] is None:
            return f"{finding.reason}; {key} needs SIGNALWIRE_AUTOLANG_LOCAL, which is not set"
        if "lang" in chosen and finding is LOCAL_ONLY and chosen["lang"] is None:
            return f"{finding.reason}, and SIGNALWIRE_AUTOLANG_LOCAL is not set"
        return finding.reason

    def _voiced(
        self,
        command: Command,
        start: Mapping[str, Any],
        decision: Decision,
        chosen: Mapping[str, str | None],
    ) -> tuple[Command, Decision, LanguageRefused | None]:
        """The command with what was chosen, and with voices that speak it."""
        params: dict[str, Any] = dict(chosen)
        left_out = []
        for key, tag in chosen.items():
            voice_key = key.replace("lang", "voice")
            voice = start.get(voice_key)
            if tag is None:
                continue
            if voice is None:
                configured = self._voice_for(tag)
                if configured is not None:
                    params[voice_key] = configured
                continue
            bound = self._catalogue.mismatch(voice, tag) if isinstance(voice, str) else None
            if bound is None:
                continue
            if self._settings.voice_mismatch == "refuse":
                error = VoiceMismatch(
                    f"{voice_key} {voice!r} speaks {bound}, and {key} {tag} was picked by "
                    f"{_why(decision)}; leave {voice_key} out, or pass one that speaks {tag}"
                )
                return command, decision, _with(error, decision)
            left_out.append(voice_key)
            decision = replace(
                decision, reason=f"{decision.reason}; {voice_key} left out: it speaks {bound}"
            )
        kept = {key: value for key, value in start.items() if key not in left_out}
        return command.with_param("action.start", {**kept, **params}), decision, None

    def _voice_for(self, tag: str) -> str | None:
        """The app's voice for a language: of the very tag, else of the language."""
        voices = {normalise(key): voice for key, voice in self._settings.voices.items()}
        known = normalise(tag) or tag
        return voices.get(known) or voices.get(known.partition("-")[0])


def _decision(finding: Finding, chosen: Mapping[str, str | None], reason: str) -> Decision:
    return Decision(
        from_lang=chosen.get("from_lang"),
        to_lang=chosen.get("to_lang"),
        lang=chosen.get("lang"),
        source=finding.source,
        evidence=finding.evidence,
        confidence=finding.confidence,
        reason=reason,
        undecided=tuple(sorted(key for key, tag in chosen.items() if tag is None)),
        steps=finding.steps,
    )


def _equal(start: Mapping[str, Any]) -> LanguageRefused | None:
    """Of two tags that were both given, only the very same one twice is a mistake for certain."""
    tags = [start.get(key) for key in ("from_lang", "to_lang")]
    known = [normalise(tag) if isinstance(tag, str) else None for tag in tags]
    if known[0] is None or known[0] != known[1]:
        return None
    return SameLanguage(
        f"from_lang and to_lang are both {known[0]}: there is nothing to translate; pass two "
        "languages"
    )


def _unknown(decision: Decision) -> LanguageRefused:
    keys = " and ".join(decision.undecided)
    error = LanguageUnknown(f"{keys} missing, and nobody knows: {decision.reason}; pass {keys}")
    return _with(error, decision)


def _with(error: LanguageRefused, decision: Decision) -> LanguageRefused:
    error.decision = decision
    return error


def _why(decision: Decision) -> str:
    shown = f" ({decision.evidence})" if decision.evidence else ""
    return f"{decision.source}{shown}, confidence {decision.confidence:.2f}"
