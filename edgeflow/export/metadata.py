"""TFLite Model Metadata: what a model is, how its input is prepared, what its outputs mean.

Field numbers follow metadata_schema.fbs of tflite-support 0.4.4 (file identifier ``M001``), to which fields
are only ever appended: https://github.com/tensorflow/tflite-support, folder tensorflow_lite_support/metadata.
Tools read it by that schema: Android Studio, ML Kit, MediaPipe, ``tflite_support``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from edgeflow.export.bundle import Bundle
from edgeflow.export.shared import labels_file
from edgeflow.preprocess.spec import PictureSpec

IDENTIFIER = b"M001"
LABELS_FILE = "labels.txt"
# All that is written here is part of the first version of the schema.
MIN_PARSER_VERSION = "1.0.0"
_LARGEST_PIXEL = 255


class _Model(IntEnum):
    NAME = 0
    DESCRIPTION = 1
    VERSION = 2
    SUBGRAPH_METADATA = 3
    AUTHOR = 4
    LICENSE = 5
    MIN_PARSER_VERSION = 7


class _Subgraph(IntEnum):
    INPUT_TENSOR_METADATA = 2
    OUTPUT_TENSOR_METADATA = 3


class _Tensor(IntEnum):
    NAME = 0
    DESCRIPTION = 1
    CONTENT = 3
    PROCESS_UNITS = 4
    STATS = 5
    ASSOCIATED_FILES = 6


class _Content(IntEnum):
    PROPERTIES_TYPE = 0
    PROPERTIES = 1


class _Image(IntEnum):
    COLOR_SPACE = 0
    DEFAULT_SIZE = 1


class _Size(IntEnum):
    WIDTH = 0
    HEIGHT = 1


class _ProcessUnit(IntEnum):
    OPTIONS_TYPE = 0
    OPTIONS = 1


class _Normalization(IntEnum):
    MEAN = 0
    STD = 1


class _Stats(IntEnum):
    MAX = 0
    MIN = 1


class _File(IntEnum):
    NAME = 0
    DESCRIPTION = 1
    TYPE = 2


# Members of the schema's unions and enumerations.
_FEATURE_PROPERTIES, _IMAGE_PROPERTIES = 1, 2
_COLOR_SPACES = {"rgb": 1, "grayscale": 2}
_NORMALIZATION_OPTIONS = 1
_TENSOR_AXIS_LABELS = 2


@dataclass(frozen=True, slots=True)
class Tensor:
    """What is said of one input or output."""

    name: str
    description: str
    picture: PictureSpec | None = None
    labels_file: str | None = None


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is said of a model; ``files`` are the associated files, which stand at its end."""

    name: str
    description: str
    author: str
    licence: str
    version: str
    inputs: Sequence[Tensor]
    outputs: Sequence[Tensor]
    files: Mapping[str, bytes] = field(default_factory=dict)


def metadata_of(bundle: Bundle) -> Metadata:
    """The metadata of a bundle's model, int8 or float."""
    spec = bundle.preprocessing
    inputs = [_input(bundle, index) for index in range(len(bundle.network["inputs"]))]
    outputs = [
        Tensor(
            str(info["name"]),
            "The score of each class." if bundle.labels else "A result of the network.",
            labels_file=LABELS_FILE if bundle.labels and index == 0 else None,
        )
        for index, info in enumerate(bundle.network["outputs"])
    ]
    about = bundle.options
    task = "Classifies pictures." if isinstance(spec, PictureSpec) else "A network." if spec is None else ""
    return Metadata(
        name=bundle.name,
        description=about.description or task or "Classifies sounds.",
        author=about.author,
        licence=about.license,
        version=f"edgeflow {bundle.provenance['edgeflow']}",
        inputs=inputs,
        outputs=outputs,
        files={LABELS_FILE: labels_file(bundle)} if bundle.labels else {},
    )


def _input(bundle: Bundle, index: int) -> Tensor:
    name, spec = str(bundle.network["inputs"][index]["name"]), bundle.preprocessing
    if spec is None:
        return Tensor(name, "An input of the network.")
    if not isinstance(spec, PictureSpec):
        return Tensor(name, f"{spec.kind} features, {spec.frames} frames of {spec.width} bytes each.")
    what = "grey values" if spec.color_mode == "grayscale" else "red, green and blue"
    how = {"fit": "stretched", "crop": "cropped", "pad": "padded"}[spec.aspect_ratio]
    description = f"A picture of {what}, {how} to {spec.width} x {spec.height} ({spec.interpolation})."
    return Tensor(name, description, picture=spec)


def serialized(metadata: Metadata) -> bytes:
    """The flatbuffer of the metadata."""
    import flatbuffers

    writer = _Writer(flatbuffers.Builder(1024))
    files = set(metadata.files)
    subgraph = writer.table(
        {
            _Subgraph.INPUT_TENSOR_METADATA: writer.vector(
                [writer.tensor(each, files) for each in metadata.inputs]
            ),
            _Subgraph.OUTPUT_TENSOR_METADATA: writer.vector(
                [writer.tensor(each, files) for each in metadata.outputs]
            ),
        }
    )
    root = writer.table(
        {
            _Model.NAME: writer.text(metadata.name),
            _Model.DESCRIPTION: writer.text(metadata.description),
            _Model.VERSION: writer.text(metadata.version),
            _Model.SUBGRAPH_METADATA: writer.vector([subgraph]),
            _Model.AUTHOR: writer.text(metadata.author),
            _Model.LICENSE: writer.text(metadata.licence),
            _Model.MIN_PARSER_VERSION: writer.text(MIN_PARSER_VERSION),
        }
    )
    writer.builder.Finish(root, file_identifier=IDENTIFIER)
    return bytes(writer.builder.Output())


class _Writer:
    """Tables by field number on a flatbuffer builder; None leaves a field out."""

    def __init__(self, builder: Any) -> None:  # noqa: ANN401  the library has no types
        self.builder = builder

    def text(self, text: str) -> int | None:
        return int(self.builder.CreateString(text)) if text else None

    def vector(self, offsets: Sequence[int]) -> int | None:
        """A vector of tables; none of nothing."""
        return self._vector(offsets, self.builder.PrependUOffsetTRelative)

    def floats(self, values: Sequence[float]) -> int | None:
        return self._vector(values, self.builder.PrependFloat32)

    def _vector(self, values: Sequence[Any], prepend: Callable[[Any], None]) -> int | None:
        if not values:
            return None
        self.builder.StartVector(4, len(values), 4)
        for value in reversed(values):
            prepend(value)
        return int(self.builder.EndVector())

    def table(
        self,
        offsets: Mapping[IntEnum, int | None],
        bytes_: Mapping[IntEnum, int] | None = None,
        sizes: Mapping[IntEnum, int] | None = None,
    ) -> int:
        """A table of offsets, of numbers of 8 bits and of numbers of 32 bits."""
        self.builder.StartObject(1 + max([*offsets, *(bytes_ or ()), *(sizes or ())]))
        for slot, offset in offsets.items():
            if offset is not None:
                self.builder.PrependUOffsetTRelativeSlot(int(slot), offset, 0)
        for slot, number in (sizes or {}).items():
            self.builder.PrependUint32Slot(int(slot), number, 0)
        for slot, number in (bytes_ or {}).items():
            self.builder.PrependUint8Slot(int(slot), number, 0)
        return int(self.builder.EndObject())

    def tensor(self, tensor: Tensor, files: set[str]) -> int:
        spec = tensor.picture
        content = self._picture(spec) if spec else self._feature()
        labels = [self._labels(tensor.labels_file)] if tensor.labels_file in files else []
        return self.table(
            {
                _Tensor.NAME: self.text(tensor.name),
                _Tensor.DESCRIPTION: self.text(tensor.description),
                _Tensor.CONTENT: content,
                _Tensor.PROCESS_UNITS: self.vector([self._normalization(spec)] if spec else []),
                _Tensor.STATS: self._stats(spec) if spec else None,
                _Tensor.ASSOCIATED_FILES: self.vector(labels),
            }
        )

    def _feature(self) -> int:
        properties = self.table({}, {_Content.PROPERTIES_TYPE: 0})  # a table without fields
        return self.table({_Content.PROPERTIES: properties}, {_Content.PROPERTIES_TYPE: _FEATURE_PROPERTIES})

    def _picture(self, spec: PictureSpec) -> int:
        size = self.table({}, sizes={_Size.WIDTH: spec.width, _Size.HEIGHT: spec.height})
        properties = self.table(
            {_Image.DEFAULT_SIZE: size}, {_Image.COLOR_SPACE: _COLOR_SPACES[spec.color_mode]}
        )
        return self.table({_Content.PROPERTIES: properties}, {_Content.PROPERTIES_TYPE: _IMAGE_PROPERTIES})

    def _normalization(self, spec: PictureSpec) -> int:
        """(pixel - mean) / std, which is pixel * scale + offset."""
        pairs = list(zip(spec.scale, spec.offset, strict=True))
        options = self.table(
            {
                _Normalization.MEAN: self.floats([-offset / scale for scale, offset in pairs]),
                _Normalization.STD: self.floats([1 / scale for scale, _ in pairs]),
            }
        )
        return self.table(
            {_ProcessUnit.OPTIONS: options}, {_ProcessUnit.OPTIONS_TYPE: _NORMALIZATION_OPTIONS}
        )

    def _stats(self, spec: PictureSpec) -> int:
        """Range of the network's values of each channel."""
        ends = [sorted((o, _LARGEST_PIXEL * s + o)) for s, o in zip(spec.scale, spec.offset, strict=True)]
        low, high = ([end[which] for end in ends] for which in (0, 1))
        return self.table({_Stats.MAX: self.floats(high), _Stats.MIN: self.floats(low)})

    def _labels(self, name: str | None) -> int:
        described = self.text("Names of the classes, one a line, in the order of the scores.")
        return self.table(
            {_File.NAME: self.text(name or ""), _File.DESCRIPTION: described},
            {_File.TYPE: _TENSOR_AXIS_LABELS},
        )
