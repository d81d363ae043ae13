"""Noise that int8 adds to each layer: float and int8 tensors of the same name, compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import log10, prod
from typing import TYPE_CHECKING, Any

from edgeflow.quantize.flatbuffer import ModelFacts, OperatorFacts, TensorFacts, read_facts

if TYPE_CHECKING:
    from edgeflow.emulate.desktop import DesktopRuntime
    from edgeflow.emulate.runtime import Array

# More cases hardly move a ratio of sums over all elements; all tensors of these are kept at once.
CASES = 16
_MOST_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class LayerNoise:
    """One operator's output. ``sqnr_db``: energy of the float values to that of the int8 error; None is none.

    ``lost_db`` is how much less it is than that of the worst input: what this operator itself adds.
    """

    operator: int
    kind: str
    tensor: str
    sqnr_db: float | None
    lost_db: float | None

    def as_json(self) -> dict[str, Any]:
        """As ``agreement.json`` holds it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Noise:
    """The layers, worst first; ``unmatched`` operators of the int8 model have no float twin by name."""

    cases: int
    layers: tuple[LayerNoise, ...]
    unmatched: int

    def noisiest(self) -> str | None:
        """The layer that adds the most noise, in words: the one that loses most, or else has the most."""
        known = [layer for layer in self.layers if layer.sqnr_db is not None]
        if not known:
            return None
        worst = max(known, key=lambda layer: (layer.lost_db is not None, layer.lost_db or 0.0))
        if worst.lost_db is None:
            worst = known[0]
        lost = f", {worst.lost_db:.1f} dB less than its inputs" if worst.lost_db is not None else ""
        return f"{worst.kind} #{worst.operator} adds most noise (SQNR {worst.sqnr_db:.1f} dB{lost})"

    def as_json(self) -> dict[str, Any]:
        """As ``agreement.json`` holds it."""
        layers = [layer.as_json() for layer in self.layers]
        return {"cases": self.cases, "layers": layers, "unmatched_operators": self.unmatched}


def layer_noise(
    float_model: DesktopRuntime,
    int8_model: DesktopRuntime,
    float_inputs: Sequence[Array],
    int8_inputs: Sequence[Array],
) -> Noise:
    """The noise of every layer, on a few cases spread evenly; both kinds of inputs are the same cases."""
    import numpy as np

    real, small = read_facts(float_model.model), read_facts(int8_model.model)
    pairs = _pairs(real, small)
    written = [op for op in small.operators if op.subgraph == 0 and op.outputs]
    matched = [op for op in written if op.outputs[0] in pairs]
    if not matched:
        return Noise(0, (), len(written))
    case_bytes = sum(5 * prod(small.tensor(0, tensor).shape) for tensor in pairs)
    count = max(1, min(CASES, len(float_inputs[0]), _MOST_BYTES // max(1, case_bytes)))
    cases = np.linspace(0, len(float_inputs[0]) - 1, count).astype(np.int64)
    expected = float_model.run_with_tensors([array[cases] for array in float_inputs], list(pairs.values()))[1]
    found = int8_model.run_with_tensors([array[cases] for array in int8_inputs], list(pairs))[1]
    ratios = {
        tensor: _sqnr_db(expected[pairs[tensor]], found[tensor], small.tensor(0, tensor)) for tensor in pairs
    }
    layers = [_layer(op, small, ratios) for op in matched]
    layers.sort(key=lambda layer: (layer.sqnr_db is None, layer.sqnr_db, layer.operator))
    return Noise(count, tuple(layers), len(written) - len(matched))


def _pairs(real: ModelFacts, small: ModelFacts) -> dict[int, int]:
    """Tensors that operators of the int8 model write, with the float model's of the same name and shape."""
    twins = {
        real.tensor(0, op.outputs[0]).name: op.outputs[0]
        for op in real.operators
        if op.subgraph == 0 and op.outputs
    }
    pairs = {}
    for op in small.operators:
        if op.subgraph != 0 or not op.outputs:
            continue
        tensor = small.tensor(0, op.outputs[0])
        twin = twins.get(tensor.name)
        if twin is not None and len(tensor.scales) == 1 and _is_twin(real.tensor(0, twin), tensor):
            pairs[tensor.index] = twin
    return pairs


def _is_twin(real: TensorFacts, small: TensorFacts) -> bool:
    return real.shape == small.shape and real.dtype == "FLOAT32"


def _sqnr_db(expected: Array, found: Array, info: TensorFacts) -> float | None:
    import numpy as np

    real = expected.astype(np.float64)
    error = (found.astype(np.float64) - info.zero_points[0]) * info.scales[0] - real
    noise, signal = float(np.sum(error * error)), float(np.sum(real * real))
    if not noise:
        return None
    return 10 * log10(max(signal, 1e-30) / noise)


def _layer(op: OperatorFacts, facts: ModelFacts, ratios: Mapping[int, float | None]) -> LayerNoise:
    own = ratios[op.outputs[0]]
    before = [ratio for tensor in op.inputs if (ratio := ratios.get(tensor)) is not None]
    lost = min(before) - own if before and own is not None else None
    return LayerNoise(op.index, op.kind, facts.tensor(0, op.outputs[0]).name, own, lost)
