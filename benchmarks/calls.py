"""One thread: a whole call beside the SDK's and urllib3's; a new TLS connection; the simulator."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from . import clients
from .rounds import Row, compare, row
from .server import ANSWER, CALL_ID, HOST, Server, resolve_host, seen_by

MILLISECONDS = (1e3, "ms")


def whole_path(rounds: int) -> list[Row]:
    """The same command through everybody: in a small environment, then in one of 40 variables."""
    with Server() as server, ExitStack() as contexts:
        space = f"127.0.0.1:{server.port}"
        # Each app's context lasts for the whole block, as a request's would.
        two, three = clients.app_for(space), clients.app_for(space, plugins=3, receivers=5)
        contexts.enter_context(two.app_context())
        busy = three.signalwire.calling
        contestants = {
            "ours": clients.ours(two),
            "busy": lambda: busy.live_translate(CALL_ID, **clients.PARAMS),
            "full": clients.ours(two, clients.FULL),
            "play": clients.ours(two, clients.PLAY, "play"),
            "dial": clients.ours(two, clients.DIAL, "dial"),
            "sdk": clients.sdk(space),
            "sdk full": clients.sdk(space, clients.FULL),
            "sdk play": clients.sdk(space, clients.PLAY, "play"),
            "sdk dial": clients.sdk(space, clients.DIAL, "dial"),
            "urllib3": clients.bare_urllib3(f"http://{space}/api/calling/calls"),
        }
        _check_answers(contestants, server.control)
        small = compare(contestants, rounds)
        clients.grow_environment(40)
        names = ("ours", "sdk", "urllib3")
        large = compare({name: contestants[name] for name in names}, max(rounds // 2, 10))
    return [
        row("whole call : SDK", small, "ours", "sdk", 0.70),
        row("whole call : SDK, 40 environment variables", large, "ours", "sdk", 0.60),
        row("whole call : urllib3", small, "ours", "urllib3", 1.30),
        row("3 plugins and 5 receivers : SDK", small, "busy", "sdk", 0.80),
        row("all 16 params of a start : SDK", small, "full", "sdk full"),
        row("play with five items : SDK", small, "play", "sdk play", 0.70),
        row("dial with a SWML document : SDK", small, "dial", "sdk dial", 0.70),
    ]


def _check_answers(contestants: Mapping[str, Callable[[], Any]], control: int) -> None:
    """Who is measured must send the same JSON, and get the same answer."""
    sent: dict[str, Any] = {}
    for name, call in contestants.items():
        if call() != json.loads(ANSWER):
            raise SystemExit(f"{name} got another answer than the server gave")
        sent[name] = json.loads(seen_by(control)["body"])
    for name, payload in sent.items():
        peer = f"sdk {name}" if f"sdk {name}" in sent else name if "sdk" in name else "sdk"
        if payload != sent[peer]:
            raise SystemExit(f"{name} sent another payload than the SDK")


def new_connection(rounds: int, certificate: Path, trusted: Path) -> list[Row]:
    """A TLS connection for each call: the server closes it after its answer."""
    resolve_host()
    with Server(certificate=certificate, close=True) as server, ExitStack() as contexts:
        space = f"{HOST}:{server.port}"
        app = clients.app_for(space, ca_file=str(trusted))
        contexts.enter_context(app.app_context())
        contestants = {
            "ours": clients.ours(app),
            "requests": clients.requests_session(
                f"https://{space}/api/calling/calls", str(trusted)
            ),
        }
        for name, call in contestants.items():
            if call() != json.loads(ANSWER):
                raise SystemExit(f"{name} got another answer than the server gave")
        times = compare(contestants, rounds, block=5)
    return [row("new TLS connection : requests", times, "ours", "requests", 0.30, MILLISECONDS)]


def simulator(rounds: int) -> list[Row]:
    """A command against the simulator inside of the process, and against the same on a port."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"  # connections stay open, as the service keeps them

        def log(self, *args: Any) -> None:
            pass

    app = clients.app_for("simulator")
    wsgi = getattr(app.signalwire.simulator, "wsgi_app", app.signalwire.simulator)
    served = make_server("127.0.0.1", 0, wsgi, threaded=True, request_handler=Handler)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    far = clients.app_for(f"127.0.0.1:{served.server_port}")
    contestants = {}
    for name, each in (("near", app), ("far", far)):
        calling = each.signalwire.calling
        leg = calling.dial(from_="+15550100001", to="+15550100002", url="https://a.example/swml")
        call = calling.call(leg.id)
        contestants[name] = lambda call=call: call.live_translate(**clients.PARAMS)
    try:
        times = compare(contestants, rounds)
    finally:
        served.shutdown()
    return [row("simulator in the process : on a port", times, "near", "far")]
