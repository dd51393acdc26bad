"""Fresh processes: how long until flask and a client are there, and until all of it is loaded."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from .rounds import Row, compare, row

OURS = """
from flask import Flask
from flask_signalwire import SignalWire
app = Flask("bench")
app.config.update(SIGNALWIRE_PROJECT_ID="p", SIGNALWIRE_API_TOKEN="t")
app.config["SIGNALWIRE_SPACE"] = "127.0.0.1:9"
SignalWire(app)
app.signalwire.calling
"""
WARM = f"{OURS}app.signalwire.warm_up()"
SDK = """
from flask import Flask
from signalwire.rest import RestClient
app = Flask("bench")
RestClient(project="p", token="t", host="127.0.0.1:9").calling
"""
FLASK = """
from flask import Flask
Flask("bench")
"""


def importing(rounds: int) -> list[Row]:
    """The wall time of a process that makes an app and a client, and ends."""
    programs: Mapping[str, str] = {"ours": OURS, "warm": WARM, "sdk": SDK, "flask": FLASK}

    def start(program: str) -> None:
        # With a timeout it would look every 50 ms whether the process has ended.
        subprocess.run([sys.executable, "-c", program], check=True)

    times = compare(
        {name: lambda text=text: start(text) for name, text in programs.items()}, rounds, block=1
    )
    return [
        row("flask and a client : flask and the SDK", times, "ours", "sdk", 1.15, (1e3, "ms")),
        row("the same, warmed up : flask and the SDK", times, "warm", "sdk", None, (1e3, "ms")),
        row("flask and a client : flask alone", times, "ours", "flask", None, (1e3, "ms")),
    ]
