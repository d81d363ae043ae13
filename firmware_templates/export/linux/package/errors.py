"""What goes wrong for a reason that one sentence can say."""

from __future__ import annotations


class UserError(Exception):
    """A sentence for the user, and what may help."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class DataError(UserError):
    """A picture, sound or raw input that cannot be used."""


class ToolError(UserError):
    """A package that is not installed."""
