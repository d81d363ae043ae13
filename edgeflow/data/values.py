"""Data of models that take no pictures, or several inputs: an ``.npz`` of real values."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.archives import ArchiveError
from edgeflow.array_archive import read_arrays
from edgeflow.artifact import sha256_file, write_bytes, write_json, write_text
from edgeflow.data.labels import check_class_count
from edgeflow.data.options import DataOptions
from edgeflow.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

SUFFIX = ".npz"
SCHEMA = 1
_HINT = "write it with numpy.savez(FILE, in0=..., in1=..., labels=...), one row a case"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An input that the data must hold.

    ``transposed`` turns the source's layout, which the data have, into the model's ``shape``.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    transposed: tuple[int, ...] | None = None


def values_file(options: DataOptions, base_dir: Path) -> Path | None:
    """The file, where the data are an ``.npz``; None for pictures.

    Raises DataError when it is not there.
    """
    if not options.recipe.endswith(SUFFIX):
        return None
    path = base_dir / Path(options.recipe).expanduser()
    if not path.is_file():
        raise DataError(f"there is no data file `{options.recipe}`", f"looked at `{path}`")
    return path


def run(
    path: Path,
    out_dir: Path,
    *,
    inputs: Sequence[Wanted],
    class_names: Sequence[str] | None,
    options: DataOptions,
    seed: int,
) -> None:
    """Write ``train.npz`` and ``test.npz`` (``in0``, ``in1`` ... and, if there are any, ``labels``).

    Arrays have a leading axis of cases before the model's own shape. Cases with labels also get
    ``labels.txt``: ``class_names``, or the numbers 0, 1 ... The test part is ``options.test_split`` of the
    cases, drawn with the seed.

    Raises DataError for a file that does not hold what the model takes.
    """
    import numpy as np

    arrays = _read(path)
    labels = _labels(path, arrays.pop("labels", None))
    cases = [_cases(path, arrays, place, wanted) for place, wanted in enumerate(inputs)]
    count = len(cases[0])
    lengths = {len(each) for each in (*cases, *([] if labels is None else [labels]))}
    if lengths != {count}:
        raise DataError(f"`{path}` holds arrays of different lengths: {sorted(lengths)}", _HINT)
    if count < 2:
        raise DataError(f"`{path}` holds {count} cases", "give at least two: one to calibrate, one to test")
    order = np.random.default_rng(seed).permutation(count)
    tests = min(count - 1, max(1, round(count * options.test_split)))
    for name, rows in (("test", np.sort(order[:tests])), ("train", np.sort(order[tests:]))):
        part = {f"in{place}": array[rows] for place, array in enumerate(cases)}
        _write(out_dir / f"{name}.npz", part | ({} if labels is None else {"labels": labels[rows]}))
    names = None
    if labels is not None:
        names = list(class_names or map(str, range(int(labels.max()) + 1)))
        check_class_count(path, int(labels.max()) + 1, names)
        write_text(out_dir / "labels.txt", "".join(f"{name}\n" for name in names))
    document = {"schema": SCHEMA, "sha256": sha256_file(path), "seed": seed, "classes": names}
    write_json(out_dir / "values.json", document | {"train": count - tests, "test": tests})


def _read(path: Path) -> dict[str, Array]:
    try:
        return read_arrays(path)
    except OSError as error:
        raise DataError(f"cannot read `{path}`: {error.strerror or error}") from error
    except ArchiveError as error:
        raise DataError(f"`{path}` is not an .npz file of plain arrays: it {error}", _HINT) from error


def _labels(path: Path, labels: Array | None) -> NDArray[np.int64] | None:
    import numpy as np

    if labels is None:
        return None
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer) or (len(labels) and labels.min() < 0):
        raise DataError(f"`labels` of `{path}` must be one class number from 0 on for each case", _HINT)
    return labels.astype(np.int64)


def _cases(path: Path, arrays: Mapping[str, Array], place: int, wanted: Wanted) -> Array:
    """``in<place>``, or the array of the input's own name, as cases of the model's shape."""
    import numpy as np

    key = wanted.name if wanted.name in arrays else f"in{place}"
    if key not in arrays:
        found = ", ".join(f"`{name}`" for name in sorted(arrays)) or "nothing"
        raise DataError(
            f"`{path}` has no array `in{place}` for the input `{wanted.name}`: it holds {found}", _HINT
        )
    array = arrays[key]
    if not np.issubdtype(array.dtype, np.number) and array.dtype != np.bool_:
        raise DataError(f"`{key}` of `{path}` is {array.dtype}, not numbers", _HINT)
    source = _source_shape(wanted)
    for shape in (source, source[1:]) if source[:1] == (1,) else (source,):
        if array.shape[1:] == shape:
            return _as_model(path, key, array.reshape(len(array), *source), wanted)
    raise DataError(
        f"`{key}` of `{path}` is {list(array.shape)}, the model's input `{wanted.name}` takes cases of"
        f" {list(source)}",
        _HINT,
    )


def _source_shape(wanted: Wanted) -> tuple[int, ...]:
    """The input's shape in the source's layout, all sizes fixed."""
    if wanted.transposed is None:
        return wanted.shape
    source = [0] * len(wanted.shape)
    for axis, source_axis in enumerate(wanted.transposed):
        source[source_axis] = wanted.shape[axis]
    return tuple(source)


def _as_model(path: Path, key: str, array: Array, wanted: Wanted) -> Array:
    import numpy as np

    if wanted.transposed is not None:
        array = array.transpose(0, *(axis + 1 for axis in wanted.transposed))
    if not np.isfinite(array).all():
        raise DataError(f"`{key}` of `{path}` holds values that are not finite numbers")
    converted = array.astype(wanted.dtype)
    if not np.issubdtype(converted.dtype, np.floating) and not np.array_equal(converted, array):
        raise DataError(f"`{key}` of `{path}` holds values that the model's {wanted.dtype} input cannot hold")
    return converted


def _write(path: Path, arrays: Mapping[str, Array]) -> None:
    import numpy as np

    stream = io.BytesIO()
    np.savez(stream, **dict(arrays))
    write_bytes(path, stream.getvalue())
