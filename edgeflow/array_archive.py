"""Plain arrays of an ``.npz`` from outside: bounded before memory is taken, and never pickles.

NumPy's own reader takes memory for whatever shape a header declares, and its parser of headers fails in
many ways; here a header has to agree with the bytes that follow it. Form of an array's file:
https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import tokenize
from io import BytesIO
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeflow.archives import ArchiveError, Bounds, open_zip, read_member, reason, zip_members

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BOUNDS = Bounds(members=1000, member_bytes=2 << 30, total_bytes=4 << 30)
MAX_HEADER_BYTES = 10_000
_DAMAGE = (ValueError, SyntaxError, tokenize.TokenError, TypeError, EOFError, RecursionError, MemoryError)


def read_arrays(path: Path) -> dict[str, NDArray[np.generic]]:
    """The arrays by name; raises ArchiveError, a clause that follows the file's name, and OSError."""
    with open_zip(path, BOUNDS.members) as archive:
        members = zip_members(archive, BOUNDS)
        return {
            name.removesuffix(".npy"): _array(name, read_member(archive, info))
            for name, info in members.items()
        }


def _array(name: str, data: bytes) -> NDArray[np.generic]:
    import numpy as np

    stream = BytesIO(data)
    try:
        form: Any = np.lib.format  # its types lack what is used here
        version = form.read_magic(stream)
        readers = {(1, 0): form.read_array_header_1_0, (2, 0): form.read_array_header_2_0}
        if version not in readers:
            raise ValueError(f"it is of the version {version[0]}.{version[1]}")
        shape, is_fortran, dtype = readers[version](stream, max_header_size=MAX_HEADER_BYTES)
    except _DAMAGE as error:
        raise ArchiveError(f"holds `{name}`, which is no array: {reason(error)}") from error
    if dtype.hasobject:
        raise ArchiveError(f"holds `{name}`, an array of Python objects, which are never read")
    declared = prod(shape) * dtype.itemsize
    if not all(type(size) is int and size >= 0 for size in shape) or declared != len(data) - stream.tell():
        raise ArchiveError(f"holds `{name}`, whose header declares {declared} bytes, not those that follow")
    flat: NDArray[np.generic] = np.frombuffer(data, dtype, prod(shape), stream.tell()).copy()
    return flat.reshape(shape[::-1]).T if is_fortran else flat.reshape(shape)
