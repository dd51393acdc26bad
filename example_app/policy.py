"""A plugin of the app's own: a rule of the house, passed with ``SignalWire(plugins=[...])``.

An installed plugin is written in the same way. Here the rule stands beside the app that needs it.
"""

from __future__ import annotations

from flask import Flask

from flask_signalwire import Command, CommandRejected, hookimpl


class PremiumNumbers:
    """Refuses calls to numbers that charge the caller, and to what it can't read as a number."""

    name = "premium_numbers"

    PREFIXES = ("+1900", "+34803", "+34806", "+34807", "+3389", "+3989", "+449", "+49900", "+979")

    prefixes: tuple[str, ...] = PREFIXES

    @hookimpl
    def signalwire_setup(self, app: Flask) -> None:
        prefixes = app.config.get("DESK_REFUSED_PREFIXES", self.PREFIXES)
        if not isinstance(prefixes, (list, tuple)) or not all(
            isinstance(prefix, str) and prefix.startswith("+") for prefix in prefixes
        ):
            raise ValueError('DESK_REFUSED_PREFIXES is no list such as ["+1900", "+979"]')
        self.prefixes = tuple(prefixes)

    @hookimpl
    def signalwire_authorize_command(self, command: Command) -> None:
        reason = self.refusal(command.param("to")) if command.name == "dial" else None
        if reason is not None:
            raise CommandRejected(reason)

    def refusal(self, to: object) -> str | None:
        """Why a number is not called; None where it may be. It asks the rule, and sends nothing."""
        number = international(to)
        if number is None:
            return "this desk calls telephone numbers only, such as +34911234567"
        for prefix in self.prefixes:
            if number.startswith(prefix):
                return f"numbers that start with {prefix} charge the caller"
        return None


def international(text: object) -> str | None:
    """``+`` and digits, however they were grouped; None where that can't be told."""
    if not isinstance(text, str):
        return None
    digits = "".join(character for character in text if character not in " -.()/")
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if digits[:1] != "+" or not (digits[1:].isascii() and digits[1:].isdigit()):
        return None
    return digits
