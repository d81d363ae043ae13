"""What Keras and TensorFlow call things, as JSON: to hold our tables against; a script of its own process."""

import inspect
import json
import sys

import keras
from tensorflow.python.framework import op_def_registry


def public(module, wanted):
    return sorted(name for name in dir(module) if not name.startswith("_") and wanted(getattr(module, name)))


def main():
    from edgeflow.importers.inspection.saved_model import allowed_ops

    modules = ("layers", "initializers", "regularizers", "constraints", "dtype_policies")
    classes = {name: public(getattr(keras, name), inspect.isclass) for name in modules}
    core = public(__import__("keras.src.ops.core", fromlist=["core"]), inspect.isclass)
    functions = public(keras.activations, inspect.isfunction)
    unknown = sorted(name for name in allowed_ops() if op_def_registry.get(name) is None)
    sys.stdout.write(
        json.dumps({"classes": classes, "core": core, "functions": functions, "unknown_ops": unknown})
    )


if __name__ == "__main__":
    main()
