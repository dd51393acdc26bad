"""Keys in the memory of one process: their lifetime, and what a full store does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from flask_signalwire import hookimpl
from flask_signalwire.exceptions import IdempotencyConflict, IdempotencyUnavailable
from flask_signalwire.idempotency import MemoryStore, StoreError

from .conftest import dial, received


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def _with_store(app: Flask, store: MemoryStore) -> None:
    app.extensions["signalwire"].plugins.get("idempotency")._store = store


def test_after_its_lifetime_a_key_is_free(make_app: Callable[..., Flask]) -> None:
    app = make_app(idempotency_ttl=100)
    clock = Clock()
    _with_store(app, MemoryStore(clock=clock))
    first = dial(app)
    clock.now += 99
    assert dial(app).id == first.id
    clock.now += 2
    assert dial(app).id != first.id


def test_a_short_lifetime_does_not_end_while_the_first_is_sent(
    make_app: Callable[..., Flask],
) -> None:
    clock = Clock()

    class Slow:
        @hookimpl
        def signalwire_send_command(self) -> None:
            clock.now += 500  # as long as its deadline
            with pytest.raises(IdempotencyConflict, match="has not ended"):
                dial(app)

    app = make_app(Slow, idempotency_ttl=1)
    _with_store(app, MemoryStore(clock=clock))
    assert not dial(app, deadline=500).replayed
    assert dial(app).replayed


def test_a_full_store_refuses_new_keys_and_forgets_no_old_one(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app(idempotency_ttl=100)
    clock = Clock()
    _with_store(app, MemoryStore(capacity=3, clock=clock))
    legs = [dial(app, f"key-{number}") for number in range(3)]
    with pytest.raises(IdempotencyUnavailable, match="remembers 3 keys already") as caught:
        dial(app, "key-3")
    assert caught.value.outcome == "not_sent"
    assert [dial(app, f"key-{number}") for number in range(3)] == legs
    assert len(received(app)) == 3
    dial(app, None)
    clock.now += 101
    assert not dial(app, "key-3").replayed


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["reserve", "replace", "release", "wait"]),
            st.sampled_from(["a", "b", "c"]),
            st.sampled_from(["one", "two"]),
            st.integers(1, 20),
        )
    )
)
def test_memory_never_loses_what_lives(steps: list[tuple[str, str, str, int]]) -> None:
    clock = Clock()
    store = MemoryStore(capacity=2, clock=clock)
    model: dict[str, tuple[str, float]] = {}
    for step, name, text, number in steps:
        live = {key: item for key, item in model.items() if clock.now < item[1]}
        model = live
        owner = live[name][0] if name in live else None
        if step == "wait":
            clock.now += number
        elif step == "reserve":
            try:
                found = store.reserve(name, text, number)
            except StoreError:
                assert len(live) >= 2
                continue
            assert found == (None if owner in (None, text) else owner)
            if found is None:
                model[name] = (text, clock.now + number)
        elif step == "replace":
            assert store.replace(name, text, f"{text}!", number) is (
                owner in (None, text, f"{text}!")
            )
            if owner in (None, text, f"{text}!"):
                model[name] = (f"{text}!", clock.now + number)
        else:
            assert store.release(name, text) is (owner in (None, text))
            if owner == text:
                del model[name]


def test_outside_of_tests_a_lonely_store_is_warned_of_once(
    make_app: Callable[..., Flask], log: pytest.LogCaptureFixture
) -> None:
    app = make_app()
    dial(app)
    assert "SIGNALWIRE_IDEMPOTENCY_URL is unset" not in log.text
    app.extensions["signalwire"].plugins.get("idempotency")._warn = True
    dial(app, "one")
    dial(app, "two")
    assert log.text.count("SIGNALWIRE_IDEMPOTENCY_URL is unset") == 1


def test_the_store_holds_neither_keys_nor_what_was_asked_for(
    make_app: Callable[..., Flask],
) -> None:
    store = MemoryStore()

    class Looking:
        @hookimpl
        def signalwire_send_command(self) -> None:
            seen.append(str(store._texts))

    seen: list[str] = []
    app = make_app(Looking)
    _with_store(app, store)
    dial(app, "order-of-Ana")
    assert "signalwire:idempotency:" in seen[0]
    assert not any(text in seen[0] for text in ("Ana", "911234567", "e.org"))
