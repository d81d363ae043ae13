"""Hostile model files by name: each is written into a folder and has to be refused in a sentence.

A case is a function ``(folder) -> (path, format, words)``; the words are in the message.
"""

import gzip
import io
import json
import os
import pickle
import struct
import tarfile
import zipfile

import numpy as np
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

SENTINEL = "code-has-run"


def dense(**changes):
    """A layer as Keras writes it."""
    config = {"name": "dense", "units": 4, "activation": "relu", "use_bias": True} | changes.pop("config", {})
    return (
        {"module": "keras.layers", "class_name": "Dense", "registered_name": None}
        | changes
        | {"config": config}
    )


def sequential(*layers):
    """A Sequential model as Keras writes it."""
    first = {
        "module": "keras.layers",
        "class_name": "InputLayer",
        "config": {"batch_shape": [None, 16], "dtype": "float32", "name": "in"},
        "registered_name": None,
    }
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "net", "trainable": True, "layers": [first, *layers]},
        "registered_name": None,
    }


def weights(fill=None):
    """An HDF5 file's bytes; `fill(file)` adds to it."""
    import h5py

    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        file.create_dataset("layers/dense/vars/0", data=np.ones((16, 4), np.float32))
        if fill is not None:
            fill(file)
    return stream.getvalue()


def keras_zip(folder, config=None, h5=None, *, members=(), **options):
    """A `.keras` file."""
    path = folder / "m.keras"
    text = config if isinstance(config, (str, bytes)) else json.dumps(config or sequential(dense()))
    with zipfile.ZipFile(path, "w", **options) as archive:
        archive.writestr("metadata.json", '{"keras_version": "3.15.1"}')
        archive.writestr("config.json", text)
        archive.writestr("model.weights.h5", h5 or weights())
        for name, data in members:
            archive.writestr(name, data)
    return path


def keras_h5(folder, config=None, fill=None):
    """An `.h5` file."""

    def add(file):
        file.attrs["model_config"] = json.dumps(config or sequential(dense()))
        if fill is not None:
            fill(file)

    path = folder / "m.h5"
    path.write_bytes(weights(add))
    return path


def with_layer(*words, **changes):
    return lambda folder: (keras_zip(folder, sequential(dense(**changes))), "keras", words)


def with_weights(fill, *words):
    return lambda folder: (keras_zip(folder, h5=weights(fill)), "keras", words)


def with_member(name, *words, data=b"x"):
    return lambda folder: (keras_zip(folder, members=[(name, data)]), "keras", words)


LAMBDA = {
    "class_name": "Lambda",
    "config": {
        "name": "evil",
        "function": {"class_name": "__lambda__", "config": {"code": "4wEAAAA="}},
        "function_type": "lambda",
    },
}


def encrypted(folder):
    path = keras_zip(folder)
    data = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + flags] |= 1
            place = data.find(mark, place + 4)
    path.write_bytes(data)
    return path, "keras", ("encrypted",)


def linked_member(folder):
    info = zipfile.ZipInfo("metadata.json.lnk")
    info.external_attr = 0o120777 << 16
    return keras_zip(folder, members=[(info, "/etc/passwd")]), "keras", ("a link or device",)


def config_bomb(folder):
    path = keras_zip(folder, b" " * (96 << 20), compression=zipfile.ZIP_DEFLATED)
    return path, "keras", ("config.json", "packed into")


def doubled_member(folder):
    with_warning = with_member("config.json", "config.json", "twice", data="{}")
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return with_warning(folder)


def lying_directory(folder):
    """A zip whose end says that its directory has 3 GiB."""
    path = keras_zip(folder)
    data = bytearray(path.read_bytes())
    end = data.rfind(b"PK\5\6")
    struct.pack_into("<I", data, end + 12, 3 << 30)
    path.write_bytes(data)
    return path, "keras", ("not an intact zip",)


def external_link(file):
    import h5py

    file["layers/dense/vars/1"] = h5py.ExternalLink("/etc/passwd", "/")


def soft_link(file):
    import h5py

    file["layers/dense/vars/1"] = h5py.SoftLink("/layers")


def external_storage(file):
    file.create_dataset("layers/x", (4,), "u1", external=[("/etc/passwd", 0, 4)])


def virtual(file):
    import h5py

    layout = h5py.VirtualLayout(shape=(4,), dtype="f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", shape=(4,))
    file.create_virtual_dataset("layers/x", layout)


def huge_dataset(file):
    file.create_dataset("layers/x", (1 << 20, 1 << 20), "f4", chunks=(1024, 1024), compression="gzip")


def many_large_datasets(file):
    for index in range(8):
        file.create_dataset(f"layers/x{index}", (100 << 20,), "f4", chunks=(1 << 20,), compression="gzip")


def looped_groups(file):
    file["layers/loop"] = file["layers"]


def other_filter(file):
    file.create_dataset("layers/x", (64,), "f4", chunks=(64,), compression="lzf")


def reference(file):
    import h5py

    file.create_dataset("layers/x", (1,), h5py.ref_dtype)


def deep_config(folder):
    text = '{"class_name": "Sequential", "config": ' + "[" * 100_000 + "]" * 100_000 + "}"
    return keras_zip(folder, text), "keras", ("is not JSON",)


def nested_config(folder):
    layer = dense()
    for _ in range(60):
        layer = {"module": "keras.layers", "class_name": "TimeDistributed", "config": {"layer": layer}}
    return keras_zip(folder, sequential(layer)), "keras", ("nested",)


KERAS = {
    "lambda layer": with_layer("`evil`", "Python code", **LAMBDA),
    "lambda inside a wrapper": with_layer(
        "Lambda", class_name="TimeDistributed", config={"layer": {"module": "keras.layers", **LAMBDA}}
    ),
    "bytecode as an activation": with_layer(
        "__lambda__", config={"activation": {"class_name": "__lambda__", "config": {"code": "4wEAAAA="}}}
    ),
    "module os": with_layer("module `os`", module="os", class_name="system"),
    "function of os": with_layer(
        "module `os`",
        config={"activation": {"module": "os", "class_name": "function", "config": "system", "fn": "system"}},
    ),
    "get_file by its module": with_layer(
        "get_file",
        config={"activation": {"module": "keras.utils", "class_name": "function", "config": "get_file"}},
    ),
    "class outside the layers": with_layer(
        "ProgbarLogger", module="keras.callbacks", class_name="ProgbarLogger"
    ),
    "custom object": with_layer("Mine>Dense", registered_name="Mine>Dense"),
    "registered name that is no name": with_layer("not a layer of Keras", registered_name=["Dense"]),
    "module that is no name": with_layer("no module's name", module=["keras"]),
    "vocabulary file": with_layer(
        "vocabulary", class_name="TextVectorization", config={"vocabulary": "/etc/passwd"}
    ),
    "lookup file": with_layer("vocabulary", class_name="StringLookup", config={"vocabulary": "/etc/passwd"}),
    "model from a path": with_layer("path", class_name="TFSMLayer", config={"filepath": "/opt/evil"}),
    "torch pickle": with_layer("pickle", class_name="TorchModuleWrapper", config={"module": "gASV"}),
    "jax function": with_layer("Python code", class_name="JaxLayer"),
    "loop with a function": with_layer("Map", module="keras.src.ops.core", class_name="Map"),
    "10^12 units": with_layer("`units`", "1000000000000", config={"units": 10**12}),
    "weights larger than the limit": with_layer(
        "weights", config={"units": 1 << 17}, build_config={"input_shape": [None, 1 << 17]}
    ),
    "input larger than the limit": lambda folder: (
        keras_zip(
            folder, sequential({"class_name": "InputLayer", "config": {"batch_shape": [1, 1 << 20, 1 << 20]}})
        ),
        "keras",
        ("batch_shape",),
    ),
    "configuration nested 100,000 deep": deep_config,
    "layers nested 60 deep": nested_config,
    "assets": with_member("assets/vocabulary.txt", "assets/vocabulary.txt"),
    "pickle in the zip": with_member("data.pkl", "pickle", data=pickle.dumps({})),
    "nested zip": with_member("inner.zip", "inner.zip"),
    "member outside": with_member("../../evil", "leaves its folder"),
    "absolute member": with_member("/etc/evil", "leaves its folder"),
    "member twice": doubled_member,
    "link in the zip": linked_member,
    "encrypted zip": encrypted,
    "packed configuration": config_bomb,
    "directory of 3 GiB": lying_directory,
    "external link in the weights": with_weights(external_link, "link"),
    "soft link in the weights": with_weights(soft_link, "link"),
    "weights in another file": with_weights(external_storage, "another file"),
    "virtual weights": with_weights(virtual, "another data set"),
    "weights of 4 TiB": with_weights(huge_dataset, "declares"),
    "many large weights": with_weights(many_large_datasets, "declares more than"),
    "looped groups": with_weights(looped_groups, "nested"),
    "plugin filter": with_weights(other_filter, "filter"),
    "object references": with_weights(reference, "neither numbers nor text"),
    "h5 lambda": lambda folder: (keras_h5(folder, sequential(dense(**LAMBDA))), "keras-h5", ("Python code",)),
    "h5 custom class": lambda folder: (
        keras_h5(folder, sequential({"class_name": "Mine", "config": {}})),
        "keras-h5",
        ("`Mine`",),
    ),
    "h5 external link": lambda folder: (keras_h5(folder, fill=external_link), "keras-h5", ("link",)),
    "h5 without a model": lambda folder: (
        (folder / "w.h5", (folder / "w.h5").write_bytes(weights()))[0],
        "keras-h5",
        ("weights only",),
    ),
}


def onnx_file(data, *words):
    def build(folder):
        (folder / "m.onnx").write_bytes(data)
        return folder / "m.onnx", "onnx", words

    return build


def external(location, *words, size=8):
    def build(folder):
        (folder / "deeper").mkdir()
        (folder / "weights.bin").write_bytes(bytes(8))
        (folder / "outside.bin").write_bytes(bytes(8))
        (folder / "deeper" / "link.bin").symlink_to(folder / "outside.bin")
        path = folder / "deeper" / "m.onnx"
        (folder / "deeper" / "w.bin").write_bytes(bytes(size))
        path.write_bytes(onnx_model(onnx_graph(tensors=[onnx_tensor(location=location)])))
        return path, "onnx", words

    return build


def nested_graphs(depth):
    graph = onnx_graph()
    for _ in range(depth):
        body = message((1, "body"), (6, graph), (20, 5))
        graph = onnx_graph([onnx_node("If", attributes=[body])])
    return graph


TWO_TO_40 = struct.pack("<2q", 1 << 20, 1 << 20)
ONNX = {
    "external data outside": external("../outside.bin", "outside its folder"),
    "external data absolute": external("/etc/passwd", "outside its folder"),
    "external data behind a link": external("link.bin", "outside its folder"),
    "external data missing": external("gone.bin", "not there"),
    "external data too short": external("w.bin", "does not fit", size=4),
    "tensor of 4 TiB": onnx_file(
        onnx_model(onnx_graph(tensors=[onnx_tensor(dims=(1 << 20, 1 << 20))])), "declares"
    ),
    "dimension of 2^62": onnx_file(
        onnx_model(onnx_graph(tensors=[onnx_tensor(dims=(1 << 62,))])), "dimension"
    ),
    "negative dimension": onnx_file(onnx_model(onnx_graph(tensors=[onnx_tensor(dims=(-1,))])), "negative"),
    "tensor larger than its data": onnx_file(
        onnx_model(onnx_graph(tensors=[onnx_tensor(dims=(1000,))])), "declares 4000 bytes and holds 8"
    ),
    "tensor without data": onnx_file(
        onnx_model(onnx_graph(tensors=[onnx_tensor(dims=(1000,), data=None)])), "holds 0 bytes"
    ),
    "unknown element type": onnx_file(onnx_model(onnx_graph(tensors=[onnx_tensor(element=99)])), "type 99"),
    "input of 4 TiB": onnx_file(onnx_model(onnx_graph(shape=(1 << 20, 1 << 20))), "declares"),
    "constant filled to 4 TiB": onnx_file(
        onnx_model(
            onnx_graph(
                [onnx_node("ConstantOfShape", ("s",))],
                [onnx_tensor("s", (2,), 7, TWO_TO_40)],
            )
        ),
        "declares",
    ),
    "custom domain": onnx_file(onnx_model(onnx_graph([onnx_node(domain="evil.lib")])), "evil.lib"),
    "functions": onnx_file(onnx_model(onnx_graph(), (25, message((1, "f")))), "functions"),
    "training": onnx_file(onnx_model(onnx_graph(), (20, b"")), "training"),
    "graphs nested 200 deep": onnx_file(onnx_model(nested_graphs(200)), "nested"),
    "two graphs": onnx_file(onnx_model(onnx_graph(), (7, onnx_graph())), "2 graphs"),
    "endless number": onnx_file(b"\xff" * 40, "no end"),
    "field outside": onnx_file(b"\x3a\xff\xff\xff\xff\x0f" + b"x" * 30, "ends outside"),
    "group": onnx_file(b"\x3b\x00", "unknown kind"),
}


def tf_folder(data, *words, prepare=None):
    def build(folder):
        model = folder / "net"
        (model / "variables").mkdir(parents=True)
        (model / "saved_model.pb").write_bytes(data)
        if prepare is not None:
            prepare(model)
        return model, "saved-model", words

    return build


def tf_op(kind, *words, inputs=()):
    return tf_folder(saved_model([tf_node("evil", kind, inputs)]), f"`{kind}`", *words)


def outside_link(model):
    (model.parent / "secret").write_text("x")
    (model / "variables" / "variables.index").symlink_to(model.parent / "secret")


def linked_folder(model):
    (model / "assets").symlink_to("/etc")


RESTORE = tf_node("r", "RestoreV2", ("where", "names", "slices"))
SAVED_MODEL = {
    **{
        f"operator {kind}": tf_op(kind, why)
        for kind, why in {
            "PyFunc": "Python code",
            "EagerPyFunc": "Python code",
            "ReadFile": "files",
            "WriteFile": "files",
            "MatchingFiles": "files",
            "ImmutableConst": "files",
            "InitializeTableFromTextFileV2": "files",
            "LoadLibrary": "not among",
            "MyCustomOp": "not among",
        }.items()
    },
    "operator in a function": tf_folder(
        saved_model((), [tf_function("f", (), [tf_node("evil", "WriteFile")])]), "WriteFile"
    ),
    "restore from a path": tf_folder(
        saved_model([tf_constant("where", [b"/etc/passwd"]), RESTORE]), "RestoreV2", "/etc/passwd"
    ),
    "restore from a path handed to a function": tf_folder(
        saved_model(
            [
                tf_constant("p", [b"../../x"]),
                tf_node("call", "StatefulPartitionedCall", ("p",), f=message((10, message((1, "f"))))),
            ],
            [tf_function("f", ("where",), [RESTORE])],
        ),
        "../../x",
    ),
    "path put together": tf_folder(
        saved_model(
            [
                tf_constant("a", [b"/etc/"]),
                tf_constant("b", [b"passwd"]),
                tf_node("where", "StringJoin", ("a", "b")),
                RESTORE,
            ]
        ),
        "/etc/",
    ),
    "path computed": tf_folder(
        saved_model([tf_constant("a", [b"x"]), tf_node("where", "Reshape", ("a",)), RESTORE]), "`Reshape`"
    ),
    "variable of text": tf_folder(
        saved_model([tf_node("v", "VarHandleOp", dtype=message((6, 7)))]), "holds text"
    ),
    "constant of 4 TiB": tf_folder(
        saved_model([tf_constant("c", element=1, shape=(1 << 20, 1 << 20))]), "declares"
    ),
    "variable of 4 TiB": tf_folder(
        saved_model([tf_node("v", "VarHandleOp", shape=message((7, tf_shape((1 << 20, 1 << 20)))))]),
        "declares",
    ),
    "asset": tf_folder(saved_model((), (), (6, message((2, "vocabulary.txt")))), "asset"),
    "asset file": tf_folder(
        saved_model(),
        "assets/v.txt",
        prepare=lambda model: ((model / "assets").mkdir(), (model / "assets" / "v.txt").touch()),
    ),
    "link to a file outside": tf_folder(saved_model(), "leaves the folder", prepare=outside_link),
    "link to a folder outside": tf_folder(saved_model(), "leaves the folder", prepare=linked_folder),
    "library beside the model": tf_folder(
        saved_model(), "evil.so", prepare=lambda model: (model / "evil.so").touch()
    ),
    "chunked twin that would be read first": tf_folder(
        saved_model(), "saved_model.cpb", prepare=lambda model: (model / "saved_model.cpb").touch()
    ),
    "graph twice": tf_folder(saved_model((), (), (2, b"")), "twice"),
    "no graph": tf_folder(b"", "no graph"),
    "name that is no text": tf_folder(saved_model([message((1, b"\xff"), (2, "NoOp"))]), "not UTF-8"),
}


def small_tflite(*, shape=(1, 4), custom=None, buffer=0):
    """A flatbuffer of one tensor and one operator code."""
    import tflite
    from flatbuffers import Builder

    builder = Builder(256)
    name = builder.CreateString("t")
    code = builder.CreateString(custom) if custom else None
    sizes = builder.CreateNumpyVector(np.array(shape, np.int32))
    tflite.TensorStart(builder)
    tflite.TensorAddShape(builder, sizes)
    tflite.TensorAddName(builder, name)
    tflite.TensorAddBuffer(builder, buffer)
    tensor = tflite.TensorEnd(builder)
    tflite.OperatorCodeStart(builder)
    tflite.OperatorCodeAddBuiltinCode(builder, 32 if custom else 0)
    if code:
        tflite.OperatorCodeAddCustomCode(builder, code)
    codes = vector(builder, tflite.ModelStartOperatorCodesVector, tflite.OperatorCodeEnd(builder))
    tensors = vector(builder, tflite.SubGraphStartTensorsVector, tensor)
    tflite.SubGraphStart(builder)
    tflite.SubGraphAddTensors(builder, tensors)
    graphs = vector(builder, tflite.ModelStartSubgraphsVector, tflite.SubGraphEnd(builder))
    tflite.BufferStart(builder)
    buffers = vector(builder, tflite.ModelStartBuffersVector, tflite.BufferEnd(builder))
    tflite.ModelStart(builder)
    tflite.ModelAddOperatorCodes(builder, codes)
    tflite.ModelAddSubgraphs(builder, graphs)
    tflite.ModelAddBuffers(builder, buffers)
    builder.Finish(tflite.ModelEnd(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def vector(builder, start, element):
    start(builder, 1)
    builder.PrependUOffsetTRelative(element)
    return builder.EndVector()


def tflite_file(*words, **options):
    def build(folder):
        (folder / "m.tflite").write_bytes(small_tflite(**options))
        return folder / "m.tflite", "tflite", words

    return build


class Runs:
    """A pickle of it writes a file when it is read."""

    def __reduce__(self):
        return os.system, (f"touch {SENTINEL}",)


def pickled(name, model_format):
    def build(folder):
        (folder / name).write_bytes(pickle.dumps(Runs()))
        return folder / name, model_format, ("pickle",)

    return build


def torch_zip(folder):
    with zipfile.ZipFile(folder / "m.pt", "w") as archive:
        archive.writestr("m/data.pkl", pickle.dumps(Runs()))
    return folder / "m.pt", "keras", ("pickle",)


def object_array(folder):
    np.save(folder / "m.npy", np.array([Runs()], dtype=object), allow_pickle=True)
    return folder / "m.npy", "onnx", ("arrays",)


def object_arrays(folder):
    np.savez(folder / "m.npz", x=np.array([Runs()], dtype=object))
    return folder / "m.npz", "keras", ("arrays",)


def zipped(folder, members):
    """A zip of ``(name or ZipInfo, data)``."""
    with zipfile.ZipFile(folder / "m.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return folder / "m.zip"


def tarred(folder, members, mode="w:gz"):
    """A tar of ``(name or TarInfo, data)``."""
    with tarfile.open(folder / "m.tar.gz", mode) as archive:
        for name, data in members:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return folder / "m.tar.gz"


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def in_archive(write, members, *words, **options):
    return lambda folder: (write(folder, members, **options), "saved-model", words)


def raw_tar(folder, members):
    """A packed tar of finished blocks."""
    (folder / "m.tar.gz").write_bytes(gzip.compress(b"".join(members) + bytes(1024)))
    return folder / "m.tar.gz"


def header(name, kind, size):
    """A tar header that may lie about what follows."""
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    return info.tobuf(tarfile.GNU_FORMAT)


MODEL = ("net/saved_model.pb", saved_model())
ARCHIVES = {
    "zip member outside": in_archive(zipped, [MODEL, ("../evil", b"x")], "leaves its folder"),
    "zip member with a drive": in_archive(zipped, [MODEL, ("c:/evil", b"x")], "leaves its folder"),
    "zip member through backslashes": in_archive(zipped, [MODEL, ("..\\evil", b"x")], "leaves its folder"),
    "zip member below a file": in_archive(zipped, [MODEL, (MODEL[0] + "/x", b"x")], "a name that is a file"),
    "zip of 64 MiB of nothing": in_archive(zipped, [MODEL, ("net/x", bytes(64 << 20))], "packed into"),
    "zip of too many members": in_archive(
        zipped, [(f"net/{i}", b"") for i in range(10_001)], "10001 members"
    ),
    "zip of two models": in_archive(zipped, [MODEL, ("b/saved_model.pb", b"")], "2 files"),
    "zip with an operator that reads files": in_archive(
        zipped, [("saved_model.pb", saved_model([tf_node("evil", "ReadFile")]))], "ReadFile"
    ),
    "tar member outside": in_archive(tarred, [MODEL, ("../evil", b"x")], "leaves its folder"),
    "tar member absolute": in_archive(tarred, [MODEL, ("/etc/evil", b"x")], "leaves its folder"),
    "tar link": in_archive(
        tarred, [MODEL, (special("net/l", tarfile.SYMTYPE, "/etc"), b"")], "a link or device"
    ),
    "tar hard link": in_archive(
        tarred, [MODEL, (special("net/l", tarfile.LNKTYPE, "/etc/passwd"), b"")], "a link or device"
    ),
    "tar device": in_archive(tarred, [MODEL, (special("net/d", tarfile.CHRTYPE), b"")], "a link or device"),
    "tar fifo": in_archive(tarred, [MODEL, (special("net/f", tarfile.FIFOTYPE), b"")], "a link or device"),
    "tar member through a link": in_archive(
        tarred,
        [MODEL, (special("net/l", tarfile.SYMTYPE, ".."), b""), ("net/l/evil", b"x")],
        "a link or device",
    ),
    "tar member twice": in_archive(tarred, [MODEL, MODEL], "twice"),
    "tar of too many members": in_archive(
        tarred, [(f"net/{i}", b"") for i in range(10_001)], "more than 10000"
    ),
    "tar member of 4 GiB": in_archive(raw_tar, [header("net/x", b"0", 4 << 30)], "unpacks to more"),
    "tar header of 4 GiB": in_archive(
        raw_tar, [header("net/x", b"x", 4 << 30), bytes(1 << 22)], "not an intact tar"
    ),
    "tar long name of 4 GiB": in_archive(
        raw_tar, [header("net/x", b"L", 4 << 30), bytes(1 << 22)], "not an intact tar"
    ),
    "half a tar": lambda folder: (
        (
            path := tarred(folder, [MODEL, ("net/x", os.urandom(4096))]),
            path.write_bytes(path.read_bytes()[:2000]),
        )[0],
        "saved-model",
        ("not an intact tar",),
    ),
    "gzip of something else": lambda folder: (
        (folder / "m.gz", (folder / "m.gz").write_bytes(gzip.compress(b"x" * 5000)))[0],
        "saved-model",
        ("not an intact tar",),
    ),
}
OTHERS = {
    "pickle": pickled("m.pkl", "onnx"),
    "old torch file": pickled("m.pt", "onnx"),
    "pickle named .onnx": pickled("m.onnx", "onnx"),
    "torch file": torch_zip,
    "array of objects": object_array,
    "arrays of objects": object_arrays,
    "tflite with a custom operator": tflite_file("custom operator `evil`", custom="evil"),
    "tflite with a tensor of 4 TiB": tflite_file("declares", shape=(1 << 20, 1 << 20)),
    "tflite with a buffer that is not there": tflite_file("names a buffer", buffer=7),
    "half a tflite": lambda folder: (
        (folder / "m.tflite", (folder / "m.tflite").write_bytes(small_tflite()[:60]))[0],
        "tflite",
        ("corrupt",),
    ),
    "tflite without its mark": lambda folder: (
        (folder / "m.tflite", (folder / "m.tflite").write_bytes(bytes(16)))[0],
        "tflite",
        ("TFL3",),
    ),
}
CASES = {
    f"{kind}: {name}": build
    for kind, cases in (
        ("Keras", KERAS),
        ("ONNX", ONNX),
        ("SavedModel", SAVED_MODEL),
        ("archive", ARCHIVES),
        ("other", OTHERS),
    )
    for name, build in cases.items()
}
