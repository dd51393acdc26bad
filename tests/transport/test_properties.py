"""Whatever a server says, what comes of it is a CallLeg or a CommandError, and one dial."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flask_signalwire import exceptions
from flask_signalwire.results import CallLeg

from .servers import Server, Wire, answer
from .test_once import dial

# The app and its server are the same for all examples, which is the point.
SERVED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LATIN = st.characters(min_codepoint=32, max_codepoint=255, blacklist_characters="\x7f")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
SHAPED = st.fixed_dictionaries(
    {}, optional={"id": JSON, "error": JSON, "errors": JSON | st.lists(JSON, max_size=3)}
)
FRAMES = [
    b"",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"HTTP/1.1 422 No\r\nContent-Encoding: gzip\r\n\r\n",
    b"HTTP/1.1 429 No\r\nRetry-After: ",
    b"HTTP/1.1 302 Found\r\nLocation: ",
]
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "Retry_After",
            "Location",
            "Content_Type",
            "Content_Encoding",
            "Set_Cookie",
            "X_Request_Id",
            "Connection",
            "Transfer_Encoding",
        ]
    ),
    st.text(LATIN, max_size=24)
    | st.sampled_from(
        [
            "application/json; charset=idna",
            "text/html; charset=unicode_escape",
            "text/plain; charset=undefined",
            "gzip, deflate",
            "close",
            "chunked",
            "Mon, 01 Jan 2024 00:00:00 +99999999999999999",
            "Mon, 01 Jan 0000 00:00:00 GMT",
            "9" * 400,
            "-1",
        ]
    ),
    max_size=3,
)


@pytest.fixture(scope="module")
def told() -> Iterator[tuple[Server, list[bytes]]]:
    """A server that sends what it is told to, and closes."""
    data: list[bytes] = [b""]

    def script(wire: Wire) -> None:
        wire.read()
        wire.send(data[0])
        wire.close()

    server = Server([], script)
    yield server, data
    server.stop()


@pytest.fixture
def outcome(
    told: Any, calling: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Callable[[bytes], None]:
    """Dial, and see that what comes of it is one of what is documented."""
    monkeypatch.setattr(
        "flask_signalwire.transport.time",
        SimpleNamespace(monotonic=time.monotonic, sleep=lambda seconds: None),
    )
    server, data = told
    commands = calling(server, timeout=[20, 20], deadline=20, retries=3)

    def attempt() -> CallLeg | exceptions.CommandError:
        try:
            return dial(commands)
        except exceptions.CommandError as error:
            return error

    def check(said: bytes) -> None:
        data[0] = said
        server.requests.clear()
        came = attempt()
        if isinstance(came, CallLeg):
            assert isinstance(came.id, str)
        else:
            assert not isinstance(came, exceptions.PluginError), came
            assert came.outcome in ("refused", "unknown", "accepted")
            assert str(came)
            if isinstance(came, exceptions.RateLimited) and came.retry_after is not None:
                return  # turned away unread: the one answer after which a dial may come back
        # None at all where the close of the last connection crossed this request on its way.
        assert len(server.requests) <= 1

    return check


@settings(SERVED)
@given(frame=st.sampled_from(FRAMES), noise=st.binary(max_size=200))
def test_any_bytes(outcome: Callable[[bytes], None], frame: bytes, noise: bytes) -> None:
    outcome(frame + noise)


@settings(SERVED)
@given(
    status=st.sampled_from([200, 201, 204, 302, 400, 401, 404, 409, 418, 422, 429, 500, 503, 999]),
    body=SHAPED | JSON,
    headers=HEADERS,
)
def test_any_json_with_any_status(
    outcome: Callable[[bytes], None], status: int, body: Any, headers: dict[str, str]
) -> None:
    outcome(answer(json.dumps(body).encode(), f"{status} Whatever", **headers))


@settings(deadline=None)
@given(value=st.text(LATIN, max_size=40) | st.text("0123456789+-", max_size=400))
def test_any_retry_after(value: str) -> None:
    from flask_signalwire.answers import _retry_after

    seconds = _retry_after(value)
    assert seconds is None or seconds >= 0
