"""What a readiness probe is told of captions: never that the app can't work."""

from __future__ import annotations

import pytest


def test_the_memory_of_a_process_has_nothing_to_say(make_app) -> None:
    assert "captions" not in make_app().signalwire.check_health()


@pytest.mark.services
def test_a_redis_that_goes_away_and_comes_back(make_app, redis_proc) -> None:
    app = make_app(SIGNALWIRE_CAPTIONS_URL=f"redis://{redis_proc.host}:{redis_proc.port}/0")

    def health():
        return app.signalwire.check_health(deadline=20)["captions"]

    assert health().status == "ok"
    redis_proc.stop()
    try:
        assert health().status == "warn"
        assert "SIGNALWIRE_CAPTIONS_URL" in health().text
    finally:
        redis_proc.start()
    assert health().status == "ok"
