"""Make the benchmarks' own environment and run them there: ``python benchmarks/run.py --quick``.

The vendor's SDK brings much that nobody else here needs, so it gets ``benchmarks/.venv``; and what
requests does depends on the size of ``os.environ``, so the benchmarks get one of a known size.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent
ENVIRONMENT = HERE / ".venv"
KEPT = ("HOME", "SYSTEMROOT", "TMPDIR")


def install() -> Path:
    """The environment's Python; made anew when what it is made from has changed."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    made_from = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (HERE / "requirements.txt", CHECKOUT / "setup.cfg")
    )
    stamp = ENVIRONMENT / "made-from.txt"
    made_from = f"{sys.version}\n{made_from}"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == made_from:
        return python
    venv.create(ENVIRONMENT, clear=True, with_pip=True)
    requirements = ["-r", str(HERE / "requirements.txt"), "-e", str(CHECKOUT)]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *requirements], check=True)
    stamp.write_text(made_from, encoding="utf-8")
    return python


def main() -> int:
    """Run with a small environment; ``BENCH_SOURCE`` names another checkout to measure."""
    python = install()
    small = {name: os.environ[name] for name in KEPT if name in os.environ}
    small |= {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(
            [os.environ.get("BENCH_SOURCE", str(CHECKOUT)), str(CHECKOUT)]
        ),
    }
    # Away from the checkout, whose packages would come before those of BENCH_SOURCE.
    arguments = [str(Path(text).resolve()) if text.endswith(".md") else text for text in sys.argv]
    command = [python, "-m", "benchmarks", *arguments[1:]]
    return subprocess.run(command, env=small, cwd=ENVIRONMENT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
