"""What behaviours share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ..call import SimulatedCall
from ..refusals import Refusal

Behaviour = Callable[[SimulatedCall, Mapping[str, Any]], Mapping[str, Any] | None]
"""Changes a call; returns what is answered in place of its leg, or None."""

_T = TypeVar("_T")


def there(found: _T | None) -> _T:
    """What a command wants to act on.

    :raises Refusal: 404 where it is not there.
    """
    if found is None:
        raise Refusal(404)
    return found
