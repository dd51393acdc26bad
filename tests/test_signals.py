"""Receivers: coroutine functions, weak references, and their names."""

from __future__ import annotations

import gc

from flask import Flask

from flask_signalwire import Client, signals

NUMBERS = {"from_": "+12025550100", "to": "+34911234567", "url": "https://e.org/swml"}


def test_a_coroutine_function_runs_as_flasks_own_receivers_do(client: Client) -> None:
    heard: list[str] = []

    async def receive(sender: Flask, **given: object) -> None:
        heard.append(sender.name)

    with signals.command_succeeded.connected_to(receive, sender=client.app):
        assert client.calling.dial(**NUMBERS).status == "queued"
    assert heard == [client.app.name]


def test_a_local_function_is_dropped_unless_it_is_connected_strongly(client: Client) -> None:
    heard: list[str] = []

    def connect() -> None:
        def weak(sender: Flask, **given: object) -> None:
            heard.append("weak")

        @signals.command_succeeded.connect_via(client.app)
        def strong(sender: Flask, **given: object) -> None:
            heard.append("strong")

        signals.command_succeeded.connect(weak, sender=client.app)

    connect()
    gc.collect()
    client.calling.dial(**NUMBERS)
    assert heard == ["strong"]


def test_a_receiver_is_named_by_where_it_stands(client: Client) -> None:
    class Receiver:
        def __call__(self, sender: Flask, **given: object) -> None:
            raise ValueError

        def method(self, sender: Flask, **given: object) -> None:
            raise ValueError

    receiver = Receiver()
    with (
        signals.command_succeeded.connected_to(receiver, sender=client.app),
        signals.command_succeeded.connected_to(receiver.method, sender=client.app),
    ):
        client.calling.dial(**NUMBERS)
    names = {failure.plugin.rpartition("<locals>.")[2] for failure in client.plugins.failures}
    assert names == {"Receiver", "Receiver.method"}
