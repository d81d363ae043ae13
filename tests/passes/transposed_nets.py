"""Random int8 nets full of TRANSPOSEs, around operators that work in any order of dimensions and others."""

import numpy as np
from random_nets import RandomNet

SCALE = 0.05


class TransposedNet(RandomNet):
    """Layers in the channels-last layout, or in a random one that later is undone, or not."""

    def __init__(self, seed, layers=8):
        self.open = []  # orders that were put on and not taken off again
        super().__init__(seed, layers)

    def choices(self):
        anywhere = ["relu", "logistic", "mul", "add", "pad_any", "reverse", "slice", "strided", "split"]
        anywhere += ["concat_any", "residual_any", "tile", "requantize", "gather", "split_reshape", "maximum"]
        kinds = [*anywhere, *anywhere, *["order"] * 8, *["back"] * 8, "reduce"]
        if len(self.x.shape) == 4 and self.x.shape[0] == 1:
            kinds += ["conv", "pointwise", "depthwise", "pool"] * 2
        if int(np.prod(self.x.shape)) > 1500:
            kinds = ["reduce", "back", "slice"]
        return kinds

    def ints(self, values, dtype="int32"):
        values = np.asarray(values, dtype)
        return self.tensor(values.shape, None, 0, dtype, values)

    def moved(self, kind, extra, shape, options="", fields=None):
        """An operator that only moves elements."""
        output = self.tensor(shape, self.x.scale, self.x.zero)
        self.add_node(kind, [self.current, *extra], output, options, fields)

    def transpose(self, order):
        shape = [self.x.shape[axis] for axis in order]
        self.moved("TRANSPOSE", [self.ints(order)], shape, "TransposeOptions")

    def order(self):
        rank = len(self.x.shape)
        order = [0, 3, 1, 2] if rank == 4 and self.random.integers(2) else self.random.permutation(rank)
        self.open.append(list(map(int, order)))
        self.transpose(self.open[-1])

    def back(self):
        if self.open and len(self.open[-1]) == len(self.x.shape):
            self.transpose(np.argsort(self.open.pop()).tolist())

    def pair(self, kind, options, fields):
        """A constant for each element, for each of one dimension, or for all."""
        shape = self.x.shape
        axis = int(self.random.integers(len(shape)))
        one = [1] * len(shape)
        one[axis] = shape[axis]
        wanted = self.pick((tuple(shape), tuple(one), (shape[-1],), (1,)))
        data = self.random.integers(-128, 128, wanted).astype(np.int8)
        other = self.tensor(wanted, 0.03, 2, "int8", data)
        output = self.tensor(shape, float(np.float32(self.x.scale) * 1.5), self.pick((-3, 0, 5)))
        self.add_node(kind, [self.current, other], output, options, fields, 2)

    def requantize(self):
        output = self.tensor(self.x.shape, float(np.float32(self.x.scale) * 0.8), self.pick((-7, 0, 9)))
        self.add_node("QUANTIZE", [self.current], output, "QuantizeOptions")

    def pad_any(self):
        if len(self.x.shape) > 4:
            return
        pads = self.random.integers(0, 2, (len(self.x.shape), 2))
        shape = [int(size) for size in np.array(self.x.shape) + pads.sum(axis=1)]
        self.moved("PAD", [self.ints(pads)], shape, "PadOptions")

    def reverse(self):
        self.moved("REVERSE_V2", [self.ints([self.axis()])], self.x.shape, "ReverseV2Options")

    def axis(self):
        return int(self.random.integers(len(self.x.shape)))

    def slice(self):
        begin = [int(self.random.integers(dim)) for dim in self.x.shape]
        sizes = [dim - first for dim, first in zip(self.x.shape, begin, strict=True)]
        self.moved("SLICE", [self.ints(begin), self.ints(sizes)], sizes, "SliceOptions")

    def strided(self):
        rank, shape = len(self.x.shape), self.x.shape
        begin = [int(self.random.integers(dim)) for dim in shape]
        steps = self.random.integers(1, 3, rank).tolist()
        mask = int(self.random.integers(2**rank))
        sizes = [len(range(0 if mask >> d & 1 else begin[d], dim, steps[d])) for d, dim in enumerate(shape)]
        extra = [self.ints(begin), self.ints(list(shape)), self.ints(steps)]
        fields = {"BeginMask": mask, "EndMask": int(self.random.integers(2**rank))}
        self.moved("STRIDED_SLICE", extra, sizes, "StridedSliceOptions", fields)

    def tile(self):
        if len(self.x.shape) > 4 or int(np.prod(self.x.shape)) > 400:
            return
        times = self.random.integers(1, 3, len(self.x.shape)).tolist()
        sizes = [dim * count for dim, count in zip(self.x.shape, times, strict=True)]
        self.moved("TILE", [self.ints(times)], sizes, "TileOptions")

    def gather(self):
        if len(self.x.shape) > 4:
            return
        axis = self.axis()
        picks = self.random.integers(0, self.x.shape[axis], int(self.random.integers(1, 4))).tolist()
        sizes = list(self.x.shape)
        sizes[axis] = len(picks)
        self.moved("GATHER", [self.ints(picks)], sizes, "GatherOptions", {"Axis": axis, "BatchDims": 0})

    def split(self):
        """Two halves, one of them changed, put together again along another axis or the same."""
        axis = self.axis()
        if self.x.shape[axis] % 2:
            return
        source, sizes = self.current, list(self.x.shape)
        sizes[axis] //= 2
        halves = [self.tensor(sizes, self.x.scale, self.x.zero) for _ in range(2)]
        self.add_node("SPLIT", [self.ints(axis), source], halves[0], "SplitOptions", {"NumSplits": 2})
        self.nodes[-1].outputs = halves
        self.reverse()
        self.together([self.current, halves[1]])

    def together(self, parts):
        axis = self.axis()
        sizes = list(self.x.shape)
        sizes[axis] *= len(parts)
        output = self.tensor(sizes, self.x.scale, self.x.zero)
        fields = {"Axis": axis, "FusedActivationFunction": "NONE"}
        self.add_node("CONCATENATION", parts, output, "ConcatenationOptions", fields, 2)

    def concat_any(self):
        if int(np.prod(self.x.shape)) > 400:
            return
        source = self.current
        self.reverse()
        self.together(self.pick(([source, self.current], [self.current, source, self.current])))

    def residual_any(self):
        """The sum of a tensor and what an operator, or a detour through another order, made of it."""
        source, order = self.current, self.random.permutation(len(self.x.shape)).tolist()
        self.transpose(order)
        getattr(self, self.pick(("logistic", "relu", "requantize")))()
        self.transpose(np.argsort(order).tolist())
        output = self.tensor(self.x.shape, float(np.float32(SCALE) * 1.5), self.pick((-3, 0)))
        fields = {"FusedActivationFunction": "NONE"}
        self.add_node("ADD", [source, self.current], output, "AddOptions", fields, 2)

    def split_reshape(self):
        """A dimension cut in two, or two joined."""
        sizes, axis = list(self.x.shape), self.axis()
        if len(sizes) > 3 or (len(sizes) > 2 and self.random.integers(2)):
            axis = min(axis, len(sizes) - 2)
            sizes[axis : axis + 2] = [sizes[axis] * sizes[axis + 1]]
        else:
            factor = next((f for f in (2, 3) if sizes[axis] % f == 0), 1)
            sizes[axis : axis + 1] = [factor, sizes[axis] // factor]
        self.moved("RESHAPE", [self.ints(sizes)], sizes, "ReshapeOptions")

    def reduce(self):
        if len(self.x.shape) < 3 or len(self.x.shape) > 4:
            return
        count = int(self.random.integers(1, len(self.x.shape) - 1))
        axes = sorted(self.random.permutation(len(self.x.shape))[:count].tolist())
        keep = bool(self.random.integers(2))
        sizes = [1 if d in axes else dim for d, dim in enumerate(self.x.shape) if keep or d not in axes]
        kind = self.pick(("MEAN", "REDUCE_MAX"))
        scale = self.x.scale if kind == "REDUCE_MAX" else float(np.float32(self.x.scale) * 0.9)
        zero = self.x.zero if kind == "REDUCE_MAX" else self.pick((-3, 0))
        output = self.tensor(sizes, scale, zero)
        fields = {"KeepDims": keep}
        self.add_node(kind, [self.current, self.ints(axes)], output, "ReducerOptions", fields, 2)

    def global_mean(self):
        self.flat_dense()

    def dense(self):
        self.flat_dense()
