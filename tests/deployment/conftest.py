from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from .site import Site


@pytest.fixture(scope="session")
def _site(redis_proc: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"), redis_proc.port)
    try:
        site.start()
        yield site
    finally:
        site.stop()


@pytest.fixture
def site(_site: Site) -> Iterator[Site]:
    """The deployment; what a test opened is closed after it."""
    yield _site
    _site.close_streams()


@pytest.fixture
def call() -> str:
    """The id of a call of this test's own."""
    return str(uuid4())
