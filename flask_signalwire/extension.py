"""SignalWire, the extension; and Client, what it puts on each app."""

from __future__ import annotations

import functools
import itertools
import weakref
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import Flask, Response, current_app, has_app_context
from werkzeug.local import LocalProxy

from .calling import Calling
from .commands import Command, CommandSpec, CommandTable
from .config import DEFAULT_ACCOUNT, Account, Settings
from .config.announcing import announce
from .exceptions import ClientNotFound, ConfigurationError, TransportError
from .health import Check, Examiner, Health
from .idempotency import Store, open_store
from .pipeline import Pipeline
from .plugins.builtin import UNBLOCKABLE
from .plugins.builtin.callbacks import NAME as CALLBACKS
from .plugins.builtin.callbacks import Callbacks
from .plugins.builtin.idempotency import NAME as IDEMPOTENCY
from .plugins.builtin.idempotency import Idempotency
from .plugins.builtin.sending import DryRun, Sender
from .plugins.manager import Implementation, PluginManager
from .redaction import text_of
from .results import CallLeg
from .webhooks import Webhooks
from .webhooks.dispatch import Registration, check_handler
from .webhooks.receiver import build_blueprint
from .webhooks.store import EventStore
from .webhooks.swml import swml_view

if TYPE_CHECKING:
    from .events import Event
    from .simulator import Simulator
    from .transport import Transport

NAME = "signalwire"
_Handler = TypeVar("_Handler", bound=Callable[..., Any])


class SignalWire:
    """The Flask extension. It holds no app: one object may serve many.

    :param app: an app to initialise at once; with a factory, call :meth:`init_app` instead.
    :param plugins: the app's own plugins, beside the installed ones: instances, classes (one
        instance is made for each app), functions that return one, or modules. A plugin that is
        passed here is required: ``init_app`` raises where it is broken.
    """

    def __init__(self, app: Flask | None = None, *, plugins: Iterable[Any] = ()) -> None:
        if isinstance(plugins, (str, type)) or not isinstance(plugins, Iterable):
            raise TypeError(
                f"plugins= is {plugins!r}; expected a list of classes, instances or modules "
                "(installed plugins are found by themselves)"
            )
        self._plugins: Sequence[Any] = tuple(plugins)
        # One list for all apps: a module's handlers are found after its app was made, too.
        self._handlers: list[Registration] = []
        self._has_swml_views = False
        self._clients: weakref.WeakSet[Client] = weakref.WeakSet()
        for plugin in self._plugins:
            if plugin is None or isinstance(plugin, str):
                raise TypeError(
                    f"plugins= holds {plugin!r}; expected a class, an instance or a module "
                    "(installed plugins are found by themselves)"
                )
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Put a :class:`Client` on an app: ``app.signalwire``.

        Reads ``app.config`` once, so configure the app before. Absent credentials, and a secret
        key that callback URLs need, are only warned of here; they raise at the first command.

        :raises ConfigurationError: with everything that is wrong in the settings, or with the
            required plugins; the app is left as it was.
        """
        if NAME in app.extensions:
            raise ConfigurationError(
                "this app has flask-signalwire already; call init_app once an app, either by "
                "SignalWire(app) or by init_app(app)"
            )
        if NAME in app.blueprints:
            raise ConfigurationError(
                "the app has a blueprint named 'signalwire', and so has this extension; register "
                "yours under another name (name=...), or set SIGNALWIRE_WEBHOOKS to False"
            )
        client = Client(app, Settings.load(app.config), self._plugins, self._handlers)
        if client.settings.webhooks:
            app.register_blueprint(build_blueprint(client.webhooks))
        app.extensions[NAME] = client
        self._clients.add(client)
        if self._has_swml_views:
            client.webhooks.expect_swml()
        app.signalwire = client  # type: ignore[attr-defined]  # that is what an extension does

    def on(self, *kinds: type[Event]) -> Callable[[_Handler], _Handler]:
        """Call a function with each event of a kind: ``@signalwire.on(events.Utterance)``.

        It is called with the event, between plugins and signals, in the app context of the request
        that brought it, for each app of this extension; a coroutine function runs through
        ``app.ensure_sync``. One that raises is logged and reported by
        :data:`~flask_signalwire.signals.plugin_failed`. It is held strongly, for good.

        :param kinds: classes of :mod:`flask_signalwire.events`; ``Event`` is all of them.
        :returns: a decorator that leaves the function as it is.
        :raises TypeError: for something else than a class of events; from the decorator, for a
            function that can't be called with an event alone.
        """
        from .events import Event  # whoever has a kind has loaded them

        for kind in kinds:
            given: object = kind
            if not (isinstance(given, type) and issubclass(given, Event)):
                hint = ", and several without a list: on(A, B)" * isinstance(given, (list, tuple))
                raise TypeError(
                    f"on() is given {kind!r}; expected a class such as events.Utterance{hint}"
                )
        if not kinds:
            raise TypeError("on() is given nothing; expected a class such as events.Utterance")

        def register(handler: _Handler) -> _Handler:
            if not callable(handler):
                raise TypeError(f"{handler!r} can't be called with an event")
            check_handler(handler)
            self._handlers.append((kinds, handler))
            return handler

        return register

    def swml(self, view: Callable[..., Any]) -> Callable[..., Response]:
        """Answer the service's requests for SWML with a view's document.

        Put it under the route. The request is authenticated first (``SIGNALWIRE_WEBHOOK_AUTH``,
        purpose ``swml``). The view gets a :class:`~flask_signalwire.webhooks.swml.SwmlRequest`,
        and after it what its URL has; it may be a coroutine function. What it returns, a dict, is
        checked for the shape of SWML: another one is an ERROR in the log, and a 500. The same
        request within a minute gets the same answer, and the view is not called again: the service
        may fetch one document several times for one call.

        .. code-block:: python

            @app.route("/greeting/<name>", methods=["GET", "POST"])
            @signalwire.swml
            def greeting(asked, name):
                return {"sections": {"main": [{"play": f"say:Hello {name}"}]}}

        Where no request can prove to be the service's, for want of a signing key, say, there is a
        warning when the app is initialised or the view is decorated, whichever comes later.

        :raises ConfigurationError: from the view, where no request can prove to be the service's.
        """
        self._has_swml_views = True
        for client in tuple(self._clients):
            client.webhooks.expect_swml()
        return swml_view(view)


class AccountClient:
    """One set of credentials: ``app.signalwire.account("eu")``.

    :ivar name: its name.
    :ivar calling: its commands.
    """

    def __init__(self, name: str, calling: Calling) -> None:
        self.name = name
        self.calling = calling


class Client:
    """What an app sends its commands with: ``app.signalwire``, or :data:`current_signalwire`.

    :ivar app: the app.
    :ivar settings: its frozen :class:`~flask_signalwire.config.Settings`.
    :ivar plugins: its :class:`~flask_signalwire.plugins.manager.PluginManager`; iterate over it.
    :ivar commands: its :class:`~flask_signalwire.commands.CommandTable`, with those of plugins.
    :ivar webhooks: what it receives, :class:`~flask_signalwire.webhooks.Webhooks`.
    """

    def __init__(
        self,
        app: Flask,
        settings: Settings,
        plugins: Sequence[Any] = (),
        handlers: Sequence[Registration] = (),
    ) -> None:
        self.app = app
        self.settings = settings
        self.plugins = PluginManager(
            blocked=settings.plugins_blocked,
            required=settings.plugins_required,
            strict=settings.plugins_strict,
        )
        self.commands = CommandTable()
        names = [DEFAULT_ACCOUNT, *settings.accounts]
        accounts = [settings.account(name) for name in names]
        self._transports: dict[str, Transport] = {}
        self._clients: dict[str, AccountClient] = {}
        self._simulator: Simulator | None = None
        self._callbacks: Callbacks | None = None
        self._examiner = Examiner()
        self._idempotency = open_store(settings.idempotency_url)
        self.webhooks = Webhooks(app, settings, self.plugins, handlers)
        self._load_plugins(plugins)
        pipeline = Pipeline(app, self.plugins)
        self.plugins.freeze(innermost=pipeline)
        self.plugins.check_required()
        announce(settings, quiet=app.debug or app.testing, keyed=bool(self.webhooks.tokens))
        for account in accounts:
            self._connect(account, pipeline)
        self._closer = weakref.finalize(
            self, _close, self._transports, self._idempotency, self.webhooks.store
        )
        app.cli.add_command(self._cli)

    @property
    def calling(self) -> Calling:
        """The commands of the default account."""
        return self._clients[DEFAULT_ACCOUNT].calling

    @property
    def simulator(self) -> Simulator:
        """The simulated space that this app's commands go to.

        :raises ConfigurationError: where no account has ``simulator`` for a space.
        """
        if self._simulator is None:
            raise ConfigurationError(
                "this app is not connected to the simulator; set SIGNALWIRE_SPACE to 'simulator'"
            )
        return self._simulator

    def account(self, name: str) -> AccountClient:
        """The client of another set of credentials, from ``SIGNALWIRE_ACCOUNTS``.

        :raises ConfigurationError: for an unknown name, with the known ones.
        """
        if name not in self._clients:
            self.settings.account(name)  # raises, and says which ones there are
        return self._clients[name]

    def warm_up(self) -> None:
        """Load now what the first command and the first event of this process would wait for.

        That is certificate authorities and modules, a fifth of a second in all. Nothing is
        connected. Call it where a worker starts; it does no harm to call it again.

        :raises ConfigurationError: where the certificate authorities can't be loaded.
        """
        for name in self._clients:
            self._transport(name).warm_up()
        if self.settings.webhooks:
            self.webhooks.warm_up()

    def check_health(self, deadline: float = 1.0) -> dict[str, Health]:
        """How the app's parts are: for a readiness probe, see the page on deployment.

        Nothing is sent to the service, and nothing is counted, logged or audited. Ask as often as
        once a second.

        :param deadline: seconds for all answers; what has not answered then has failed.
        :returns: by name: ``settings``; ``events``, where a Redis is set for them; and each plugin
            that has something to say, such as ``idempotency``, ``audit`` and ``captions``.
        """
        from .cli.doctor import settings_health

        checks: dict[str, Check] = {"settings": functools.partial(settings_health, self)}
        if self.webhooks.store.shared:
            checks["events"] = self.webhooks.store.check_health
        for found in self.plugins.implementations("signalwire_check_health"):
            name = found.plugin if found.plugin not in checks else f"plugin {found.plugin}"
            checks[name] = functools.partial(self._ask, found)
        return self._examiner.ask(checks, deadline)

    def close(self) -> None:
        """Close this process's connections; a later command opens new ones.

        On the simulator, callbacks that are still to come are forgotten.
        """
        if self._simulator is not None:
            self._simulator.close()
        _close(self._transports, self._idempotency, self.webhooks.store)

    def __repr__(self) -> str:
        return f"<Client of {self.app.name!r}, space {self.settings.space!r}>"

    if not TYPE_CHECKING:  # a type checker must go on to find misspelt names itself

        def __getattr__(self, name: str) -> Any:
            # Asked by its class: while a client is made it has nothing to ask.
            command = not name.startswith("_") and hasattr(Calling, name)
            hint = f"; did you mean `calling.{name}`?" if command else ""
            raise AttributeError(f"the client has no {name!r}{hint}", name=name, obj=self)

    # -- putting it together --------------------------------------------------------------------

    def _load_plugins(self, own: Sequence[Any]) -> None:
        from .cli import build_group  # click commands are needed by apps, not by imports

        manager = self.plugins
        blocked = [name for name in UNBLOCKABLE if name in self.settings.plugins_blocked]
        if blocked:
            problems = [
                ("SIGNALWIRE_PLUGINS_BLOCKED", f"names {name!r}, {UNBLOCKABLE[name]}")
                for name in blocked
            ]
            raise ConfigurationError("built-in plugins can't be blocked:", problems)
        manager.add(Sender(self._send), "sender", "built in")
        if self.settings.callbacks:
            reachable = self.settings.base_url is not None
            self._callbacks = Callbacks(self.webhooks.url, self.webhooks.store, reachable=reachable)
            manager.add(self._callbacks, CALLBACKS, "built in")
        manager.load_entry_points()
        for plugin in own:
            manager.add(plugin, _name(plugin), "app")
        self._add_idempotency()
        # The last of all: it is asked before any other sender, and before keys are reserved.
        manager.add(DryRun(always=self.settings.dry_run), "dry_run", "built in")
        added: dict[str, list[CommandSpec]] = {}

        def take(name: str, rows: Iterable[CommandSpec] | None) -> None:
            found = list(rows or ())
            for spec in found:
                spec.callback_fields  # noqa: B018  # a schema that can't be made is told of now
            self.commands = CommandTable([*itertools.chain(*added.values()), *found])
            added[name] = found

        manager.call_each("signalwire_register_commands", take, client=self)
        manager.call_each("signalwire_setup", app=self.app, client=self)
        # One that could not be set up is taken out whole, its commands too.
        active = [rows for name, rows in added.items() if manager[name].status == "active"]
        self.commands = CommandTable(itertools.chain(*active))
        self._cli = build_group(self)
        manager.call_each("signalwire_register_cli", app=self.app, group=self._cli)

    def _add_idempotency(self) -> None:
        """After all others that may send: so it is asked before them."""
        names = [DEFAULT_ACCOUNT, *self.settings.accounts]
        accounts = {name: self.settings.account(name) for name in names}
        plugin = Idempotency(
            self._idempotency,
            ttl=self.settings.idempotency_ttl,
            deadline=self.settings.deadline,
            accounts={name: f"{a.space}/{a.project_id}" for name, a in accounts.items()},
            warn=not (self.app.debug or self.app.testing),
        )
        self.plugins.add(plugin, IDEMPOTENCY, "built in")

    def _connect(self, account: Account, pipeline: Pipeline) -> None:
        if account.simulated and self._simulator is None:
            from .simulator import Simulator  # of no use in production

            key = next(iter(self.settings.signing_key), None)
            self._simulator = Simulator(self.commands, signing_key=key)
            if self.settings.base_url is not None:
                # Callbacks go into this app; weakly, since the closer keeps the transports.
                app = weakref.proxy(self.app)
                self._simulator.callbacks.route(self.settings.base_url, app)
        if self.settings.ca_file:
            self._transport(account.name)  # a file that is none is told of now
        missing = account.missing()

        def check(command: Command) -> None:
            if missing and not (command.dry_run or self.settings.dry_run):
                raise ConfigurationError("no command can be sent yet:", missing)
            if self._callbacks is not None and not self.webhooks.tokens:
                self._callbacks.check(command)

        calling = Calling(account.name, self.commands, pipeline, check)
        self._clients[account.name] = AccountClient(account.name, calling)

    def _ask(self, implementation: Implementation) -> Health | None:
        with self.app.app_context():
            answer: Health | None = implementation({})
        return answer

    def _transport(self, name: str) -> Transport:
        """What sends an account's commands; the first one loads requests, which takes a while."""
        found = self._transports.get(name)
        if found is None:
            from .transport import Transport

            account = self.settings.account(name)
            adapter = None
            if account.simulated:
                from .simulator import SimulatorAdapter

                adapter = SimulatorAdapter(self.simulator)
            made = Transport(account, self.settings, user_agent=_user_agent(), adapter=adapter)
            found = self._transports.setdefault(name, made)  # of two threads, the first one's
        return found

    def _send(self, command: Command) -> CallLeg:
        try:
            transport = self._transport(command.account)
        except (ImportError, OSError) as error:
            raise TransportError(
                f"{command.spec.method} was not sent: what sends it can't be loaded "
                f"({type(error).__name__}: {text_of(error)})",
                command=command,
                passing=False,
            ) from error
        return transport.send(command)


def _close(transports: dict[str, Transport], *stores: Store | EventStore) -> None:
    for connected in (*transports.values(), *stores):
        connected.close()


def _name(plugin: Any) -> str:
    """What the settings and the list of plugins call one of the app's own plugins."""
    name = getattr(plugin, "name", None)
    if isinstance(name, str) and name:
        return name
    if isinstance(plugin, ModuleType):
        return plugin.__name__.rpartition(".")[2]
    return getattr(plugin, "__name__", None) or type(plugin).__name__


def _user_agent() -> str:
    from . import __version__

    return f"flask-signalwire/{__version__}"


def _find_client() -> Client:
    if not has_app_context():
        raise ClientNotFound(
            "current_signalwire needs an app context, as current_app does. Outside of requests and "
            "CLI commands, in a thread for instance, write: with app.app_context(): ..."
        )
    client = current_app.extensions.get(NAME)
    if client is None:
        raise ClientNotFound(
            f"the app {current_app.name!r} has no flask-signalwire. Call signalwire.init_app(app) "
            "in the application factory; if you do, this is another app than the one you think"
        )
    return cast(Client, client)


current_signalwire = cast(Client, LocalProxy(_find_client))
"""The current app's :class:`Client`: the same as ``current_app.signalwire``, with its type."""
