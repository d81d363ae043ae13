"""What a named case is, and the input sets that most cases run on."""

import zlib
from dataclasses import dataclass

import numpy as np
from tflite_builder import Node, build_model

JUST_BELOW_1 = float(np.nextafter(np.float32(1), np.float32(0)))
JUST_ABOVE_1 = float(np.nextafter(np.float32(1), np.float32(2)))


@dataclass(frozen=True, eq=False)
class Case:
    """One operator in a model of its own, and input sets; equal to itself only."""

    kind: str
    name: str
    tensors: tuple
    node: Node
    inputs: tuple
    feeds: tuple
    reference: object = None

    @property
    def model(self):
        """The ``.tflite`` bytes."""
        return build_model(list(self.tensors), [self.node], list(self.inputs), self.node.outputs)

    @property
    def reference_model(self):
        """The ``.tflite`` bytes that the oracle runs: another case's where the reference lacks this one."""
        return (self.reference or self).model


def rng_of(name):
    """A generator that depends on the name alone."""
    return np.random.default_rng(zlib.crc32(name.encode()))


def sweep(shape, step=1, dtype=np.int8):
    """All 8-bit values, or 256 16-bit ones, in turn, ``step`` apart."""
    count = int(np.prod(shape, dtype=int))
    if dtype is np.bool_:
        return ((np.arange(count) * step) % 3 == 0).reshape(shape)
    values = ((np.arange(count) * step) % 256).astype(np.uint8)
    if dtype == np.int16:
        return ((values.astype(np.int32) - 128) * 257 + 128).astype(np.int16).reshape(shape)
    return values.view(dtype).reshape(shape)


def feeds_of(name, tensors):
    """Input sets for integer inputs: sweeps, extremes, the zero point, and random values."""
    limits = {
        "int8": (-128, 127, np.int8),
        "uint8": (0, 255, np.uint8),
        "int16": (-(2**15), 2**15 - 1, np.int16),
        "bool": (0, 1, np.bool_),
    }
    random = rng_of(name)
    makers = (
        lambda t, low, high, dtype: sweep(t.shape, 1, dtype),
        lambda t, low, high, dtype: sweep(t.shape, 77, dtype),
        lambda t, low, high, dtype: np.full(t.shape, low, dtype),
        lambda t, low, high, dtype: np.full(t.shape, high, dtype),
        lambda t, low, high, dtype: np.full(t.shape, t.zero, dtype),
        lambda t, low, high, dtype: random.integers(low, high + 1, t.shape).astype(dtype),
    )
    return tuple(tuple(make(t, *limits[t.dtype]) for t in tensors) for make in makers)


def case(kind, name, tensors, node, feeds=None):
    """A case whose runtime inputs are the operator's tensors without data."""
    inputs = tuple(i for i in node.inputs if i >= 0 and tensors[i].data is None)
    feeds = feeds or feeds_of(name, [tensors[i] for i in inputs])
    return Case(kind, name, tuple(tensors), node, inputs, feeds)


def out_size(size, kernel, stride, dilation, padding):
    """Independent of the package: count the positions one by one."""
    reach = (kernel - 1) * dilation + 1
    if padding == "SAME":
        return len(range(0, size, stride))
    return len(range(0, size - reach + 1, stride))
