"""What has no params, and what has a control id alone."""

from __future__ import annotations

from .base import Case, Mistake

NOTHING = (
    "calling.disconnect",
    "calling.denoise",
    "calling.denoise.stop",
    "calling.ai_sidecar.stop",
    "calling.ai_sidecar.status",
)
CONTROL = (
    "calling.play.pause",
    "calling.play.resume",
    "calling.play.stop",
    "calling.record.resume",
    "calling.record.stop",
    "calling.collect.stop",
    "calling.collect.start_input_timers",
    "calling.detect.stop",
    "calling.tap.stop",
    "calling.stream.stop",
    "calling.transcribe.stop",
    "calling.send_fax.stop",
    "calling.receive_fax.stop",
)

ALLOWED: list[Case] = [
    *((name, {}) for name in NOTHING),
    *(
        (name, {"control_id": control_id})
        for name in CONTROL
        for control_id in ("announcement", "8f14e45f-ceea-467f-a0e6-3c1a2b4d5e6f", "ä b", "")
    ),
    ("calling.record.pause", {"control_id": "r"}),
    ("calling.record.pause", {"control_id": "r", "behavior": "skip"}),
    ("calling.record.pause", {"control_id": "r", "behavior": "silence"}),
    *(
        ("calling.play.volume", {"control_id": "p", "volume": volume})
        for volume in (-40, -0.5, 0, 40, 40.0)
    ),
]

FORBIDDEN: list[Mistake] = [
    *(
        (name, {key: value}, key)
        for name in NOTHING
        for key, value in (("control_id", "a"), ("id", "a"), ("prompt", ""), ("", None))
        if key
    ),
    *((name, {}, "control_id") for name in CONTROL),
    *(
        (name, {"control_id": wrong}, "control_id")
        for name in CONTROL
        for wrong in (None, 5, True, ["a"], {"a": "b"}, "\ud800")
    ),
    *((name, {"control_id": "a", "contol_id": "a"}, "contol_id") for name in CONTROL),
    *((name, {"control_id": "a", "behavior": "skip"}, "behavior") for name in CONTROL),
    *((name, {"control_id": "a", "status_url": "https://e.org"}, "status_url") for name in CONTROL),
    ("calling.record.pause", {"behavior": "skip"}, "control_id"),
    ("calling.record.pause", {"control_id": "r", "behavior": "pause"}, "behavior"),
    ("calling.record.pause", {"control_id": "r", "behavior": None}, "behavior"),
    ("calling.record.pause", {"control_id": "r", "behaviour": "skip"}, "behaviour"),
    ("calling.play.volume", {"volume": 3}, "control_id"),
    ("calling.play.volume", {"control_id": "p"}, "volume"),
    *(
        ("calling.play.volume", {"control_id": "p", "volume": wrong}, "volume")
        for wrong in (-40.1, -41, 40.1, 41, "3", None, True, [3], float("nan"))
    ),
]
