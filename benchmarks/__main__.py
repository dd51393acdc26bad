"""Measure everything in one run, and print one table; ``run.py`` makes its environment."""

from __future__ import annotations

import argparse
import os
import platform
import ssl
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import flask_signalwire

from . import calls, certificates, starting, threads, webhooks
from .rounds import Row
from .server import use_core

HEADER = ["what", "ours", "peer", "", "ratio (quartiles)", "gate", ""]
PACKAGES = ("signalwire-sdk", "Flask", "requests", "urllib3", "marshmallow", "pluggy", "blinker")
PARTS = ("calls", "connections", "threads", "import", "simulator", "webhooks")


def main() -> int:
    """Run the parts that were asked for; 1 with ``--gate`` where one missed its gate."""
    parser = argparse.ArgumentParser(prog="benchmarks/run.py", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a short run: less than 90 seconds")
    parser.add_argument("--gate", action="store_true", help="exit with 1 where a gate is missed")
    parser.add_argument("--markdown", type=Path, help="write the table to this file too")
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; repeatable")
    options = parser.parse_args()
    quick, started = options.quick, time.perf_counter()
    use_core(0)
    facts = _facts()
    print(*facts, sep="\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        certificate, trusted = certificates.make(Path(folder))
        parts: dict[str, Callable[[], list[Row]]] = {
            # Before the calls, which make the environment grow.
            "import": lambda: starting.importing(10 if quick else 40),
            "connections": lambda: calls.new_connection(10 if quick else 40, certificate, trusted),
            "threads": lambda: threads.under_load(
                1 if quick else 3, 1.5 if quick else 4.0, certificate, trusted
            ),
            "simulator": lambda: calls.simulator(10 if quick else 40),
            # Before the calls, too: its server's environment is as small as ours.
            "webhooks": lambda: (
                webhooks.receiving(20 if quick else 100)
                + webhooks.per_second(*((3, 1.0) if quick else (10, 2.0)))
            ),
            "calls": lambda: calls.whole_path(30 if quick else 100),
        }
        rows: list[Row] = []
        for name, measure in parts.items():
            if not options.only or name in options.only:
                print(f"… {name}", file=sys.stderr, flush=True)
                rows += measure()
    print(f"\n{_table(rows)}\n\n{time.perf_counter() - started:.0f} seconds")
    if options.markdown:
        text = "\n".join(f"- {fact}" for fact in facts)
        options.markdown.write_text(f"{_markdown(rows)}\n\n{text}\n", encoding="utf-8")
    return int(options.gate and not all(row.passed for row in rows))


def _facts() -> list[str]:
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load:.1f}"
    return [
        f"{machine}, Python {platform.python_version()}, {ssl.OPENSSL_VERSION}",
        ", ".join(f"{name} {version(name)}" for name in ("flask-signalwire", *PACKAGES)),
        f"{len(os.environ)} environment variables, {Path(flask_signalwire.__file__).parent}",
    ]


def _table(rows: Sequence[Row]) -> str:
    lines = [HEADER, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADER))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in (1, 2) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _markdown(rows: Sequence[Row]) -> str:
    lines = [HEADER, ["---", "---:", "---:", "---", "---", "---", "---"]]
    lines += [row.cells() for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
