"""Random small convolutions, fully connected layers and poolings, as graphs of one operator."""

from dataclasses import replace

from case_model import sweep
from cases_blocks import mean, pool
from cases_weights import conv, depthwise, fully_connected
from hypothesis import strategies as st
from op_graphs import graph_of

ZERO_POINTS = st.sampled_from([-128, -3, 0, 5, 127])


def _explicit(graph, pads, strides, reach):
    """The convolution as fold_padding leaves it: with that padding (top, bottom, left, right)."""
    (op,) = graph.ops
    source, output = graph.tensors[op.inputs[0]], graph.tensors[op.outputs[0]]
    sizes = [
        (source.shape[axis + 1] + sum(pads[2 * axis : 2 * axis + 2]) - reach[axis]) // strides[axis] + 1
        for axis in (0, 1)
    ]
    names = ("pad_top", "pad_bottom", "pad_left", "pad_right")
    attrs = {**op.attrs, "padding": "EXPLICIT", **dict(zip(names, pads, strict=True))}
    shape = (output.shape[0], *sizes, output.shape[3])
    tensors = {**graph.tensors, output.id: replace(output, shape=shape)}
    return replace(graph, ops=(replace(op, attrs=attrs),), tensors=tensors)


@st.composite
def convolutions(draw):
    """CONV_2D or DEPTHWISE_CONV_2D with any padding, stride, dilation of rows, channels and batches."""
    kernel = draw(st.one_of(st.just((3, 3)), st.tuples(st.integers(1, 5), st.integers(1, 5))))
    strides = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    dilation = (draw(st.sampled_from([1, 1, 1, 2])), 1)
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    padding = draw(st.sampled_from(["SAME", "VALID", "EXPLICIT"]))
    sizes = [draw(st.integers(1 if padding == "SAME" else n, 9 + n)) for n in reach]
    channels, batches = draw(st.integers(1, 9)), draw(st.integers(1, 2))
    common = {
        "stride": strides,
        "dilation": dilation,
        "padding": "SAME" if padding == "SAME" else "VALID",
        "act": draw(st.sampled_from(["NONE", "RELU", "RELU6"])),
        "zero_x": draw(ZERO_POINTS),
        "zero_y": draw(ZERO_POINTS),
        "bias": draw(st.sampled_from([True, None])),
    }
    name, shape = str(draw(st.integers(0, 99))), (batches, *sizes, channels)
    if draw(st.booleans()):
        graph = graph_of(depthwise(name, shape, kernel, draw(st.sampled_from([1, 1, 2, 3])), **common))
    else:
        graph = graph_of(conv(name, shape, (draw(st.integers(1, 9)), *kernel, channels), **common))
    if padding != "EXPLICIT":
        return graph
    pads = [draw(st.integers(0, reach[axis] - 1)) for axis in (0, 0, 1, 1)]
    return _explicit(graph, pads, strides, reach)


@st.composite
def dense_layers(draw):
    """FULLY_CONNECTED."""
    shape = (draw(st.integers(1, 3)), draw(st.integers(1, 40)))
    zeros = {"zero_x": draw(ZERO_POINTS), "zero_y": draw(ZERO_POINTS)}
    act, bias = draw(st.sampled_from(["NONE", "RELU"])), draw(st.sampled_from([True, None]))
    name, outputs = str(draw(st.integers(0, 99))), draw(st.integers(1, 9))
    return graph_of(fully_connected(name, shape, outputs, act=act, bias=bias, **zeros))


@st.composite
def poolings(draw):
    """AVERAGE_POOL_2D or MAX_POOL_2D with four channels or more, some windows of more than 256 positions."""
    kernel = draw(st.one_of(st.just((18, 15)), st.tuples(st.integers(1, 4), st.integers(1, 4))))
    padding = draw(st.sampled_from(["SAME", "VALID"]))
    sizes = [draw(st.integers(1 if padding == "SAME" else n, 3 + n)) for n in kernel]
    return graph_of(
        pool(
            draw(st.sampled_from(["AVERAGE_POOL_2D", "MAX_POOL_2D"])),
            str(draw(st.integers(0, 99))),
            (draw(st.integers(1, 2)), *sizes, draw(st.integers(4, 11))),
            kernel,
            stride=draw(st.tuples(st.integers(1, 3), st.integers(1, 3))),
            padding=padding,
            act=draw(st.sampled_from(["NONE", "RELU", "RELU6"])),
            zero=draw(ZERO_POINTS),
        )
    )


@st.composite
def averages(draw):
    """MEAN over any dimensions, some of more than 256 elements."""
    shape = draw(
        st.tuples(*([st.integers(1, 3)] + [st.sampled_from([1, 2, 5, 19])] * 2 + [st.integers(1, 11)]))
    )
    axes = draw(st.sampled_from([[0], [1], [2], [1, 2], [0, 1], [0, 2], [1, 3], [0, 1, 2, 3]]))
    return graph_of(
        mean(str(draw(st.integers(0, 99))), shape, axes, zeros=(draw(ZERO_POINTS), draw(ZERO_POINTS)))
    )


def feed_of(graph):
    """All values in turn, far apart."""
    return [sweep(graph.tensors[i].shape, 77) for i in graph.inputs]
