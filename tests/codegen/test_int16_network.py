"""A whole network of 16x8 operators from file to running C: every tensor equals TFLite's reference.

The layers, types and options are those of a Keras model that the 16x8 converter wrote: float32 ends,
int64 biases, none at the dense layers, `pot_scale_int16` off.
"""

import importlib.util
import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from c_build import Library

from edgeflow.codegen.stage import run

OPS = Path(__file__).resolve().parent.parent / "ops"
sys.path.insert(0, str(OPS))

from tflite_builder import Node, T, build_model  # noqa: E402  found through the line above

RNG = np.random.default_rng(16)
WINDOW = {"StrideH": 1, "StrideW": 1, "Padding": "SAME"}
HALVING = {"StrideH": 2, "StrideW": 2, "FilterHeight": 2, "FilterWidth": 2, "Padding": "VALID"}


class Net:
    """Tensors and nodes in the order of running; methods return tensor indices."""

    def __init__(self):
        self.tensors, self.nodes = [], []

    def tensor(self, shape, dtype="int16", scale=None, data=None, axis=0):
        self.tensors.append(T(f"t{len(self.tensors)}", tuple(shape), dtype, scale, 0, axis, data))
        return len(self.tensors) - 1

    def constant(self, data):
        data = np.asarray(data, np.int32)
        return self.tensor(data.shape, "int32", data=data)

    def node(self, kind, inputs, shape, scale, options="", fields=None, version=2, dtype="int16"):
        output = self.tensor(shape, dtype, scale)
        self.nodes.append(Node(kind, inputs, [output], options, fields or {}, version))
        return output

    def weights(self, x, shape, axis, *, bias=True):
        """Weights with a scale per channel, and an int64 bias."""
        channels = shape[axis]
        scales = (0.003 * 1.3 ** RNG.integers(0, 4, channels)).astype(np.float32)
        weights = self.tensor(shape, "int8", scales, RNG.integers(-127, 128, shape).astype(np.int8), axis)
        if not bias:
            return weights, -1
        values = RNG.integers(-(10**6), 10**6, channels)
        return weights, self.tensor((channels,), "int64", np.float32(self.scale(x)) * scales, values)

    def scale(self, x):
        return self.tensors[x].scale

    def window_layer(self, kind, x, shape, output_shape, scale, act="NONE", **fields):
        axis = 3 if kind == "DEPTHWISE_CONV_2D" else 0
        options = {"CONV_2D": "Conv2DOptions", "DEPTHWISE_CONV_2D": "DepthwiseConv2DOptions"}[kind]
        fields = {**WINDOW, "FusedActivationFunction": act, **fields}
        inputs = [x, *self.weights(x, shape, axis)]
        return self.node(kind, inputs, output_shape, scale, options, fields, 3)

    def dense(self, x, outputs, scale):
        weights = self.weights(x, (outputs, self.tensors[x].shape[-1]), 0, bias=False)
        return self.node(
            "FULLY_CONNECTED", [x, *weights], (1, outputs), scale, "FullyConnectedOptions", {}, 4
        )


def network():
    """The network, its input and its output."""
    net = Net()
    start = net.tensor((1, 12, 12, 3), "float32")
    x = net.node("QUANTIZE", [start], (1, 12, 12, 3), 0.00014, "QuantizeOptions")
    stride = {"StrideH": 2, "StrideW": 2}
    x = net.window_layer("CONV_2D", x, (8, 3, 3, 3), (1, 6, 6, 8), 0.00011, "RELU", **stride)
    block = (1, 6, 6, 8)
    y = net.window_layer("DEPTHWISE_CONV_2D", x, (1, 3, 3, 8), block, 0.00015, "RELU6", DepthMultiplier=1)
    y = net.window_layer("CONV_2D", y, (8, 1, 1, 8), block, 0.00012)
    general = {"FusedActivationFunction": "NONE", "PotScaleInt16": False}
    x = net.node("ADD", [x, y], block, 0.0002, "AddOptions", general)
    gate = net.node(
        "LOGISTIC", [net.window_layer("CONV_2D", x, (8, 1, 1, 8), block, 0.0001)], block, 2.0**-15
    )
    x = net.node("MUL", [x, gate], block, 0.00018, "MulOptions")
    x = net.node("LEAKY_RELU", [x], block, 0.00018, "LeakyReluOptions", {"Alpha": 0.1})
    pools = [
        net.node(kind, [x], (1, 3, 3, 8), 0.00018, "Pool2DOptions", HALVING)
        for kind in ("AVERAGE_POOL_2D", "MAX_POOL_2D")
    ]
    x = net.node("CONCATENATION", pools, (1, 3, 3, 16), 0.00018, "ConcatenationOptions", {"Axis": 3})
    pads = net.constant([(0, 0), (1, 1), (1, 1), (0, 0)])
    x = net.node("PAD", [x, pads], (1, 5, 5, 16), 0.00018, "PadOptions")
    x = net.window_layer("CONV_2D", x, (6, 3, 3, 16), (1, 3, 3, 6), 0.0005, Padding="VALID")
    weights, bias = net.weights(x, (4, 3, 3, 6), 0)
    fields = {"StrideH": 2, "StrideW": 2, "Padding": "SAME"}
    inputs = [net.constant((1, 6, 6, 4)), weights, x, bias]
    x = net.node("TRANSPOSE_CONV", inputs, (1, 6, 6, 4), 0.0006, "TransposeConvOptions", fields, 3)
    size = net.constant((9, 9))
    half = {"HalfPixelCenters": True}
    x = net.node("RESIZE_BILINEAR", [x, size], (1, 9, 9, 4), 0.0006, "ResizeBilinearOptions", half, 3)
    mean = net.node("MEAN", [x, net.constant((1, 2))], (1, 4), 0.0001, "ReducerOptions")
    flat = net.node("RESHAPE", [x, net.constant((1, 324))], (1, 324), 0.0006, "ReshapeOptions", version=1)
    tanh = net.node("TANH", [net.dense(flat, 16, 0.0003)], (1, 16), 2.0**-15)
    tanh = net.node("QUANTIZE", [tanh], (1, 16), 0.0001, "QuantizeOptions")
    x = net.node("CONCATENATION", [mean, tanh], (1, 20), 0.0001, "ConcatenationOptions", {"Axis": 1})
    x = net.node("SOFTMAX", [net.dense(x, 5, 0.00007)], (1, 5), 2.0**-15, "SoftmaxOptions", {"Beta": 1.0})
    return net, start, net.node("DEQUANTIZE", [x], (1, 5), None, "DequantizeOptions", dtype="float32")


def reference(model, feeds):
    """The reference interpreter's outputs of every input set."""
    done = subprocess.run(
        [sys.executable, OPS / "oracle_worker.py"],
        input=pickle.dumps((model, [(feed,) for feed in feeds])),
        capture_output=True,
        check=True,
    )
    answer = pickle.loads(done.stdout)  # noqa: S301  our own worker writes it
    assert not isinstance(answer, str), answer
    return answer


@pytest.mark.skipif(
    importlib.util.find_spec("tflite_runtime") is None, reason="the reference is not installed"
)
def test_every_tensor_of_a_16x8_network(tmp_path):
    net, start, end = network()
    path = tmp_path / "net.tflite"
    path.write_bytes(build_model(net.tensors, net.nodes, [start], [end]))
    # As outputs the inner tensors keep their bytes: elsewhere the interpreter works in place.
    inner = [node.outputs[0] for node in net.nodes]
    shapes = [RNG.normal(0, scale, (1, 12, 12, 3)).astype(np.float32) for scale in (0.1, 1.0, 3.0, 30.0)]
    expected = reference(build_model(net.tensors, net.nodes, [start], inner), shapes)

    run(path, tmp_path / "build", name="net")
    described = json.loads((tmp_path / "build" / "network.json").read_text())
    library = Library(tmp_path / "build" / "c", described, described["arena_bytes"])
    compared = set()
    for feed, answers in zip(shapes, expected, strict=True):
        library.invoke(feed)
        by_id = dict(zip(inner, answers, strict=True))
        assert all(len(np.unique(answer)) > 1 for answer in answers)
        for tensor_id, data in library.traced.items():
            assert data == by_id[tensor_id].tobytes(), f"{net.tensors[tensor_id].name}"
        compared |= set(library.traced)
    assert len(compared) >= len(inner) - 2  # without the padding that goes into a convolution
