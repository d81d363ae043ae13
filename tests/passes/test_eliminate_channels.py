"""eliminate_channels: graph in, graph out, and the same bytes from the C kernels."""

from dataclasses import replace

import numpy as np
import pytest
from small_graphs import assert_same_outputs, const, const8, graph_of, op, q8, text_of

from edgeflow.ir.graph import Quant
from edgeflow.passes.eliminate_channels import eliminate_channels
from edgeflow.passes.remove_dead import remove_dead

DEAD, ALIVE = -4_000_000, 100
WINDOW = {"stride_h": 1, "stride_w": 1, "dilation_h_factor": 1, "dilation_w_factor": 1}


class Net:
    """A graph put together layer by layer; ids count up, so that tests can name tensors."""

    def __init__(self, shape=(1, 4, 4, 3), zero=3):
        self.random = np.random.default_rng(5)
        self.tensors, self.ops = [q8(0, shape, 0.05, zero)], []

    def new(self, make, *args, **options):
        self.tensors.append(make(len(self.tensors), *args, **options))
        return self.tensors[-1].id

    def add(self, kind, inputs, shape, scale=0.1, zero=-128, **attrs):
        """An operator; the id of its output."""
        output = self.new(q8, shape, scale, zero)
        self.ops.append(op(len(self.ops), kind, inputs, [output], **attrs))
        return output

    def weights(self, shape, axis=0, scales=None):
        values = self.random.integers(-127, 128, shape)
        tensor = const8(len(self.tensors), values, 0.01)
        scales = scales or tuple(0.01 * 1.3**i for i in range(shape[axis]))
        zeros = (0,) * len(scales)
        self.tensors.append(replace(tensor, quant=Quant(scales, zeros, axis if len(scales) > 1 else None)))
        return tensor.id

    def conv(self, source, biases, kernel=1, *, scale=0.1, zero=-128, act="RELU", padding="SAME", edit=None):
        """A convolution whose ``biases`` give the outputs; ``edit`` changes the weights."""
        n, h, w, c = self.tensors[source].shape
        weights = self.weights((len(biases), kernel, kernel, c))
        if edit:
            self.tensors[weights] = changed(self.tensors[weights], edit)
        bias = self.new(const, biases)
        less = kernel - 1 if padding == "VALID" else 0
        attrs = {**WINDOW, "padding": padding, "fused_activation_function": act}
        shape = (n, h - less, w - less, len(biases))
        return self.add("CONV_2D", [source, weights, bias], shape, scale, zero, **attrs)

    def reader(self, source, outputs=1):
        """A layer that can give every value and so needs what is not constant."""
        return self.conv(source, [ALIVE] * outputs, scale=2.0, zero=0, act="NONE")

    def depthwise(self, source, bias, times=1):
        n, h, w, c = self.tensors[source].shape
        weights = self.weights((1, 3, 3, c * times), 3)
        bias = self.new(const, [bias] * c * times)
        attrs = {**WINDOW, "padding": "SAME", "depth_multiplier": times, "fused_activation_function": "RELU"}
        return self.add("DEPTHWISE_CONV_2D", [source, weights, bias], (n, h, w, c * times), **attrs)

    def dense(self, source, outputs, *, scales=None, edit=None):
        columns = int(np.prod(self.tensors[source].shape))
        weights = self.weights((outputs, columns), 0, scales)
        if edit:
            self.tensors[weights] = changed(self.tensors[weights], edit)
        return self.add("FULLY_CONNECTED", [source, weights], (1, outputs), zero=0)

    def graph(self, *outputs):
        return graph_of(self.tensors, self.ops, [0], outputs)


def changed(tensor, edit):
    """The constant after ``edit`` wrote to a copy of its values."""
    data = tensor.data.copy()
    edit(data)
    data.flags.writeable = False
    return replace(tensor, data=data)


def eliminated(graph):
    return remove_dead(eliminate_channels(graph))


def shapes_of(graph):
    """What each operator writes, by its place in the source."""
    return {o.index: graph.tensors[o.outputs[0]].shape for o in graph.ops}


def channels_of(graph):
    return {index: shape[-1] for index, shape in shapes_of(graph).items()}


def test_the_text_before_and_after(kernels):
    net = Net()
    graph = net.graph(net.conv(net.conv(0, [ALIVE, DEAD, ALIVE]), [ALIVE, ALIVE], 3))
    options = "dilation_h_factor=1 dilation_w_factor=1 fused_activation_function=RELU padding=SAME"
    options += " stride_h=1 stride_w=1"
    assert text_of(graph) == [
        f"#0 CONV_2D v1 (%0, %1, %2) {options}",
        f"#1 CONV_2D v1 (%3, %4, %5) {options}",
    ]
    left = eliminated(graph)
    assert text_of(left) == [
        f"#0 CONV_2D v1 (%0, %-2, %-3) {options}",
        f"#1 CONV_2D v1 (%-1, %-4, %-5) {options}",
    ]
    assert left.ops[1].outputs == graph.ops[1].outputs  # it holds what it held
    assert [left.tensors[i].shape for i in (-1, -2, -3, -4)] == [
        (1, 4, 4, 2),
        (2, 1, 1, 3),
        (2,),
        (2, 3, 3, 2),
    ]
    assert left.tensors[-2].quant.scales == (0.01, 0.01 * 1.3**2)
    assert_same_outputs(graph, left, kernels)


def test_a_graph_with_nothing_to_remove_is_the_same():
    net = Net()
    graph = net.graph(net.conv(0, [ALIVE, ALIVE]))
    assert eliminate_channels(graph) is graph


# (zero point of the constant channel's tensor, kernel and padding of its reader, channels that stay)
READERS = [
    (-128, 3, "SAME", 2),  # the constant is the zero point, as padding is
    (-128, 3, "VALID", 2),
    (-100, 3, "VALID", 2),
    (-100, 1, "SAME", 2),
    (-100, 3, "SAME", 3),  # at the border some taps see padding instead of the constant
]


@pytest.mark.parametrize(("zero", "kernel", "padding", "stay"), READERS)
def test_where_a_constant_goes_into_the_bias(zero, kernel, padding, stay, kernels):
    """Without an activation the channel is at -128 whatever its zero point."""
    net = Net()
    first = net.conv(0, [ALIVE, DEAD, ALIVE], zero=zero, act="NONE")
    graph = net.graph(net.conv(first, [ALIVE, ALIVE], kernel, padding=padding))
    left = eliminated(graph)
    assert channels_of(left) == {0: stay, 1: 2}
    assert_same_outputs(graph, left, kernels)


def test_the_folded_bias():
    net = Net(zero=0)
    first = net.conv(0, [ALIVE, DEAD], zero=-100, act="NONE")  # -28 steps below the zero point
    weights, bias = net.weights((1, 1, 1, 2)), net.new(const, [1000])
    graph = net.graph(net.add("CONV_2D", [first, weights, bias], (1, 4, 4, 1), padding="SAME", **WINDOW))
    left = eliminated(graph)
    factor = int(net.tensors[weights].data.reshape(-1)[1])
    assert left.tensor(left.ops[1].inputs[2]).data.tolist() == [1000 - 28 * factor]


def test_a_folded_bias_at_the_limit_of_32_bits(kernels):
    net = Net((1, 1, 1, 1), zero=0)
    first = net.conv(0, [ALIVE, -DEAD], zero=-128, act="NONE")  # the second at 127, 255 above
    edit = np.ndarray.fill
    attrs = {**WINDOW, "padding": "VALID"}
    weights = net.weights((1, 1, 1, 2))
    net.tensors[weights] = changed(net.tensors[weights], lambda data: edit(data, 1))
    bias = net.new(const, [2**31 - 1 - 2 * 255])
    graph = net.graph(net.add("CONV_2D", [first, weights, bias], (1, 1, 1, 1), 1e6, **attrs))
    left = eliminated(graph)
    assert left.tensor(left.ops[1].inputs[2]).data.tolist() == [2**31 - 1 - 255]
    assert_same_outputs(graph, left, kernels)


def test_a_layer_without_a_bias_gets_one(kernels):
    net = Net((1, 1, 1, 3))
    first = net.conv(0, [ALIVE, DEAD, -DEAD, ALIVE], act="NONE")
    graph = net.graph(net.dense(first, 3))
    left = eliminated(graph)
    assert [len(o.inputs) for o in left.ops] == [3, 3]
    assert (
        left.tensor(left.ops[1].inputs[2]).name == "q8 bias" or left.tensor(left.ops[1].inputs[2]).is_constant
    )
    assert channels_of(left) == {0: 2, 1: 3}
    assert_same_outputs(graph, left, kernels)


def test_a_channel_nobody_reads(kernels):
    def unread(data):
        data[..., 1] = 0

    net = Net()
    graph = net.graph(net.conv(net.conv(0, [ALIVE] * 3), [ALIVE] * 2, 3, edit=unread))
    left = eliminated(graph)
    assert channels_of(left) == {0: 2, 1: 2}
    assert_same_outputs(graph, left, kernels)


@pytest.mark.parametrize("times", [1, 2])
def test_a_chain_of_channels(times, kernels):
    """Dead channels go through depthwise convolution, pool and clamp back to the layer that wrote them."""
    net = Net((1, 4, 4, 2))
    deep = net.depthwise(net.conv(0, [ALIVE, DEAD, ALIVE, DEAD]), -500, times)
    pooled = net.add(
        "MAX_POOL_2D",
        [deep],
        (1, 4, 4, 4 * times),
        padding="SAME",
        filter_height=2,
        filter_width=2,
        **WINDOW,
    )
    last = net.reader(net.add("RELU", [pooled], (1, 4, 4, 4 * times), 0.2))
    graph = net.graph(last)
    left = eliminated(graph)
    assert channels_of(left) == {0: 2, 1: 2 * times, 2: 2 * times, 3: 2 * times, 4: 1}
    weights = left.tensor(left.ops[1].inputs[1])
    assert weights.shape == (1, 3, 3, 2 * times)
    assert len(weights.quant.scales) == 2 * times
    assert_same_outputs(graph, left, kernels)


def residual(net, other):
    """The sum of two layers whose channel 1 is dead in the first and ``other`` in the second."""
    left = net.conv(0, [ALIVE, DEAD, ALIVE])
    right = net.conv(0, [ALIVE, other, ALIVE])
    return left, net.add("ADD", [left, right], (1, 4, 4, 3), 0.2, fused_activation_function="RELU")


def test_both_sides_of_a_sum(kernels):
    net = Net()
    graph = net.graph(net.reader(residual(net, DEAD)[1]))
    left = eliminated(graph)
    assert channels_of(left) == {0: 2, 1: 2, 2: 2, 3: 1}
    assert_same_outputs(graph, left, kernels)


def test_a_sum_needs_both_sides():
    net = Net()
    assert channels_of(eliminated(net.graph(net.reader(residual(net, ALIVE)[1])))) == {
        0: 3,
        1: 3,
        2: 3,
        3: 1,
    }


def test_a_channel_that_another_reader_needs_stays(kernels):
    net = Net()
    left, total = residual(net, DEAD)
    graph = net.graph(net.reader(total), left)  # the first layer is an output of the graph
    kept = eliminated(graph)
    assert channels_of(kept) == {0: 3, 1: 3, 2: 3, 3: 1}
    assert_same_outputs(graph, kept, kernels)


def test_a_constant_operand_is_cut(kernels):
    net = Net()
    first = net.conv(0, [ALIVE, DEAD, ALIVE])
    scaled = net.add("MUL", [net.new(const8, [3, -4, 5]), first], (1, 4, 4, 3))
    shifted = net.add("ADD", [scaled, net.new(const8, [7])], (1, 4, 4, 3), 0.2)
    graph = net.graph(net.reader(shifted))
    left = eliminated(graph)
    assert left.tensor(left.ops[1].inputs[0]).data.tolist() == [3, 5]
    assert left.tensor(left.ops[2].inputs[1]).data.tolist() == [7]
    assert_same_outputs(graph, left, kernels)


def test_a_part_of_a_concatenation_that_lost_every_channel(kernels):
    net = Net()
    first, dead = net.conv(0, [ALIVE, DEAD, ALIVE]), net.conv(0, [DEAD, DEAD])
    both = net.add("CONCATENATION", [dead, first], (1, 4, 4, 5), axis=-1, fused_activation_function="NONE")
    graph = net.graph(net.conv(both, [ALIVE], 3, zero=0, act="NONE"))
    left = eliminated(graph)
    assert channels_of(left) == {0: 2, 2: 2, 3: 1}
    assert len(left.ops[1].inputs) == 1
    assert_same_outputs(graph, left, kernels)


def always_alike(net):
    """A layer that gives the same bytes for every input, off its zero point."""
    return net.conv(0, [-DEAD, DEAD, -DEAD], zero=-100, act="NONE")


def test_a_tensor_that_is_always_the_same_is_a_constant(kernels):
    net = Net()
    alike = always_alike(net)
    total = net.add("ADD", [alike, net.conv(0, [ALIVE] * 3)], (1, 4, 4, 3), 0.2, 0)
    graph = net.graph(net.reader(total))
    left = eliminated(graph)
    assert channels_of(left) == {1: 3, 2: 3, 3: 1}
    assert left.tensors[alike].data.reshape(-1, 3).tolist() == [[127, -128, 127]] * 16
    assert_same_outputs(graph, left, kernels)


def test_channels_of_a_constant_picture_are_cut(kernels):
    """At its border a depthwise convolution sees padding: its output is no constant."""
    net = Net()

    def unread(data):
        data[..., 1] = 0

    deep = net.depthwise(always_alike(net), 50)
    total = net.add("ADD", [deep, net.conv(0, [ALIVE] * 3)], (1, 4, 4, 3), 0.2, 0)
    graph = net.graph(net.conv(total, [ALIVE], zero=0, act="NONE", edit=unread))
    left = eliminated(graph)
    assert channels_of(left) == {1: 2, 2: 2, 3: 2, 4: 1}
    assert left.tensor(left.ops[0].inputs[0]).data.shape == (1, 4, 4, 2)
    assert_same_outputs(graph, left, kernels)


def test_an_output_or_a_large_tensor_is_computed_every_time(kernels):
    net = Net()
    graph = net.graph(always_alike(net))
    assert [o.kind for o in eliminated(graph).ops] == ["CONV_2D"]
    net = Net((1, 40, 40, 3))
    total = net.add("ADD", [always_alike(net), net.conv(0, [ALIVE] * 3)], (1, 40, 40, 3), 0.2, 0)
    graph = net.graph(total)
    left = eliminated(graph)
    assert [o.kind for o in left.ops] == ["CONV_2D", "CONV_2D", "ADD"]
    assert_same_outputs(graph, left, kernels)


@pytest.mark.parametrize("kind", ["RESHAPE", "SQUEEZE", "none"])
def test_a_flattened_picture(kind, kernels):
    """Channels are spread over the columns of the layer behind it."""
    net = Net((1, 1, 2, 3) if kind == "SQUEEZE" else (1, 4, 4, 3))
    first = net.conv(0, [DEAD, ALIVE, DEAD])
    if kind == "RESHAPE":
        first = net.add("RESHAPE", [first, net.new(const, [1, -1])], (1, 48), new_shape=(1, -1))
    elif kind == "SQUEEZE":
        first = net.add("SQUEEZE", [first], (2, 3), squeeze_dims=())
    graph = net.graph(net.dense(first, 4))
    left = eliminated(graph)
    assert shapes_of(left)[0][-1] == 1
    assert left.tensor(left.ops[-1].inputs[1]).shape == (4, {"SQUEEZE": 2}.get(kind, 16))
    assert_same_outputs(graph, left, kernels)


def test_inputs_and_outputs_of_the_graph_stay_whole(kernels):
    """The input is never read, the output always the same: the layer between needs no weight."""
    net = Net()
    graph = net.graph(net.conv(net.conv(0, [DEAD, ALIVE]), [DEAD, DEAD]))
    left = eliminated(graph)
    assert channels_of(left) == {0: 1, 1: 2}
    assert not left.tensor(left.ops[1].inputs[1]).data.any()
    assert left.tensors[0].shape == (1, 4, 4, 3)
    assert_same_outputs(graph, left, kernels)


def test_an_unread_input_of_the_graph_stays(kernels):
    net = Net()
    graph = net.graph(net.conv(0, [ALIVE], edit=lambda data: data.fill(0)))
    assert eliminate_channels(graph) is graph


@pytest.mark.parametrize(("scales", "stay"), [(None, 2), ((0.01,), 1)])
def test_a_dense_layer_with_many_scales_keeps_two_outputs(scales, stay, kernels):
    """A single scale is that of the whole layer, whose factor the reference rounds to float32."""

    def one_column(data):
        data[:, 1:] = 0

    net = Net((1, 1, 1, 3))
    graph = net.graph(net.dense(net.dense(0, 4, scales=scales), 2, edit=one_column))
    left = eliminated(graph)
    assert channels_of(left) == {0: stay, 1: 2}
    assert_same_outputs(graph, left, kernels)


PINNED = {
    "SOFTMAX": {"beta": 1.0},
    "L2_NORMALIZATION": {"fused_activation_function": "NONE"},
}


@pytest.mark.parametrize("kind", PINNED)
def test_operators_that_mix_channels_need_all(kind, kernels):
    net = Net((1, 1, 1, 3))
    scale, zero = (1 / 256, -128) if kind == "SOFTMAX" else (1 / 128, 0)
    mixed = net.add(kind, [net.conv(0, [ALIVE, DEAD, ALIVE])], (1, 1, 1, 3), scale, zero, **PINNED[kind])
    graph = net.graph(net.reader(mixed))
    assert eliminate_channels(graph) is graph


def test_the_given_graph_is_not_changed():
    net = Net()
    graph = net.graph(net.reader(net.conv(0, [ALIVE, DEAD, ALIVE])))
    before = text_of(graph), sorted(graph.tensors)
    eliminate_channels(graph)
    assert (text_of(graph), sorted(graph.tensors)) == before


def test_a_file_that_claims_huge_tensors_is_left_alone():
    """At once, and without the memory that masks of all its channels would take."""
    tensors = [q8(0, (1, 2**31 - 1), 0.1), q8(1, (1, 2**31 - 1), 0.1)]
    graph = graph_of(tensors, [op(0, "RELU", [0], [1])], [0], [1])
    assert eliminate_channels(graph) is graph


def test_a_search_that_takes_too_long_keeps_everything(monkeypatch):
    net = Net()
    graph = net.graph(net.reader(residual(net, DEAD)[1]))
    monkeypatch.setattr("edgeflow.passes.eliminate_channels.MAX_SWEEPS", 1)
    assert eliminate_channels(graph) is graph


def test_once_is_enough():
    net = Net()
    once = eliminated(net.graph(net.reader(residual(net, DEAD)[1])))
    assert eliminate_channels(once) is once
