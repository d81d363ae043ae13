"""The inputs of a foreign model, of one that was imported or of one that came as int8."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from edgeflow.artifact import read_json
from edgeflow.errors import DataError
from edgeflow.importers.interface import Port
from edgeflow.quantize.flatbuffer import read_facts

# A real value enters a quantized input by its scale.
_REAL = "float32"


def imported_inputs(import_dir: Path) -> list[Port]:
    """The inputs that an import stage has written down."""
    return [
        Port(
            entry["name"],
            tuple(entry["source_shape"]),
            tuple(entry["shape"]),
            entry["dtype"],
            None if entry["transposed"] is None else tuple(entry["transposed"]),
        )
        for entry in read_json(import_dir / "import.json")["inputs"]
    ]


def int8_inputs(model: Path) -> list[Port]:
    """The inputs of a ``.tflite``; those that are quantized take real values."""
    facts = read_facts(model)
    found = []
    for index in facts.inputs:
        tensor = facts.tensor(0, index)
        dtype = _REAL if tensor.scales else tensor.dtype.lower()
        found.append(Port(tensor.name, tensor.shape, tensor.shape, dtype))
    return found


def picture_shape(ports: Sequence[Port]) -> tuple[int, int, int]:
    """Height, width and channels of the picture that a model takes.

    Raises DataError when it takes something else.
    """
    if len(ports) != 1:
        names = ", ".join(f"`{port.name}`" for port in ports)
        raise DataError(f"the model has {len(ports)} inputs ({names}), pictures are one", _VALUES_HINT)
    (port,) = ports
    if len(port.shape) != 4 or port.shape[0] != 1 or port.shape[3] not in {1, 3}:
        raise DataError(
            f"the model's input `{port.name}` is {list(port.shape)}, no picture [1, height, width, 1 or 3]",
            _VALUES_HINT,
        )
    return port.shape[1], port.shape[2], port.shape[3]


_VALUES_HINT = "give real values as --data FILE.npz with arrays in0, in1 ... and, if there are, labels"
