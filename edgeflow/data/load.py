"""All pictures of a data set as one uint8 array at the deployed size, with what was found on the way."""

from __future__ import annotations

import hashlib
import itertools
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.data.layout import Item
from edgeflow.data.options import DataOptions
from edgeflow.data.picture import decode, quiet_decoding
from edgeflow.data.picture_set import PictureSet
from edgeflow.data.sound import clip
from edgeflow.data.sound import decode as decode_sound
from edgeflow.errors import DataError
from edgeflow.preprocess.audio_spec import SoundSpec
from edgeflow.preprocess.declaration import Declaration
from edgeflow.preprocess.geometry import Placement, place
from edgeflow.preprocess.spec import PictureSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BATCH_PICTURES = 256
_PROGRESS_SECONDS = 5.0
# Of two neighbouring input samples bilinear passes over none.
_LARGEST_SHRINK = 2.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A usable picture; ``row`` is its place in ``Pool.images``.

    ``sha256`` is of the pixels ``[H, W, C]`` after the colour conversion at the original size,
    ``deployed_sha256`` of those at the deployed size.
    """

    item: Item
    row: int
    width: int
    height: int
    sha256: str
    deployed_sha256: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A picture that cannot be used, and why."""

    name: str
    label: str
    reason: str
    tiny: bool = False


@dataclass(frozen=True, slots=True)
class Pool:
    """Every picture of a data set, by name; uint8 ``images`` ``[rows, H, W, C]``, some rows unused."""

    images: NDArray[np.uint8]
    pictures: tuple[Picture, ...]
    left_out: tuple[LeftOut, ...]


def load_pool(
    source: PictureSet, options: DataOptions, spec: Declaration, progress: Callable[[str], None]
) -> Pool:
    """Decode, hash and prepare every picture or sound; bad ones are left out with a reason.

    Raises DataError when the array does not fit this machine's memory.
    """
    import numpy as np

    items = _chosen(source.layout.items, options.max_pictures_per_class)
    shape = (len(items), spec.height, spec.width, spec.channels)
    _refuse_too_large(shape)
    images = np.empty(shape, dtype=np.uint8)
    pictures: list[Picture] = []
    left_out: list[LeftOut] = []
    started = spoken = time.monotonic()
    what = "sounds" if isinstance(spec, SoundSpec) else "pictures"
    with quiet_decoding():
        for batch in _in_threads(source, items, images, options, spec):
            pictures += [result for result in batch if isinstance(result, Picture)]
            left_out += [result for result in batch if isinstance(result, LeftOut)]
            if time.monotonic() - spoken > _PROGRESS_SECONDS:
                spoken = time.monotonic()
                progress(f"{len(pictures) + len(left_out):,} of {len(items):,} {what} read")
    progress(f"{len(items):,} {what} read in {time.monotonic() - started:.1f} s")
    if not isinstance(spec, SoundSpec) and (note := shrink_note(pictures, spec)) is not None:
        progress(note)
    return Pool(images, tuple(pictures), tuple(left_out))


def shrink_note(pictures: Sequence[Picture], spec: PictureSpec) -> str | None:
    """What to say where most pictures shrink so much that the interpolation passes over pixels."""
    if spec.interpolation == "area" or not pictures:
        return None
    sizes = Counter((picture.width, picture.height) for picture in pictures)
    factors = {size: _shrink(place(spec.aspect_ratio, *size, spec.width, spec.height)) for size in sizes}
    median = statistics.median(factors[size] for size in sizes.elements())
    if median <= _LARGEST_SHRINK:
        return None
    return (
        f"the pictures shrink by {median:.1f} (median) and `{spec.interpolation}` then looks at few of their"
        ' pixels: preprocessing.interpolation = "area" averages all'
    )


def _shrink(placement: Placement) -> float:
    """The larger of the factors by which both sides shrink."""
    source, destination = placement.source, placement.destination
    return max(source.width / destination.width, source.height / destination.height)


def load_pictures(paths: Sequence[Path], spec: PictureSpec) -> NDArray[np.uint8]:
    """Picture files as uint8 ``[N, H, W, C]``, decoded and prepared as the data stage does.

    Raises DataError naming the first file that cannot be read.
    """
    import numpy as np

    from edgeflow.preprocess.picture import prepare

    images = np.empty((len(paths), spec.height, spec.width, spec.channels), dtype=np.uint8)
    with quiet_decoding():
        for row, path in enumerate(paths):
            try:
                pixels = decode(path.read_bytes(), spec.color_mode)
            except OSError as error:
                raise DataError(f"cannot read picture `{path}`: {error.strerror}") from error
            except DataError as error:
                raise DataError(f"cannot read picture `{path}`: {error.message}") from error
            images[row] = prepare(pixels, spec)
    return images


def load_sounds(paths: Sequence[Path], spec: SoundSpec) -> NDArray[np.uint8]:
    """WAV files as uint8 ``[N, frames, width, 1]``, decoded and prepared as the data stage does.

    Raises DataError naming the first file that cannot be read.
    """
    import numpy as np

    from edgeflow.preprocess.audio import sound_features

    clips = np.empty((len(paths), spec.clip_samples), np.int16)
    for row, path in enumerate(paths):
        try:
            clips[row] = clip(decode_sound(path.read_bytes(), spec.sample_rate_hz), spec.clip_samples)
        except OSError as error:
            raise DataError(f"cannot read sound `{path}`: {error.strerror}") from error
        except DataError as error:
            raise DataError(f"cannot read sound `{path}`: {error.message}") from error
    return sound_features(clips, spec)


def _chosen(items: Sequence[Item], per_class: int | None) -> list[Item]:
    """All items, or so many of each class and fixed part, chosen by the hash of their names."""
    if per_class is None:
        return list(items)
    taken: Counter[tuple[str, str | None]] = Counter()
    chosen = set()
    for item in sorted(items, key=lambda item: hashlib.sha256(item.name.encode()).digest()):
        if taken[item.label, item.part] < per_class:
            taken[item.label, item.part] += 1
            chosen.add(item.name)
    return [item for item in items if item.name in chosen]


def _refuse_too_large(shape: tuple[int, int, int, int]) -> None:
    needed_bytes = shape[0] * shape[1] * shape[2] * shape[3]
    try:
        memory_bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not known on this system
        return
    # The largest part is copied once while it is written.
    if needed_bytes * 2 > memory_bytes:
        raise DataError(
            f"{shape[0]:,} pictures of {shape[1]}x{shape[2]}x{shape[3]} bytes need twice "
            f"{needed_bytes >> 20:,} MiB; this machine has {memory_bytes >> 20:,} MiB",
            "take a smaller preprocessing.input_size or set max_pictures_per_class",
        )


def _in_threads(
    source: PictureSet,
    items: Sequence[Item],
    images: NDArray[np.uint8],
    options: DataOptions,
    spec: Declaration,
) -> Iterator[list[Picture | LeftOut]]:
    """Results in the order of the items, a batch at a time; an interrupt drops what has not begun."""

    def work(start: int) -> list[Picture | LeftOut]:
        batch = itertools.islice(enumerate(items), start, start + _BATCH_PICTURES)
        if isinstance(spec, SoundSpec):
            return _load_sound_batch(source, batch, images, spec)
        return [_load_one(source, item, row, images, options.min_side_pixels, spec) for row, item in batch]

    pool = ThreadPoolExecutor(max_workers=min(8, os.cpu_count() or 1))
    try:
        yield from pool.map(work, range(0, len(items), _BATCH_PICTURES))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _load_one(
    source: PictureSet,
    item: Item,
    row: int,
    images: NDArray[np.uint8],
    min_side_pixels: int,
    spec: PictureSpec,
) -> Picture | LeftOut:
    from edgeflow.preprocess.color import recolor
    from edgeflow.preprocess.picture import prepare

    try:
        raw = source.read(item)
        if isinstance(raw, bytes):
            pixels = decode(raw, spec.color_mode)
        else:
            pixels = recolor(raw if raw.ndim == 3 else raw[..., None], spec.color_mode)
    except DataError as error:
        return LeftOut(item.name, item.label, error.message)
    height, width = pixels.shape[:2]
    if min(height, width) < min_side_pixels:
        return LeftOut(item.name, item.label, f"{width}x{height} pixels", tiny=True)
    images[row] = prepare(pixels, spec)
    return Picture(
        item=item,
        row=row,
        width=width,
        height=height,
        sha256=hashlib.sha256(pixels.tobytes()).hexdigest(),
        deployed_sha256=hashlib.sha256(images[row].tobytes()).hexdigest(),
    )


def _load_sound_batch(
    source: PictureSet, batch: Iterable[tuple[int, Item]], images: NDArray[np.uint8], spec: SoundSpec
) -> list[Picture | LeftOut]:
    """As of pictures; a sound's width is its number of samples, its height 1. A batch is prepared at once."""
    import numpy as np

    from edgeflow.preprocess.audio import sound_features

    read = [(item, row, _sound(source, item, spec)) for row, item in batch]
    usable = [(row, samples) for _, row, samples in read if not isinstance(samples, LeftOut)]
    if usable:
        clips = np.stack([clip(samples, spec.clip_samples) for _, samples in usable])
        images[[row for row, _ in usable]] = sound_features(clips, spec)
    return [
        samples
        if isinstance(samples, LeftOut)
        else Picture(
            item=item,
            row=row,
            width=len(samples),
            height=1,
            sha256=hashlib.sha256(samples.tobytes()).hexdigest(),
            deployed_sha256=hashlib.sha256(images[row].tobytes()).hexdigest(),
        )
        for item, row, samples in read
    ]


def _sound(source: PictureSet, item: Item, spec: SoundSpec) -> NDArray[np.int16] | LeftOut:
    try:
        raw = source.read(item)
        if not isinstance(raw, bytes):
            return LeftOut(item.name, item.label, "a picture, not a sound")
        samples = decode_sound(raw, spec.sample_rate_hz)
    except DataError as error:
        return LeftOut(item.name, item.label, error.message)
    if len(samples) < spec.window_samples:
        return LeftOut(item.name, item.label, f"{len(samples)} samples, less than a window", tiny=True)
    return samples
