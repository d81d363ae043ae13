"""What every destination gets of a build: the C, the model, labels, golden cases and where all came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeflow import __version__
from edgeflow.artifact import read_json, sha256_bytes
from edgeflow.errors import UserError
from edgeflow.export.options import ExportOptions

if TYPE_CHECKING:
    from edgeflow.preprocess.declaration import Declaration
    from edgeflow.target.descriptor import Target

# Constants that a self-test may take of the flash; at least one case is always kept.
SELF_TEST_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class GoldenCase:
    """Raw bytes of every input, and those of every output that the reference interpreter gives for them."""

    inputs: tuple[bytes, ...]
    outputs: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A checked build, in memory.

    ``name`` is the project's (``person-detector``), ``prefix`` begins every C symbol (``person_detector``).
    ``sources`` are the generated C and the kernels by flat file name; ``network`` and ``memory_plan`` are
    ``network.json`` and ``memory_plan.json``; ``tflm`` are the files of the TFLite Micro form and ``tflite``
    the int8 model itself. ``labels`` is empty for a model without classes. ``provenance`` has no date: equal
    builds give equal bytes. ``preprocessing`` says how raw pictures or sounds become the input,
    ``float_model`` is the model before quantization; both are None where a build has none. ``model_card``
    is ``MODEL_CARD.md``.
    """

    name: str
    prefix: str
    sources: Mapping[str, bytes]
    network: Mapping[str, Any]
    memory_plan: Mapping[str, Any]
    tflm: Mapping[str, bytes]
    tflm_arena: Mapping[str, Any]
    tflite: bytes
    labels: tuple[str, ...]
    golden: tuple[GoldenCase, ...]
    target: Target
    provenance: Mapping[str, Any]
    preprocessing: Declaration | None = None
    float_model: bytes | None = None
    model_card: bytes = b""
    options: ExportOptions = field(default_factory=ExportOptions)

    @property
    def macro(self) -> str:
        """The prefix of C macros."""
        return self.prefix.upper()

    @property
    def arena_bytes(self) -> int:
        """Activations and scratch memory of all parts of the arena."""
        return int(self.network["arena_bytes"])

    @property
    def has_split_arena(self) -> bool:
        """The arena lies in several memory regions, and the C takes a pointer to each part."""
        return len(self.network["arena_parts"]) > 1

    @property
    def arena_symbol(self) -> str:
        """What a call passes as the arena that the export brings along."""
        return f"{self.prefix}_arena{'s' if self.has_split_arena else ''}"

    @property
    def has_preprocessing(self) -> bool:
        """The C also prepares raw pictures or sound."""
        return "preprocess.h" in self.sources

    @property
    def golden_bytes(self) -> int:
        """Inputs and outputs of all golden cases."""
        return sum(map(_byte_count, self.golden))

    @property
    def prepares_pictures(self) -> bool:
        """The C makes the network's input of raw pictures."""
        return "ef_picture.h" in self.sources

    @property
    def prepares_sounds(self) -> bool:
        """The C makes the network's input of samples of sound."""
        return "ef_audio.h" in self.sources

    @property
    def has_static_arena(self) -> bool:
        """The generated model holds its arena already (``[codegen] static_arena``)."""
        return f"extern unsigned char {self.prefix}_arena".encode() in self.sources["model.h"]


def read_bundle(
    codegen_dir: Path,
    model: Path,
    *,
    name: str,
    labels: Sequence[str],
    golden: Sequence[GoldenCase],
    target: Target,
    versions: Mapping[str, str],
    preprocessing: Declaration | None = None,
    float_model: Path | None = None,
    model_card: Path | None = None,
    options: ExportOptions | None = None,
) -> Bundle:
    """Read what the stages wrote; ``golden`` cases are cut to what a self-test may take.

    Raises UserError when the model has no case to test itself with.
    """
    network = read_json(codegen_dir / "network.json")
    if not golden:
        raise UserError("an export needs at least one golden case", "raise `build.parity_pictures`")
    tflite = model.read_bytes()
    return Bundle(
        name=name,
        prefix=network["model"],
        sources=_files(codegen_dir / "c"),
        network=network,
        memory_plan=read_json(codegen_dir / "memory_plan.json"),
        tflm={n: data for n, data in _files(codegen_dir / "tflm").items() if not n.endswith(".json")},
        tflm_arena=read_json(codegen_dir / "tflm" / "tflm_arena.json"),
        tflite=tflite,
        labels=tuple(labels),
        golden=_affordable(golden),
        target=target,
        provenance={
            "schema": 1,
            "edgeflow": __version__,
            "name": name,
            "model_sha256": sha256_bytes(tflite),
            "target": target.name,
            "core": target.core,
            "versions": dict(sorted(versions.items())),
        },
        preprocessing=preprocessing,
        float_model=float_model.read_bytes() if float_model is not None else None,
        model_card=model_card.read_bytes() if model_card is not None else b"",
        options=options or ExportOptions(),
    )


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def _affordable(golden: Sequence[GoldenCase]) -> tuple[GoldenCase, ...]:
    """The first cases whose bytes fit ``SELF_TEST_BYTES``; the first one in any case."""
    chosen, taken = list(golden[:1]), _byte_count(golden[0])
    for case in golden[1:]:
        taken += _byte_count(case)
        if taken > SELF_TEST_BYTES:
            break
        chosen.append(case)
    return tuple(chosen)


def _byte_count(case: GoldenCase) -> int:
    return sum(map(len, case.inputs)) + sum(map(len, case.outputs))
