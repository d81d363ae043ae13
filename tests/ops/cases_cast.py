"""Cases of CAST: every value of the narrow types, the limits of the wide ones."""

import numpy as np
from case_model import case
from tflite_builder import Node, T

TYPES = ("bool", "uint8", "int8", "int16", "int32", "float32")
WHOLE = [-(2**31), 1 - 2**31, -(2**24) - 1, -257, -256, -1, 0, 1, 255, 256, 65535, 2**24 + 1, 2**31 - 1]
# Beyond the integers' range the reference is undefined: each target has floats of its own.
LARGEST_FLOAT = {"uint8": 255.9, "int8": 127.9, "int16": 32767.9, "int32": 2147483520.0, "float32": 3e38}
LEAST_FLOAT = {"uint8": -0.9, "int8": -128.9, "int16": -32768.9, "int32": -2147483648.0, "float32": -3e38}


def values(source, target):
    """What the input holds."""
    if source == "bool":
        return np.array([False, True, True])
    if source == "float32":
        ends = [table.get(target, sign) for table, sign in ((LEAST_FLOAT, -1e-45), (LARGEST_FLOAT, np.inf))]
        return np.array([*ends, 0.0, -0.0, 0.5, 0.999, 1.0, 1.5, 2.5, 99.99, 1e-45], np.float32)
    if source == "int32":
        return np.array(WHOLE, np.int32)
    return np.arange(np.iinfo(source).min, np.iinfo(source).max + 1).astype(source)


def cast(source, target):
    """CAST from one type to another."""
    held = values(source, target)
    tensors = [T(name, held.shape, dtype, None) for name, dtype in (("x", source), ("y", target))]
    node = Node("CAST", [0], [1], "CastOptions", {}, 1)
    return case("CAST", f"{source}_to_{target}", tensors, node, ((held,),))


# A file of nothing but these and float32 counts as a float model; test_cast.py has them.
IN_FLOAT_MODELS = {"bool", "int32", "float32"}
CASTS = [
    cast(source, target)
    for source in TYPES
    for target in TYPES
    if source != target and not ("float32" in {source, target} <= IN_FLOAT_MODELS)
]
