"""Raw pictures through the whole chain: prepared and classified by Python, host and core."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol

from edgeflow.emulate.cases import picture_values, read_npz
from edgeflow.emulate.comparison import PREPROCESSING, Comparison, Divergence, largest_difference
from edgeflow.emulate.frames import RawFrame, frames_of
from edgeflow.emulate.network import Network
from edgeflow.preprocess.picture import prepare_frame
from edgeflow.preprocess.spec import FILE_NAME, PictureSpec, read_spec

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from edgeflow.emulate.core import CoreRuntime
    from edgeflow.emulate.desktop import DesktopRuntime
    from edgeflow.emulate.host import HostRuntime
    from edgeflow.emulate.qemu import QemuRuntime
    from edgeflow.emulate.runtime import Array

    Pixels = npt.NDArray[np.uint8]

# Of the data stage.
PICTURES_NAME = "raw_pictures.npz"
# Of a frames stage whose image did not fit the target, instead of the image: why.
TOO_LARGE_NAME = "too_large.txt"
# Why nothing ran on the core of a target that is for information only.
NO_CORE = "edgeflow has no compiler and emulator for it"


@dataclass(frozen=True, slots=True)
class RawPictures:
    """Frames of a few test pictures, their preparation, and the image for them or why there is none."""

    what: ClassVar[str] = "raw pictures"
    frames: tuple[RawFrame, ...]
    spec: PictureSpec
    firmware_dir: Path | None

    @property
    def missing_image(self) -> str | None:
        """Why the core has no image for raw pictures; None where it has."""
        return missing_image(self.firmware_dir)

    def __len__(self) -> int:
        """The number of frames."""
        return len(self.frames)

    def prepared(self, network: Network) -> Array:
        """The network's inputs [N, ...] by Python, which training and calibration go by."""
        import numpy as np

        pixels = [
            prepare_frame(frame.data, frame.width, frame.height, frame.format, self.spec)
            for frame in self.frames
        ]
        return picture_values(np.stack(pixels), network.inputs[0], self.spec)

    def by_host(self, host: HostRuntime) -> Array:
        """The same by the generated C."""
        return host.prepare(self.frames)

    def packed(self) -> list[bytes]:
        """As the program for them reads each."""
        return [frame.packed() for frame in self.frames]


class Raw(Protocol):
    """A few raw pictures or sounds, on all sides."""

    @property
    def what(self) -> str:
        """Their name in ``parity.json``."""

    @property
    def missing_image(self) -> str | None:
        """Why the core has no image for them; None where it has."""

    @property
    def firmware_dir(self) -> Path | None:
        """Where that image lies; None for a core that has none."""

    def __len__(self) -> int:
        """How many there are."""

    def prepared(self, network: Network) -> Array:
        """The network's inputs [N, ...] by Python."""

    def by_host(self, host: HostRuntime) -> Array:
        """The same by the generated C."""

    def packed(self) -> list[bytes]:
        """As the program on the core reads each."""


def missing_image(firmware_dir: Path | None) -> str | None:
    """What a frames stage says when its image did not fit the target; None where there is an image."""
    if firmware_dir is None:
        return NO_CORE
    path = firmware_dir / TOO_LARGE_NAME
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None


def load_raw_pictures(data_dir: Path, firmware_dir: Path | None) -> RawPictures:
    """Those that the data stage kept."""
    pictures = stored_pictures(data_dir)
    return RawPictures(tuple(frames_of(pictures)), read_spec(data_dir / FILE_NAME), firmware_dir)


def stored_pictures(data_dir: Path) -> list[Pixels]:
    """uint8 ``[H, W, C]`` at their own sizes."""
    import numpy as np

    arrays = read_npz(data_dir / PICTURES_NAME)
    return [arrays[name].astype(np.uint8, casting="safe") for name in sorted(arrays)]


def longest_row_bytes(pictures: Sequence[Pixels]) -> int:
    """Of all frames of these pictures: three bytes a pixel at most, of grey ones two."""
    return max(pixels.shape[1] * max(2, pixels.shape[2]) for pixels in pictures)


def with_prepared_input(network: Network) -> Network:
    """The network as the program for raw pictures writes it: the input that it made, then the outputs."""
    return replace(network, outputs=(*network.inputs, *network.outputs), is_stateful=False)


@dataclass(slots=True)
class RawResult:
    """What became of the raw pictures on all sides."""

    lines: list[Comparison] = field(default_factory=list)
    divergences: list[Divergence] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def compare_raw(
    raw: Raw,
    network: Network,
    reference: DesktopRuntime,
    host: HostRuntime,
    core: CoreRuntime | QemuRuntime | None,
) -> RawResult:
    """Compare the network's input of each raw picture or sound, and its class.

    ``core`` has the image for raw pictures; without it a note says why.
    """
    result = RawResult()
    expected = raw.prepared(network)
    by_host = raw.by_host(host)
    named = _classes(reference.run([expected]))
    _compare_inputs(result, network, ("python", "host"), expected, by_host)
    kind = f"classes of {raw.what}"
    _compare_classes(result, network, kind, ("reference", "host"), named, _classes(host.run([by_host])))
    if core is None:
        result.notes.append(f"no {raw.what} on the core: {raw.missing_image}")
        return result
    by_core, *outputs = core.execute_packed(raw.packed()).outputs
    _compare_inputs(result, network, ("host", "core"), by_host, by_core)
    _compare_classes(result, network, kind, ("reference", "core"), named, _classes(outputs))
    return result


def _compare_inputs(
    result: RawResult, network: Network, between: tuple[str, str], left: Array, right: Array
) -> None:
    line = Comparison(between, "preprocessing", tensors=1)
    result.lines.append(line)
    tensor_id = network.inputs[0].tensor_id
    for case, (a, b) in enumerate(zip(left, right, strict=True)):
        line.cases += 1
        if line.add(a.tobytes(), b.tobytes()):
            difference = largest_difference(a, b.tobytes())
            result.divergences.append(Divergence(PREPROCESSING, case, tensor_id, None, difference, between))


def _compare_classes(
    result: RawResult,
    network: Network,
    kind: str,
    between: tuple[str, str],
    left: Sequence[int],
    right: Sequence[int],
) -> None:
    """Four bytes for each class."""
    line = Comparison(between, kind, tensors=1)
    result.lines.append(line)
    order, tensor_id = len(network.operators), network.outputs[0].tensor_id
    for case, (a, b) in enumerate(zip(left, right, strict=True)):
        line.cases += 1
        if line.add(struct.pack("<I", a), struct.pack("<I", b)):
            result.divergences.append(Divergence(order, case, tensor_id, None, abs(a - b), between))


def _classes(outputs: Sequence[Array]) -> list[int]:
    """The largest of each case's first output; of equal ones the first."""
    return [int(case.reshape(-1).argmax()) for case in outputs[0]]
