"""An HDF5 file of Keras, in a child process: the library is large and may fail on damaged files.

Refused are links and data in other files, packing by filters that would be loaded as plugins, data sets
that declare more than the limits, and types other than numbers and text.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from edgeflow.archives import ArchiveError, copy_member, open_zip, reason
from edgeflow.errors import ModelError
from edgeflow.importers.inspection.keras_config import check_config
from edgeflow.importers.inspection.sizes import checked_bytes
from edgeflow.importers.inspection.wire import printable
from edgeflow.importers.limits import (
    INSPECTION_MEMORY_BYTES,
    INSPECTION_SECONDS,
    MAX_CONFIG_BYTES,
    MAX_DEPTH,
    MAX_HDF5_OBJECTS,
    MAX_MEMBERS,
    MAX_UNPACKED_BYTES,
    bound_process,
)
from edgeflow.train.process import Job, Progress, serve

if TYPE_CHECKING:
    import h5py

HINT = "save the model again with Keras"
# Packings that the library has built in: deflate, shuffle, fletcher32.
FILTERS = frozenset({1, 2, 3})


def check_hdf5(job: Job, _progress: Progress) -> None:
    """Look into `path`, or into its `member` when it is a zip; raises ModelError."""
    bound_process(INSPECTION_MEMORY_BYTES, INSPECTION_SECONDS)
    path = Path(job["path"])
    if job["member"] is None:
        with path.open("rb") as stream:
            _check_file(path.name, stream, has_config=True)
        return
    with tempfile.TemporaryFile() as stream:
        _copy_member(path, job["member"], stream)
        stream.seek(0)
        _check_file(f"{path.name}/{job['member']}", stream, has_config=False)


def _copy_member(path: Path, member: str, target: IO[bytes]) -> None:
    """A member that the caller has checked."""
    try:
        with open_zip(path, MAX_MEMBERS) as archive:
            copy_member(archive, archive.getinfo(member), target)
    except ArchiveError as error:
        raise ModelError(f"`{path.name}` {error}.", HINT) from error


def _check_file(origin: str, stream: IO[bytes], *, has_config: bool) -> None:
    import h5py

    try:
        with h5py.File(stream, "r") as file:
            _Walk(origin).group(file, "", 0)
            if has_config:
                check_config(origin, _config(origin, file))
    except ModelError:
        raise
    except MemoryError as error:
        raise ModelError(f"`{origin}` asks for more memory than a model needs.", HINT) from error
    except Exception as error:  # h5py raises what its C library makes it
        raise ModelError(f"`{origin}` is corrupt: {reason(error)}.", HINT) from error


def _config(origin: str, file: h5py.File) -> str | bytes:
    if "model_config" not in file.attrs:
        raise ModelError(
            f"`{origin}` holds weights only, no model.", "save the whole model with `model.save`"
        )
    size = file.attrs.get_id("model_config").get_storage_size()
    config: object = file.attrs["model_config"]
    if size > MAX_CONFIG_BYTES or not isinstance(config, (str, bytes)) or len(config) > MAX_CONFIG_BYTES:
        raise ModelError(f"`{origin}` is corrupt: `model_config` is no text.", HINT)
    return config


class _Walk:
    """Every object of a file once, through hard links only."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.count = 0
        self.total_bytes = 0

    def group(self, group: h5py.Group, path: str, depth: int) -> None:
        """A group's members."""
        import h5py

        if depth > MAX_DEPTH:
            raise ModelError(f"`{self.origin}`: groups are nested more than {MAX_DEPTH} deep.", HINT)
        for name in group:
            self.count += 1
            if self.count > MAX_HDF5_OBJECTS:
                raise ModelError(f"`{self.origin}` has more than {MAX_HDF5_OBJECTS} objects.", HINT)
            where = printable(f"{path}/{name}".encode(errors="replace"))
            link = group.get(name, getlink=True)
            if not isinstance(link, h5py.HardLink):
                raise self._refused(where, "is a link to another place or file")
            item = group[name]
            if isinstance(item, h5py.Group):
                self.group(item, where, depth + 1)
            elif isinstance(item, h5py.Dataset):
                self.dataset(item, where)

    def dataset(self, dataset: h5py.Dataset, where: str) -> None:
        """A data set's place, packing, type and declared size."""
        import h5py

        if dataset.external:
            raise self._refused(where, "takes its values from another file")
        if dataset.is_virtual:
            raise self._refused(where, "takes its values from another data set or file")
        properties = dataset.id.get_create_plist()
        filters = {properties.get_filter(i)[0] for i in range(properties.get_nfilters())}
        if not filters <= FILTERS:
            raise self._refused(where, "is packed by a filter that would have to be loaded")
        text = h5py.check_string_dtype(dataset.dtype) is not None
        if not text and (dataset.dtype.kind not in "biuf" or dataset.dtype.hasobject):
            raise self._refused(where, "holds neither numbers nor text")
        if dataset.shape is None:
            return
        self.total_bytes += checked_bytes(
            self.origin, f"data set `{where}`", dataset.shape, 8 * dataset.dtype.itemsize
        )
        if self.total_bytes > MAX_UNPACKED_BYTES:
            raise ModelError(f"`{self.origin}` declares more than {MAX_UNPACKED_BYTES} bytes.", HINT)

    def _refused(self, where: str, what: str) -> ModelError:
        return ModelError(f"`{self.origin}`: `{where}` {what}.", HINT)


if __name__ == "__main__":
    serve(check_hdf5)
