"""What the emulators read of the codegen stage: ``network.json``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgeflow.artifact import read_json
from edgeflow.emulate.runtime import TensorInfo
from edgeflow.errors import UsageError

if TYPE_CHECKING:
    from edgeflow.emulate.runtime import Array


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator: its symbol in ``model.c`` (None without code), its name, and the tensors it writes."""

    index: int
    function: str | None
    label: str
    outputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """Inputs, outputs and operators of a generated model, one subgraph of a file, in order of execution.

    ``is_stateful``: it has variables, which keep their values from one run to the next.
    """

    model: str
    subgraph: int
    inputs: tuple[TensorInfo, ...]
    outputs: tuple[TensorInfo, ...]
    operators: tuple[Operator, ...]
    is_stateful: bool

    def pack(self, inputs: Sequence[Array], *, sequence: bool = False) -> list[bytes]:
        """The bytes of each case, inputs one after the other, as the program's input file holds them.

        For a model that keeps state a byte stands before them: 0 to keep that of the case before, as all
        but the first case of a ``sequence`` do, else 1.

        Raises UsageError when the arrays do not fit the model's inputs.
        """
        import numpy as np

        check_inputs(inputs, self.inputs)
        arrays = [np.ascontiguousarray(array) for array in inputs]
        return [
            self._state_byte(is_first=case == 0 or not sequence)
            + b"".join(array[case].tobytes() for array in arrays)
            for case in range(len(arrays[0]))
        ]

    def _state_byte(self, *, is_first: bool) -> bytes:
        return bytes([is_first]) if self.is_stateful else b""

    def unpack(self, data: bytes, cases: int) -> list[Array]:
        """Arrays of outputs from the bytes of ``cases`` cases one after the other."""
        import numpy as np

        rows = np.frombuffer(data, np.uint8).reshape(cases, self.output_bytes)
        arrays: list[Array] = []
        start = 0
        for info in self.outputs:
            part = np.ascontiguousarray(rows[:, start : start + info.byte_count])
            arrays.append(part.view(info.dtype).reshape(cases, *info.shape))
            start += info.byte_count
        return arrays

    @property
    def output_bytes(self) -> int:
        """Bytes of all outputs of one case."""
        return sum(info.byte_count for info in self.outputs)


def load_network(codegen_dir: Path) -> Network:
    """The model that a codegen stage has written."""
    return parse_network(read_json(codegen_dir / "network.json"))


def parse_network(raw: dict[str, Any]) -> Network:
    """The same from the parsed ``network.json``."""
    return Network(
        raw["model"],
        raw["subgraph"],
        tuple(_tensor(entry) for entry in raw["inputs"]),
        tuple(_tensor(entry) for entry in raw["outputs"]),
        tuple(
            Operator(entry["index"], entry["function"], entry["label"], tuple(entry["outputs"]))
            for entry in raw["operators"]
        ),
        bool(raw["variables"]),
    )


def _tensor(entry: dict[str, Any]) -> TensorInfo:
    return TensorInfo(
        entry["tensor_id"],
        entry["name"],
        tuple(entry["shape"]),
        entry["dtype"],
        entry.get("scale"),
        entry.get("zero_point"),
    )


def check_inputs(inputs: Sequence[Array], expected: Sequence[TensorInfo]) -> None:
    """Raise UsageError unless the arrays are cases of exactly these tensors, and the same number of each."""
    if len(inputs) != len(expected):
        raise UsageError(f"the model has {len(expected)} inputs but {len(inputs)} arrays were given")
    for index, (array, info) in enumerate(zip(inputs, expected, strict=True)):
        wanted = f"`in{index}` (`{info.name}`) must be {info.dtype} of shape {shape_text(info)}"
        if str(array.dtype) != info.dtype:
            raise UsageError(
                f"{wanted}; it is {array.dtype}", "give raw quantized values of the model's own type"
            )
        if array.ndim != len(info.shape) + 1 or tuple(array.shape[1:]) != info.shape:
            raise UsageError(
                f"{wanted}; it is {list(array.shape)}",
                "the first axis counts cases, the rest is the tensor's shape",
            )
        if len(array) != len(inputs[0]):
            raise UsageError(f"`in{index}` has {len(array)} cases but `in0` has {len(inputs[0])}")
    if len(inputs[0]) == 0:
        raise UsageError("the inputs hold no case", "give at least one")


def shape_text(info: TensorInfo) -> str:
    """A tensor's shape with the leading axis of cases: ``[cases, 1, 8]``."""
    return f"[{', '.join(['cases', *map(str, info.shape)])}]"
