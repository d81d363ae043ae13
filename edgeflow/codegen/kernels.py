"""Which kernel files a program needs: the sources it calls and all headers they include."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from edgeflow.errors import InternalError
from edgeflow.ops.spec import KernelCall

_CALL = re.compile(r"\b(ef_\w+)\(")
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.MULTILINE)


def kernel_files(
    calls: Iterable[KernelCall], kernels_dir: Path, headers: Iterable[str] = ()
) -> dict[str, bytes]:
    """Contents of the files by flat name, sources and headers, in order of name.

    ``headers`` are wanted besides those of the calls. A header whose own source stands in ``src``
    under the same stem brings that source along, and so does a call in a source.

    Raises:
        InternalError: a file is missing, or an include cannot be flattened.
    """
    found: dict[str, bytes] = {}
    waiting = sorted({*headers, *(n for call in calls for n in (f"{call.function}.c", call.header))})
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name] = _path(name, kernels_dir).read_bytes()
        text = found[name].decode()
        waiting += _INCLUDE.findall(text)
        callees = [Path(name).stem] if name.endswith(".h") else _CALL.findall(text)
        sources = [kernels_dir / "src" / f"{callee}.c" for callee in callees]
        waiting += [source.name for source in sources if source.is_file()]
    return dict(sorted(found.items()))


def _path(name: str, kernels_dir: Path) -> Path:
    folder = kernels_dir / ("include" if name.endswith(".h") else "src")
    path = folder / name
    if Path(name).name != name or not path.is_file():
        raise InternalError(f"the kernel file `{name}` is not in `{folder.name}` of the kernels")
    return path
