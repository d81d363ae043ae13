"""The exception tree. Every error a user can meet has one sentence and, if there is one, a hint.

    EdgeflowError
    |-- UserError            exit 1: the user can fix it
    |   |-- ProjectError     edgeflow.toml or a command-line value that contradicts it
    |   |-- DataError        pictures, recipes, archives, splits
    |   |-- ModelError       a model file that is corrupt, unsupported or not int8
    |   |-- TargetError      a target descriptor
    |   |-- ToolError        a compiler, emulator or package that is missing
    |   |-- BuildError       the compiler or linker refused the generated sources
    |   |-- ParityError      two runs of one model gave different bytes
    |   `-- BudgetError      a figure exceeds the target or a budget of the project
    |-- UsageError           exit 2: the command line itself is wrong
    `-- InternalError        exit 3: a defect of edgeflow

The command line (``edgeflow.cli.app``) is the one place where these become exit codes.
"""

from __future__ import annotations

# The hint wherever a program is too large or too slow.
ADVICE_HINT = (
    "`edgeflow check --advise` of this project (or `--model FILE`) and target builds and measures the"
    " cheapest changes that would keep the limits"
)


class EdgeflowError(Exception):
    """Base of all errors raised on purpose; ``message`` is one sentence, ``hint`` what to try."""

    exit_code = 3

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[type[EdgeflowError], tuple[str, str | None]]:
        """Keep the hint when the error crosses a process boundary."""
        return type(self), (self.message, self.hint)


class UserError(EdgeflowError):
    """The user can fix this."""

    exit_code = 1


class ProjectError(UserError):
    """A key or value of the project file."""


class DataError(UserError):
    """Pictures, recipes, archives or splits."""


class ModelError(UserError):
    """A model file that is corrupt, unsupported or not full-integer."""


class TargetError(UserError):
    """A target descriptor that is unknown or invalid."""


class ToolError(UserError):
    """A program or package that a step needs is missing."""


class BuildError(UserError):
    """The compiler or the linker refused the generated sources."""


class ParityError(UserError):
    """Two runs of one model on the same input gave different bytes."""


class BudgetError(UserError):
    """A measured or estimated figure exceeds the target or a budget."""


class UsageError(EdgeflowError):
    """The command line is wrong."""

    exit_code = 2


class InternalError(EdgeflowError):
    """A defect of edgeflow itself."""

    exit_code = 3
