"""AI agents and the sidecar."""

from __future__ import annotations

from typing import Any

from .base import NO, Case, Mistake, changed

HOLD, UNHOLD, MESSAGE = "calling.ai_hold", "calling.ai_unhold", "calling.ai_message"
SIDECAR, POKE, ASK = "calling.ai_sidecar", "calling.ai_sidecar.poke", "calling.ai_sidecar.ask"
STOP = "calling.ai.stop"


def sidecar(**changes: Any) -> dict[str, Any]:
    return changed({"lang": "en-US"}, **changes)


RANGES = {
    "idle_timeout_ms": (50, 5000),
    "min_interval_ms": (0, 60000),
    "max_iters_per_tick": (1, 20),
    "max_history_tokens": (1000, 200000),
    "speech_timeout": (0, 600000),
    "vad_silence_ms": (0, 60000),
    "vad_thresh": (0, 10000),
    "debug_level": (0, 100),
}
SWITCHES = (
    *("act_on_channel", "final_summary", "ai_summary", "live_events"),
    *("verbose_utterances", "debug"),
)
WORDS = ("ai_summary_prompt", "summary_model", "transcribe_prompt", "speech_engine")
PERMISSIONS = ("swaig_allow_swml", "swaig_allow_settings", "swaig_set_global_data")

ALLOWED: list[Case] = [
    (HOLD, {}),
    (HOLD, {"timeout": "0"}),
    (HOLD, {"timeout": "300", "prompt": "One moment"}),
    (UNHOLD, {}),
    (UNHOLD, {"prompt": "I am back"}),
    (MESSAGE, {}),
    *((MESSAGE, {"role": role, "message_text": "a"}) for role in ("system", "user", "assistant")),
    (MESSAGE, {"reset": {}}),
    (MESSAGE, {"reset": {"full_reset": True, "user_prompt": "u", "system_prompt": "s"}}),
    (MESSAGE, {"reset": {"full_reset": False}, "global_data": {"a": [1, {"b": None}]}}),
    (STOP, {}),
    (STOP, {"control_id": "a"}),
    (SIDECAR, sidecar()),
    (SIDECAR, sidecar(lang="multi", prompt="Advise the agent", model="m")),
    (SIDECAR, sidecar(prompt={"text": "Advise", "temperature": 0.5})),
    (SIDECAR, sidecar(direction=["local-caller", "remote-caller"], customer_role="remote-caller")),
    (SIDECAR, sidecar(direction=["remote-caller", "local-caller"], customer_role="local-caller")),
    (SIDECAR, sidecar(url="https://e.org/events", SWAIG={"functions": []}, global_data={})),
    (SIDECAR, sidecar(hints=["SignalWire"], params={}, permissions={})),
    *(
        (SIDECAR, sidecar(permissions=dict.fromkeys(PERMISSIONS, allowed)))
        for allowed in (True, False)
    ),
    *(
        (SIDECAR, sidecar(params={key: bounds[end] for key, bounds in RANGES.items()}))
        for end in (0, 1)
    ),
    *((SIDECAR, sidecar(params=dict.fromkeys(SWITCHES, on))) for on in (True, False)),
    (SIDECAR, sidecar(params=dict.fromkeys(WORDS, "words"))),
    (SIDECAR, {"action": {"summarize": {}}}),
    (SIDECAR, {"action": {"summarize": {"webhook": "https://e.org", "prompt": "p"}}}),
    (POKE, {"text": "What now?"}),
    (ASK, {"text": "Who calls?"}),
]

FORBIDDEN: list[Mistake] = [
    *((HOLD, {"timeout": wrong}, "timeout") for wrong in (300, "", "5s", "-1", "1.5", " 5", None)),
    (HOLD, {"timeout": True}, "timeout"),
    (HOLD, {"timeout": "٣"}, "timeout"),
    (HOLD, {"prompt": 5}, "prompt"),
    (HOLD, {"control_id": "a"}, "control_id"),
    (UNHOLD, {"prompt": None}, "prompt"),
    (UNHOLD, {"timeout": "5"}, "timeout"),
    (MESSAGE, {"role": "tool"}, "role"),
    (MESSAGE, {"role": "User"}, "role"),
    (MESSAGE, {"role": None}, "role"),
    (MESSAGE, {"message_text": ["a"]}, "message_text"),
    (MESSAGE, {"message": "a"}, "message"),
    (MESSAGE, {"reset": True}, "reset"),
    (MESSAGE, {"reset": {"full_reset": "yes"}}, "reset.full_reset"),
    (MESSAGE, {"reset": {"full_reset": 1}}, "reset.full_reset"),
    (MESSAGE, {"reset": {"user_prompt": 5}}, "reset.user_prompt"),
    (MESSAGE, {"reset": {"system_prompt": {}}}, "reset.system_prompt"),
    (MESSAGE, {"reset": {"prompt": "s"}}, "reset.prompt"),
    (MESSAGE, {"global_data": "a"}, "global_data"),
    (MESSAGE, {"global_data": []}, "global_data"),
    (STOP, {"control_id": 5}, "control_id"),
    (STOP, {"reason": "a"}, "reason"),
    (SIDECAR, {}, "lang"),
    (SIDECAR, sidecar(lang=NO, prompt="p"), "lang"),
    *((SIDECAR, sidecar(lang=wrong), "lang") for wrong in ("", " ", None, 5, ["en"])),
    (SIDECAR, sidecar(action={"summarize": {}}), "lang"),
    (SIDECAR, {"action": {"summarize": {}}, "params": {}}, "params"),
    *((SIDECAR, {"action": wrong}, "action") for wrong in ({}, "stop", "summarize", None, [])),
    (SIDECAR, {"action": {"start": {}}}, "action.start"),
    (SIDECAR, {"action": {"summarize": "now"}}, "action.summarize"),
    (SIDECAR, {"action": {"summarize": {"webhook": 5}}}, "action.summarize.webhook"),
    (SIDECAR, {"action": {"summarize": {"prompt": 5}}}, "action.summarize.prompt"),
    (SIDECAR, {"action": {"summarize": {"ai_model": "m"}}}, "action.summarize.ai_model"),
    *((SIDECAR, sidecar(prompt=wrong), "prompt") for wrong in (5, None, ["p"])),
    (SIDECAR, sidecar(model=4), "model"),
    *(
        (SIDECAR, sidecar(direction=wrong), "direction")
        for wrong in (
            [],
            ["local-caller"],
            ["local-caller", "local-caller"],
            ["local-caller", "remote-caller", "local-caller"],
            "both",
            None,
        )
    ),
    (SIDECAR, sidecar(direction=["local-caller", "remote"]), "direction.1"),
    (SIDECAR, sidecar(customer_role="customer"), "customer_role"),
    (SIDECAR, sidecar(customer_role=["local-caller"]), "customer_role"),
    *((SIDECAR, sidecar(url=wrong), "url") for wrong in ("e.org", "wss://e.org", "", 5)),
    (SIDECAR, sidecar(SWAIG=[]), "SWAIG"),
    (SIDECAR, sidecar(swaig={}), "swaig"),
    (SIDECAR, sidecar(global_data="a"), "global_data"),
    (SIDECAR, sidecar(hints=[]), "hints"),
    (SIDECAR, sidecar(hints="SignalWire"), "hints"),
    (SIDECAR, sidecar(hints=[5]), "hints.0"),
    (SIDECAR, sidecar(permissions=True), "permissions"),
    (SIDECAR, sidecar(permissions={"swaig_allow": True}), "permissions.swaig_allow"),
    *((SIDECAR, sidecar(permissions={key: 1}), f"permissions.{key}") for key in PERMISSIONS),
    (SIDECAR, sidecar(params=[]), "params"),
    (SIDECAR, sidecar(params={"idle_timeout": 50}), "params.idle_timeout"),
    *(
        (SIDECAR, sidecar(params={key: wrong}), f"params.{key}")
        for key, (least, most) in RANGES.items()
        for wrong in (least - 1, most + 1, float(least), str(least), True, None)
    ),
    *(
        (SIDECAR, sidecar(params={key: wrong}), f"params.{key}")
        for key in SWITCHES
        for wrong in (1, "true", None)
    ),
    *((SIDECAR, sidecar(params={key: 5}), f"params.{key}") for key in WORDS),
    *((name, {}, "text") for name in (POKE, ASK)),
    *((name, {"text": wrong}, "text") for name in (POKE, ASK) for wrong in (None, 5, ["a"])),
    *((name, {"text": "a", "ask_id": "b"}, "ask_id") for name in (POKE, ASK)),
]
