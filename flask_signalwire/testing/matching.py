"""Whether something is what a test expects; and if not, how far from it, in words.

Numbers are shown whole, since a test's own output has to tell them apart. Secrets stay masked.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..redaction import SECRET, mask

SHOWN = 5
"""Candidates that a message lists at most."""

_LONGEST = 300
_COMPARED = 500

Candidate = tuple[float, str, Sequence[str]]
"""How far something is from what is expected, its title, and the lines that tell how it differs."""


def differences(expected: Any, found: Any, masked: Any, path: str = "") -> Iterator[str]:
    """Where something is not as expected, a line each.

    Of an object the expected keys count, and no others; lists are compared item by item, all else
    by ``==``, so that ``unittest.mock.ANY`` and ``pytest.approx`` can be expected, too.

    :param masked: `found` as logs show it.
    :param path: where it stands.
    """
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        shown = _masks(found, masked)
        for key, inner in expected.items():
            below = f"{path}.{key}" if path else str(key)
            if key in found:
                yield from differences(inner, found[key], shown[key], below)
            else:
                wanted = show(inner, mask(inner, key=str(key)))
                yield f"{below} is missing, expected {wanted}"
    elif _is_list(expected) and _is_list(found) and len(expected) == len(found):
        fits = _is_list(masked) and len(masked) == len(found)
        for index, inner in enumerate(expected):
            below = masked[index] if fits else SECRET
            yield from differences(inner, found[index], below, f"{path}[{index}]")
    elif not _equal(expected, found):
        wanted = "another one" if masked == SECRET else show(expected, mask(expected))
        yield f"{path} is {show(found, masked)}, expected {wanted}"


def distance(details: Sequence[str], expected: object, found: object) -> float:
    """How far something is: by its differences, and of as many by what the whole reads like."""
    wanted, had = (repr(value)[:_COMPARED] for value in (expected, found))
    return len(details) - difflib.SequenceMatcher(None, wanted, had, autojunk=False).ratio()


def show(value: Any, masks: Any) -> str:
    """A value in words, short.

    :param masks: the same as logs show it; what is a secret there is one here.
    """
    text = repr(_reveal(value, masks))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def ranked(head: str, candidates: Sequence[Candidate], what: str) -> str:
    """A message: what is missing, and what there is instead, the nearest first.

    :param head: what was expected.
    :param what: what the candidates are.
    """
    if not candidates:
        return f"{head}\nNothing was {what}."
    lines = [head, f"What was {what}, the nearest first:"]
    nearest = sorted(candidates, key=lambda candidate: candidate[0])
    for number, (_, title, details) in enumerate(nearest[:SHOWN], 1):
        lines.append(f"  {number}. {title}")
        lines += [f"       {detail}" for detail in details]
    if len(nearest) > SHOWN:
        lines.append(f"  and {len(nearest) - SHOWN} more")
    return "\n".join(lines)


def _equal(expected: Any, found: Any) -> bool:
    if _is_list(expected) and _is_list(found):
        return False  # of different lengths
    return bool(expected == found)


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _reveal(value: Any, masked: Any) -> Any:
    """A value whose numbers are whole and whose secrets are masked."""
    if isinstance(value, Mapping):
        shown = _masks(value, masked)
        return {key: _reveal(inner, shown[key]) for key, inner in value.items()}
    if _is_list(value):
        if not _is_list(masked) or len(masked) != len(value):
            return SECRET
        return [_reveal(inner, shown) for inner, shown in zip(value, masked, strict=True)]
    return masked if isinstance(masked, str) and SECRET in masked else value


def _masks(value: Mapping[Any, Any], masked: Any) -> Mapping[Any, Any]:
    """Masked values by the keys as they are: a key may be masked, too, but keeps its place."""
    if isinstance(masked, Mapping) and len(masked) == len(value):
        return dict(zip(value, masked.values(), strict=True))
    return dict.fromkeys(value, SECRET)
