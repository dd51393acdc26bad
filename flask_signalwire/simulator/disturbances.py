"""What a bad line does to callbacks: they get lost, come twice, late, or in another order.

The service promises neither delivery nor order ("best effort: late, retried or lost"), so a
receiver that works on a quiet day only is not finished.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from flask_signalwire.commands.fields import describe

HELD_BACK = (0.5, 3.0)
"""Seconds that a reordered callback comes later than it should: a second copy, too."""


@dataclass(frozen=True)
class Disturbance:
    """How bad the line is.

    :param lost: the share of callbacks that never come, 0 to 1.
    :param duplicated: the share that come a second time, up to three seconds later.
    :param reordered: the share that are held back up to three seconds, so that others overtake.
    :param delay: seconds that all of them come late, by the simulator's clock.
    :param seed: of the chance: the same seed befalls the same callbacks. None: another each time.
    :raises ValueError: with all that does not fit.
    """

    lost: float = 0.0
    duplicated: float = 0.0
    reordered: float = 0.0
    delay: float = 0.0
    seed: int | None = None

    def __post_init__(self) -> None:
        shares = {name: getattr(self, name) for name in ("lost", "duplicated", "reordered")}
        problems = [
            f"{name}={describe(share)}; expected a share from 0 to 1"
            for name, share in shares.items()
            if not (_number(share) and 0 <= share <= 1)
        ]
        if not (_number(self.delay) and self.delay >= 0):
            problems.append(f"delay={describe(self.delay)}; expected seconds of at least 0")
        if problems:
            raise ValueError("; ".join(problems))


class Disturber:
    """Throws the dice for one callback after another.

    :param disturbance: how bad the line is.
    """

    def __init__(self, disturbance: Disturbance | None = None) -> None:
        self._disturbance = disturbance or Disturbance()
        # Chance for tests, and not for keys.
        self._random = random.Random(self._disturbance.seed)  # noqa: S311

    def times(self, at: float) -> tuple[float, ...]:
        """When a callback comes that should come at a time: never, once or twice."""
        line = self._disturbance
        # All dice are thrown for each, so that one share does not change whom the others befall.
        lost, duplicated, reordered = (self._random.random() for _ in range(3))
        later, again = (self._random.uniform(*HELD_BACK) for _ in range(2))
        if lost < line.lost:
            return ()
        first = at + line.delay + (later if reordered < line.reordered else 0.0)
        return (first, first + again) if duplicated < line.duplicated else (first,)


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
