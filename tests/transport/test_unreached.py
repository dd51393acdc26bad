"""What fails before the first byte: nothing was sent, and it may be tried again."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flask_signalwire import exceptions
from flask_signalwire.calling import Calling

from .conftest import HOST, TOKEN
from .servers import CALL, Server, closes, ok, proxies, reads_and_resets, stalls
from .test_once import dial

Serve = Callable[..., Server]
Connect = Callable[..., Calling]


def not_sent(calling: Calling, **options: Any) -> exceptions.TransportError:
    with pytest.raises(exceptions.TransportError) as caught:
        dial(calling, **options)
    assert not isinstance(caught.value, exceptions.OutcomeUnknown)
    assert caught.value.outcome == "not_sent"
    assert "was not sent" in str(caught.value)
    return caught.value


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where nobody picks up: its queue is full, so connecting takes for ever."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(listener.getsockname())
        yield listener.getsockname()[1]


@pytest.mark.usefixtures("hasty")
def test_refused_is_tried_again_and_raised(
    calling: Connect, free_port: int, log: pytest.LogCaptureFixture
) -> None:
    error = not_sent(calling(f"127.0.0.1:{free_port}", retries=2))
    assert error.passing
    assert log.text.count("repeating it") == 2
    assert f"127.0.0.1:{free_port}: can't connect" in str(error)
    assert "_Http" not in str(error)


@pytest.mark.usefixtures("hasty")
def test_a_service_that_comes_up_gets_one_dial(
    calling: Connect, monkeypatch: pytest.MonkeyPatch, serve: Serve
) -> None:
    # Its name is unknown the first time, and then it is known.
    server = serve()
    attempts: list[str] = []
    really = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if port == server.port and not attempts:
            attempts.append(host)
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return really(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert dial(calling(server)).id == CALL
    assert attempts
    assert server.commands == ["dial"]


def test_a_port_that_opens_later_gets_one_dial(
    calling: Connect, free_port: int, serve: Serve
) -> None:
    opened: list[Server] = []
    timer = threading.Timer(0.1, lambda: opened.append(serve(port=free_port)))
    timer.start()
    try:
        assert dial(calling(f"127.0.0.1:{free_port}", retries=5)).id == CALL
    finally:
        timer.join()
    assert opened[0].commands == ["dial"]


@pytest.mark.usefixtures("hasty")
def test_a_name_that_is_unknown(calling: Connect, resolved: dict[str, Any]) -> None:
    resolved["acme.invalid"] = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    error = not_sent(calling("acme.invalid"))
    assert "Name or service not known" in str(error)


def test_a_connection_that_nobody_accepts(calling: Connect, silent: int) -> None:
    started = time.monotonic()
    not_sent(calling(f"127.0.0.1:{silent}", timeout=[0.2, 5], retries=0))
    assert time.monotonic() - started < 1.5


def test_a_host_of_many_silent_addresses_keeps_to_the_deadline(
    calling: Connect, silent: int, resolved: dict[str, Any]
) -> None:
    resolved[HOST] = ["127.0.0.1"] * 20
    started = time.monotonic()
    not_sent(calling(f"{HOST}:{silent}", timeout=[0.2, 5], retries=0), deadline=0.5)
    assert time.monotonic() - started < 1.5


def test_the_second_address_serves_where_the_first_does_not(
    calling: Connect, serve: Serve, resolved: dict[str, Any], certified: Any, ca_file: str
) -> None:
    # Nothing listens on 127.0.0.2 at that port.
    server = serve(tls=certified())
    resolved[HOST] = ["127.0.0.2", "127.0.0.1"]
    assert dial(calling(f"{HOST}:{server.port}", ca_file=ca_file)).id == CALL
    assert server.commands == ["dial"]


# -- TLS ------------------------------------------------------------------------------------------


@pytest.fixture
def space(resolved: dict[str, Any]) -> Callable[[Server], str]:
    return lambda server: f"{HOST}:{server.port}"


def test_our_own_authority_is_trusted(
    serve: Serve, calling: Connect, certified: Any, ca_file: str, space: Any
) -> None:
    server = serve(tls=certified())
    commands = calling(space(server), ca_file=ca_file)
    dial(commands)
    dial(commands)
    assert server.connections == 1
    assert server.requests[0].headers["host"] == f"{HOST}:{server.port}"


def test_the_vendor_variable_names_the_authority_too(
    serve: Serve,
    calling: Connect,
    certified: Any,
    ca_file: str,
    space: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SIGNALWIRE_REST_CA_FILE", ca_file)
    assert dial(calling(space(serve(tls=certified())))).id == CALL


def test_an_unknown_authority(
    serve: Serve, calling: Connect, certified: Any, space: Any, log: pytest.LogCaptureFixture
) -> None:
    server = serve(tls=certified())
    error = not_sent(calling(space(server), retries=5))
    assert not error.passing
    assert "certificate verify failed" in str(error)
    assert server.connections == 1
    assert not server.requests


def test_a_certificate_of_another_host(
    serve: Serve, calling: Connect, certified: Any, ca_file: str, space: Any
) -> None:
    server = serve(tls=certified("evil.example.com"))
    error = not_sent(calling(space(server), ca_file=ca_file, retries=5))
    assert not error.passing
    assert HOST in str(error)
    assert not server.requests


def test_a_server_that_speaks_no_tls(serve: Serve, calling: Connect, space: Any) -> None:
    def speaks_plainly(wire: Any) -> None:
        wire.fill()
        wire.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        wire.close()

    server = serve(then=speaks_plainly)
    assert not not_sent(calling(space(server), retries=5)).passing
    assert server.connections == 1


@pytest.mark.usefixtures("hasty")
def test_a_handshake_that_breaks_off_is_tried_again(
    serve: Serve, calling: Connect, space: Any
) -> None:
    def breaks_off(wire: Any) -> None:
        wire.fill()
        wire.close()

    server = serve(closes, breaks_off, then=breaks_off)
    assert not_sent(calling(space(server), retries=2)).passing
    assert server.connections == 3


def test_a_handshake_that_stalls(serve: Serve, calling: Connect, space: Any) -> None:
    server = serve(then=stalls)
    started = time.monotonic()
    assert not_sent(calling(space(server), timeout=[0.2, 5], retries=0)).passing
    assert time.monotonic() - started < 1.5


def test_connecting_and_the_handshake_share_the_deadline(
    serve: Serve, calling: Connect, resolved: dict[str, Any], silent: int
) -> None:
    # The first address takes most of the time, the second one stalls in its handshake.
    server = serve(then=stalls)
    really = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host != HOST:
            return really(host, port, *args, **kwargs)
        time.sleep(0.8)
        return really("127.0.0.1", port, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        started = time.monotonic()
        not_sent(calling(f"{HOST}:{server.port}", timeout=[5, 5], retries=0), deadline=1)
    assert time.monotonic() - started < 1.6


@pytest.mark.parametrize("content", [b"", b"this is no certificate", b"\x00\xff" * 100])
def test_a_file_without_authorities_is_a_bad_setting(
    calling: Connect, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(content)
    with pytest.raises(exceptions.ConfigurationError) as caught:
        calling(HOST, ca_file=str(path))
    assert [key for key, _ in caught.value.problems] == ["SIGNALWIRE_CA_FILE"]
    assert str(path) in str(caught.value)


def test_an_authority_of_the_environment_is_trusted(
    serve: Serve,
    calling: Connect,
    certified: Any,
    ca_file: str,
    space: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca_file)
    assert dial(calling(space(serve(tls=certified())))).id == CALL


def test_the_environment_does_not_override_our_setting(
    serve: Serve,
    calling: Connect,
    certified: Any,
    ca_file: str,
    space: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    assert dial(calling(space(serve(tls=certified())), ca_file=ca_file)).id == CALL


def test_a_broken_bundle_of_the_environment_is_named(
    calling: Connect, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    error = not_sent(calling(HOST, retries=5))
    assert "REQUESTS_CA_BUNDLE" in str(error)
    assert not error.passing


def test_what_sends_can_not_be_loaded(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = desk(HOST).extensions["signalwire"]
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "flask_signalwire.transport", None)
        assert "can't be loaded (ModuleNotFoundError" in str(not_sent(client.calling))


def test_a_broken_bundle_is_named_where_a_worker_starts(
    desk: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    app = desk(HOST)
    with pytest.raises(exceptions.ConfigurationError, match=r"REQUESTS_CA_BUNDLE.*No such file"):
        app.extensions["signalwire"].warm_up()


@pytest.mark.usefixtures("hasty")
def test_a_dial_lost_within_tls_is_not_repeated(
    serve: Serve, calling: Connect, certified: Any, ca_file: str, space: Any
) -> None:
    server = serve(then=reads_and_resets, tls=certified())
    with pytest.raises(exceptions.OutcomeUnknown):
        dial(calling(space(server), ca_file=ca_file, retries=5))
    assert server.commands == ["dial"]


# -- proxies --------------------------------------------------------------------------------------


def test_a_proxy_takes_plain_requests_in_their_absolute_form(
    serve: Serve, calling: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, proxy = serve(), serve(then=proxies())
    monkeypatch.setenv("HTTP_PROXY", f"http://user:pr0xyp4ss@{proxy.space}")
    assert dial(calling(server)).id == CALL
    seen = proxy.requests[0]
    assert seen.line == f"POST http://{server.space}/api/calling/calls HTTP/1.1"
    assert seen.headers["proxy-authorization"].startswith("Basic ")


def test_a_proxy_tunnels_tls(
    serve: Serve,
    calling: Connect,
    certified: Any,
    ca_file: str,
    space: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server, proxy = serve(tls=certified()), serve(then=proxies())
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:pr0xyp4ss@{proxy.space}")
    commands = calling(space(server), ca_file=ca_file)
    dial(commands)
    dial(commands)
    assert server.commands == ["dial", "dial"]
    (tunnel,) = proxy.requests  # one, and used twice
    assert tunnel.line.startswith(f"CONNECT {HOST}:{server.port} HTTP/")
    assert TOKEN not in str(proxy.requests)
    assert "authorization" not in proxy.requests[0].headers
    assert "proxy-authorization" not in server.requests[0].headers


def test_a_proxy_may_itself_speak_tls(
    serve: Serve,
    calling: Connect,
    certified: Any,
    ca_file: str,
    space: Any,
    resolved: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolved["proxy.test"] = ["127.0.0.1"]
    server, proxy = serve(tls=certified()), serve(then=proxies(), tls=certified("proxy.test"))
    monkeypatch.setenv("HTTPS_PROXY", f"https://proxy.test:{proxy.port}")
    assert dial(calling(space(server), ca_file=ca_file)).id == CALL
    assert server.commands == ["dial"]


@pytest.mark.usefixtures("hasty")
def test_a_dial_lost_in_a_tunnel_is_not_repeated(
    serve: Serve,
    calling: Connect,
    certified: Any,
    ca_file: str,
    space: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server, proxy = serve(then=reads_and_resets, tls=certified()), serve(then=proxies())
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.space}")
    with pytest.raises(exceptions.OutcomeUnknown):
        dial(calling(space(server), ca_file=ca_file, retries=5))
    assert server.commands == ["dial"]


@pytest.mark.usefixtures("hasty")
def test_a_certificate_that_does_not_fit_behind_a_tunnel(
    serve: Serve,
    calling: Connect,
    certified: Any,
    space: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server, proxy = serve(tls=certified()), serve(then=proxies())
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.space}")
    not_sent(calling(space(server), retries=5))
    assert len(proxy.requests) == 1


@pytest.mark.usefixtures("hasty")
def test_a_proxy_that_refuses(
    serve: Serve, calling: Connect, space: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve()
    proxy = serve(
        then=proxies(refuses=b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
    )
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:pr0xyp4ss@{proxy.space}")
    error = not_sent(calling(space(server), retries=1))
    assert "407" in str(error)
    assert "pr0xyp4ss" not in str(error)
    assert len(proxy.requests) == 2
    assert server.connections == 0


def test_a_proxy_that_stalls_keeps_to_the_deadline(
    serve: Serve, calling: Connect, space: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def welcomes_slowly(wire: Any) -> None:
        wire.read()
        wire.trickle(b"HTTP/1.1 200 Connection established and then some\r\n\r\n")

    proxy = serve(then=welcomes_slowly)
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.space}")
    started = time.monotonic()
    not_sent(calling(f"{HOST}:1", retries=0), deadline=0.4)
    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize(
    "proxy",
    [
        "http://user:pr0xyp4ss@[bad",
        "user:pr0xyp4ss@[bad",
        "http://user:pr0xyp4ss@:8080",
        "socks5://user:pr0xyp4ss@127.0.0.1:1080",
    ],
)
def test_a_proxy_that_cannot_be_one(
    calling: Connect,
    resolved: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    proxy: str,
    log: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    error = not_sent(calling(HOST, retries=5))
    assert not error.passing
    assert "pr0xyp4ss" not in str(error) + log.text


@pytest.mark.usefixtures("hasty")
def test_a_proxy_that_is_down(
    calling: Connect, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:pr0xyp4ss@127.0.0.1:{free_port}")
    error = not_sent(calling(HOST, retries=1))
    assert error.passing
    assert "pr0xyp4ss" not in str(error)


def test_no_proxy_is_heeded(
    serve: Serve, calling: Connect, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    server = serve()
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert dial(calling(server)).id == CALL


def test_the_environment_is_read_once(
    serve: Serve, calling: Connect, monkeypatch: pytest.MonkeyPatch, free_port: int
) -> None:
    server = serve(ok)
    commands = calling(server)
    dial(commands)
    monkeypatch.setitem(os.environ, "HTTP_PROXY", f"http://127.0.0.1:{free_port}")
    monkeypatch.setitem(os.environ, "REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    dial(commands)
    assert server.commands == ["dial", "dial"]


def test_loopback_is_spoken_to_in_plain_http(serve: Serve, calling: Connect) -> None:
    server = serve()
    assert dial(calling(f"localhost:{server.port}")).id == CALL


def test_what_is_trusted_is_verified(certified: Callable[..., ssl.SSLContext]) -> None:
    from flask_signalwire.connections import ServiceAdapter

    with contextlib.closing(ServiceAdapter(1, True)) as adapter:
        context = adapter._tls["ssl_context"]
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
