"""The order of asking, and what is done where nobody is certain enough."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask_signalwire import scrub

from .decision import Evidence, Finding, Step
from .inquiry import Inquiry, read_header, read_texts
from .tags import base, normalise, region_of

if TYPE_CHECKING:
    from .catalogue import Catalogue
    from .evidence import EvidencePlugins
    from .memory import CallMemory
    from .settings import AutolangSettings

logger = logging.getLogger("flask_signalwire_autolang")

_LONGEST_REASON = 200


class Chooser:
    """Finds the remote party's language for one app."""

    def __init__(
        self,
        settings: AutolangSettings,
        catalogue: Catalogue,
        plugins: EvidencePlugins,
        memory: CallMemory,
    ) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._plugins = plugins
        self._memory = memory

    def inquire(self, call_id: str | None, context: Mapping[str, Any]) -> Inquiry:
        """The question for a call, from all that is at hand."""
        number, remembered = context.get("remote_number"), False
        # What the application says counts, even where it leads nowhere: a remembered number would
        # be somebody else's.
        if number is None or number == "":
            number, remembered = self._memory.number(call_id), True
        inquiry = Inquiry(
            call_id=call_id,
            context=context,
            number=number,
            remembered=remembered and number is not None,
            header=read_header(context),
            texts=read_texts(context),
            match=self._catalogue.match,
        )
        hints: list[tuple[str, ...]] = []

        def hinted() -> tuple[str, ...]:
            if not hints:
                hints.append(())  # a source that asks for the hints itself gets none
                hints[0] = tuple(self._hints(inquiry))
            return hints[0]

        return replace(inquiry, hints=hinted)

    def choose(self, inquiry: Inquiry, *, every: bool = False) -> Finding:
        """Ask the sources in turn until one is certain enough.

        :param every: ask those behind it, too, and list them as skipped: for an explanation.
        """
        steps: list[Step] = []
        taken: Step | None = None
        for source in ("evidence", *self._settings.order):
            if taken is not None and not every:
                break
            hook = f"signalwire_language_{source if source == 'evidence' else f'from_{source}'}"
            for step in self._steps(source, hook, inquiry):
                if step.outcome == "taken" and taken is not None:
                    steps.append(replace(step, outcome="skipped"))
                    continue
                steps.append(step)
                if step.outcome == "taken":
                    taken = step
        if taken is None:
            taken = self._unknown(inquiry, steps)
        if taken is None:
            return Finding(None, "none", *self._why_not(steps), steps=tuple(steps))
        return Finding(
            taken.tag, taken.source, taken.evidence, taken.confidence, taken.reason, tuple(steps)
        )

    def _unknown(self, inquiry: Inquiry, steps: list[Step]) -> Step | None:
        settings = self._settings
        if settings.unknown == "default":
            reason = "SIGNALWIRE_AUTOLANG_DEFAULT; nobody knows"
            steps.append(Step("default", "built in", "taken", settings.default, 0.0, "", reason))
            return steps[-1]
        if settings.unknown == "ask":
            hook = "signalwire_language_unknown"
            steps += self._steps("asked", hook, inquiry, steps=tuple(steps))
            return steps[-1] if steps and steps[-1].outcome == "taken" else None
        return None

    def _why_not(self, steps: list[Step]) -> tuple[str, float, str]:
        """Evidence, confidence and reason of an unknown language: of all that were asked."""
        said = [step for step in steps if step.outcome != "silent" or step.reason]
        if not said:
            reason = (
                "nothing is known of the remote party; pass context={'remote_number': '+34…'} with "
                "the command"
            )
            return "", 0.0, reason
        evidence = "; ".join(step.evidence for step in said if step.evidence)
        reasons = [f"{step.source}: {_said(step)}" for step in said]
        return evidence, 0.0, "; ".join(reasons)

    def _steps(self, source: str, hook: str, inquiry: Inquiry, **more: Any) -> Iterator[Step]:
        for plugin, answer in self._plugins.ask(hook, inquiry=inquiry, **more):
            if isinstance(answer, Evidence):
                yield self._judge(source, plugin, answer, inquiry)
                return
            reason = f"{type(answer).__name__}: {scrub(' '.join(str(answer).split()))}"
            reason = reason[:_LONGEST_REASON]
            logger.error("the evidence plugin %s crashed in %s: %s", plugin, hook, reason)
            yield Step(source, plugin, "crashed", reason=reason)

    def _judge(self, source: str, plugin: str, answer: Evidence, inquiry: Inquiry) -> Step:
        step = Step(
            source,
            plugin,
            "silent",
            evidence=_line(answer.evidence),
            reason=_line(answer.reason),
            confidence=float(answer.confidence) if answer.tag else 0.0,
        )
        if not answer.tag:
            return step
        tag = self._localised(answer.tag, source, inquiry)
        supported = self._catalogue.match(tag)
        if supported is None:
            what = "is not in the list of languages" if normalise(tag) else "is no language tag"
            shown = _line(answer.tag)[:20]
            return replace(
                step, outcome="unsupported", tag=shown, reason=f"{shown!r} {what}; {step.reason}"
            )
        enough = source == "asked" or step.confidence >= self._settings.min_confidence
        return replace(step, outcome="taken" if enough else "uncertain", tag=supported)

    def _localised(self, tag: str, source: str, inquiry: Inquiry) -> str:
        """A language without a region takes it from the header or the number, where they agree."""
        if source in ("header", "number") or normalise(tag) is None or region_of(tag):
            return tag
        hinted = (hint for hint in inquiry.hints() if base(hint) == base(tag) and region_of(hint))
        return next(hinted, tag)

    def _hints(self, inquiry: Inquiry) -> Iterator[str]:
        """What the header and the number imply, whatever the order of sources is."""
        for source in ("header", "number"):
            if source in self._settings.order:
                hook = f"signalwire_language_from_{source}"
                for _, answer in self._plugins.ask(hook, inquiry=inquiry):
                    if isinstance(answer, Evidence) and answer.tag:
                        tag = normalise(answer.tag)
                        if tag is not None:
                            yield tag


def _said(step: Step) -> str:
    if step.outcome == "uncertain":
        return f"{step.tag} with confidence {step.confidence:.2f} is too uncertain ({step.reason})"
    return step.reason


def _line(text: object) -> str:
    """Text of a plugin as one masked line."""
    return scrub(" ".join(str(text).split()))[:_LONGEST_REASON]
