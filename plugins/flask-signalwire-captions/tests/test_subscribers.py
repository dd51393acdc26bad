"""A browser's buffer: bounded, and nothing durable gets lost by it."""

from __future__ import annotations

import os
from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_signalwire.events import Utterance
from flask_signalwire_captions import store as module
from flask_signalwire_captions.messages import Message
from flask_signalwire_captions.settings import CaptionsSettings
from flask_signalwire_captions.store import MemoryStore
from flask_signalwire_captions.streaming import Stream
from flask_signalwire_captions.subscribers import Subscriber


def message(seq, line, durable):
    return Message(1, seq, "utterance", {}, 0.0, durable, 0, line)


@pytest.fixture
def subscriber():
    made = Subscriber(room=2)
    assert made.wait(0) is None  # it begins with the history
    return made


def test_a_part_makes_the_one_before_worthless(subscriber) -> None:
    for seq in (1, 2, 3):
        subscriber.offer(message(seq, "a", False))
    assert [m.seq for m in subscriber.wait(0)] == [3]
    assert subscriber.wait(0) == []


def test_without_room_parts_go_first(subscriber) -> None:
    subscriber.offer(message(1, "a", True))
    subscriber.offer(message(2, "b", False))
    subscriber.offer(message(3, "c", False))
    subscriber.offer(message(4, "d", True))
    assert [m.seq for m in subscriber.wait(0)] == [1, 4]


def test_a_final_without_room_is_in_the_history(subscriber) -> None:
    for seq in (1, 2, 3):
        subscriber.offer(message(seq, str(seq), True))
    subscriber.offer(message(4, "4", True))
    assert subscriber.wait(0) is None
    subscriber.offer(message(5, "5", True))
    assert [m.seq for m in subscriber.wait(0)] == [5]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("said"), st.sampled_from("ab"), st.booleans()),
        st.tuples(st.just("read")),
        st.tuples(st.just("reconnect")),
    ),
    max_size=60,
)


@settings(deadline=None)
@given(STEPS)
def test_however_slowly_it_reads_it_gets_every_final(steps) -> None:
    """A browser that reads now and then, with a buffer for two, and the history for the rest."""
    store = MemoryStore(CaptionsSettings(heartbeat=0.0001))
    store.subscribers._room = 2
    stream = Stream(store, store._settings, "call", None, None)
    frames, got, finals = iter(stream), [], []

    def read():
        """Until there is nothing more."""
        while (sent := next(frames)) != b":\n\n":
            if sent.startswith(b"id"):
                got.append(sent)
            assert not sent.startswith(b"event: gap")

    for number, (what, *how) in enumerate(steps):
        if what == "said":
            role, final = how
            at = datetime.fromtimestamp(number + 1, timezone.utc)
            content = f"<{number}>"
            finals += [content] if final else []
            store.write(
                Utterance(call_id="call", content=content, role=role, final=final, timestamp=at)
            )
        elif what == "read":
            read()
        else:
            cursor = stream._cursor
            frames.close()
            stream = Stream(store, store._settings, "call", cursor, None)
            frames = iter(stream)
    read()
    frames.close()
    told = b"".join(sent for sent in got if b'"final":true' in sent).decode()
    assert all(told.count(f'"{content}"') == 1 for content in finals)
    ids = [int(sent.partition(b"\n")[0].partition(b"-")[2]) for sent in got]
    assert ids == sorted(set(ids))
    assert len(store.subscribers) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_begins_anew(signalwire_app) -> None:
    store = signalwire_app.signalwire.plugins.get("captions")._store
    event = Utterance(call_id="call", content="uno", received_at=datetime.now(timezone.utc))
    store.subscribers.add("call")
    with store._lock:  # as another thread of the parent may have it at that moment
        child = os.fork()
        if child == 0:
            try:
                store.write(event)
                os._exit(len(store) * 10 + len(store.subscribers))
            finally:
                os._exit(99)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 10
    assert module.ROOM > 2
