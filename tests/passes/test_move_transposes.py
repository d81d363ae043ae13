"""move_transposes: graph in, graph out, and the same bytes from the C kernels."""

import numpy as np
import pytest
from small_graphs import assert_same_outputs, const, const8, graph_of, op, q8

from edgeflow.ir.text import format_graph
from edgeflow.passes.move_transposes import move_transposes
from edgeflow.passes.remove_dead import remove_dead
from edgeflow.passes.run import run_passes

NCHW, NHWC = [0, 3, 1, 2], [0, 2, 3, 1]
RANDOM = np.random.default_rng(5)


class Drawn:
    """A graph that grows by calls; tensors are named by their ids."""

    def __init__(self, *shapes):
        self.tensors, self.ops = [], []
        self.inputs = [self.tensor(shape) for shape in shapes]

    def add(self, tensor):
        self.tensors.append(tensor)
        return tensor.id

    def tensor(self, shape, scale=0.1, zero=0):
        return self.add(q8(len(self.tensors), shape, scale, zero))

    def ints(self, values):
        return self.add(const(len(self.tensors), values))

    def int8(self, shape, scale=0.1, zero=0):
        return self.add(const8(len(self.tensors), RANDOM.integers(-128, 128, shape), scale, zero))

    def shape(self, tensor_id):
        return self.tensors[tensor_id].shape

    def put(self, kind, inputs, shape, scale=0.1, **attrs):
        output = self.tensor(shape, scale)
        self.ops.append(op(len(self.ops), kind, inputs, [output], **attrs))
        return output

    def like(self, kind, *inputs, scale=0.1, **attrs):
        """An operator whose output has the first input's shape."""
        return self.put(kind, inputs, self.shape(inputs[0]), scale, **attrs)

    def transpose(self, source, order):
        shape = [self.shape(source)[axis] for axis in order]
        quant = self.tensors[source].quant
        moved = self.put("TRANSPOSE", [source, self.ints(order)], shape)
        self.tensors[moved] = q8(moved, shape, quant.scale, quant.zero_point)
        return moved

    def conv(self, source, channels=3):
        """A convolution of 1x1, which has a fixed layout."""
        weights = self.int8((channels, 1, 1, self.shape(source)[3]), 0.01)
        steps = {"stride_h": 1, "stride_w": 1, "dilation_h_factor": 1, "dilation_w_factor": 1}
        shape = (*self.shape(source)[:3], channels)
        return self.put("CONV_2D", [source, weights], shape, padding="VALID", **steps)

    def dense(self, source, channels=4):
        weights = self.int8((channels, self.shape(source)[-1]), 0.01)
        return self.put("FULLY_CONNECTED", [source, weights], (self.shape(source)[0], channels))

    def graph(self, *outputs):
        return graph_of(self.tensors, self.ops, self.inputs, outputs)


def nchw(*layers):
    """Convolutions, and between them, in NCHW, what the layers do."""
    net = Drawn((1, 4, 5, 2))
    x = net.transpose(net.conv(net.inputs[0]), NCHW)
    for layer in layers:
        x = layer(net, x)
    return net.graph(net.conv(net.transpose(x, NHWC)))


def pad(net, x):
    pads = net.ints([[0, 0], [0, 0], [1, 2], [0, 1]])
    return net.put("PAD", [x, pads], np.add(net.shape(x), [0, 0, 3, 1]))


def joined(net, x, axis):
    shape = list(net.shape(x))
    shape[axis] *= 2
    return net.put("CONCATENATION", [x, net.like("RELU", x)], shape, axis=axis)


def flat_residual(net, x):
    """The sum with what was computed in the other layout."""
    back = net.conv(net.transpose(x, NHWC))
    return net.like("ADD", x, net.transpose(back, NCHW), scale=0.2)


def half(net, x):
    begin, sizes = net.ints([0, 1, 0, 0]), net.ints([1, 2, 4, 5])
    return net.put("SLICE", [x, begin, sizes], (1, 2, 4, 5))


def columns(net, x):
    begin, end, steps = net.ints([0, 0, 1, 4]), net.ints([9, 9, 3, 0]), net.ints([1, 1, 1, -2])
    masks = {"begin_mask": 0b0011, "end_mask": 0b0011}
    return net.put("STRIDED_SLICE", [x, begin, end, steps], (*net.shape(x)[:2], 2, 2), **masks)


LAYERS = {
    "nothing": [],
    "functions_of_elements": [
        lambda net, x: net.like("RELU", x),
        lambda net, x: net.like("TANH", x, scale=1 / 128),
    ],
    "constants_of_channels": [lambda net, x: net.like("MUL", x, net.int8((3, 1, 1)))],
    "constants_of_elements": [lambda net, x: net.like("ADD", x, net.int8((1, 3, 4, 5)))],
    "padding": [pad],
    "concatenation_of_channels": [lambda net, x: joined(net, x, 1)],
    "concatenation_of_rows": [lambda net, x: joined(net, x, -2)],
    "a_residual": [flat_residual],
    "a_slice": [half],
    "a_strided_slice": [columns],
    "a_mean": [lambda net, x: net.put("MEAN", [x, net.ints([2, -1])], (1, 3, 1, 1), keep_dims=True)],
    "a_split_channel": [
        lambda net, x: net.put("RESHAPE", [x, net.ints([1, 3, 1, 4, 5])], (1, 3, 1, 4, 5)),
        lambda net, x: net.put("RESHAPE", [x, net.ints([1, 3, 4, 5])], (1, 3, 4, 5)),
    ],
    "gate_of_channels": [
        lambda net, x: net.like(
            "MUL", x, net.put("MEAN", [x, net.ints([2, 3])], (1, 3, 1, 1), keep_dims=True)
        )
    ],
}


def transposes(graph):
    return sum(o.kind == "TRANSPOSE" for o in graph.ops)


@pytest.mark.parametrize("name", LAYERS)
def test_none_is_left_between_convolutions(name, kernels):
    graph = nchw(*LAYERS[name])
    moved = move_transposes(graph)
    assert transposes(graph) >= 2
    assert transposes(moved) == 0
    assert_same_outputs(graph, remove_dead(moved), kernels)
    assert format_graph(move_transposes(moved)) == format_graph(moved)


def test_a_reduction_takes_the_transpose_away(kernels):
    net = Drawn((1, 4, 5, 3))
    x = net.transpose(net.conv(net.inputs[0]), NCHW)
    graph = net.graph(net.dense(net.put("MEAN", [x, net.ints([2, 3])], (1, 3))))
    moved = move_transposes(graph)
    assert transposes(moved) == 0
    assert_same_outputs(graph, remove_dead(moved), kernels)


@pytest.mark.parametrize("between", ["", "RELU"])
def test_a_layer_takes_a_flattened_picture_by_other_columns(between, kernels):
    net = Drawn((1, 4, 5, 2))
    x = net.transpose(net.conv(net.inputs[0]), NCHW)
    x = net.like(between, x) if between else x
    flat = net.put("RESHAPE", [x, net.ints([1, 60])], (1, 60))
    graph = net.graph(net.dense(flat))
    moved = run_passes(graph)
    assert [o.kind for o in moved.ops][-1] == "FULLY_CONNECTED"
    assert not {"TRANSPOSE", "RESHAPE"} & {o.kind for o in moved.ops}
    assert_same_outputs(graph, moved, kernels)


def test_weights_of_two_layers_stay(kernels):
    net = Drawn((1, 4, 5, 2))
    x = net.put("RESHAPE", [net.transpose(net.inputs[0], NCHW), net.ints([1, 40])], (1, 40))
    first = net.dense(x)
    net.ops.append(op(len(net.ops), "FULLY_CONNECTED", net.ops[-1].inputs, [net.tensor((1, 4))]))
    graph = net.graph(first, net.ops[-1].outputs[0])
    assert format_graph(move_transposes(graph)) == format_graph(graph)


def test_the_interface_stays_and_padding_is_copied_once(kernels):
    """A picture that comes in NCHW is transposed before it is padded, and so the convolution can pad."""
    net = Drawn((1, 2, 4, 5))
    graph = net.graph(net.conv(net.transpose(pad(net, net.inputs[0]), NHWC)))
    moved = move_transposes(graph)
    assert [o.kind for o in moved.ops] == ["TRANSPOSE", "PAD", "CONV_2D"]
    assert_same_outputs(graph, remove_dead(moved), kernels)


def test_a_clamp_comes_to_the_convolution_before_an_output(kernels):
    net = Drawn((1, 4, 5, 2))
    graph = net.graph(net.like("RELU", net.transpose(net.conv(net.inputs[0]), NCHW)))
    moved = run_passes(graph)
    assert [o.kind for o in moved.ops] == ["CONV_2D", "TRANSPOSE"]
    assert_same_outputs(graph, moved, kernels)


def test_what_fewer_bytes_do_not_pay_for_stays():
    """Another input of the sum would have to be transposed instead."""
    net = Drawn((1, 4, 5, 2), (1, 2, 4, 5))
    graph = net.graph(net.like("ADD", net.transpose(net.inputs[0], NCHW), net.inputs[1]))
    assert format_graph(move_transposes(graph)) == format_graph(graph)


@pytest.mark.parametrize("last", [True, False])
def test_softmax_keeps_its_dimension_last(last, kernels):
    net = Drawn((1, 4, 5, 3))
    order = [0, 2, 1, 3] if last else NCHW
    x = net.transpose(net.conv(net.inputs[0]), order)
    probabilities = net.put("SOFTMAX", [x], net.shape(x), 1 / 256, beta=1.0)
    net.tensors[probabilities] = q8(probabilities, net.shape(x), 1 / 256, -128)
    back = net.transpose(probabilities, np.argsort(order).tolist())
    graph = net.graph(net.conv(back))
    moved = move_transposes(graph)
    assert transposes(moved) == (0 if last else 2)
    assert_same_outputs(graph, remove_dead(moved), kernels)


def test_a_tensor_read_in_both_layouts_is_transposed_once(kernels):
    net = Drawn((1, 4, 5, 3))
    x = net.conv(net.inputs[0])
    several = [net.like("RELU", net.transpose(x, NCHW)) for _ in range(2)]
    graph = net.graph(*(net.conv(net.transpose(each, NHWC)) for each in several), x)
    moved = move_transposes(graph)
    assert transposes(moved) == 0
    assert_same_outputs(graph, remove_dead(moved), kernels)
