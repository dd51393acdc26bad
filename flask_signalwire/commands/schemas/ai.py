"""AI agents in a call, and the sidecar that listens and advises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..fields import (
    MAX_INTEGER,
    Boolean,
    Choice,
    Either,
    FreeObject,
    Integer,
    Keyed,
    LanguageTag,
    ListOf,
    Object,
    PayloadSchema,
    Text,
    Url,
)
from .shared import LEGS, leg


class AiHold(PayloadSchema):
    timeout = Text(
        pattern=r"[0-9]+",
        expected="seconds, in digits, as text",
        annotation="str | int",
        example="60",
        help="Seconds until the agent comes back by itself.",
    )
    prompt = Text(
        sensitivity="words", example="One moment, please.", help="What the agent says before."
    )

    @classmethod
    def accept(cls, params: dict[str, Any]) -> dict[str, Any]:
        """Write an integer as the text that the contract wants; the vendor's SDK takes one."""
        params = super().accept(params)
        timeout = params.get("timeout")
        if type(timeout) is int and 0 <= timeout < MAX_INTEGER:
            params["timeout"] = str(timeout)
        return params


class AiUnhold(PayloadSchema):
    prompt = Text(sensitivity="words", documented=False, help="What the agent says then.")


class AiReset(PayloadSchema):
    full_reset = Boolean(help="Forget the conversation.")
    user_prompt = Text(
        sensitivity="words", example="Ask for the order number.", help="A new prompt of the user."
    )
    system_prompt = Text(
        sensitivity="words", example="You are a receptionist.", help="A new prompt of the system."
    )


class AiMessage(PayloadSchema):
    role = Choice("system", "user", "assistant", help="Who says it.")
    message_text = Text(
        sensitivity="words", example="The caller is a customer.", help="What is said to the agent."
    )
    reset = Object(AiReset, help="Begin anew.")
    global_data = FreeObject(example={"order": 42}, help="Data that the agent knows.")


class AiStop(PayloadSchema):
    control_id = Text(example="op-1", help="Ignored by the service.")


# -- the sidecar --------------------------------------------------------------------------------


class BothLegs(ListOf):
    """Both parties: the sidecar listens to the whole conversation or to none of it."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("example", list(LEGS))
        super().__init__(leg(), **options)
        self.expected = "a list of both " + " and ".join(f'"{name}"' for name in LEGS)

    def check(self, value: Any) -> list[Any]:
        legs = super().check(value)
        if sorted(legs) != sorted(LEGS):
            raise self.refuse(value)
        return legs


class SidecarPermissions(PayloadSchema):
    swaig_allow_swml = Boolean(help="Functions may run SWML.")
    swaig_allow_settings = Boolean(help="Functions may change settings.")
    swaig_set_global_data = Boolean(help="Functions may change global data.")


class SidecarParams(PayloadSchema):
    idle_timeout_ms = Integer(
        50, 5000, example=500, help="Milliseconds of silence before it thinks."
    )
    min_interval_ms = Integer(0, 60000, example=3000, help="Milliseconds between two thoughts.")
    max_iters_per_tick = Integer(1, 20, example=5, help="Rounds of functions in one thought.")
    max_history_tokens = Integer(1000, 200000, example=8000, help="How much it remembers.")
    act_on_channel = Boolean(help="It may act on the call.")
    final_summary = Boolean(help="Summarise at the end.")
    ai_summary = Boolean(help="Summarise the conversation.")
    live_events = Boolean(help="Send each utterance as it is spoken.")
    verbose_utterances = Boolean(help="Send utterances with all that is known of them.")
    debug = Boolean(help="Send what it thinks.")
    ai_summary_prompt = Text(
        sensitivity="words", example="In one sentence.", help="How to summarise."
    )
    summary_model = Text(help="The model that summarises.")
    transcribe_prompt = Text(
        sensitivity="words", example="Names of products.", help="What to expect in the speech."
    )
    speech_engine = Text(example="deepgram", help="Who recognises the speech.")
    speech_timeout = Integer(0, 600000, example=60000, help="Longest utterance, in milliseconds.")
    vad_silence_ms = Integer(
        0, 60000, example=300, help="Silence that ends an utterance, in milliseconds."
    )
    vad_thresh = Integer(0, 10000, example=400, help="Loudness above which it counts as speech.")
    debug_level = Integer(0, 100, help="How much the service logs.")


class SidecarSummarize(PayloadSchema):
    webhook = Text(
        sensitivity="url",
        example="https://example.com/summary",
        callback="sidecar",
        help="Where the summary is sent.",
    )
    prompt = Text(sensitivity="words", example="In one sentence.", help="How to summarise.")


class Sidecar(PayloadSchema):
    lang = LanguageTag(help="What is spoken; required unless `action` is given.")
    prompt = Either(
        Text(sensitivity="words", example="Help the agent to answer."),
        FreeObject(),
        help="What the sidecar is to do.",
    )
    model = Text(help="The model that thinks.")
    direction = BothLegs(help="Whose speech.")
    customer_role = leg(help="Which party is the customer.")
    url = Url(callback="sidecar", help="Where its events are sent.")
    SWAIG = FreeObject(example={"functions": []}, help="Functions that it may call.")
    permissions = Object(SidecarPermissions, help="What functions may do.")
    global_data = FreeObject(example={"order": 42}, help="Data that it knows.")
    hints = ListOf(
        Text(sensitivity="words", example="invoice"), empty=False, help="Words to expect."
    )
    params = Object(SidecarParams, help="How it listens and thinks.")
    action = Keyed(
        {"summarize": Object(SidecarSummarize, help="Summarise what was said so far.")},
        help="Tell a running sidecar to do something, in place of starting one.",
    )

    def between(self, payload: Mapping[str, Any]) -> dict[str, list[str]]:
        """Either a sidecar to start, or an action of one that runs."""
        if "action" not in payload:
            missing = "missing; expected a language tag, or else `action`"
            return {} if "lang" in payload else {"lang": [missing]}
        return {
            key: ["given beside `action`; expected one of the two"]
            for key in payload
            if key != "action" and key in self.keys
        }


class SidecarText(PayloadSchema):
    text = Text(
        sensitivity="words",
        required=True,
        example="What did the caller order?",
        help="What it is told or asked.",
    )
