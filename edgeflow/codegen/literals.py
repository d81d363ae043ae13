"""Values as C text: numbers that read back as the same bits, arrays wrapped to the width, comments."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from edgeflow.errors import ModelError

WIDTH = 100
_INDENT = "    "

_C_TYPES = {
    "int8": "int8_t",
    "uint8": "uint8_t",
    "bool": "uint8_t",
    "int16": "int16_t",
    "int32": "int32_t",
    "int64": "int64_t",
    "float32": "float",
}


def c_type(dtype: str) -> str:
    """The C type of an element type."""
    return _C_TYPES[dtype]


def int_literal(value: int) -> str:
    """An integer constant expression of that value.

    C has no negative literals: -2147483648 is a minus before a number that does not fit an int
    (C99 section 6.4.4.1), so the two minima are written as sums.
    """
    if value == -(2**31):
        return "(-2147483647 - 1)"
    if value == -(2**63):
        return "(-INT64_C(9223372036854775807) - 1)"
    return str(value) if -(2**31) < value < 2**31 else f"INT64_C({value})"


def float_literal(value: float) -> str:
    """The shortest decimal that reads back as the same float32, with suffix.

    Hexadecimal floats would be exact by construction but are no C++ before C++17.

    Raises:
        ModelError: the value is infinite or not a number.
    """
    with np.errstate(over="ignore"):
        single = np.float32(value)
    if not math.isfinite(single):
        raise ModelError(f"the model holds the float {value}, which no network needs", "train it again")
    return str(single) + "f"


def array_body(values: npt.NDArray[np.generic]) -> str:
    """The elements in memory order, separated by commas, in lines of at most ``WIDTH`` columns."""
    flat = np.ascontiguousarray(values).reshape(-1)
    if flat.dtype.kind == "f":
        return _wrapped([float_literal(value) for value in flat.tolist()])
    if flat.dtype.kind == "b":
        flat = flat.astype(np.uint8)
    if flat.dtype.itemsize < 4:
        return _wrapped([str(value) for value in flat.tolist()])
    return _wrapped([int_literal(value) for value in flat.tolist()])


def hex_body(data: bytes) -> str:
    """Bytes as hexadecimal literals, wrapped."""
    words = [f"0x{value:02x}" for value in range(256)]
    return _wrapped([words[value] for value in data])


def _wrapped(words: list[str]) -> str:
    """As many words in every line as the longest allows."""
    longest = max(map(len, words))
    per_line = max(1, (WIDTH - len(_INDENT)) // (longest + 2))
    lines = (", ".join(words[i : i + per_line]) for i in range(0, len(words), per_line))
    return ",\n".join(_INDENT + line for line in lines)


def braced(values: Iterable[int]) -> str:
    """A braced list on one line; of nothing a single 1, the shape of a scalar."""
    return "{" + (", ".join(int_literal(value) for value in values) or "1") + "}"


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape for comments: ``1x32x32x3``, or ``scalar``."""
    return "x".join(map(str, shape)) or "scalar"


def comment_text(text: str, limit: int = 80) -> str:
    """Foreign text that is safe in a C comment: it cannot end it, begin another or break the line.

    Trigraphs (``??/`` is a backslash) are broken up, and what is not printable ASCII is escaped.
    """
    ascii_only = text.encode("ascii", "backslashreplace").decode()
    printable = re.sub(r"[^ -~]+", " ", ascii_only)
    while "??" in printable:
        printable = printable.replace("??", "? ?")
    safe = printable.replace("*/", "* /").replace("/*", "/ *")
    return safe if len(safe) <= limit else safe[: limit - 3].rstrip("*/\\ ") + "..."
