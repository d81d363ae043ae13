"""The two original CIFAR-10 archives (binary and Python version), read without trusting them.

Format: https://www.cs.toronto.edu/~kriz/cifar.html. Six batches of 10,000 pictures; a picture is 3,072
bytes, the red plane first, each plane row by row. The binary version puts the label's byte before each
picture. The Python version is a pickle of a dictionary: its unpickler here knows three names, and these
lead to plain records of this module, so that no code of the file or of numpy runs.
"""

from __future__ import annotations

import gzip
import io
import pickle
import tarfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from edgeflow.data.layout import Item, Layout, Part
from edgeflow.data.picture_set import PictureSet
from edgeflow.data.recipe import FixedSplit
from edgeflow.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SIDE = 32
PICTURE_BYTES = 3 * SIDE * SIDE
BATCH_PICTURES = 10_000
BATCHES: dict[str, Part] = {**{f"data_batch_{n}": "train" for n in range(1, 6)}, "test_batch": "test"}
MAX_BATCH_BYTES = 40 << 20
MAX_ARCHIVE_BYTES = 512 << 20  # unpacked; the originals have 185 MB


def is_cifar_folder(folder: Path) -> bool:
    """True for an unpacked original archive."""
    return any((folder / f"test_batch{suffix}").is_file() for suffix in ("", ".bin"))


def read_cifar_folder(folder: Path) -> PictureSet:
    """Read an unpacked original archive; raises DataError for a missing or wrong batch."""
    batches: dict[str, bytes] = {}
    for path in sorted(folder.iterdir()):
        if path.name.removesuffix(".bin") in BATCHES:
            try:
                _check_size(str(folder), path.name, path.stat().st_size)
                batches[path.name] = path.read_bytes()
            except OSError as error:
                raise DataError(f"cannot read `{path}`: {error.strerror}", "check its permissions") from error
    return _picture_set(str(folder), batches, None)


def read_cifar_archive(path: Path, identity: tuple[str, str]) -> PictureSet:
    """Read an original ``.tar.gz`` in memory; raises DataError when it is damaged or another archive."""
    try:
        with path.open("rb") as raw:
            packed = raw.peek(2)[:2] == b"\x1f\x8b"
            stream = cast("BinaryIO", gzip.GzipFile(fileobj=raw)) if packed else raw
            with tarfile.open(fileobj=_Bounded(stream), mode="r|") as archive:
                batches = _read_batches(str(path), archive)
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError) as error:
        raise DataError(f"`{path}` is not an intact tar archive: {error}", "get the file again") from error
    return _picture_set(str(path), batches, identity)


class _Bounded(io.RawIOBase):
    """A stream that ends in an error before a small file unpacks to an endless one."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = MAX_ARCHIVE_BYTES

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes; raises OSError behind the bound."""
        block = self._stream.read(size)
        self._left -= len(block)
        if self._left < 0:
            raise OSError(f"it unpacks to more than {MAX_ARCHIVE_BYTES} bytes")
        return block


def _read_batches(origin: str, archive: tarfile.TarFile) -> dict[str, bytes]:
    batches: dict[str, bytes] = {}
    for member in archive:
        name = PurePosixPath(member.name).name
        if not member.isfile() or name.removesuffix(".bin") not in BATCHES:
            continue
        _check_size(origin, name, member.size)
        content = archive.extractfile(member)
        if content is not None:
            batches[name] = content.read()
    return batches


def _check_size(origin: str, name: str, size: int) -> None:
    if size > MAX_BATCH_BYTES:
        raise DataError(f"`{origin}`: `{name}` has {size} bytes, a CIFAR-10 batch has about 31 million")


def _picture_set(origin: str, batches: Mapping[str, bytes], identity: tuple[str, str] | None) -> PictureSet:
    suffix = ".bin" if "test_batch.bin" in batches else ""
    where: dict[str, tuple[str, int]] = {}
    pixels: dict[str, NDArray[np.uint8]] = {}
    items: list[Item] = []
    for batch, part in BATCHES.items():
        if batch + suffix not in batches:
            raise DataError(
                f"`{origin}` holds no `{batch}{suffix}`",
                "expected an original CIFAR-10 archive: cifar-10-binary.tar.gz or cifar-10-python.tar.gz",
            )
        read = _binary_batch if suffix else _python_batch
        labels, pixels[batch] = read(f"`{origin}`: `{batch}{suffix}`", batches[batch + suffix])
        for index, label in enumerate(labels):
            name = f"{part}/{CLASSES[label]}/{batch}-{index:04d}"
            where[name] = (batch, index)
            items.append(Item(name, CLASSES[label], part))
    items.sort(key=lambda item: item.name)
    layout = Layout(items=tuple(items), classes=CLASSES, split=FixedSplit(train="train", test="test"))
    return PictureSet(layout, lambda item: pixels[where[item.name][0]][where[item.name][1]], identity)


def _binary_batch(origin: str, data: bytes) -> tuple[list[int], NDArray[np.uint8]]:
    import numpy as np

    if len(data) != BATCH_PICTURES * (1 + PICTURE_BYTES):
        raise DataError(f"{origin} has {len(data)} bytes, not {BATCH_PICTURES * (1 + PICTURE_BYTES)}")
    records = np.frombuffer(data, dtype=np.uint8).reshape(BATCH_PICTURES, 1 + PICTURE_BYTES)
    labels = records[:, 0].tolist()
    _check_labels(origin, labels)
    return labels, _planes_last(records[:, 1:])


def _python_batch(origin: str, data: bytes) -> tuple[list[int], NDArray[np.uint8]]:
    import numpy as np

    try:
        content = _Unpickler(io.BytesIO(data), encoding="bytes").load()
        labels, array = content[b"labels"], content[b"data"]
    except (pickle.UnpicklingError, EOFError, ValueError, KeyError, IndexError, TypeError) as error:
        raise DataError(f"{origin} is not a CIFAR-10 batch: {error}", "take the original archive") from error
    except (AttributeError, ImportError, OverflowError, MemoryError) as error:
        raise DataError(f"{origin} is not a CIFAR-10 batch: {error}", "take the original archive") from error
    _check_labels(origin, labels)
    if not isinstance(array, _PickledArray) or len(array.pixels) != BATCH_PICTURES * PICTURE_BYTES:
        raise DataError(f"{origin} does not hold {BATCH_PICTURES} pictures of {PICTURE_BYTES} bytes")
    planes = np.frombuffer(array.pixels, dtype=np.uint8)
    order: Literal["F", "C"] = "F" if array.is_fortran else "C"
    return labels, _planes_last(planes.reshape((BATCH_PICTURES, PICTURE_BYTES), order=order))


def _check_labels(origin: str, labels: object) -> None:
    if not isinstance(labels, list) or len(labels) != BATCH_PICTURES:
        raise DataError(f"{origin} does not hold {BATCH_PICTURES} labels")
    if not all(type(label) is int and 0 <= label < len(CLASSES) for label in labels):
        raise DataError(f"{origin} holds labels other than 0 to {len(CLASSES) - 1}")


def _planes_last(planes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """``[N, 3072]`` in planes to ``[N, 32, 32, 3]``."""
    import numpy as np

    return np.ascontiguousarray(planes.reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1))


class _PickledArray:
    """Stands where the pickle has a numpy array; keeps its bytes when it is a plain uint8 one."""

    def __init__(self, *_arguments: object) -> None:
        self.pixels = b""
        self.is_fortran = False

    def __setstate__(self, state: object) -> None:
        """``(version, shape, dtype, is_fortran, bytes)``, as ``ndarray.__reduce__`` writes it."""
        if not isinstance(state, tuple) or len(state) != 5:
            raise pickle.UnpicklingError("an array in an unknown form")
        _, _, dtype, is_fortran, pixels = state
        plain = isinstance(dtype, _PickledType) and dtype.code in {"u1", b"u1"}
        if not plain or not isinstance(pixels, bytes):
            raise pickle.UnpicklingError("an array that is not uint8")
        self.pixels = pixels
        self.is_fortran = bool(is_fortran)


class _PickledType:
    """Stands where the pickle has a numpy dtype."""

    def __init__(self, code: object = None, *_arguments: object) -> None:
        self.code = code

    def __setstate__(self, state: object) -> None:
        """Byte order and the like: nothing that uint8 has."""


class _Unpickler(pickle.Unpickler):
    """Knows the three names of a pickled numpy array and nothing else."""

    def find_class(self, module: str, name: str) -> type[_PickledArray | _PickledType]:
        """Our stand-in for one of the three; raises UnpicklingError for any other name."""
        if name == "_reconstruct" and module in {"numpy.core.multiarray", "numpy._core.multiarray"}:
            return _PickledArray
        if module == "numpy" and name in {"ndarray", "dtype"}:
            return _PickledArray if name == "ndarray" else _PickledType
        raise pickle.UnpicklingError(f"it asks for `{module}.{name}`, which a picture does not need")
