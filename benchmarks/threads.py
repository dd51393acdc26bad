"""64 threads against a TLS server that takes 30 ms: connections, throughput, and the slowest calls.

Each cell (a client under a kind of load) is a process of its own, so that none inherits another's
connections or memory: ``python -m benchmarks.threads ours bursts …`` prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import clients
from .rounds import Row
from .server import ANSWER, HOST, Server, resolve_host, seen_by, use_core

THREADS = 64
DELAY = 0.03
WARM_UP = 1.5
SHAPES = ("closed", "pauses", "bursts")
WHO = ("ours", "sdk", "sdk, larger pool")
Cell = dict[str, Any]


def under_load(repeats: int, seconds: float, certificate: Path, trusted: Path) -> list[Row]:
    """Every cell `repeats` times, in a random order each time."""
    results: dict[tuple[str, str], list[Cell]] = {}
    with Server(delay=DELAY, certificate=certificate) as server:
        for _ in range(repeats):
            cells = [(who, shape) for who in WHO for shape in SHAPES]
            random.shuffle(cells)
            for who, shape in cells:
                cell = _measure(who, shape, seconds, server, trusted)
                results.setdefault((who, shape), []).append(cell)
    opened = sum(
        cell["opened"] for (who, _), cells in results.items() if who == "ours" for cell in cells
    )
    theirs = sum(
        cell["opened"] for (who, _), cells in results.items() if who == "sdk" for cell in cells
    )
    rows = [Row("connections after warm-up : SDK", opened, theirs, "", gate=0)]
    gates = {"closed": (1.5, None), "pauses": (1.8, 0.15), "bursts": (3.0, 0.25)}
    for shape, (rate, slowest) in gates.items():
        ours = results["ours", shape]
        for peer in WHO[1:]:
            fair = peer == WHO[2]  # a row for honesty: not what its users get, so no gate
            theirs_too = results[peer, shape]
            rows += [
                _row(f"{shape}, calls/s : {peer}", "rate", ours, theirs_too, "/s", rate, fair),
                _row(f"{shape}, p99 : {peer}", "p99", ours, theirs_too, "ms", slowest, fair),
            ]
    return rows


def _row(
    what: str, key: str, ours: list[Cell], peer: list[Cell], unit: str, gate: Any, fair: bool
) -> Row:
    return Row(
        what,
        statistics.median(cell[key] for cell in ours),
        statistics.median(cell[key] for cell in peer),
        unit,
        [mine[key] / its[key] for mine, its in zip(ours, peer, strict=True)],
        None if fair else gate,
        more_is_better=key == "rate",
    )


def _measure(who: str, shape: str, seconds: float, server: Server, trusted: Path) -> Cell:
    command = [sys.executable, "-m", "benchmarks.threads", who, shape, str(seconds)]
    command += [str(server.port), str(server.control), str(trusted)]
    environment = {**os.environ, "SIGNALWIRE_REST_CA_FILE": str(trusted)}
    done = subprocess.run(
        command, env=environment, check=True, capture_output=True, text=True, timeout=120
    )
    cell: Cell = json.loads(done.stdout.splitlines()[-1])
    return cell


# -- one cell, in its own process ---------------------------------------------------------------


class _Load:
    """Threads that call until the time is over.

    :param pause: seconds between the calls of a thread, at random around it.
    :param together: whether all threads call at the same moment, and wait for each other.
    """

    def __init__(self, call: Callable[[], Any], pause: float, *, together: bool) -> None:
        self._call = call
        self._pause = pause
        self._together = together
        self._failed: list[Exception] = []

    def run(self, seconds: float, at_most: int = 10_000) -> tuple[list[float], float]:
        """What each call took, and what all of them took."""
        end = time.perf_counter() + seconds
        going = True

        def look() -> None:
            nonlocal going
            going = time.perf_counter() < end and not self._failed

        barrier = threading.Barrier(THREADS, look)
        times: list[list[float]] = [[] for _ in range(THREADS)]

        def work(mine: list[float]) -> None:
            try:
                for _ in range(at_most):
                    if self._together:
                        barrier.wait(60)
                    else:
                        look()
                    if not going:
                        return
                    started = time.perf_counter()
                    self._call()
                    mine.append(time.perf_counter() - started)
                    if self._pause:
                        time.sleep(self._pause * random.uniform(0.5, 1.5))
            except Exception as error:  # noqa: BLE001  # raised again by `run`
                self._failed.append(error)
                barrier.abort()

        started = time.perf_counter()
        threads = [threading.Thread(target=work, args=[mine]) for mine in times]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._failed:
            raise self._failed[0]
        return [each for mine in times for each in mine], time.perf_counter() - started


def main() -> None:
    """Measure one cell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("who", choices=WHO)
    parser.add_argument("shape", choices=SHAPES)
    parser.add_argument("seconds", type=float)
    parser.add_argument("port", type=int)
    parser.add_argument("control", type=int)
    parser.add_argument("trusted")
    options = parser.parse_args()
    use_core(0)
    resolve_host()
    space = f"{HOST}:{options.port}"
    if options.who == "ours":
        calling = clients.app_for(space, ca_file=options.trusted).signalwire.calling

        def call() -> Any:
            return calling.live_translate(clients.CALL_ID, **clients.PARAMS)
    else:
        call = clients.sdk(space, pool=None if options.who == "sdk" else THREADS)
    # One slow round in step, so that all threads are inside of a call at once and each opens a
    # connection; and two at the usual pace. A client that keeps 64 connections has them all then.
    seen_by(options.control, delay=WARM_UP)
    _Load(call, 0.0, together=True).run(60.0, at_most=1)
    seen_by(options.control, delay=DELAY)
    _Load(call, 0.0, together=True).run(60.0, at_most=2)
    if call() != json.loads(ANSWER):
        raise SystemExit(f"{options.who} got another answer than the server gave")
    before = seen_by(options.control)["connections"]
    pause = {"closed": 0.0, "pauses": 0.06, "bursts": 0.1}[options.shape]
    times, took = _Load(call, pause, together=options.shape == "bursts").run(options.seconds)
    opened = seen_by(options.control)["connections"] - before
    p99 = statistics.quantiles(times, n=100)[98] * 1e3
    print(json.dumps({"rate": len(times) / took, "p99": p99, "opened": opened}))


if __name__ == "__main__":
    main()
