"""Two small networks of the usual layers, int8 at both ends: seeded weights, no converter."""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "ops"))  # the builder of the operators' cases

from tflite_builder import Node, T, build_model

INPUT_SCALE = 0.02


class _Net:
    """Layers appended one after the other."""

    def __init__(self, shape):
        self.rng = np.random.default_rng(7)
        self.tensors = [T("input", shape, scale=INPUT_SCALE)]
        self.nodes = []

    def activation(self, shape, scale=0.05, zero=-128):
        self.tensors.append(T(f"t{len(self.tensors)}", shape, scale=scale, zero=zero))
        return len(self.tensors) - 1

    def constants(self, source, shape, axis, channels):
        scales = self.rng.uniform(0.002, 0.004, channels)
        biases = self.rng.integers(100, 900, channels).astype(np.int32)
        data = self.rng.integers(-127, 128, shape).astype(np.int8)
        self.tensors.append(T(f"w{len(self.tensors)}", shape, scale=scales, axis=axis, data=data))
        bias_scale = scales * self.tensors[source].scale
        self.tensors.append(T(f"b{len(self.tensors)}", (channels,), "int32", bias_scale, data=biases))
        return len(self.tensors) - 2, len(self.tensors) - 1

    def conv(self, source, channels, kernel):
        _, h, w, c = self.tensors[source].shape
        constants = self.constants(source, (channels, kernel, kernel, c), 0, channels)
        fields = {"Padding": "SAME", "StrideH": 1, "StrideW": 1, "FusedActivationFunction": "RELU"}
        fields |= {"DilationHFactor": 1, "DilationWFactor": 1}
        return self.add("CONV_2D", (source, *constants), (1, h, w, channels), "Conv2DOptions", fields)

    def depthwise(self, source):
        shape = self.tensors[source].shape
        constants = self.constants(source, (1, 3, 3, shape[3]), 3, shape[3])
        fields = {"Padding": "SAME", "StrideH": 1, "StrideW": 1, "FusedActivationFunction": "RELU"}
        fields |= {"DepthMultiplier": 1, "DilationHFactor": 1, "DilationWFactor": 1}
        inputs = (source, *constants)
        return self.add("DEPTHWISE_CONV_2D", inputs, shape, "DepthwiseConv2DOptions", fields)

    def dense(self, source, channels, activation="RELU"):
        depth = int(np.prod(self.tensors[source].shape))
        constants = self.constants(source, (channels, depth), 0, 1 if channels == 1 else channels)
        weights, bias = (self.tensors[index] for index in constants)
        weights.scale, bias.scale = 0.003, np.float32(0.003) * self.tensors[source].scale
        options = "FullyConnectedOptions", {"FusedActivationFunction": activation, "WeightsFormat": 0}
        return self.add("FULLY_CONNECTED", (source, *constants), (1, channels), *options)

    def add(self, kind, inputs, shape, options, fields, scale=0.05, zero=-128):
        output = self.activation(shape, scale, zero)
        self.nodes.append(Node(kind, list(inputs), [output], options, fields))
        return output

    def scores(self, source):
        shape = self.tensors[source].shape
        output = self.add("SOFTMAX", (source,), shape, "SoftmaxOptions", {"Beta": 1.0}, 1 / 256)
        return build_model(self.tensors, self.nodes, [0], [output])


def convolutional():
    """Convolution, depthwise, pointwise, sum, average and scores on 12 x 12 x 3."""
    net = _Net((1, 12, 12, 3))
    x = net.conv(0, 8, 3)
    y = net.conv(net.depthwise(x), 8, 1)
    shape = net.tensors[x].shape
    total = net.add("ADD", (x, y), shape, "AddOptions", {"FusedActivationFunction": "RELU"}, 0.08)
    fields = {"Padding": "VALID", "StrideH": 12, "StrideW": 12, "FilterHeight": 12, "FilterWidth": 12}
    fields["FusedActivationFunction"] = "NONE"
    mean = net.add("AVERAGE_POOL_2D", (total,), (1, 1, 1, 8), "Pool2DOptions", fields, 0.08)
    return net.scores(net.dense(mean, 4, "NONE"))


def dense():
    """Three fully connected layers, 64-24-10-5."""
    net = _Net((1, 64))
    return net.scores(net.dense(net.dense(net.dense(0, 24), 10), 5, "NONE"))


NETS = {"small_convolutional": convolutional, "small_dense": dense}
