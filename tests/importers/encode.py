"""Protobuf messages written by hand, so that a test can say anything, also what no exporter would."""

import struct


def varint(value):
    value %= 2**64
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    return bytes([*found, value])


def field(number, value):
    """A field: integers as varints, floats in four bytes, text and bytes with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def message(*fields):
    """The fields ``(number, value)`` in turn."""
    return b"".join(field(number, value) for number, value in fields)


# What ONNX has, named as in onnx.proto.


def onnx_tensor(name="w", dims=(2,), element=1, data=bytes(8), **external):
    entries = [(13, message((1, key), (2, value))) for key, value in external.items()]
    stored = [] if external or data is None else [(9, data)]
    place = [(14, 1)] if external else []
    return message(*((1, size) for size in dims), (2, element), (8, name), *stored, *entries, *place)


def onnx_value(name, shape):
    axes = message(*((1, message((1, size))) for size in shape))
    return message((1, name), (2, message((1, message((1, 1), (2, axes))))))


def onnx_node(kind="Relu", inputs=("x",), outputs=("y",), domain=None, attributes=(), name="n"):
    return message(
        *((1, i) for i in inputs),
        *((2, o) for o in outputs),
        (3, name),
        (4, kind),
        *((5, attribute) for attribute in attributes),
        *([] if domain is None else [(7, domain)]),
    )


def onnx_graph(nodes=None, tensors=(), shape=(1, 2)):
    return message(
        *((1, node) for node in ([onnx_node()] if nodes is None else nodes)),
        (2, "g"),
        *((5, tensor) for tensor in tensors),
        (11, onnx_value("x", shape)),
        (12, onnx_value("y", shape)),
    )


def onnx_model(graph, *more):
    return message((1, 8), (8, message((1, ""), (2, 17))), (7, graph), *more)


# What TensorFlow has, named as in saved_model.proto and the files that it takes in.


def tf_shape(shape):
    return message(*((2, message((1, size))) for size in shape))


def tf_constant(name, texts=(), element=7, shape=(), content=None):
    stored = [(8, text) for text in texts] + ([] if content is None else [(4, content)])
    tensor = message((1, element), (2, tf_shape(shape)), *stored)
    return tf_node(name, "Const", value=message((8, tensor)))


def tf_node(name, kind, inputs=(), **attributes):
    entries = [(5, message((1, key), (2, value))) for key, value in attributes.items()]
    return message((1, name), (2, kind), *((3, source) for source in inputs), *entries)


def tf_function(name, arguments, nodes):
    signature = message((1, name), *((2, message((1, argument), (3, 7))) for argument in arguments))
    return message((1, signature), *((3, node) for node in nodes))


def saved_model(nodes=(), functions=(), *more):
    library = [(2, message(*((1, function) for function in functions)))] if functions else []
    graph = message(*((1, node) for node in nodes), *library)
    return message((1, 1), (2, message((2, graph), *more)))
