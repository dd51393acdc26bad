"""Who may read captions: nobody, unless the app or a link says so."""

from __future__ import annotations

import logging

import pytest
from flask import abort

from flask_signalwire import exceptions
from flask_signalwire_captions import access, captions_url

CALL = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
PATH = f"/signalwire/captions/{CALL}"
THREADS = {"wsgi.multithread": True}


def ask(app, path=PATH, threads=THREADS, **options):
    """The answer to a request; a stream is not read."""
    with app.test_client().get(path, environ_overrides=threads, **options) as answer:
        return answer


def link(app, call_id=CALL, **options):
    with app.test_request_context():
        return captions_url(call_id, **options)


@pytest.mark.parametrize("debug", [False, True])
def test_nobody_is_let_in_unless_somebody_says_so(signalwire_app, debug) -> None:
    signalwire_app.debug = debug
    answer = ask(signalwire_app)
    assert answer.status_code == 401
    assert answer.headers["Cache-Control"] == "no-store"
    assert ask(signalwire_app, f"{PATH}?token=nonsense").status_code == 401


@pytest.mark.parametrize(("says", "status"), [(True, 200), (False, 403)])
def test_the_app_decides(make_app, says, status) -> None:
    asked = []
    app = make_app(SIGNALWIRE_CAPTIONS_AUTHORIZE=lambda call_id: asked.append(call_id) or says)
    assert (
        ask(app, PATH.upper().replace("/SIGNALWIRE/CAPTIONS", "/signalwire/captions")).status_code
        == status
    )
    assert asked == [CALL]


def test_the_app_may_decide_in_a_coroutine_or_abort(make_app) -> None:
    async def nobody(call_id):
        return False

    assert ask(make_app(SIGNALWIRE_CAPTIONS_AUTHORIZE=nobody)).status_code == 403
    app = make_app(SIGNALWIRE_CAPTIONS_AUTHORIZE=lambda call_id: abort(401))
    assert ask(app).status_code == 401


def test_only_true_is_true(make_app, caplog) -> None:
    app = make_app(SIGNALWIRE_CAPTIONS_AUTHORIZE=lambda call_id: {"user": "Ana"})
    with caplog.at_level(logging.ERROR, "flask_signalwire_captions"):
        assert ask(app).status_code == 403
    assert "returned a dict; expected True or False" in caplog.text
    assert "Ana" not in caplog.text


def test_what_raises_lets_nobody_in(make_app) -> None:
    app = make_app(SIGNALWIRE_CAPTIONS_AUTHORIZE=lambda call_id: 1 / 0, PROPAGATE_EXCEPTIONS=False)
    assert ask(app).status_code == 500


def test_a_link_is_good_for_its_call_until_it_expires(signalwire_app, monkeypatch) -> None:
    url = link(signalwire_app, CALL.upper(), expires_in=60)
    assert url.startswith(f"{PATH}?token=")
    assert ask(signalwire_app, url).status_code == 200
    other = url.replace(CALL, "another")
    assert ask(signalwire_app, other).status_code == 403
    now = access.time.time()
    monkeypatch.setattr(access.time, "time", lambda: now + 61)
    assert ask(signalwire_app, url).status_code == 401


def test_a_rotated_key_still_reads_its_links(signalwire_app) -> None:
    url = link(signalwire_app)
    old, signalwire_app.secret_key = signalwire_app.secret_key, "a new one"
    assert ask(signalwire_app, url).status_code == 401
    signalwire_app.config["SECRET_KEY_FALLBACKS"] = [old]
    assert ask(signalwire_app, url).status_code == 200


def test_outside_of_a_request_a_link_is_whole(signalwire_app) -> None:
    with signalwire_app.app_context():
        url = captions_url(CALL)
    assert url.startswith(f"http://localhost{PATH}?token=")
    assert ask(signalwire_app, url.removeprefix("http://localhost")).status_code == 200


def test_without_a_key_no_link_is_made_or_read(make_app) -> None:
    app = make_app(SECRET_KEY=None)
    with pytest.raises(exceptions.ConfigurationError, match="SECRET_KEY"):
        link(app)
    with pytest.raises(ValueError, match="expires_in"):
        link(make_app(), expires_in=0)


def test_a_server_without_threads_says_so(make_app) -> None:
    answer = ask(make_app(), threads={"wsgi.multithread": False})
    assert answer.status_code == 503
    assert "gthread" in answer.text


def test_a_call_id_of_any_length_is_none(make_app) -> None:
    assert ask(make_app(), f"/signalwire/captions/{'x' * 129}").status_code == 404


def test_all_wrong_settings_are_named_at_once(make_app) -> None:
    with pytest.raises(exceptions.ConfigurationError) as raised:
        make_app(
            SIGNALWIRE_CAPTIONS_AUTHORIZE="yes",
            SIGNALWIRE_CAPTIONS_URL="http://user:hunter2@localhost",
            SIGNALWIRE_CAPTIONS_HISTORY=True,
            SIGNALWIRE_CAPTIONS_HEARTBEAT=-1,
        )
    text = str(raised.value)
    for name in ("AUTHORIZE", "URL", "HISTORY", "HEARTBEAT"):
        assert f"SIGNALWIRE_CAPTIONS_{name}" in text
    assert "hunter2" not in text
