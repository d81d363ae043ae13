"""Small random int8 nets as ``.tflite`` bytes, with dead and constant channels planted in their layers."""

import numpy as np
from case_model import out_size
from tflite_builder import Node, T, build_model

ACTIVATIONS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")
ZEROS = (-128, -128, -3, 0, 127)


class RandomNet:
    """A chain of layers from one input; ``tensors`` and ``nodes`` as the file's builder takes them."""

    def __init__(self, seed, layers=6):
        self.random = np.random.default_rng(seed)
        self.tensors, self.nodes = [], []
        side = self.pick(range(3, 7))
        self.input = self.tensor((1, side, side, self.pick((1, 2, 4))), 0.05, self.pick(ZEROS))
        self.current = self.input
        for _ in range(layers):
            getattr(self, self.pick(self.choices()))()
        self.pick((self.flat_dense, self.global_mean, self.dense))()
        self.outputs = [self.current]
        if self.pick((True, False)):  # an inner tensor that must stay whole
            self.outputs.append(self.nodes[self.random.integers(len(self.nodes))].outputs[0])
        self.outputs = list(dict.fromkeys(self.outputs))

    def choices(self):
        kinds = ["conv", "conv", "pointwise", "pointwise", "depthwise", "depthwise", "add", "mul", "maximum"]
        kinds += ["logistic", "relu", "pool", "pad", "concat", "residual"]
        return kinds

    def pick(self, several):
        options = list(several)
        return options[int(self.random.integers(len(options)))]

    def tensor(self, shape, scale=None, zero=0, dtype="int8", data=None, axis=0):
        scale = scale if scale is None else np.float32(scale)
        self.tensors.append(T(f"t{len(self.tensors)}", tuple(shape), dtype, scale, zero, axis, data))
        return len(self.tensors) - 1

    def add_node(self, kind, inputs, output, options="", fields=None, version=1):
        self.nodes.append(Node(kind, inputs, [output], options, fields or {}, version))
        self.current = output

    @property
    def x(self):
        return self.tensors[self.current]

    def planted(self, weights, axis, bias):
        """Channels with weights of 0, with huge biases, and inputs that nobody reads."""
        for channel in range(weights.shape[axis]):
            kind = self.random.integers(5)
            place = [slice(None)] * weights.ndim
            place[axis] = channel
            if kind == 0:
                weights[tuple(place)] = 0
            elif kind == 1:
                bias[channel] = self.pick((-1, 1)) * 4_000_000
        if axis == 0 and self.random.integers(2):
            weights[..., self.random.integers(weights.shape[-1])] = 0

    def layer(self, kind, shape, axis, output_shape, options, fields):
        channels = shape[axis]
        weights = self.random.integers(-127, 128, shape).astype(np.int8)
        bias = self.random.integers(-3000, 3000, channels).astype(np.int32)
        self.planted(weights, axis, bias)
        # Of more dimensions the reference computes a per-channel layer's first elements alone.
        per_channel = kind != "FULLY_CONNECTED" or (len(output_shape) == 2 and self.random.integers(2))
        scales = 0.004 * 1.5 ** self.random.integers(0, 4, channels if per_channel else 1)
        x = self.x
        taps = max(1, weights.size // channels)
        output = self.tensor(
            output_shape, float(np.float32(x.scale) * 0.01 * 40 * taps**0.5), self.pick(ZEROS)
        )
        weights_id = self.tensor(shape, scales, 0, "int8", weights, axis)
        bias_scale = np.float32(x.scale) * np.float32(scales)
        inputs = [self.current, weights_id]
        if kind == "FULLY_CONNECTED" and self.random.integers(3) == 0:
            inputs.append(-1)
        else:
            inputs.append(self.tensor((channels,), bias_scale, 0, "int32", bias))
        fields = {**fields, "FusedActivationFunction": self.pick(ACTIVATIONS)}
        self.add_node(kind, inputs, output, options, fields, 5 if kind == "FULLY_CONNECTED" else 3)

    def window(self, kernel, stride):
        padding = "SAME" if min(self.x.shape[1:3]) < kernel else self.pick(("SAME", "VALID"))
        sides = [out_size(size, kernel, stride, 1, padding) for size in self.x.shape[1:3]]
        return sides, {"StrideH": stride, "StrideW": stride, "Padding": padding}

    def conv(self, kernel=None):
        kernel, stride = kernel or self.pick((2, 3)), self.pick((1, 1, 2))
        sides, fields = self.window(kernel, stride)
        channels = self.pick(range(1, 7))
        shape = (channels, kernel, kernel, self.x.shape[3])
        fields |= {"DilationHFactor": 1, "DilationWFactor": 1}
        self.layer("CONV_2D", shape, 0, (1, *sides, channels), "Conv2DOptions", fields)

    def pointwise(self):
        self.conv(1)

    def depthwise(self):
        kernel, times = self.pick((1, 2, 3)), self.pick((1, 1, 2))
        sides, fields = self.window(kernel, self.pick((1, 1, 2)))
        channels = self.x.shape[3] * times
        fields |= {"DilationHFactor": 1, "DilationWFactor": 1, "DepthMultiplier": times}
        self.layer(
            "DEPTHWISE_CONV_2D",
            (1, kernel, kernel, channels),
            3,
            (1, *sides, channels),
            "DepthwiseConv2DOptions",
            fields,
        )

    def pair(self, kind, options, fields):
        x = self.x
        shape = self.pick(((x.shape[3],), (1, 1, 1, x.shape[3]), (1,)))
        other = self.tensor(shape, 0.03, 2, "int8", self.random.integers(-128, 128, shape).astype(np.int8))
        output = self.tensor(x.shape, float(np.float32(x.scale) * 1.5), self.pick(ZEROS))
        inputs = self.pick(([self.current, other], [other, self.current]))
        self.add_node(kind, inputs, output, options, fields, 2)

    def add(self):
        self.pair("ADD", "AddOptions", {"FusedActivationFunction": self.pick(ACTIVATIONS)})

    def mul(self):
        self.pair("MUL", "MulOptions", {"FusedActivationFunction": self.pick(ACTIVATIONS)})

    def maximum(self):
        x = self.x
        other = self.tensor(
            (x.shape[-1],),
            x.scale,
            x.zero,
            "int8",
            self.random.integers(-128, 128, x.shape[-1]).astype(np.int8),
        )
        output = self.tensor(x.shape, x.scale, x.zero)
        self.add_node(
            self.pick(("MAXIMUM", "MINIMUM")), [self.current, other], output, "MaximumMinimumOptions"
        )

    def logistic(self):
        self.add_node("LOGISTIC", [self.current], self.tensor(self.x.shape, 1 / 256, -128), version=2)

    def relu(self):
        output = self.tensor(self.x.shape, float(np.float32(self.x.scale) * 0.7), self.pick(ZEROS))
        self.add_node(self.pick(("RELU", "RELU6")), [self.current], output, version=2)

    def pool(self):
        x, kernel = self.x, self.pick((1, 2, 3))
        sides, fields = self.window(kernel, self.pick((1, 2)))
        fields |= {
            "FilterHeight": kernel,
            "FilterWidth": kernel,
            "FusedActivationFunction": self.pick(ACTIVATIONS),
        }
        output = self.tensor((1, *sides, x.shape[3]), x.scale, x.zero)
        self.add_node(
            self.pick(("AVERAGE_POOL_2D", "MAX_POOL_2D")), [self.current], output, "Pool2DOptions", fields, 2
        )

    def pad(self):
        x = self.x
        pads = np.array([(0, 0), (1, 0), (0, 1), self.pick(((0, 0), (0, 0), (1, 1)))], np.int32)
        shape = np.array(x.shape) + pads.sum(axis=1)
        output = self.tensor(shape.tolist(), x.scale, x.zero)
        self.add_node(
            "PAD", [self.current, self.tensor((4, 2), None, 0, "int32", pads)], output, "PadOptions", {}, 2
        )

    def residual(self):
        """The sum of two layers on one tensor."""
        source = self.current
        self.pointwise_alike()
        left = self.current
        self.current = source
        self.pointwise_alike()
        right, x = self.current, self.x
        output = self.tensor(x.shape, float(np.float32(x.scale) * 1.5), self.pick(ZEROS))
        self.add_node("ADD", [left, right], output, "AddOptions", {"FusedActivationFunction": "RELU"}, 2)

    def pointwise_alike(self):
        fields = {"StrideH": 1, "StrideW": 1, "Padding": "SAME", "DilationHFactor": 1, "DilationWFactor": 1}
        shape = (4, 1, 1, self.x.shape[3])
        self.layer("CONV_2D", shape, 0, (*self.x.shape[:3], 4), "Conv2DOptions", fields)

    def concat(self):
        """Two layers on one tensor, one after the other along the channels."""
        source = self.current
        self.pointwise_alike()
        left = self.current
        scale, zero = self.tensors[left].scale, self.tensors[left].zero
        self.current = source
        self.pointwise_alike()
        right, shape = self.current, self.x.shape
        self.tensors[right].scale, self.tensors[right].zero = scale, zero
        output = self.tensor((*shape[:3], 8), scale, zero)
        fields = {"Axis": 3, "FusedActivationFunction": "NONE"}
        self.add_node("CONCATENATION", [left, right], output, "ConcatenationOptions", fields, 2)

    def dense(self):
        channels = self.pick((1, 2, 3))
        fields = {"KeepNumDims": True}
        shape = (*self.x.shape[:-1], channels)
        self.layer("FULLY_CONNECTED", (channels, self.x.shape[-1]), 0, shape, "FullyConnectedOptions", fields)

    def flat_dense(self):
        x = self.x
        count = int(np.prod(x.shape))
        if self.random.integers(2):  # else the layer itself takes the elements as one row
            shape = self.tensor((2,), None, 0, "int32", np.array([1, count], np.int32))
            output = self.tensor((1, count), x.scale, x.zero)
            self.add_node("RESHAPE", [self.current, shape], output, "ReshapeOptions")
        self.two_rows(count)

    def two_rows(self, count):
        self.layer("FULLY_CONNECTED", (5, count), 0, (1, 5), "FullyConnectedOptions", {"KeepNumDims": False})
        self.layer("FULLY_CONNECTED", (3, 5), 0, (1, 3), "FullyConnectedOptions", {"KeepNumDims": False})

    def global_mean(self):
        x = self.x
        axes = self.tensor((2,), None, 0, "int32", np.array([1, 2], np.int32))
        output = self.tensor((1, x.shape[3]), float(np.float32(x.scale) * 0.9), self.pick(ZEROS))
        self.add_node("MEAN", [self.current, axes], output, "ReducerOptions", {"KeepDims": False})
        self.two_rows(x.shape[3])

    @property
    def model(self):
        """The ``.tflite`` bytes."""
        return build_model(self.tensors, self.nodes, [self.input], self.outputs)
