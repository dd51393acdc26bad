"""URLs of callbacks: handed out as configured, and recognised as they were called."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask import Flask, request
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from flask_signalwire import Settings
from flask_signalwire.exceptions import ConfigurationError
from flask_signalwire.webhooks.tokens import Claim, Tokens
from flask_signalwire.webhooks.urls import Urls

PUBLIC = "https://desk.example.com/voice"
CLAIM = Claim("default", "calls", call_id="9d2f0c1e-5c58-4c0c-8d9c-6a8f3b0f2a11")


def urls(*keys: str, **settings: Any) -> Urls:
    settings.setdefault("public_url", PUBLIC)
    given = {f"SIGNALWIRE_{key.upper()}": value for key, value in settings.items()}
    return Urls(Settings.load(given, {}), Tokens(lambda: list(keys or ("secret",)), 60))


# -- handed out -------------------------------------------------------------------------------


def test_a_url_is_the_public_one_with_the_endpoint_and_a_token() -> None:
    parts = urlsplit(urls(webhook_prefix="/hooks").build(CLAIM))
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{PUBLIC}/hooks/calls"
    (token,) = parse_qs(parts.query)["token"]
    assert Tokens(lambda: ["secret"], 60).read(token, "calls") == CLAIM


def test_a_url_with_basic_authentication_has_user_and_password_in_it() -> None:
    built = urls(
        webhook_auth={"calls": "token+basic", "live": ["token", "basic"]},
        webhook_user="desk@front",
        webhook_password="p@ss/w:rd",
    )
    assert built.build(CLAIM).startswith(
        "https://desk%40front:p%40ss%2Fw%3Ard@desk.example.com/voice/signalwire/calls?token="
    )
    # Of alternatives the first is handed out.
    assert "@" not in built.build(Claim("default", "live"))


def test_a_token_is_handed_out_where_it_is_not_demanded_too_if_there_is_a_key() -> None:
    settings = {"webhook_auth": "unauthenticated"}
    assert "?token=" in urls(**settings).build(CLAIM)
    keyless = Urls(
        Settings.load(
            {"SIGNALWIRE_PUBLIC_URL": PUBLIC, "SIGNALWIRE_WEBHOOK_AUTH": "unauthenticated"}, {}
        ),
        Tokens(list, 60),
    )
    assert keyless.build(CLAIM) == f"{PUBLIC}/signalwire/calls"
    demanding = Urls(Settings.load({"SIGNALWIRE_PUBLIC_URL": PUBLIC}, {}), Tokens(list, 60))
    with pytest.raises(ConfigurationError, match="SECRET_KEY"):
        demanding.build(CLAIM)


def test_a_view_of_swml_has_a_path_of_its_own() -> None:
    claim = Claim("default", "swml")
    assert urls().build(claim, "/menu?lang=es").startswith(f"{PUBLIC}/menu?lang=es&token=")
    for purpose, path in [
        ("swml", None),
        ("swml", "greeting"),
        ("swml", "https://evil.example/menu"),
        ("calls", "/menu"),
        ("cals", None),
        ("cals", "/menu"),
    ]:
        with pytest.raises(ValueError, match="expected one of calls, operations"):
            urls().build(Claim("default", purpose), path)


def test_without_a_public_url_there_is_none_but_on_the_simulator() -> None:
    with pytest.raises(ConfigurationError, match="SIGNALWIRE_PUBLIC_URL"):
        urls(public_url=None, space="acme.signalwire.com").build(CLAIM)
    built = urls(public_url=None, space="simulator").build(CLAIM)
    assert built.startswith("http://localhost/signalwire/calls?token=")


# -- called -----------------------------------------------------------------------------------


def asked_for(target: str, wrap: Callable[[Any], Any], serve: Any, **headers: str) -> str:
    """What an app behind a real server takes for the URL that was called."""
    app = Flask("desk")
    found: list[str] = []

    @app.route("/", defaults={"rest": ""})
    @app.route("/<path:rest>")
    def any_path(rest: str) -> str:
        found.append(urls().called(request.environ))
        return ""

    app.wsgi_app = wrap(app.wsgi_app)  # type: ignore[method-assign]
    connection = http.client.HTTPConnection("127.0.0.1", serve(app))
    connection.putrequest("GET", target, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    assert connection.getresponse().read() == b""
    connection.close()
    return found[0]


ODD = [
    "/signalwire/calls?token=abc",
    "/signalwire/calls",
    "/signalwire/calls?",
    "/signalwire/calls?a=%2F%2f&b=+&c=%20&&=&d",
    "/a%20b/%C3%A9/%7e~/c;d=e,f?q=é".replace("é", "%E9"),
    "/%41%2Fb?x=/?/&y=http://evil.example/",
    "/a/%2e%2e/b?x",
]


@pytest.mark.parametrize("target", ODD)
def test_path_and_query_are_hashed_as_they_came(target: str, serve: Any) -> None:
    assert asked_for(target, lambda app: app, serve) == PUBLIC + target


def test_what_the_request_says_of_its_host_is_not_believed(serve: Any) -> None:
    forged = {
        "Host": "evil.example",
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Proto": "http",
        "X_Forwarded_Port": "81",
        "X_Forwarded_Prefix": "/evil",
        "X_Forwarded_For": "10.0.0.1",
        "Forwarded": "host=evil.example;proto=http",
        "X_Original_Url": "/evil",
        "X_Rewrite_Url": "/evil",
    }

    def fix(app: Any) -> Any:
        return ProxyFix(app, x_for=1, x_proto=1, x_host=1, x_port=1, x_prefix=1)

    target = "/signalwire/calls?a=%2F"
    assert asked_for(target, lambda app: app, serve, **forged) == PUBLIC + target
    assert asked_for(target, fix, serve, **forged) == PUBLIC + target


def test_where_the_app_is_mounted_is_part_of_the_public_url_not_of_the_path(serve: Any) -> None:
    def mount(app: Any) -> Any:
        return DispatcherMiddleware(lambda *_: [], {"/inner%20x": app, "/inner x": app})

    target = "/signalwire/calls?a=%2F"
    assert asked_for(f"/inner%20x{target}", mount, serve) == PUBLIC + target


def test_a_request_line_with_a_whole_url_in_it(serve: Any) -> None:
    found = asked_for("http://evil.example/a%2Fb?x=%2f", lambda app: app, serve)
    assert found == f"{PUBLIC}/a%2Fb?x=%2f"


def test_a_server_that_does_not_tell_the_raw_path() -> None:
    environ = {"PATH_INFO": "/a b/c:d", "QUERY_STRING": "x=%2F", "SCRIPT_NAME": "/inner"}
    assert urls().called(environ) == f"{PUBLIC}/a%20b/c:d?x=%2F"
    assert urls().called({**environ, "QUERY_STRING": ""}) == f"{PUBLIC}/a%20b/c:d"


@pytest.mark.parametrize("query", [{"x": "a/b c"}, "x=a%2Fb+c"])
def test_flasks_test_client_may_be_given_the_query_apart(query: Any) -> None:
    app = Flask("desk")
    app.add_url_rule("/a b", view_func=lambda: urls().called(request.environ), endpoint="ab")
    with app.test_client() as client:
        called = client.get("/a%20b", query_string=query).text
        assert called == client.get(f"/a%20b?{request.query_string.decode()}").text
    assert called.startswith(f"{PUBLIC}/a%20b?x=")
    assert parse_qs(urlsplit(called).query) == {"x": ["a/b c"]}


@given(
    st.lists(st.text(st.characters(codec="utf-8"), min_size=1), max_size=4),
    st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="#")),
    st.sampled_from(["", "/inner", "/a/b", "/%20"]),
    st.sampled_from(["REQUEST_URI", "RAW_URI"]),
)
@example(["%41", "A"], "", "/A/A", "RAW_URI")
@example(["/", "%2F"], "?", "", "RAW_URI")
def test_whatever_is_quoted_comes_out_as_it_came(
    segments: list[str], query: str, mount: str, key: str
) -> None:
    own = "/" + "/".join(quote(segment, safe="") for segment in segments)
    decoded = ("/" + "/".join(segments)).encode().decode("latin-1")
    raw = f"{mount}{own}?{query}"
    environ = {key: raw, "PATH_INFO": decoded, "QUERY_STRING": query, "SCRIPT_NAME": mount}
    assert urls().called(environ) == f"{PUBLIC}{own}?{query}"
