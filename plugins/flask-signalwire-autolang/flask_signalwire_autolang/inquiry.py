"""The question that every source of evidence is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

TEXTS = ("text_samples", "typed", "chat", "sms")
"""Keys of a command's context that hold what the remote party wrote."""

MOST_TEXTS = 20


@dataclass(frozen=True)
class Inquiry:
    """Which language does the remote party of this call speak?

    :param call_id: the call's uuid; None on the command line.
    :param context: what the application said with the command: ``remote_number``, ``profile``, …
    :param number: the remote party's telephone number; None where nobody knows it.
    :param remembered: whether the number is from an earlier answer, and not from the context.
    :param header: the remote party's own Accept-Language header, or None.
    :param texts: what the remote party wrote, by kind (``chat``).
    :param match: the app's nearest supported tag for a tag, or None.
    :param hints: tags that the header and the number imply, whatever their confidence; evaluated
        when it is called.
    """

    call_id: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    number: Any = None
    remembered: bool = False
    header: str | None = None
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    match: Callable[[str], str | None] = field(default=str, repr=False)
    hints: Callable[[], tuple[str, ...]] = field(default=tuple, repr=False)

    def __repr__(self) -> str:
        # A number and what people wrote stand in here, and a repr ends up in logs.
        kinds = ", ".join(self.texts) or "none"
        return f"<Inquiry call {self.call_id}: number {self.number is not None}, texts {kinds}>"


def read_texts(context: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The latest of what the remote party wrote, by kind."""
    found = {key: tuple(_texts(context.get(key)))[-MOST_TEXTS:] for key in TEXTS}
    return {key: texts for key, texts in found.items() if texts}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        yield from (item for item in value if isinstance(item, str))


def read_header(context: Mapping[str, Any]) -> str | None:
    """The remote party's Accept-Language header.

    ``context["accept_language"]`` holds it; True says that the request in hand is theirs. A webhook
    and an agent's browser are somebody else's, so without that no header is looked at.
    """
    given = context.get("accept_language")
    if isinstance(given, str):
        return given or None
    if given is True:
        from flask import has_request_context, request

        if has_request_context():
            return request.headers.get("Accept-Language")
    return None
