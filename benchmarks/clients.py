"""The contestants: our whole path, the vendor's SDK, and what lies under both.

Each is a function that sends one ``calling.live_translate`` start and returns the answer.
Imports are inside of functions: a fresh process pays for the contestant that it measures.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from .server import CALL_ID

Call = Callable[[], Any]

PROJECT, TOKEN = "7c1f7d0e-0000-4000-8000-000000000001", "PTbench"
PARAMS: dict[str, Any] = {
    "action": {
        "start": {
            "from_lang": "en-US",
            "to_lang": "es-ES",
            "direction": ["local-caller", "remote-caller"],
            "webhook": "https://app.example.com/signalwire/events",
            "live_events": True,
        }
    },
    "status_url": "https://app.example.com/signalwire/status",
}
FULL: dict[str, Any] = {
    "action": {
        "start": {
            **PARAMS["action"]["start"],
            "ai_summary": True,
            "ai_summary_prompt": "Three sentences, in English.",
            "speech_engine": "deepgram",
            "speech_timeout": 60000,
            "vad_silence_ms": 300,
            "vad_thresh": 400,
            "debug_level": 0,
            "from_voice": "elevenlabs.josh",
            "to_voice": "elevenlabs.rachel",
            "filter_from": "polite",
            "filter_to": "prompt:Be brief.",
        }
    },
    "status_url": PARAMS["status_url"],
}
PLAY: dict[str, Any] = {
    "control_id": "bench-1",
    "volume": 3,
    "play": [
        {"type": "tts", "params": {"text": "Good morning.", "language": "en-US"}},
        {"type": "silence", "params": {"duration": 0.5}},
        {"type": "audio", "params": {"url": "https://app.example.com/sounds/welcome.mp3"}},
        {"type": "ringtone", "params": {"name": "us", "duration": 4}},
        {"type": "tts", "params": {"text": "Buenos días.", "language": "es-ES"}},
    ],
}
DIAL: dict[str, Any] = {
    "from_": "+15550100001",
    "to": "+15550100002",
    "status_url": "https://app.example.com/signalwire/status",
    "status_events": ["answered", "ended"],
    "swml": {
        "version": "1.0.0",
        "sections": {
            "main": [
                "answer",
                {"play": {"url": "https://app.example.com/sounds/welcome.mp3"}},
                {"connect": {"to": "+15550100003", "timeout": 20}},
                {"if": {"when": "connect_result == 'failed'", "then": ["hangup"]}},
            ],
            "again": [{"execute": {"dest": "main"}}],
        },
    },
}
ENVELOPE = {"command": "calling.live_translate", "id": CALL_ID, "params": PARAMS}


def app_for(space: str, plugins: int = 2, receivers: int = 1, ca_file: str | None = None) -> Any:
    """A Flask app with our extension, plugins that do nothing, and receivers that do nothing."""
    from flask import Flask

    from flask_signalwire import SignalWire, hookimpl, signals

    class Watching:
        @hookimpl
        def signalwire_prepare_command(self, command: Any) -> None:
            pass

        @hookimpl
        def signalwire_authorize_command(self, command: Any) -> None:
            pass

        @hookimpl
        def signalwire_command_succeeded(self, command: Any, leg: Any, elapsed: float) -> None:
            pass

    class Wrapping(Watching):
        @hookimpl(wrapper=True)
        def signalwire_send_command(self, command: Any) -> Any:
            return (yield)

    def receive(sender: Any, **given: Any) -> None:
        pass

    app = Flask("bench")
    app.config.update(
        SIGNALWIRE_PROJECT_ID=PROJECT,
        SIGNALWIRE_API_TOKEN=TOKEN,
        SIGNALWIRE_SPACE=space,
        SIGNALWIRE_CA_FILE=ca_file,
        TESTING=True,
    )
    mine: list[Any] = []
    for number in range(plugins):
        plugin = Wrapping() if number == 2 else Watching()
        plugin.name = f"bench_{number}"  # type: ignore[attr-defined]
        mine.append(plugin)
    SignalWire(app, plugins=mine)
    for number in range(receivers):
        signal = signals.command_sending if number % 2 else signals.command_succeeded
        # Each its own function: blinker takes one function once.
        signal.connect(lambda sender, **given: receive(sender, **given), app, weak=False)
    return app


def ours(app: Any, params: dict[str, Any] = PARAMS, method: str = "live_translate") -> Call:
    """Our call, as a view makes it; an app context must have been pushed."""
    from flask import current_app

    where = () if method == "dial" else (CALL_ID,)

    def call() -> Any:
        return getattr(current_app.signalwire.calling, method)(*where, **params)

    return call


def sdk(
    space: str,
    params: dict[str, Any] = PARAMS,
    method: str = "live_translate",
    pool: int | None = None,
) -> Call:
    """The vendor's SDK; with `pool` as large as ours, for which a private attribute is needed."""
    from requests.adapters import HTTPAdapter
    from signalwire.rest import RestClient

    client = RestClient(project=PROJECT, token=TOKEN, host=space)
    if pool:
        session = client._http._session  # noqa: SLF001  # there is no public way
        session.mount("https://", HTTPAdapter(pool_maxsize=pool))

    where = () if method == "dial" else (CALL_ID,)

    def call() -> Any:
        return getattr(client.calling, method)(*where, **params)

    return call


def requests_session(url: str, ca_file: str) -> Call:
    """``requests.Session().post`` with its defaults."""
    import requests

    session = requests.Session()
    session.verify = ca_file
    session.auth = (PROJECT, TOKEN)

    def call() -> Any:
        return session.post(url, json=ENVELOPE).json()  # the defaults are what is measured

    return call


def bare_urllib3(url: str) -> Call:
    """A PoolManager with the headers made beforehand: the least that one would write by hand."""
    import urllib3

    pool = urllib3.PoolManager()
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/json",
        **urllib3.make_headers(basic_auth=f"{PROJECT}:{TOKEN}"),
    }

    def call() -> Any:
        body = json.dumps(ENVELOPE).encode()
        return json.loads(pool.request("POST", url, body=body, headers=headers).data)

    return call


def grow_environment(size: int) -> None:
    """Bring the environment to as many variables; what requests does with it grows along."""
    for number in range(size - len(os.environ)):
        os.environ[f"BENCH_FILLER_{number:03}"] = "x" * 20
