"""Cases to run: from an ``.npz`` file, from the test pictures, or seeded over the whole range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeflow.archives import ArchiveError
from edgeflow.array_archive import read_arrays
from edgeflow.artifact import write_bytes
from edgeflow.emulate.network import check_inputs, parse_network, shape_text
from edgeflow.errors import UsageError
from edgeflow.preprocess.declaration import Declaration

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from edgeflow.emulate.runtime import Array, TensorInfo


def load_inputs(path: Path, expected: Sequence[TensorInfo]) -> list[Array]:
    """The arrays ``in0``, ``in1`` ... of an ``.npz`` file, checked against the model's inputs.

    Raises UsageError when the file cannot be read or does not hold what the model takes.
    """
    arrays = read_npz(path)
    inputs = []
    for index, info in enumerate(expected):
        key = f"in{index}"
        if key not in arrays:
            found = ", ".join(f"`{name}`" for name in sorted(arrays)) or "nothing"
            raise UsageError(
                f"`{path}` has no array `{key}`; it holds {found}",
                f"`{key}` must be {info.dtype} of shape {shape_text(info)}",
            )
        inputs.append(arrays[key])
    try:
        check_inputs(inputs, expected)
    except UsageError as error:
        raise UsageError(f"`{path}`: {error.message}", error.hint) from error
    return inputs


def save_outputs(path: Path, outputs: Sequence[Array]) -> None:
    """Write the arrays ``out0``, ``out1`` ... as an ``.npz`` file."""
    import io

    import numpy as np

    stream = io.BytesIO()
    np.savez(stream, **{f"out{index}": array for index, array in enumerate(outputs)})
    write_bytes(path, stream.getvalue())


def picture_values(images: npt.NDArray[np.uint8], info: TensorInfo, spec: Declaration) -> Array:
    """Prepared pictures, uint8 [N, H, W, C], as raw values [N, *shape] of a model's input.

    A float input takes pixel * scale + offset of the spec; of integers this real value is quantized, ties to
    even, as TFLite's converter does. Raises UsageError when the shapes differ, or for integers without a
    scale.
    """
    import numpy as np

    from edgeflow.preprocess.values import RAW_TYPES, apply_table, raw_table, real_table

    if images.shape[1:] != info.shape[1:] or info.shape[0] != 1:
        raise UsageError(
            f"the pictures are {list(images.shape[1:])}"
            f" but the model's input `{info.name}` is {list(info.shape)}"
        )
    if np.issubdtype(np.dtype(info.dtype), np.floating):
        table = real_table(spec).astype(info.dtype)
    elif (dtype := next((name for name in RAW_TYPES if name == info.dtype), None)) is None:
        raise UsageError(f"the model's input `{info.name}` is {info.dtype}, which takes no pictures")
    elif not info.scale or info.zero_point is None:
        raise UsageError(
            f"the model's input `{info.name}` is {info.dtype} without a scale: pixels have no value in it",
            "give raw values with --inputs FILE.npz",
        )
    else:
        table = raw_table(spec, info.scale, info.zero_point, dtype)
    return apply_table(table, images).reshape(len(images), *info.shape)


def seeded_cases(network: Mapping[str, Any], count: int) -> list[Array]:
    """``count`` cases of a ``network.json`` without pictures, as ``seeded_arrays``."""
    return seeded_arrays(parse_network(dict(network)).inputs, count)


def seeded_arrays(inputs: Sequence[TensorInfo], count: int) -> list[Array]:
    """``count`` cases of these inputs: zero point, lowest, highest, then seeded uniform values."""
    return [_seeded(info, count, position) for position, info in enumerate(inputs)]


def _seeded(info: TensorInfo, count: int, position: int) -> Array:
    import numpy as np

    if np.issubdtype(np.dtype(info.dtype), np.floating):
        low, high, zero = -1.0, 1.0, 0.0
    elif info.dtype == "bool":
        low, high, zero = 0.0, 1.0, 0.0
    else:
        limits = np.iinfo(info.dtype)
        low, high, zero = limits.min, limits.max, info.zero_point or 0
    constants = [np.full(info.shape, value) for value in (zero, low, high)]
    cases = [
        constants[case] if case < len(constants) else _uniform((case, position), low, high, info)
        for case in range(count)
    ]
    stacked: Array = np.stack(cases).astype(info.dtype)
    return stacked


def _uniform(seed: tuple[int, int], low: float, high: float, info: TensorInfo) -> Array:
    import numpy as np

    generator = np.random.default_rng(seed)
    if np.issubdtype(np.dtype(info.dtype), np.floating):
        return generator.uniform(low, high, info.shape)
    return generator.integers(int(low), int(high), info.shape, endpoint=True)


def read_npz(path: Path) -> dict[str, Array]:
    """All arrays of an ``.npz`` file. Raises UsageError when it is none or holds other objects."""
    try:
        return read_arrays(path)
    except OSError as error:
        raise UsageError(f"cannot read `{path}`: {error.strerror or error}") from error
    except ArchiveError as error:
        raise UsageError(
            f"`{path}` is not an .npz file of plain arrays: it {error}", "write it with numpy.savez"
        ) from error
