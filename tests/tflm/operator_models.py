"""Small files of one operator each, for kernels that no shared model has, and of 16-bit activations."""

import numpy as np
from flat_models import Table, build, ints, model, operator, operator_code, quantization, tensor

SIDE = [1, 4, 4, 8]
QUANT, WIDE, WEIGHTS = quantization([0.5], [3]), quantization([0.001]), quantization([0.5])
LOGIT, UNIT = quantization([1 / 4096]), quantization([1 / 32768])
COMPARISONS = ("EQUAL", "NOT_EQUAL", "GREATER", "GREATER_EQUAL", "LESS", "LESS_EQUAL")


def int8(shape=SIDE):
    return (shape, "INT8", QUANT, None)


def int16(shape=SIDE, quant=WIDE):
    return (shape, "INT16", quant, None)


def plain(dtype, shape=SIDE):
    return (shape, dtype, None, None)


def constant(values, dtype, quant=None):
    return (list(values.shape), dtype, quant, values)


def axes(*values):
    return constant(np.array(values, np.int32), "INT32")


def one(kind, inputs, output, options=None):
    """A model of one operator; each tensor is its shape, type, quantization and values, if constant."""
    held = [i for i, entry in enumerate(inputs) if entry[3] is not None]
    tensors = [
        tensor(f"t{i}", shape, dtype, buffer=held.index(i) + 1 if i in held else 0, quant=quant)
        for i, (shape, dtype, quant, _) in enumerate([*inputs, output])
    ]
    places = list(range(len(inputs)))
    given = [i for i in places if i not in held]
    operators = [operator(0, places, [len(inputs)], options)]
    buffers = [inputs[i][3] for i in held]
    return build(model([operator_code(kind)], tensors, operators, given, [len(inputs)], buffers))


def matmul(x, y, *, transposed_x=False):
    return one("BATCH_MATMUL", [x, y], int8([1, 4, 5]), Table("BatchMatMulOptions", AdjX=transposed_x))


def comparison(kind):
    name = "".join(part.capitalize() for part in kind.split("_"))
    return one(kind, [int8(), int8()], plain("BOOL"), Table(f"{name}Options"))


def convolution():
    weights = constant(np.ones((8, 3, 3, 8), np.int8), "INT8", quantization([0.01] * 8))
    bias = constant(np.zeros(8, np.int64), "INT64", quantization([0.00001] * 8))
    fields = dict.fromkeys(("StrideW", "StrideH", "DilationWFactor", "DilationHFactor"), 1)
    return one("CONV_2D", [int16(), weights, bias], int16(), Table("Conv2DOptions", **fields))


def dense():
    weights, bias = (constant(np.ones(shape, np.float32), "FLOAT32") for shape in ((4, 8), (4,)))
    inputs = [plain("FLOAT32", [1, 8]), weights, bias]
    return one("FULLY_CONNECTED", inputs, plain("FLOAT32", [1, 4]), Table("FullyConnectedOptions"))


def small_models():
    """The files by the names of `measured.SMALL`."""
    row = [1, 8]
    matrix = constant(np.ones((1, 6, 5), np.int8), "INT8", WEIGHTS)
    squeeze = Table("SqueezeOptions", SqueezeDims=ints([1, 2]))
    logits = int16(row, LOGIT)
    return {kind.lower(): comparison(kind) for kind in COMPARISONS} | {
        "add16": one("ADD", [int16(), int16()], int16(), Table("AddOptions")),
        "arg_min": one("ARG_MIN", [int8(), axes(3)], plain("INT32", [1, 4, 4]), Table("ArgMinOptions")),
        "bmm": matmul(int8([1, 4, 6]), int8([1, 6, 5])),
        "bmm_adjx": matmul(int8([1, 6, 4]), int8([1, 6, 5]), transposed_x=True),
        "bmm_const": matmul(int8([1, 4, 6]), matrix),
        "conv16": convolution(),
        "dequant": one("DEQUANTIZE", [int8()], plain("FLOAT32"), Table("DequantizeOptions")),
        "expand_dims": one("EXPAND_DIMS", [int8(row), axes(1)], int8([1, 1, 8]), Table("ExpandDimsOptions")),
        "fc_float": dense(),
        "logistic16": one("LOGISTIC", [logits], int16(row, UNIT)),
        "mean16": one("MEAN", [int16(), axes(1, 2)], int16(row), Table("ReducerOptions")),
        "quant": one("QUANTIZE", [plain("FLOAT32")], int8(), Table("QuantizeOptions")),
        "select_v2": one("SELECT_V2", [plain("BOOL"), int8(), int8()], int8(), Table("SelectV2Options")),
        "softmax16": one("SOFTMAX", [int16(row)], int16(row, UNIT), Table("SoftmaxOptions", Beta=1.0)),
        "squeeze": one("SQUEEZE", [int8([1, 1, 1, 8])], int8(row), squeeze),
        "tanh16": one("TANH", [logits], int16(row, UNIT)),
    }
