"""The classes in the order of a model's outputs, where the user says it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edgeflow.errors import DataError


def read_labels(path: Path) -> tuple[str, ...]:
    """Class names, one a line. Raises DataError for a file that cannot be read or is no such list."""
    try:
        names = tuple(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read the class names of `{path}`: {error}") from error
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        fault = f"names {', '.join(f'`{name}`' for name in twice)} twice" if twice else "names no class"
        raise DataError(
            f"`{path}` {fault}", "write one class name a line, in the order of the model's outputs"
        )
    return names


def ordered(classes: Sequence[str], wanted: Sequence[str] | None) -> tuple[str, ...]:
    """The classes of the data as a model's outputs have them; sorted as they are without a wish.

    Raises DataError when both do not name the same classes.
    """
    if wanted is None:
        return tuple(classes)
    missing, other = sorted(set(classes) - set(wanted)), sorted(set(wanted) - set(classes))
    if missing or other:
        faults = [
            f"{text} {', '.join(f'`{name}`' for name in names)}"
            for text, names in (("it lacks", missing), ("the data lack", other))
            if names
        ]
        raise DataError(f"model.labels names other classes than the data: {'; '.join(faults)}")
    return tuple(wanted)


def check_class_count(path: Path, count: int, names: Sequence[str]) -> None:
    """Raise DataError when labels go beyond the class names."""
    if count > len(names):
        raise DataError(f"`{path}` has labels up to {count - 1}, model.labels names {len(names)} classes")
