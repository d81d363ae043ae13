"""Random small regions, and how to run one in this process: kernel calls on one piece of memory."""

import ctypes

import numpy as np
from kernel_harness import run_call

from edgeflow.codegen.offer import usual_offer
from edgeflow.codegen.stripes.lowering import Lowered, draft, finished
from edgeflow.ir.graph import Graph, Op, Quant, Tensor
from edgeflow.ops.geometry import Window

GAP = 16  # bytes between neighbours, which must stay as they are


class RandomRegion:
    """Two to six layers from one input, or two, to one output; every tensor between is read inside only."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.tensors, self.ops = {}, []
        self.input = self.tensor(
            (1, self.pick(range(4, 14)), self.pick(range(1, 7)), self.pick((1, 2, 4, 8)))
        )
        self.inputs = [self.input]
        self.free = [self.input]  # tensors that a layer may read
        for _ in range(self.pick(range(2, 6))):
            self.layer(self.pick(self.free[-2:]))
        self.join()

    @property
    def graph(self):
        return Graph(self.tensors, tuple(self.ops), tuple(self.inputs), self.ops[-1].outputs)

    def pick(self, several):
        options = list(several)
        return options[int(self.random.integers(len(options)))]

    def tensor(self, shape, data=None, quant=None, dtype="int8"):
        tensor_id = len(self.tensors)
        zero = int(self.pick((-128, -3, 0, 17)))
        self.tensors[tensor_id] = Tensor(
            tensor_id, f"t{tensor_id}", tuple(map(int, shape)), dtype, quant or Quant((0.05,), (zero,)), data
        )
        return tensor_id

    def shape(self, tensor_id):
        return self.tensors[tensor_id].shape

    def layer(self, source):
        kind = self.pick(("conv", "conv", "depthwise", "depthwise", "pool", "relu", "scaled"))
        if kind == "relu":
            return self.add("RELU", (source,), self.shape(source), {})
        if kind == "scaled":
            by = self.tensor((1, 1, 1, self.shape(source)[3]))
            self.inputs.append(by)
            return self.add("MUL", (source, by), self.shape(source), {})
        return self.windowed(kind, source)

    def windowed(self, kind, source):
        _, h, w, c = self.shape(source)
        kernel, stride = (
            (self.pick((1, 2, 3, 3, 5)), self.pick((1, 3))),
            (self.pick((1, 1, 2, 3)), self.pick((1, 2))),
        )
        dilation = (1, 1) if kind == "pool" else (self.pick((1, 1, 1, 2)), 1)
        padding = self.pick(("SAME", "VALID"))
        if padding == "VALID" and any(
            (k - 1) * d + 1 > s for k, d, s in zip(kernel, dilation, (h, w), strict=True)
        ):
            padding = "SAME"
        size = [Window(*each, padding) for each in zip(kernel, stride, dilation, strict=True)]
        rows, columns = (each.output_size(side) for each, side in zip(size, (h, w), strict=True))
        attrs = {"padding": padding, "stride_h": stride[0], "stride_w": stride[1]}
        if kind == "pool":
            attrs |= {"filter_height": kernel[0], "filter_width": kernel[1]}
            quant = self.tensors[source].quant
            return self.add(
                self.pick(("AVERAGE_POOL_2D", "MAX_POOL_2D")), (source,), (1, rows, columns, c), attrs, quant
            )
        attrs |= {"dilation_h_factor": dilation[0], "dilation_w_factor": dilation[1]}
        channels = c * self.pick((1, 1, 2)) if kind == "depthwise" else self.pick((1, 2, 4, 5))
        shape = (1, *kernel, channels) if kind == "depthwise" else (channels, *kernel, c)
        weights = self.random.integers(-127, 128, shape).astype(np.int8)
        bias = self.random.integers(-3000, 3000, channels).astype(np.int32)
        weights.setflags(write=False)
        bias.setflags(write=False)
        axis = 3 if kind == "depthwise" else 0
        scales = tuple(float(s) for s in 0.002 * 1.5 ** self.random.integers(0, 4, channels))
        inputs = (
            source,
            self.tensor(shape, weights, Quant(scales, (0,) * channels, axis)),
            self.tensor(
                (channels,), bias, Quant(tuple(0.05 * s for s in scales), (0,) * channels, 0), "int32"
            ),
        )
        name = "DEPTHWISE_CONV_2D" if kind == "depthwise" else "CONV_2D"
        return self.add(name, inputs, (1, rows, columns, channels), attrs)

    def add(self, kind, inputs, shape, attrs, quant=None):
        output = self.tensor(shape, quant=quant)
        attrs = {**attrs, "fused_activation_function": "NONE"}
        self.ops.append(Op(output, kind, 1, tuple(inputs), (output,), attrs))
        self.free.append(output)

    def join(self):
        """Sums until one tensor is left that nobody reads, as in residual blocks."""
        read = {i for op in self.ops for i in op.inputs}
        loose = [op.outputs[0] for op in self.ops if op.outputs[0] not in read]
        while len(loose) > 1:
            left, right = loose[0], loose[1]
            if self.shape(left) != self.shape(right):
                self.ops = [op for op in self.ops if op.outputs[0] != left]  # a dead end
                read = {i for op in self.ops for i in op.inputs}
                loose = [op.outputs[0] for op in self.ops if op.outputs[0] not in read]
                continue
            self.add("ADD", (left, right), self.shape(left), {})
            loose = [*loose[2:], self.free[-1]]
        last = loose[0]
        if self.shape(last) == self.shape(self.input) and len(self.ops) > 1:
            self.add("ADD", (last, self.input), self.shape(last), {})


def region_call(graph, ops, rows, kernels, *, recompute=False, fastest=True):
    """The region's call, or None where it has none."""
    found = draft(
        Lowered(graph, usual_offer(kernels)), tuple(ops), rows, fastest=fastest, recompute=recompute
    )
    return None if found is None else finished(found)


def places(graph, call, tensor_ids, shared=None, distance=0):
    """Where in one piece of memory everything lies: by id, the scratch memory under None; and its size.

    With ``shared`` the output begins ``distance`` bytes before that input.
    """
    output = call.region.stages[-1].op.outputs[0]
    found, end = {}, GAP
    for tensor_id in tensor_ids:
        count = graph.tensors[tensor_id].byte_count
        if tensor_id == shared:
            reach = graph.tensors[output].byte_count
            begin = end + max(0, distance) + GAP
            found[tensor_id], found[output] = begin, begin - distance
            end = max(begin + count, begin - distance + reach) + GAP
        elif tensor_id not in found:
            found[tensor_id], end = end, end + count + GAP
    if output not in found:
        found[output], end = end, end + graph.tensors[output].byte_count + GAP
    end += -end % 8
    found[None] = end
    return found, end + call.scratch_bytes + GAP


def run_region(library, graph, call, feed, shared=None, distance=0):
    """The bytes of the region's output; ``feed`` are arrays by tensor id."""
    region, ids = call.region, list(feed)
    where, size = places(graph, call, ids, shared, distance)
    raw = np.full(size + 16, 0xA5, np.uint8)
    memory = raw[-raw.ctypes.data % 16 :][:size]
    for tensor_id, array in feed.items():
        memory[where[tensor_id] : where[tensor_id] + array.nbytes] = np.frombuffer(array.tobytes(), np.uint8)
    buffers = {i: where[None] + offset for i, offset in region.inner.tensor_offsets().items()}
    scratch = {i: where[None] + offset for i, offset in region.inner.scratch_offsets().items()}
    constants = {i: np.require(t.data, requirements="CA") for i, t in graph.tensors.items() if t.is_constant}
    for turn in range(region.turn_count):
        for position, stage in enumerate(region.stages):
            now, output = stage.turns[turn], stage.op.outputs[0]
            if now.carried_bytes:
                begin = memory.ctypes.data + buffers[output]
                ctypes.memmove(begin, begin + now.carried_from, now.carried_bytes)
            if now.call is None:
                continue
            begins = {**where, **buffers}
            arrays = dict(constants)
            for tensor_id in {*stage.op.inputs, output} - constants.keys():
                arrays[tensor_id] = memory[begins[tensor_id] + now.offsets.get(tensor_id, 0) :]
            kept = memory[scratch[position] :] if position in scratch else None
            run_call(library, stage.calls[now.call], arrays, kept)
    assert guards_stand(memory, graph, where, call)
    output = region.stages[-1].op.outputs[0]
    return memory[where[output] :][: graph.tensors[output].byte_count].tobytes()


def guards_stand(memory, graph, where, call):
    """Whether nothing was written between the tensors."""
    used = np.zeros(len(memory), bool)
    for tensor_id, begin in where.items():
        count = call.scratch_bytes if tensor_id is None else graph.tensors[tensor_id].byte_count
        used[begin : begin + count] = True
    return bool((memory[~used] == 0xA5).all())
