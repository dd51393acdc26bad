"""Headers are read as http.client reads them, whatever they are."""

from __future__ import annotations

import email.parser
import http.client
import io
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flask_signalwire.headers import parse_headers, with_globals

from .servers import replies
from .test_once import dial

TOKEN = st.text("!#$%&'*+-.^_`|~09azAZ", min_size=1, max_size=12).map(str.encode)
TEXT = st.text('\t az09:;,="/', max_size=20).map(str.encode)
END = st.sampled_from([b"\r\n"] * 8 + [b"\n", b"\r", b"\r\n ", b"\n\n", b""])
PLAIN = st.tuples(TOKEN, st.just(b":"), TEXT, st.just(b"\r\n"))
ODD = st.tuples(
    TOKEN | st.binary(max_size=8),
    st.sampled_from([b":", b" :", b""]),
    st.binary(max_size=20) | TEXT,
    END,
)
HEAD = st.lists(PLAIN | ODD, max_size=8) | st.lists(PLAIN, max_size=8)


def read(parse: Any, head: bytes) -> Any:
    """What comes of a head: its fields, what is wrong with it, and where reading ended; or an
    error.
    """
    file = io.BytesIO(head)
    try:
        message = parse(file)
    except http.client.HTTPException as error:
        return type(error), str(error)
    defects = [type(defect) for defect in message.defects]
    return message.items(), defects, file.tell()


@given(HEAD, st.sampled_from([b"\r\n", b"\r\n", b"\n", b""]), st.binary(max_size=10))
@example([(b"From", b" ", b"x", b"\r\n")], b"\r\n", b"")
@example([(b"a", b":", b"b", b"\r\n"), (b"a", b":", b" b \t", b"\r\n")], b"\r\n", b"{}")
def test_any_head_is_read_as_the_standard_library_reads_it(
    lines: list[tuple[bytes, ...]], end: bytes, body: bytes
) -> None:
    head = b"".join(map(b"".join, lines)) + end + body
    assert read(parse_headers, head) == read(http.client.parse_headers, head)


@pytest.mark.parametrize(
    "head",
    [
        b"a: b\r\n" * 98 + b"\r\n{}",
        b"a: b\r\n" * 99 + b"\r\n{}",
        b"a: b\r\n" * 100 + b"\r\n{}",
        b"a: b\r\n" * 101 + b"\r\n{}",
        b"a: b\n" * 101 + b"\n{}",
        *(b"a: " + b"b" * (65536 - 5 + more) + b"\r\n\r\n{}" for more in (-1, 0, 1, 2)),
        b"a: b\r\nc: " + b"d" * 70000 + b"\r\n\r\n{}",
    ],
    ids=lambda head: f"{head.count(b'a')}x{len(head)}",
)
def test_limits_are_those_of_the_standard_library(head: bytes) -> None:
    assert read(parse_headers, head) == read(http.client.parse_headers, head)


@pytest.mark.parametrize("head", [b"a: b\r\n", b"a: b\r\nc", b"", b"a: b\n"])
def test_an_end_is_looked_for_once(head: bytes) -> None:
    """Behind it may come a reset, which is no end."""

    class Asked(io.BytesIO):
        count = 0

        def readline(self, limit: int | None = -1, /) -> bytes:
            self.count += 1
            return super().readline(limit)

    ours, theirs = Asked(head), Asked(head)
    assert parse_headers(ours).items() == http.client.parse_headers(theirs).items()
    assert ours.count == theirs.count


def test_limits_that_somebody_raised_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http.client, "_MAXHEADERS", 300)
    monkeypatch.setattr(http.client, "_MAXLINE", 200_000)
    for head in (b"a: b\r\n" * 250 + b"\r\n{}", b"a: " + b"b" * 150_000 + b"\r\n\r\n{}"):
        fields, _, end = read(parse_headers, head)
        assert (fields, end) == (read(http.client.parse_headers, head)[0], len(head) - 2)


def test_a_plain_answer_needs_no_parser_of_e_mail(
    serve: Any, calling: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = calling(serve(replies({"id": "call-1"}, X_Request_Id="req-1")))
    asked = []
    parse = email.parser.Parser.parsestr
    monkeypatch.setattr(
        email.parser.Parser, "parsestr", lambda *args, **kwargs: asked.append(1) or parse(*args)
    )
    leg = dial(commands)
    assert (leg.id, leg.request_id, asked) == ("call-1", "req-1", [])


def test_other_arguments_are_for_the_standard_library() -> None:
    class Message(http.client.HTTPMessage):
        pass

    assert isinstance(parse_headers(io.BytesIO(b"a: b\r\n\r\n"), Message), Message)


def test_a_copied_function_takes_the_same_arguments() -> None:
    length = "hidden"

    def measure(text: str = "abc", *, more: int = 1) -> Any:
        return len(text) + more, length

    copied = with_globals(measure, len=lambda text: 40)
    assert (copied(), copied("x", more=2)) == ((41, "hidden"), (42, "hidden"))
    assert measure() == (4, "hidden")
