"""What is heard in a call: the lines of its scenario, as live sessions and sidecars report them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from . import payloads
from .scenarios import Line
from .sessions import LiveSession, Sidecar

if TYPE_CHECKING:
    from .reporting import Reporter

SUMMARY_SECONDS = 1.0
"""How long a summary takes to be written."""
_NOTHING = "Nothing was said."


def nearest(tag: str, tags: Iterable[str]) -> str | None:
    """The language among others: the same tag, else one of the same language elsewhere."""
    others = list(tags)
    if tag in others:
        return tag
    language = tag.partition("-")[0].lower()
    return next((other for other in others if other.partition("-")[0].lower() == language), None)


# -- live sessions ---------------------------------------------------------------------------------


def session_started(reporter: Reporter, session: LiveSession) -> None:
    """Somebody may listen: have the lines spoken, each in its time."""
    url = session.webhook
    if url is None or not session.start.get("live_events"):
        return
    for line in _heard(reporter, session):
        _speak(reporter, session, line, session.started_at, url)


def summarize(
    reporter: Reporter, session: LiveSession | Sidecar, request: Mapping[str, Any], at: float
) -> None:
    """A summary was asked for: it goes where that says, else where the session reports."""
    url = request.get("webhook") or session.webhook
    if url is not None:
        _summary(reporter, session, url, at, None, final=False)


def session_ended(
    reporter: Reporter, session: LiveSession, at: float, call_ended_at: float | None
) -> None:
    """It was stopped, or the call has ended: the final summary, where it was asked for."""
    if session.webhook is not None and session.start.get("ai_summary"):
        _summary(reporter, session, session.webhook, at, call_ended_at, final=True)


def _heard(reporter: Reporter, session: LiveSession) -> Iterator[Line]:
    return (line for line in reporter.scenario.lines if line.who in session.direction)


def _speak(reporter: Reporter, session: LiveSession, line: Line, since: float, url: str) -> None:
    lang = nearest(line.lang, session.languages) or line.lang
    others = [other for other in session.languages if other != lang]
    to_lang = others[0] if lang in session.languages and others else None
    key = None if to_lang is None else nearest(to_lang, line.translations)
    translation = None if key is None else line.translations[key]

    def say(content: str, at: float, *, final: bool) -> None:
        def tell() -> None:
            if session.ended_at is None:
                payload = payloads.utterance(
                    reporter.origin,
                    content,
                    role=line.who,
                    lang=lang,
                    confidence=line.confidence,
                    final=final,
                    translation=translation if final else None,
                    to_lang=to_lang,
                    at=at,
                )
                reporter.post(url, payload, "utterance" if final else "utterance partial", at)

        reporter.schedule(at, tell)

    partials = line.partials
    if partials is None:
        partials = payloads.derived_partials(line.text)
    for number, partial in enumerate(partials, 1):
        say(partial, since + line.at + line.seconds * number / (len(partials) + 1), final=False)
    say(line.text, since + line.at + line.seconds, final=True)


def _summary(
    reporter: Reporter,
    session: LiveSession | Sidecar,
    url: str,
    at: float,
    call_ended_at: float | None,
    *,
    final: bool,
) -> None:
    texts = {lang: _summed_up(reporter, session, lang, at) for lang in session.languages}
    payload = payloads.summary(reporter.origin, texts, final=final, ended_at=call_ended_at)
    reporter.post(url, payload, "summary final" if final else "summary", at + SUMMARY_SECONDS)


def _summed_up(reporter: Reporter, session: LiveSession | Sidecar, lang: str, at: float) -> str:
    """What the scenario has for a summary, else what was said so far."""
    written = reporter.scenario.summary
    key = nearest(lang, written)
    if key is not None:
        return written[key]
    said = []
    for line in reporter.scenario.lines:
        over = session.started_at + line.at + line.seconds <= at
        if over and line.who in session.direction:
            versions = {**line.translations, line.lang: line.text}
            said.append(versions[nearest(lang, versions) or line.lang])
    return " ".join(said) or _NOTHING


# -- sidecars --------------------------------------------------------------------------------------


def sidecar_started(reporter: Reporter, sidecar: Sidecar) -> None:
    """It listens, and advises as the scenario has it."""
    start: Any = {"model": sidecar.start.get("model"), "tools": [], "global_data": _data(sidecar)}
    _tell(reporter, sidecar, "start", sidecar.started_at, **start)
    for line in reporter.scenario.lines:
        if line.who in sidecar.direction:
            _turn(reporter, sidecar, line)
    for seconds, text in reporter.scenario.sidecar.insights:
        at = sidecar.started_at + seconds
        _later(reporter, sidecar, at, "insight", raw=text, iter=1, total_iters=1)


def asked(reporter: Reporter, sidecar: Sidecar, ask_id: str, question: str, at: float) -> None:
    """A question, and a second later its answer, where the scenario has one left."""
    _tell(reporter, sidecar, "ask_request", at, question=question, ask_id=ask_id)
    answers = reporter.scenario.sidecar.answers
    number = len(sidecar.asks) - 1
    if number < len(answers):
        known = {"ask_id": ask_id, "iter": 1, "total_iters": 1, "triggered_by": "ask"}
        _later(reporter, sidecar, at + 1, "ask_answer", raw=answers[number], **known)


def sidecar_ended(reporter: Reporter, sidecar: Sidecar, at: float, reason: str) -> None:
    """The last that is heard of it.

    :param reason: ``api_stop`` or ``hung_up``.
    """
    if reason == "api_stop":
        _tell(reporter, sidecar, "stop", at, stop_reason=reason)
    _tell(
        reporter,
        sidecar,
        "final",
        at,
        stop_reason=reason,
        summary=reporter.scenario.sidecar.summary,
        history=[],
        event_log=[],
        stats={},
        metrics={},
        global_data=_data(sidecar),
        model=sidecar.start.get("model"),
        started_at=int(sidecar.started_at * 1_000_000),
        ended_at=int(at * 1_000_000),
        duration_ms=int((at - sidecar.started_at) * 1000),
    )


def _turn(reporter: Reporter, sidecar: Sidecar, line: Line) -> None:
    at = sidecar.started_at + line.at + line.seconds
    customer = line.who == sidecar.start.get("customer_role", "remote-caller")
    who = "customer_text" if customer else "agent_text"
    _later(reporter, sidecar, at, "turn", transcript_delta=line.text, **{who: line.text})
    # Utterances reach the same URL, in their own shape.
    if sidecar.webhook is not None and sidecar.start.get("params", {}).get("live_events"):
        _speak_once(reporter, sidecar, line, at, sidecar.webhook)


def _speak_once(reporter: Reporter, sidecar: Sidecar, line: Line, at: float, url: str) -> None:
    def tell() -> None:
        if sidecar.ended_at is None:
            said: Any = {"role": line.who, "lang": line.lang, "confidence": line.confidence}
            payload = payloads.utterance(reporter.origin, line.text, **said, at=at)
            reporter.post(url, payload, "utterance", at)

    reporter.schedule(at, tell)


def _later(reporter: Reporter, sidecar: Sidecar, at: float, type_: str, **fields: Any) -> None:
    def tell() -> None:
        if sidecar.ended_at is None:
            _tell(reporter, sidecar, type_, at, **fields)

    if sidecar.webhook is not None:
        reporter.schedule(at, tell)


def _tell(reporter: Reporter, sidecar: Sidecar, type_: str, at: float, **fields: Any) -> None:
    if sidecar.webhook is not None:
        payload = payloads.sidecar(reporter.origin, type_, at=at, **fields)
        reporter.post(sidecar.webhook, payload, f"sidecar {type_}", at)


def _data(sidecar: Sidecar) -> Mapping[str, Any]:
    data: Mapping[str, Any] = sidecar.start.get("global_data", {})
    return data
