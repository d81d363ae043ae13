"""Small harmless models and archives in every form, as what the fuzzer of the importers begins with.

A seed is a mapping of relative names to bytes and the name of what is opened: a file, or a folder.
"""

import io
import json
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "importers"))

from encode import (
    message,
    onnx_graph,
    onnx_model,
    onnx_node,
    onnx_tensor,
    saved_model,
    tf_constant,
    tf_function,
    tf_node,
    tf_shape,
)
from hostile import dense, sequential, weights


def keras_config():
    layers = [
        dense(build_config={"input_shape": [None, 16]}),
        {"module": "keras.src.ops.numpy", "class_name": "Multiply", "config": {"name": "twice"}},
        {"class_name": "TimeDistributed", "config": {"layer": dense(config={"name": "inner"})}},
    ]
    return sequential(*layers)


def h5(config=None):
    def fill(file):
        file.create_dataset("layers/dense/vars/1", data=np.zeros(4, np.float32), compression="gzip")
        file.create_dataset("names", data=[b"a", b"b"])
        if config is not None:
            file.attrs["model_config"] = json.dumps(config)

    return weights(fill)


def zip_of(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return stream.getvalue()


def tar_of(members):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz", compresslevel=1) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def onnx():
    body = message((1, "then_branch"), (6, onnx_graph()), (20, 5))
    nodes = [
        onnx_node("Conv", ("x", "w"), ("c",), attributes=[message((1, "group"), (3, 1), (20, 2))]),
        onnx_node("If", ("c",), ("d",), attributes=[body]),
        onnx_node("Expand", ("d", "s"), ("y",)),
    ]
    tensors = [
        onnx_tensor("w", (2, 2), 1, bytes(16)),
        onnx_tensor("s", (2,), 7, np.array([2, 2], np.int64).tobytes()),
        onnx_tensor("e", location="w.bin", offset="0", length="8"),
    ]
    return onnx_model(onnx_graph(nodes, tensors))


def tensorflow():
    restore = [
        tf_constant("names", [b"layer/.ATTRIBUTES/VARIABLE_VALUE"]),
        tf_node("join", "StringJoin", ("prefix", "names")),
        tf_node("r", "RestoreV2", ("prefix", "names", "slices")),
    ]
    variable = message((1, 1), (2, tf_shape((3, 4))), (6, "kernel"))
    objects = message((1, message((7, variable))))
    nodes = [
        tf_node("v", "VarHandleOp", dtype=message((6, 1)), shape=message((7, tf_shape((3, 4))))),
        tf_constant("c", element=1, shape=(2,), content=bytes(8)),
        tf_node("saver", "Placeholder"),
        tf_node("call", "StatefulPartitionedCall", ("saver",), f=message((10, message((1, "restore"))))),
    ]
    return saved_model(nodes, [tf_function("restore", ("prefix",), restore)], (7, objects))


def picture(shade):
    from PIL import Image

    stream = io.BytesIO()
    Image.linear_gradient("L").resize((8, 8)).point(lambda p: (p + shade) % 256).save(stream, "PNG")
    return stream.getvalue()


def arrays(**named):
    stream = io.BytesIO()
    np.savez(stream, **named)
    return stream.getvalue()


def seeds():
    """Every seed by name."""
    folder = {"saved_model.pb": tensorflow(), "variables/variables.index": b"x" * 16}
    inside = {f"net/{name}": data for name, data in folder.items()}
    keras = {"metadata.json": b"{}", "config.json": json.dumps(keras_config()), "model.weights.h5": h5()}
    pictures = {f"{kind}/{i}.png": picture(40 * i) for kind in ("a", "b") for i in range(3)}
    return {
        "keras": ({"m.keras": zip_of(keras)}, "m.keras"),
        "h5": ({"m.h5": h5(keras_config())}, "m.h5"),
        "onnx": ({"m.onnx": onnx(), "w.bin": bytes(8)}, "m.onnx"),
        "saved-model": ({f"net/{name}": data for name, data in folder.items()}, "net"),
        "zip": ({"m.zip": zip_of(inside)}, "m.zip"),
        "tar": ({"m.tar.gz": tar_of(inside)}, "m.tar.gz"),
        "pictures": ({"p.zip": zip_of(pictures)}, "p.zip"),
        "arrays": ({"a.npz": arrays(in0=np.zeros((2, 3), np.float32), in1=np.arange(4))}, "a.npz"),
    }


def seeds_below(folder):
    """Real models in a folder, as `tests/importers/nets.py` writes them."""
    found = {}
    for path in sorted(Path(folder).rglob("*")):
        name = str(path.relative_to(folder))
        if path.suffix in {".keras", ".h5", ".onnx", ".tflite"} and path.is_file():
            found[name] = ({path.name: path.read_bytes()}, path.name)
        elif path.name == "saved_model.pb":
            files = {f"net/{p.relative_to(path.parent)}": p for p in path.parent.rglob("*") if p.is_file()}
            found[name] = ({key: file.read_bytes() for key, file in files.items()}, "net")
    return found
