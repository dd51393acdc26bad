"""``python -m example_app.demo``: one translated call, from dial to end, told in the terminal.

It goes through the app's own routes and ends in the simulator, so nobody's telephone rings. It
checks what it shows, and exits with 1 where anything is not as it should be.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO

from flask import Flask
from werkzeug.test import TestResponse

from flask_signalwire import CallLeg, Command, events, exceptions, signals
from flask_signalwire.simulator import ManualClock

from . import DEFAULTS, create_app
from .story import Story

CUSTOMER = "+34911234567"
PREMIUM = "+19005550100"
PLUGINS = ["audit", "autolang"]
LEGS = ["remote-caller"]
LANGUAGES = {"en-US", "es-ES"}
COLUMNS = ["name", "who", "outcome", "leg_status", "stage", "error"]
SENTENCE = "Your parcel arrives tomorrow."
# What fails in the demo fails on purpose, and is told; so the warnings go nowhere.
_QUIET = logging.NullHandler()


class Receivers:
    """Receivers of the app's signals: each says what fired."""

    def __init__(self, app: Flask, story: Story) -> None:
        self._story = story
        self.fired: list[str] = []
        self.told: list[events.Event] = []
        # Signals hold their receivers weakly: as long as this object is kept, they are connected.
        signals.command_sending.connect(self.sending, sender=app)
        signals.command_succeeded.connect(self.succeeded, sender=app)
        signals.command_rejected.connect(self.rejected, sender=app)
        signals.command_failed.connect(self.failed, sender=app)
        signals.utterance_received.connect(self.heard, sender=app)
        signals.translation_received.connect(self.translated, sender=app)
        signals.conversation_summary_received.connect(self.summarized, sender=app)
        signals.call_state_received.connect(self.entered, sender=app)

    def sending(self, app: Flask, command: Command, **extra: Any) -> None:
        """Every check is passed."""
        self._fired("command_sending", command.name)
        self._story.note("sent", _json(command.masked_params()))
        decided = command.state.get("autolang")
        if decided is not None and command.param("action.start"):
            why = f"{decided.evidence}: {decided.reason}"
            self._story.note("autolang", f"{decided.to_lang} from {why}")

    def succeeded(self, app: Flask, command: Command, leg: CallLeg, **extra: Any) -> None:
        """The service answered."""
        self._fired("command_succeeded", f"the call is {leg.status}")

    def rejected(
        self, app: Flask, command: Command, error: exceptions.CommandRejected, **extra: Any
    ) -> None:
        """A plugin vetoed."""
        self._fired("command_rejected", f"by the plugin {error.plugin}")

    def failed(
        self, app: Flask, command: Command, error: exceptions.CommandError, stage: str, **extra: Any
    ) -> None:
        """It ended in an error."""
        self._fired("command_failed", f"{type(error).__name__} at {stage}, {error.outcome}")

    # -- what the service tells by itself -------------------------------------------------------

    def heard(self, app: Flask, event: events.Utterance, **extra: Any) -> None:
        """A sentence, or a part of one."""
        self.told.append(event)
        if event.final:
            who = "customer" if event.role == "remote-caller" else "desk"
            self._story.note(who, f"[{event.lang}] {event.content}", "33")

    def translated(self, app: Flask, event: events.Translation, **extra: Any) -> None:
        """What it means."""
        self.told.append(event)
        self._story.note("", f"[{event.lang}] {event.content}")

    def summarized(self, app: Flask, event: events.ConversationSummary, **extra: Any) -> None:
        """What was talked about, in one of the languages."""
        self.told.append(event)
        self._story.note("summary", f"[{event.lang}] {event.text}", "33")

    def entered(self, app: Flask, event: events.CallState, **extra: Any) -> None:
        """The call is in another state."""
        self.told.append(event)
        self._story.note("service", f"the call is {event.state}")

    def _fired(self, signal: str, text: str) -> None:
        self.fired.append(signal)
        self._story.note("signal", f"{signal}: {text}", "36")


class Demo:
    """The call, told step by step.

    :param app: the call desk, connected to the simulator.
    """

    def __init__(self, app: Flask, story: Story) -> None:
        self.app = app
        self.story = story
        self.client: Any = app.extensions["signalwire"]
        self.http = app.test_client()
        self.receivers = Receivers(app, story)

    def run(self) -> int:
        """All of it; the exit status."""
        story = self.story
        story.say(
            "One translated call, on the simulator: no account, nobody's telephone rings.", "1"
        )
        names = [info.name for info in self.client.plugins if info.status == "active"]
        story.say(f"Plugins: {', '.join(names)}.")
        call_id = self.place_call()
        self.translate(call_id)
        self.misspell(call_id)
        self.break_the_rule()
        self.listen(call_id)
        self.read_audit(call_id)
        self.count()
        return story.end()

    def place_call(self) -> str:
        """Dial, and have the other party answer."""
        self.story.chapter("1. A call is placed")
        answer = self.request("POST", "/calls", {"to": CUSTOMER})
        self.story.check(answer.status_code == 201, "the call is placed")
        call_id = str(self.body(answer)["id"])
        # Nobody waits for a telephone here: the simulator's clock is put forward.
        states = []
        for seconds in (1, 2):
            self.client.simulator.advance(seconds)
            states.append(self.body(self.http.get(f"/calls/{call_id}"))["status"])
        self.story.note("clock", f"3 seconds later: {', then '.join(states)}")
        self.story.check(states == ["ringing", "answered"], "it rings, and is answered")
        return call_id

    def translate(self, call_id: str) -> None:
        """Start the translation without a language, and say a sentence."""
        story = self.story
        story.chapter("2. Its translation starts; nobody says into which language")
        answer = self.request("POST", f"/calls/{call_id}/translation", {})
        languages = self.body(answer).get("translation") or {}
        picked = languages.get("to_lang")
        story.check(picked == "es-ES", f"for {CUSTOMER[:3]}... autolang picked {picked}")
        translation = self.client.simulator.calls[call_id].translation
        story.check(
            translation is not None and translation.to_lang == "es-ES",
            "the service translates into what was picked",
        )

        story.chapter("3. The desk says a sentence")
        answer = self.request(
            "POST", f"/calls/{call_id}/translation/sentences", {"message": SENTENCE}
        )
        injected = [] if translation is None else [item["message"] for item in translation.injected]
        story.check(injected == [SENTENCE], "the sentence was said once")

    def misspell(self, call_id: str) -> None:
        """A mistake on purpose: what a developer reads."""
        story = self.story
        story.chapter("4. A mistake on purpose: `to_langg`")
        action = {"start": {"from_lang": "en-US", "to_langg": "fr-FR", "direction": LEGS}}
        story.note(">", f"calling.live_translate(call_id, action={_json(action)})")
        context = {"remote_number": CUSTOMER, "user": "developer"}
        received = len(self.client.simulator.journal)
        try:
            with self.app.app_context():
                self.client.calling.live_translate(call_id, action=action, context=context)
        except exceptions.PayloadError as error:
            story.note("<", f"{type(error).__name__}: {error}")
            story.check("did you mean `to_lang`" in str(error), "the misspelt key is explained")
        else:
            story.check(False, "the misspelt key is explained")
        story.check(
            len(self.client.simulator.journal) == received,
            "nothing of it reached the service",
        )

    def break_the_rule(self) -> None:
        """A veto on purpose."""
        story = self.story
        story.chapter("5. A veto on purpose: a premium number")
        answer = self.request("POST", "/calls", {"to": PREMIUM})
        story.check(
            answer.status_code == 403, "the premium number was refused by the desk's policy"
        )

    def listen(self, call_id: str) -> None:
        """The conversation, as the service tells it; the customer hangs up."""
        story = self.story
        story.chapter("6. They talk, and the service tells the desk")
        self.client.simulator.advance(60)
        told = self.receivers.told
        partial = [
            event for event in told if isinstance(event, events.Utterance) if not event.final
        ]
        story.note("service", f"and {len(partial)} parts of sentences, as they were spoken")
        answer = self.body(self.request("GET", f"/calls/{call_id}/captions"))
        captions = answer.get("captions", [])
        spoken = {caption["lang"] for caption in captions}
        both = all({caption["lang"], *caption["translations"]} == LANGUAGES for caption in captions)
        story.check(len(captions) == 6, f"the desk keeps {len(captions)} sentences")
        story.check(spoken == LANGUAGES and both, "each of them in both languages")
        summary = answer.get("summary", {})
        story.check(
            set(summary) == LANGUAGES and answer.get("final") is True,
            "the final summary came in both, too",
        )
        status = self.body(self.http.get(f"/calls/{call_id}")).get("status")
        story.check(status == "ended", "the desk knows that the customer hung up")
        counts = self.client.webhooks.counts
        story.check(
            counts.received == len(told) and not (counts.refused or counts.failed),
            f"{counts.received} events came through the receiver, none was refused",
        )

    def read_audit(self, call_id: str) -> None:
        """The audit plugin's rows."""
        story = self.story
        story.chapter("7. What the audit plugin wrote down")
        answer = self.request("GET", "/audit?limit=50")
        rows = self.body(answer).get("rows", [])
        story.table(["call", *COLUMNS], [_cells(row) for row in reversed(rows)])
        story.check(len(rows) == 5, f"the audit has a row for each of 5 commands: {len(rows)}")
        of_call = self.body(self.http.get(f"/calls/{call_id}/audit")).get("rows", [])
        story.check(
            {row["call_id"] or row["leg_id"] for row in of_call} == {call_id},
            f"{len(of_call)} of them are of this call",
        )

    def count(self) -> None:
        """What the service saw, and which signals fired."""
        story = self.story
        story.chapter("8. What the service received")
        received: dict[str, int] = {}
        for entry in self.client.simulator.journal:
            received[str(entry.command)] = received.get(str(entry.command), 0) + 1
        story.note("service", ", ".join(f"{name} x {times}" for name, times in received.items()))
        story.check(received.get("dial") == 1, f"exactly one dial: {received.get('dial')}")
        fired = {signal: self.receivers.fired.count(signal) for signal in self.receivers.fired}
        expected = {
            "command_sending": 3,
            "command_succeeded": 3,
            "command_failed": 2,
            "command_rejected": 1,
        }
        story.check(fired == expected, f"signals: {_json(fired)}")

    # -- the desk over HTTP -------------------------------------------------------------------

    def request(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> TestResponse:
        """Ask the desk, and say what it answers."""
        shown = "" if body is None else f" {_json(body)}"
        self.story.note(">", f"{method} {_short(path)}{shown}")
        answer = self.http.open(path, method=method, json=body)
        self.story.note("<", f"{answer.status_code}{_gist(self.body(answer))}")
        return answer

    def body(self, answer: TestResponse) -> dict[str, Any]:
        """The JSON of an answer."""
        body = answer.get_json(silent=True)
        return body if isinstance(body, dict) else {}


def _json(value: object) -> str:
    return json.dumps(value)


def _short(path: str) -> str:
    """A path with its uuid cut short."""
    return "/".join(part[:8] if len(part) == 36 else part for part in path.split("/"))


def _gist(body: Mapping[str, Any]) -> str:
    if "error" in body:
        return f" {body['error']}: {body['message']}"
    if "rows" in body:
        return f" {len(body['rows'])} rows"
    if "captions" in body:
        return f" {len(body['captions'])} sentences"
    if "status" in body:
        languages = body.get("translation")
        said = (
            f", translated {languages['from_lang']} to {languages['to_lang']}" if languages else ""
        )
        return f" the call is {body['status']}{said}"
    return ""


def _cells(row: Mapping[str, Any]) -> list[str]:
    call = row["call_id"] or row["leg_id"] or ""
    return [_short(call), *(str(row[key] or "") for key in COLUMNS)]


def main(out: TextIO | None = None) -> int:
    """Run the demo; the exit status."""
    story = Story(out or sys.stdout)
    logging.getLogger("flask_signalwire").addHandler(_QUIET)
    with TemporaryDirectory() as folder:
        database = Path(folder, "audit.sqlite3").as_posix()
        # Whatever the environment says: the demo calls nobody.
        config = {
            "TESTING": True,
            "SIGNALWIRE_SPACE": "simulator",
            "SIGNALWIRE_ACCOUNTS": {},
            "SIGNALWIRE_DRY_RUN": False,
            "SIGNALWIRE_PLUGINS_BLOCKED": [],
            "SIGNALWIRE_PLUGINS_REQUIRED": PLUGINS,
            "SIGNALWIRE_AUDIT_URL": f"sqlite:///{database}",
            "SIGNALWIRE_AUTOLANG_LOCAL": "en-US",
            **DEFAULTS,
        }
        try:
            app = create_app(config)
            simulator = app.extensions["signalwire"].simulator
            simulator.clock = ManualClock()
            simulator.play("parcel")  # what is said in the call
        except exceptions.ConfigurationError as error:
            story.say(f"The demo can't start. {error}", "31;1")
            story.say("The plugins come with this checkout: pip install ./plugins/*")
            return 1
        return Demo(app, story).run()


if __name__ == "__main__":
    sys.exit(main())
