"""Paired rounds and what comes out of them: ratios first, absolute times as orientation."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BLOCK = 25


@dataclass(frozen=True)
class Row:
    """One line of the table.

    :param ratios: ours through the peer's, one for each round; empty for a plain count.
    :param gate: the ratio (or the count) to stay under; or over, where `more_is_better`.
    """

    what: str
    ours: float
    peer: float | None
    unit: str
    ratios: Sequence[float] = ()
    gate: float | None = None
    more_is_better: bool = False

    @property
    def value(self) -> float:
        """What the gate is held against."""
        return statistics.median(self.ratios) if self.ratios else self.ours

    @property
    def passed(self) -> bool:
        if self.gate is None:
            return True
        return self.value >= self.gate if self.more_is_better else self.value <= self.gate

    def cells(self) -> list[str]:
        peer = "" if self.peer is None else f"{self.peer:,.5g}"
        ratio = ""
        if self.ratios:
            low, _, high = quartiles(self.ratios)
            ratio = f"{self.value:.2f} ({low:.2f}-{high:.2f})"
        gate = "" if self.gate is None else f"{'≥' if self.more_is_better else '≤'} {self.gate:g}"
        verdict = "" if self.gate is None else "pass" if self.passed else "FAIL"
        return [self.what, f"{self.ours:,.5g}", peer, self.unit, ratio, gate, verdict]


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The lower quartile, the median and the upper one."""
    if len(values) < 2:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


def compare(
    contestants: Mapping[str, Callable[[], Any]], rounds: int, block: int = BLOCK
) -> dict[str, list[float]]:
    """Seconds per call of each contestant in each round, in a random order every round."""
    names = list(contestants)
    times: dict[str, list[float]] = {name: [] for name in names}
    for name in names:
        for _ in range(block):
            contestants[name]()
    for _ in range(rounds):
        random.shuffle(names)
        for name in names:
            call = contestants[name]
            started = time.perf_counter()
            for _ in range(block):
                call()
            times[name].append((time.perf_counter() - started) / block)
    return times


def row(
    what: str,
    times: Mapping[str, Sequence[float]],
    ours: str,
    peer: str,
    gate: float | None = None,
    scale: tuple[float, str] = (1e6, "µs"),
) -> Row:
    """A contestant beside another, of the same rounds."""
    factor, unit = scale
    return Row(
        what,
        statistics.median(times[ours]) * factor,
        statistics.median(times[peer]) * factor,
        unit,
        [mine / its for mine, its in zip(times[ours], times[peer], strict=True)],
        gate,
    )
