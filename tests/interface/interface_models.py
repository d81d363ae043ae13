"""Models with dynamic dimensions, signatures and odd lists of inputs and outputs."""

import numpy as np
from flat_models import Table, ints, model, operator, operator_code, quantization, tensor

HALF, TENTH = quantization([0.5], [-1]), quantization([0.1], [3])
RANDOM = np.random.default_rng(7)
FILTER = RANDOM.integers(-128, 128, (2, 2, 2, 3)).astype(np.int8)
WEIGHTS = RANDOM.integers(-128, 128, (5, 32)).astype(np.int8)


def dynamic(name, shape, signature, quant=HALF, **more):
    return tensor(name, shape, quant=quant, ShapeSignature=ints(signature), **more)


def signature(key, subgraph, inputs, outputs):
    """A `SignatureDef`; inputs and outputs are name and tensor index pairs."""
    fields = {"Inputs": inputs, "Outputs": outputs}
    maps = {
        name: [Table("TensorMap", Name=n, TensorIndex=i) for n, i in pairs] for name, pairs in fields.items()
    }
    return Table("SignatureDef", **maps, SignatureKey=key, SubgraphIndex=subgraph)


def conv_options():
    fields = {"Padding": 0, "StrideW": 1, "StrideH": 1, "DilationWFactor": 1, "DilationHFactor": 1}
    return Table("Conv2DOptions", **fields)


def flatten_net(shape=(1, 4, 4, 3), pattern=(-1, 4, 4, 3), name="picture"):
    """A convolution and a Keras Flatten of a dynamic batch, all shapes behind the input as converted."""
    tensors = [
        dynamic(name, shape, pattern),
        tensor("filter", [2, 2, 2, 3], buffer=1, quant=quantization([0.01])),
        tensor("hidden", [1, 4, 4, 2], quant=TENTH),
        tensor("size", [4], "INT32"),
        tensor("zero", [1], "INT32", buffer=2),
        tensor("one", [1], "INT32", buffer=3),
        tensor("batch", [], "INT32"),
        tensor("rest", [], "INT32", buffer=4),
        tensor("new", [2], "INT32"),
        tensor("flat", [1, 32], quant=TENTH),
        tensor("bias", [2], "INT32", buffer=5, quant=quantization([0.005])),
    ]
    slice_options = Table("StridedSliceOptions", ShrinkAxisMask=1)
    operators = [
        operator(0, [0, 1, 10], [2], conv_options()),
        operator(1, [2], [3], Table("ShapeOptions", OutType=2)),
        operator(2, [3, 4, 5, 5], [6], slice_options),
        operator(3, [6, 7], [8], Table("PackOptions", ValuesCount=2)),
        operator(4, [2, 8], [9], Table("ReshapeOptions")),
    ]
    kinds = ("CONV_2D", "SHAPE", "STRIDED_SLICE", "PACK", "RESHAPE")
    constants = [FILTER, ints([0]), ints([1]), ints([-1]), ints([300, -500])]
    root = model([operator_code(kind) for kind in kinds], tensors, operators, [0], [9], constants)
    root["SignatureDefs"] = [signature("serving_default", 0, [("image", 0)], [("flat", 9)])]
    return root


def open_size_net(shape=(1, 0, 0, 3)):
    """A convolution over a picture whose size stands nowhere."""
    root = flatten_net(shape, (1, -1, -1, 3))
    subgraph = root["Subgraphs"][0]
    subgraph["Outputs"] = ints([2])
    subgraph["Operators"] = subgraph["Operators"][:1]
    subgraph["Tensors"][2]["Shape"] = ints([1, 0, 0, 2])
    return root


def two_signatures():
    """Subgraphs `encode` of a fully connected layer and `decode` of two: tensor 0 has another meaning."""
    weights = tensor("w", [5, 32], buffer=1, quant=quantization([0.01]))
    back = tensor("v", [5, 5], buffer=2, quant=quantization([0.02]))
    options = Table("FullyConnectedOptions")
    root = model(
        [operator_code("FULLY_CONNECTED")],
        [dynamic("x", [1, 32], [-1, 32]), weights, tensor("y", [1, 5], quant=TENTH)],
        [operator(0, [0, 1, -1], [2], options)],
        [0],
        [2],
        [WEIGHTS, WEIGHTS[:, :5]],
    )
    decode = Table(
        "SubGraph",
        Tensors=[
            back,
            tensor("b", [1, 5], quant=TENTH),
            tensor("z", [1, 5], quant=HALF),
            dynamic("a", [1, 5], [-1, 5], TENTH),
        ],
        Inputs=ints([3]),
        Outputs=ints([2]),
        Operators=[operator(0, [3, 0, -1], [1], options), operator(0, [1, 0, -1], [2], options)],
        Name="decode",
    )
    root["Subgraphs"].append(decode)
    root["SignatureDefs"] = [
        signature("encode", 0, [("in", 0)], [("out", 2)]),
        signature("decode", 1, [("code", 3)], [("out", 2)]),
    ]
    return root


def add_and_relu(inputs=(0, 1), outputs=(2, 3), names=("a", "b", "sum", "relu", "unused")):
    """ADD of tensors 0 and 1 into 2, RELU of that into 3; tensor 4 belongs to no operator."""
    tensors = [tensor(name, [1, 3, 4], quant=HALF if i < 2 else TENTH) for i, name in enumerate(names)]
    operators = [operator(0, [0, 1], [2], Table("AddOptions")), operator(1, [2], [3])]
    return model([operator_code("ADD"), operator_code("RELU")], tensors, operators, inputs, outputs)
