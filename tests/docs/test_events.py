"""The reference of events has every kind and field, and says how sure each is."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields

import pytest

from flask_signalwire import events, signals

pytestmark = pytest.mark.once

KINDS = pytest.mark.parametrize("kind", events.KINDS, ids=lambda kind: kind.__name__)


def section(reference, kind):
    text = reference.event_kinds()
    (found,) = re.findall(
        rf"^## `{kind.__name__}`\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE
    )
    return found


def test_the_page_has_the_reference(pages):
    assert "```{events-reference}\n```" in pages["events"].text


@KINDS
def test_kind(reference, kind):
    text = section(reference, kind)
    assert f"`{kind.kind}_received`" in text
    assert hasattr(signals, f"{kind.kind}_received")
    for event_type in kind.event_types:
        assert f"`{event_type}`" in text


@KINDS
def test_every_field_is_told_with_its_meaning(reference, kind):
    shared = {item.name for item in fields(events.Event)}
    rows = dict(
        re.findall(r"^\| `(\w+)` \| .* \| (.*?) \|$", section(reference, kind), re.MULTILINE)
    )
    for item in fields(kind):
        assert item.name in shared or len(rows[item.name]) > 3


@KINDS
def test_every_kind_says_how_sure_it_is(kind):
    if kind is not events.UnknownEvent:
        assert re.search(r"\b([Dd]ocumented|[Ss]een in use|inferred)\b", inspect.getdoc(kind))


def test_fields_that_are_not_documented_say_so(reference):
    assert "| who hung up. *Seen.* |" in section(reference, events.CallState)
    assert "| the translated text. *Inferred.* |" in section(reference, events.Translation)


def test_what_the_receiver_sets_is_documented():
    text = inspect.getdoc(events.Event)
    for item in fields(events.Event):
        assert "source" in item.metadata or f":ivar {item.name}: " in text
