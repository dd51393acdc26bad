"""A client of the Redis that a setting names."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .exceptions import ConfigurationError
from .redaction import scrub


def connect(
    url: str, *, setting: str, lacking: str, seconds: float, repeats: int | None = None
) -> Any:
    """A client of redis-py; nothing is connected to yet.

    :param url: ``redis://``, ``rediss://`` or ``unix://``, with the options of redis-py.
    :param setting: where the URL comes from, for the error.
    :param lacking: what can't be done without it, for the error.
    :param seconds: to connect, and to wait for an answer, unless the URL says otherwise.
    :param repeats: how often a step is repeated where the connection broke; None as redis-py does.
    :raises ConfigurationError: where the package is missing, or the URL can't be used.
    """
    options: dict[str, Any] = {"socket_connect_timeout": seconds, "socket_timeout": seconds}
    try:
        redis = import_module("redis")
        if repeats is not None:
            pause = import_module("redis.backoff").NoBackoff()
            retry, broken = import_module("redis.retry").Retry, redis.ConnectionError
            options["retry"] = retry(pause, repeats, supported_errors=(broken,))
            options["retry_on_error"] = [broken]
    except ImportError as error:
        problem = f"needs the package redis ({error}); run: pip install 'flask-signalwire[redis]'"
        raise ConfigurationError(lacking, [(setting, problem)]) from error
    try:
        client = redis.Redis.from_url(url, **options)
        pool = client.connection_pool
        # Options that nobody knows would otherwise fail at the first use.
        pool.connection_class(**pool.connection_kwargs)
    except (ValueError, TypeError, AttributeError, redis.RedisError) as error:
        problem = f"can't be used: {scrub(str(error))}"
        raise ConfigurationError(lacking, [(setting, problem)]) from error
    return client
