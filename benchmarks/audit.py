"""What flask-signalwire-audit adds to a command, and how much it writes: ``-m benchmarks.audit``.

Needs the plugin installed, and the URL of an empty database of a PostgreSQL server for the rows
about it. Commands go to the simulator, in process, so that nothing else waits for anything.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import create_engine, text

from flask_signalwire import SignalWire, signals

THREADS = 32
KEY = "a key for measuring only"
PARAMS = {"from_": "+14155550100", "to": "+34911234567", "url": "https://example.com/swml"}


def app_for(folder: Path, *, audit: bool = True, **settings: Any) -> Flask:
    """An app on the simulator."""
    app = Flask("benchmark", instance_path=str(folder))
    app.testing = True
    app.config.update(
        SIGNALWIRE_SPACE="simulator",
        SIGNALWIRE_PLUGINS_BLOCKED=["autolang"] if audit else ["autolang", "audit"],
        SIGNALWIRE_PLUGINS_REQUIRED=["audit"] if audit else [],
    )
    if audit:
        app.config.update({f"SIGNALWIRE_AUDIT_{key}": value for key, value in settings.items()})
        app.config["SIGNALWIRE_AUDIT_KEY"] = KEY
    SignalWire(app)
    return app


def dialler(app: Flask) -> Callable[[], Any]:
    """Places one call, and forgets it: the simulator keeps what it was told."""

    def dial() -> None:
        app.extensions["signalwire"].calling.dial(**PARAMS)

    return dial


Times = list[tuple[float, float]]


def one_thread(contestants: dict[str, Callable[[], Any]], rounds: int) -> dict[str, Times]:
    """Milliseconds of each call, and those of the processor, taking turns in a random order."""
    times: dict[str, Times] = {name: [] for name in contestants}
    for call in contestants.values():
        for _ in range(5):
            call()
    for _ in range(rounds):
        for name in random.sample(list(contestants), len(contestants)):
            started, worked = time.perf_counter(), time.thread_time()
            contestants[name]()
            worked = time.thread_time() - worked
            times[name].append(((time.perf_counter() - started) * 1e3, worked * 1e3))
    return times


def many_threads(call: Callable[[], Any], seconds: float) -> float:
    """Commands a second from all threads together."""
    end = time.perf_counter() + seconds
    counts = [0] * THREADS
    failed: list[Exception] = []

    def work(number: int) -> None:
        try:
            while time.perf_counter() < end:
                call()
                counts[number] += 1
        except Exception as error:  # noqa: BLE001  # raised below
            failed.append(error)

    started = time.perf_counter()
    threads = [threading.Thread(target=work, args=[number]) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return sum(counts) / (time.perf_counter() - started)


def apps(folder: Path, server: str | None) -> dict[str, Flask]:
    """Who is measured. Both modes write the same while the database is there."""
    found = {
        "no audit": app_for(folder, audit=False),
        "SQLite in memory": app_for(folder, URL="sqlite://"),
        "SQLite, strict": app_for(folder / "strict"),
        "SQLite, best-effort": app_for(folder / "best-effort", MODE="best-effort"),
    }
    if server is not None:
        found["PostgreSQL, strict"] = app_for(folder, URL=server)
        found["PostgreSQL, best-effort"] = app_for(folder, URL=server, MODE="best-effort")
        runner = found["PostgreSQL, strict"].test_cli_runner()
        result = runner.invoke(args=["signalwire", "audit", "upgrade"])
        if result.exit_code:
            raise SystemExit(result.output)
    return found


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit", description=__doc__)
    parser.add_argument("--postgresql", metavar="URL", help="of an empty database")
    parser.add_argument("--rounds", type=int, default=200, help="commands of one thread each")
    parser.add_argument("--seconds", type=float, default=5.0, help="of 32 threads each")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f}", end=", ")
    print(f"Python {platform.python_version()}")
    if options.postgresql:
        with create_engine(options.postgresql).connect() as connection:
            print(connection.execute(text("SELECT version()")).scalar())
    with tempfile.TemporaryDirectory() as name:
        found = apps(Path(name), options.postgresql)
        failures: list[Exception] = []

        def remember(sender: Flask, error: Exception, **given: Any) -> None:
            failures.append(error)

        for app in found.values():
            signals.plugin_failed.connect(remember, app, weak=False)
        calls = {who: dialler(app) for who, app in found.items()}
        times = one_thread(calls, options.rounds)
        base = statistics.median(took for took, _ in times["no audit"])
        base_cpu = statistics.median(worked for _, worked in times["no audit"])
        print(
            f"{'':<26}{'median ms':>10}{'added ms':>10}{'of it CPU':>10}{'commands/s':>12}", end=""
        )
        print(f"{'entries/s':>11}   (the last two from {THREADS} threads)")
        for who, each in times.items():
            median = statistics.median(took for took, _ in each)
            worked = statistics.median(worked for _, worked in each) - base_cpu
            rate = many_threads(calls[who], options.seconds)
            entries = 0 if who == "no audit" else 2 * rate
            print(f"{who:<26}{median:>10.2f}{median - base:>10.2f}{worked:>10.2f}", end="")
            print(f"{rate:>12.0f}{entries:>11.0f}", flush=True)
        if failures:
            raise SystemExit(f"the audit failed {len(failures)} times: {failures[0]}")


if __name__ == "__main__":
    main()
