"""What a browser gets, from a real server: live, again after a lost connection, and in the end."""

from __future__ import annotations

import json
import logging
import time

import pytest

from flask_signalwire import events
from flask_signalwire.testing import Tester
from flask_signalwire_captions import captions_url

CALL = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
PATH = f"/signalwire/captions/{CALL}"


@pytest.fixture
def desk(make_app, serve):
    """Makes an app that is served; gives the service's side of it, and the port."""
    testers = []

    def make(**config):
        app = make_app(**config)
        tester = Tester(app)
        testers.append(tester)
        tester.__enter__()
        return tester, serve(app)

    yield make
    for tester in testers:
        tester.__exit__(None, None, None)


def say(tester, content="Necesito ayuda", kind=events.Utterance, call_id=CALL, **fields):
    tester.post(kind, call_id=call_id, content=content, **fields)


def partial(tester, content, at=1.0):
    utterance = {"role": "remote-caller", "content": content, "timestamp": at, "final": False}
    tester.post_raw("live", {"call_info": {"call_id": CALL}, "utterance": utterance})


def end(tester):
    tester.post(events.CallState, call_id=CALL, state="ended")


def listening(tester):
    return len(tester.client.plugins.get("captions")._store.subscribers)


def contents(sent):
    return [json.loads(event.data)["content"] for event in sent]


def numbers(sent):
    return [int(event.id.partition("-")[2]) for event in sent]


def test_a_browser_gets_what_was_said_and_what_is_said(desk, browse, eventually) -> None:
    tester, port = desk()
    say(tester, "Buenos días", lang="es-ES")
    browser = browse(port)
    assert browser.status == 200
    assert browser.headers["content-type"].startswith("text/event-stream")
    assert browser.headers["cache-control"] == "no-store"
    assert browser.headers["x-accel-buffering"] == "no"
    assert browser.next() == ("retry", "2000", None)
    assert contents(browser.read(1)) == ["Buenos días"]
    tester.post(events.CallState, call_id=CALL, state="answered", from_="+34911234567")
    say(tester, "Good morning", kind=events.Translation, original="Hola")
    state, said, translated = browser.read(3)
    assert state.event == "state"
    assert "+34911234567" not in state.data
    assert json.loads(said.data)["translations"] == {}
    assert json.loads(translated.data)["translations"] == {"es-ES": "Good morning"}
    assert json.loads(translated.data)["id"] == json.loads(said.data)["id"] == said.id
    tester.post(events.ConversationSummary, call_id=CALL, text="They said hello.")
    (summary,) = browser.read(1)
    assert (summary.event, json.loads(summary.data)["text"]) == ("summary", "They said hello.")
    say(tester, "of another call", call_id="another")
    say(tester, "line\nbreaks\r and \u2028 \U0001f600")
    assert contents(browser.read(1)) == ["line\nbreaks\r and \u2028 \U0001f600"]


@pytest.mark.parametrize("by", ["header", "query"])
def test_a_lost_connection_loses_nothing(desk, browse, by) -> None:
    tester, port = desk()
    say(tester, "uno")
    browser = browse(port)
    (one,) = browser.read(1)
    browser.close()
    partial(tester, "d", 2e9)
    partial(tester, "do", 2e9 + 1)
    tester.clock.advance(2e9)
    say(tester, "dos")
    say(tester, "tres")
    options = {"last": one.id} if by == "header" else {"path": f"{PATH}?last_id={one.id}"}
    again = browse(port, **options).read(2)
    assert contents(again) == ["dos", "tres"]
    assert numbers(again) == [4, 5]  # the parts of a line that has ended are not told again


def test_what_is_no_longer_kept_is_told_of(desk, browse) -> None:
    tester, port = desk(SIGNALWIRE_CAPTIONS_HISTORY=10)
    for number in range(25):
        say(tester, str(number))
    gap, *rest = browse(port).read(11)
    assert (gap.event, gap.id) == ("gap", None)
    assert contents(rest) == [str(number) for number in range(15, 25)]
    base = rest[0].id.partition("-")[0]
    gap, *again = browse(port, last=f"{base}-14").read(11)
    assert json.loads(gap.data) == {"after": f"{base}-14", "before": rest[0].id}
    assert again == rest
    assert browse(port, last=f"{base}-15").read(10) == rest


def test_another_process_does_not_pretend_to_know_what_was_said(desk, browse) -> None:
    tester, port = desk()
    browser = browse(port, last="1785578400000-7")
    browser.next()
    say(tester, "uno")
    gap, one = browser.read(2)
    assert gap.event == "gap"
    assert contents([one]) == ["uno"]


def test_signs_of_life(desk, browse) -> None:
    _, port = desk(SIGNALWIRE_CAPTIONS_HEARTBEAT=0.1)
    browser = browse(port)
    browser.next()
    begin = time.monotonic()
    assert [browser.next().event for _ in range(3)] == ["comment"] * 3
    assert time.monotonic() - begin < 5


def test_a_stream_ends_some_time_after_its_call(desk, browse, eventually) -> None:
    tester, port = desk(SIGNALWIRE_CAPTIONS_LINGER=1)
    browser = browse(port)
    end(tester)
    say(tester, "the last words come late")
    sent = browser.rest_of_it()
    assert [event.event for event in sent] == ["state", "utterance", "end"]
    assert [event.event for event in browse(port).rest_of_it()] == ["state", "utterance", "end"]
    assert [event.event for event in browse(port, last=sent[1].id).rest_of_it()] == ["end"]
    eventually(lambda: listening(tester) == 0)


def test_a_stream_ends_with_its_link(desk, browse, make_app) -> None:
    tester, port = desk(SIGNALWIRE_CAPTIONS_AUTHORIZE=None)
    with tester.app.test_request_context():
        url = captions_url(CALL, expires_in=2)
    browser = browse(port, url)
    assert browser.status == 200
    assert browser.rest_of_it() == []
    assert browse(port, url).status == 401


def test_who_goes_is_forgotten(desk, browse, eventually) -> None:
    tester, port = desk(SIGNALWIRE_CAPTIONS_HEARTBEAT=0.1)
    browsers = [browse(port) for _ in range(5)]
    eventually(lambda: listening(tester) == 5)
    for browser in browsers:
        browser.close()
    eventually(lambda: listening(tester) == 0)
    assert tester.client.plugins.get("captions")._store.subscribers._by_call == {}


def test_who_only_asks_for_the_head_leaves_nothing(desk) -> None:
    tester, _ = desk()
    answer = tester.app.test_client().head(PATH, environ_overrides={"wsgi.multithread": True})
    assert answer.status_code == 200
    assert listening(tester) == 0


def test_a_process_serves_only_so_many(desk, browse, eventually) -> None:
    tester, port = desk(SIGNALWIRE_CAPTIONS_LISTENERS=1, SIGNALWIRE_CAPTIONS_HEARTBEAT=0.1)
    browser = browse(port)
    eventually(lambda: listening(tester) == 1)
    refused = browse(port)
    assert refused.status == 503
    assert refused.headers["retry-after"] == "5"
    browser.close()
    eventually(lambda: listening(tester) == 0)
    assert browse(port).status == 200


def test_a_slow_browser_slows_nobody_and_misses_nothing(desk, browse, eventually) -> None:
    tester, port = desk(SIGNALWIRE_CAPTIONS_HISTORY=5000)
    slow, quick = browse(port, size=4096), browse(port)
    eventually(lambda: listening(tester) == 2)
    text = "長" * 9000  # 27 kB each: no buffer of a system takes all of them
    longest = 0.0
    for number in range(600):
        begin = time.monotonic()
        say(tester, f"{number} {text}")
        longest = max(longest, time.monotonic() - begin)
        assert contents(quick.read(1)) == [f"{number} {text}"]
    assert longest < 5
    sent = slow.read(600)
    assert [content.partition(" ")[0] for content in contents(sent)] == [str(n) for n in range(600)]
    assert numbers(sent) == list(range(1, 601))


def test_what_was_said_is_in_no_log(desk, browse, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    tester, port = desk()
    browser = browse(port)
    say(tester, "my secret", kind=events.Translation, original="mi secreto")
    browser.read(2)
    assert "secret" not in caplog.text


def test_calls_are_forgotten(desk, monkeypatch) -> None:
    from flask_signalwire_captions import store as module

    tester, _ = desk(SIGNALWIRE_CAPTIONS_CALLS=3, SIGNALWIRE_CAPTIONS_KEEP=60)
    store = tester.client.plugins.get("captions")._store
    for number in range(5):
        say(tester, "uno", call_id=f"call-{number}")
    assert [bool(store.read(f"call-{n}", None).messages) for n in range(5)] == [False] * 2 + [
        True
    ] * 3
    end(tester)
    assert store.read(CALL, None).ended_at is not None
    now = time.time()
    monkeypatch.setattr(module.time, "time", lambda: now + 61)
    assert store.read(CALL, None).messages == ()
    assert len(store) == 2
    monkeypatch.setattr(module.time, "time", lambda: now + module.IDLE + 62)
    store.read(CALL, None)
    assert len(store) == store._count == 0


def test_a_worker_that_has_to_end_ends_its_streams(desk, browse) -> None:
    tester, port = desk()
    browser = browse(port)
    say(tester, "before")
    assert contents(browser.read(1)) == ["before"]
    begin = time.monotonic()
    tester.client.plugins.get("captions").end_streams()
    assert browser.rest_of_it() == []
    assert listening(tester) == 0
    # None begins here any more; its browser tries again, and comes to another worker.
    late = browse(port)
    assert late.status == 200
    assert late.next().event == "retry"
    assert late.rest_of_it() == []
    assert time.monotonic() - begin < 10  # the heartbeat is 15 seconds
