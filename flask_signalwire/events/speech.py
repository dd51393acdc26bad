"""Events of what is said, and of the AI beside a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from . import fields
from .base import Event


@dataclass(frozen=True, kw_only=True, repr=False)
class Utterance(Event):
    """Something that was said on a call that is transcribed or translated live.

    Documented nowhere: these fields were seen in use. ``timestamp`` is the utterance's own; its
    unit is told by its size.
    """

    kind: ClassVar[str] = "utterance"

    call_id: str | None = fields.name(
        "call_info.call_id",
        "channel_data.call_id",
        "call_id",
        help="the uuid of the call",
        sure="seen",
    )
    timestamp: datetime | None = fields.moment(
        "utterance.timestamp", "timestamp", help="when it was said", sure="seen"
    )
    content: str | None = fields.text(
        "utterance.content", "utterance", help="what was said", sure="seen"
    )
    role: str | None = fields.text(
        "utterance.role",
        help="who said it: ``remote-caller`` (the caller) or ``local-caller`` (inferred)",
        sure="seen",
    )
    lang: str | None = fields.text("utterance.lang", help="the language's tag", sure="seen")
    confidence: float | None = fields.number(
        "utterance.confidence", "confidence", help="how sure, from 0 to 1 (inferred)", sure="seen"
    )
    final: bool = fields.true_unless_said(
        "utterance.final",
        "utterance.is_final",
        "final",
        "is_final",
        help="False for a part of what is still being said",
        sure="seen",
    )
    record_call_url: str | None = fields.text(
        "channel_data.SWMLVars.record_call_url",
        help="the call's recording",
        sensitivity="url",
        sure="seen",
    )
    call_end_date: datetime | None = fields.moment(
        "channel_data.call_end_date", help="when the call ended; None before", sure="seen"
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class Translation(Event):
    """What was said, in another language: one event a language.

    No sample of one was ever seen, so where it stands is inferred: ``translation``, ``translated``,
    ``translated_text`` or ``translations``, in the utterance or beside it; a text, an object with
    ``lang`` and ``content`` or ``text``, several of these, or texts by language. ``raw`` has it as
    it came. Where none is found there is an :class:`Utterance` only.
    """

    kind: ClassVar[str] = "translation"

    call_id: str | None = fields.name(
        "call_info.call_id",
        "channel_data.call_id",
        "call_id",
        help="the uuid of the call",
        sure="seen",
    )
    timestamp: datetime | None = fields.moment(
        "utterance.timestamp", "timestamp", help="when it was said", sure="inferred"
    )
    content: str | None = fields.text(help="the translated text", sure="inferred")
    lang: str | None = fields.text(help="the language that it is in", sure="inferred")
    original: str | None = fields.text(
        "utterance.content", "utterance", help="what was said", sure="seen"
    )
    original_lang: str | None = fields.text(
        "utterance.lang", help="the language that was spoken", sure="seen"
    )
    role: str | None = fields.text("utterance.role", help="who said it", sure="seen")
    final: bool = fields.true_unless_said(
        "utterance.final",
        "utterance.is_final",
        "final",
        "is_final",
        help="False for a part of what is still being said",
        sure="inferred",
    )

    def _part(self) -> object:
        return [self.lang, self.content]


@dataclass(frozen=True, kw_only=True, repr=False)
class ConversationSummary(Event):
    """A summary of the conversation. Seen in use only. A final one may come more than once; in a
    session that translates there may be one event a language (inferred).
    """

    kind: ClassVar[str] = "conversation_summary"
    event_types: ClassVar[tuple[str, ...]] = ("calling.ai.transcribe.conversation_log",)

    text: str | None = fields.text(help="the summary", sure="seen")
    lang: str | None = fields.text(help="its language, where it is said", sure="inferred")
    final: bool | None = fields.flag(
        help="False while the call is up, True after it; None where the payload does not tell",
        sure="seen",
    )
    call_end_date: datetime | None = fields.moment(
        "channel_data.call_end_date", help="when the call ended; None before", sure="seen"
    )

    def _part(self) -> object:
        return [self.lang, self.text]


@dataclass(frozen=True, kw_only=True, repr=False)
class Sidecar(Event):
    """What an AI sidecar does. Documented; which fields are set depends on ``type``.

    The service's ``raw`` of an insight or an answer is :attr:`insight` here, and its ``key`` of a
    change :attr:`changed`: an event has a ``raw`` and a ``key`` of its own.
    """

    kind: ClassVar[str] = "sidecar"

    type: str | None = fields.text(
        "sidecar_event.type",
        help="``start``, ``turn``, ``request``, ``thought``, ``insight``, ``skip``, ``tool_call``, "
        "``tool_result``, ``action``, ``global_data_change``, ``history_pruned``, ``error``, "
        "``ask_request``, ``ask_answer``, ``stop``, ``final``",
    )
    timestamp: datetime | None = fields.moment(
        "sidecar_event.ts", "timestamp", help="when it happened"
    )
    tick_id: Any = fields.anything("sidecar_event.tick_id", help="the turn of the sidecar")
    conversation_type: str | None = fields.text("call_info.conversation_type", help="``voice``")
    caller_id_name: str | None = fields.text(
        "sidecar_event.channel_data.caller_id_name", help="who calls", sensitivity="number"
    )
    caller_id_number: str | None = fields.text(
        "sidecar_event.channel_data.caller_id_number", help="who calls", sensitivity="number"
    )
    destination_number: str | None = fields.text(
        "sidecar_event.channel_data.destination_number", help="who is called", sensitivity="number"
    )
    model: str | None = fields.text("sidecar_event.model", help="start, request, final: the model")
    tools: Any = fields.anything("sidecar_event.tools", help="start: the tools it may use")
    global_data: Mapping[str, Any] | None = fields.mapping(
        "sidecar_event.global_data", help="start, final: the data that all turns share"
    )
    transcript_delta: Any = fields.anything(
        "sidecar_event.transcript_delta", help="turn: what was said since the last one"
    )
    customer_text: str | None = fields.text(
        "sidecar_event.customer_text", help="turn: what the customer said"
    )
    agent_text: str | None = fields.text(
        "sidecar_event.agent_text", help="turn: what the agent said"
    )
    messages_count: int | None = fields.integer(
        "sidecar_event.messages_count", help="request: how many messages"
    )
    messages_token_count: int | None = fields.integer(
        "sidecar_event.messages_token_count", help="request: how many tokens"
    )
    tool_choice: Any = fields.anything("sidecar_event.tool_choice", help="request: which tools")
    text: str | None = fields.text("sidecar_event.text", help="thought: what it thinks")
    iter: int | None = fields.integer(
        "sidecar_event.iter", help="request, thought, insight, tools, answer: which round"
    )
    total_iters: int | None = fields.integer(
        "sidecar_event.total_iters", help="insight, answer: of how many rounds"
    )
    insight: Any = fields.anything("sidecar_event.raw", help="insight, ask_answer: what it found")
    reason: str | None = fields.text("sidecar_event.reason", help="skip: why")
    name: str | None = fields.text("sidecar_event.name", help="tool_call, tool_result: the tool")
    arguments: Any = fields.anything("sidecar_event.arguments", help="tool_call: its arguments")
    response: Any = fields.anything("sidecar_event.response", help="tool_result: its answer")
    action: Any = fields.anything("sidecar_event.action", help="action: what is to be done")
    source_function: str | None = fields.text(
        "sidecar_event.source_function", help="action: the tool that asked for it"
    )
    executed: bool | None = fields.flag(
        "sidecar_event.executed", help="action: whether it was done"
    )
    changed: str | None = fields.text(
        "sidecar_event.key", help="global_data_change: the key that changed"
    )
    old_value: Any = fields.anything("sidecar_event.old_value", help="global_data_change: before")
    new_value: Any = fields.anything("sidecar_event.new_value", help="global_data_change: after")
    dropped_count: int | None = fields.integer(
        "sidecar_event.dropped_count", help="history_pruned: messages that went"
    )
    kept_count: int | None = fields.integer(
        "sidecar_event.kept_count", help="history_pruned: messages that stayed"
    )
    tokens_before: int | None = fields.integer("sidecar_event.tokens_before", help="history_pruned")
    tokens_after: int | None = fields.integer("sidecar_event.tokens_after", help="history_pruned")
    error_reason: str | None = fields.text(
        "sidecar_event.error_reason",
        help="error: ``tool_loop``, ``swml_not_allowed``, ``llm_error``, ``webhook_http_failure``, "
        "``event_log_truncated``",
    )
    detail: Any = fields.anything("sidecar_event.detail", help="error: more of it")
    question: str | None = fields.text("sidecar_event.question", help="ask_request: what was asked")
    ask_id: str | None = fields.code(
        "sidecar_event.ask_id", help="ask_request, ask_answer: which question, as ``ask`` returned"
    )
    triggered_by: Any = fields.anything("sidecar_event.triggered_by", help="ask_answer: by whom")
    stop_reason: str | None = fields.text(
        "sidecar_event.stop_reason",
        help="stop, final: ``transcribe_close``, ``transferred``, ``hung_up``, ``stop_action``, "
        "``api_stop``",
    )
    summary: Any = fields.anything("sidecar_event.summary", help="final: of the conversation")
    history: Any = fields.anything("sidecar_event.history", help="final: all messages")
    transcript: Any = fields.anything("sidecar_event.transcript", help="final: what was said")
    event_log: Any = fields.anything("sidecar_event.event_log", help="final: all events")
    stats: Any = fields.anything("sidecar_event.stats", help="final: counts")
    metrics: Any = fields.anything("sidecar_event.metrics", help="final: measurements")
    started_at: datetime | None = fields.moment("sidecar_event.started_at", help="final")
    ended_at: datetime | None = fields.moment("sidecar_event.ended_at", help="final")
    duration: float | None = fields.milliseconds(
        "sidecar_event.duration_ms", help="final: how long it ran, in seconds"
    )
