"""Run the generated C, compiled for this machine as a shared library, with every tensor traced."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from edgeflow.emulate.frames import RawFrame
from edgeflow.emulate.network import Network
from edgeflow.errors import BuildError, InternalError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from edgeflow.emulate.runtime import Array

# What edgeflow.firmware.host.build_library writes.
LIBRARY_NAME = "model.so"

# Tensor id to the bytes that the operator wrote, of one case.
Trace = dict[int, bytes]

_CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t)

# What ef_picture.h calls EF_PICTURE_DONE, ef_audio.h EF_AUDIO_DONE.
PICTURE_DONE = 1
# Samples that come at once, as in firmware_templates/sounds.
PIECE_SAMPLES = 150


class _Frame(ctypes.Structure):
    """``ef_frame`` of ef_picture.h."""

    _fields_ = (
        ("pixels", ctypes.c_void_p),
        ("width", ctypes.c_uint32),
        ("height", ctypes.c_uint32),
        ("stride_bytes", ctypes.c_uint32),
        ("format", ctypes.c_int),
    )


class HostRuntime:
    """The library of ``edgeflow.firmware.host.build_library``, or the folder that holds it."""

    title = "generated C on the host"

    def __init__(self, library: Path, network: Network) -> None:
        path = library / LIBRARY_NAME if library.is_dir() else library
        self.network = network
        try:
            self._library = loaded = ctypes.CDLL(str(path.absolute()))
        except OSError as error:
            raise BuildError(f"cannot load the host library `{path}`: {error}", "build it again") from error
        self._run_case = loaded.ef_library_run
        self._run_case.argtypes = (ctypes.c_char_p, ctypes.c_char_p)
        self._run_case.restype = ctypes.c_int
        self._set_trace = loaded.ef_library_set_trace
        self._set_trace.argtypes = (_CALLBACK,)
        self._set_trace.restype = None

    def run(self, inputs: Sequence[Array], *, sequence: bool = False) -> list[Array]:
        """Outputs of all cases."""
        self._set_trace(_CALLBACK(0))
        packed = self.network.pack(inputs, sequence=sequence)
        return self.network.unpack(b"".join(map(self._outputs, packed)), len(packed))

    def run_traced(
        self, inputs: Sequence[Array], *, sequence: bool = False
    ) -> tuple[list[Array], list[Trace]]:
        """Outputs of all cases, and for each case every tensor that an operator wrote."""
        packed = self.network.pack(inputs, sequence=sequence)
        traces: list[Trace] = []

        def keep(tensor_id: int, data: int, byte_count: int) -> None:
            traces[-1][tensor_id] = ctypes.string_at(data, byte_count)

        callback = _CALLBACK(keep)
        self._set_trace(callback)
        written = []
        for case in packed:
            traces.append({})
            written.append(self._outputs(case))
        self._set_trace(_CALLBACK(0))
        return self.network.unpack(b"".join(written), len(packed)), traces

    def prepare(self, frames: Sequence[RawFrame]) -> Array:
        """The network's inputs [N, ...] of raw pictures, by the generated C.

        Raises InternalError where that refuses one.
        """
        import numpy as np

        (info,) = self.network.inputs
        prepared = np.empty((len(frames), *info.shape), info.dtype)
        for case, frame in enumerate(frames):
            pixels = ctypes.create_string_buffer(frame.data, len(frame.data))
            address = ctypes.cast(pixels, ctypes.c_void_p)
            given = _Frame(address, frame.width, frame.height, frame.row_bytes, frame.number)
            target = ctypes.c_void_p(prepared[case].ctypes.data)
            status = self._library.ef_library_prepare(ctypes.byref(given), target)
            self._require_done(status)
        return prepared

    def prepare_sounds(self, clips: npt.NDArray[np.int16]) -> Array:
        """The network's inputs [N, ...] of clips [N, samples], by the generated C.

        Raises InternalError where a clip does not fill the input.
        """
        import numpy as np

        (info,) = self.network.inputs
        prepared = np.empty((len(clips), *info.shape), info.dtype)
        for case, clip in enumerate(np.ascontiguousarray(clips)):
            samples, target = (ctypes.c_void_p(array.ctypes.data) for array in (clip, prepared[case]))
            self._require_done(self._library.ef_library_prepare(samples, len(clip), PIECE_SAMPLES, target))
        return prepared

    def _require_done(self, status: int) -> None:
        if status != PICTURE_DONE:
            raise InternalError(f"the preprocessing of `{self.network.model}` returned {status} on the host")

    def _outputs(self, case: bytes) -> bytes:
        result = ctypes.create_string_buffer(self.network.output_bytes)
        status = self._run_case(case, result)
        if status != 0:
            raise InternalError(f"`{self.network.model}_invoke` returned {status} on the host")
        return result.raw
