"""Small Keras nets with what trips converters, imported in every form; a script, to start TensorFlow once.

``python nets.py FOLDER`` writes a folder per net with ``net.keras``, ``net.h5``, ``saved_model/`` and
``net.tflite``, and ``expected.npz``: inputs ``in0`` ... and Keras's own outputs ``out0`` ..., both with a
leading axis of cases. Of every form the worker's answers lie in ``<form>.imported``: what the import writes,
``outputs.npz`` of the original, and for those that are refused ``error.json``.
"""

import json
import sys
from pathlib import Path

import numpy as np

CASES = 3


def plain():
    """Flatten with a free batch, batch norm behind an activation (nothing folds it), no softmax."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((8, 8, 1), name="picture"),
            layers.Conv2D(4, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )


def two_ports():
    """Two inputs by name, two outputs whose names sort against their order."""
    import keras
    from keras import layers

    left, right = keras.Input((6, 6, 2), name="right_eye"), keras.Input((4,), name="age")
    x = layers.Flatten()(layers.DepthwiseConv2D(3)(left))
    x = layers.Concatenate()([x, right])
    return keras.Model(
        {"right_eye": left, "age": right},
        {"z": layers.Dense(3, activation="softmax")(x), "a": layers.Dense(1, activation="sigmoid")(x)},
    )


def open_size():
    """Height and width are free."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((None, None, 1), name="picture"),
            layers.Conv2D(4, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(3, activation="softmax"),
        ]
    )


NETS = {"plain": plain, "two_ports": two_ports, "open_size": open_size}
OPEN_SHAPE = (1, 12, 12, 1)


def randomised(model):
    """Batch norm's statistics as after training: without them it would be the identity."""
    random = np.random.default_rng(1)
    for variable in model.variables:
        if "moving_variance" in variable.path:
            variable.assign(random.uniform(0.5, 2.0, variable.shape))
        elif "moving_mean" in variable.path or "beta" in variable.path:
            variable.assign(random.normal(size=variable.shape))
    return model


def trained(model):
    """To tell 0, 1 and 2 of scikit-learn's digits, pixels as (p - 128) / 128."""
    import keras

    images, labels = digits()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss)
    model.fit((images[..., None] - 128.0) / 128, labels, epochs=8, verbose=0)
    return model


def digits():
    """Grey pictures 8x8 of 0, 1 and 2, and which they are."""
    from sklearn.datasets import load_digits

    bunch = load_digits(n_class=3)
    return np.round(bunch.images * 255 / 16).astype(np.uint8), bunch.target


def write(folder, name):
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(1)
    model = NETS[name]()
    model = trained(model) if name == "plain" else randomised(model)
    folder.mkdir(parents=True)
    model.save(folder / "net.keras")
    model.save(folder / "net.h5")
    model.export(folder / "saved_model", verbose=False)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder / "saved_model"))
    (folder / "net.tflite").write_bytes(converter.convert())
    random = np.random.default_rng(2)
    shapes = [(1, *(size or 12 for size in tensor.shape[1:])) for tensor in model.inputs]
    inputs = [random.normal(size=(CASES, *shape)).astype(np.float32) for shape in shapes]
    packed = {t.name: array[:, 0] for t, array in zip(model.inputs, inputs, strict=True)}
    answer = model.predict(packed if len(inputs) > 1 else inputs[0][:, 0], verbose=0)
    outputs = [array[:, None] for array in tf.nest.flatten(answer)]
    arrays = {f"in{i}": array for i, array in enumerate(inputs)}
    np.savez(folder / "expected.npz", **arrays, **{f"out{i}": array for i, array in enumerate(outputs)})


def write_hostile(folder):
    """A Lambda layer, and weights that are not numbers in every form."""
    import keras
    import tensorflow as tf
    from keras import layers

    folder.mkdir(parents=True)
    picture = keras.Input((4,), name="x")
    keras.Model(picture, layers.Lambda(lambda x: x * 2)(picture)).save(folder / "lambda.keras")
    keras.Model(picture, layers.Lambda(lambda x: x * 2)(picture)).save(folder / "lambda.h5")
    model = plain()
    kernel = model.layers[0].kernel
    values = np.array(kernel)
    values[0, 0, 0, 1] = np.nan
    kernel.assign(values)
    model.save(folder / "nan.keras")
    model.export(folder / "nan", verbose=False)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder / "nan"))
    (folder / "nan.tflite").write_bytes(converter.convert())
    erf = keras.Model(picture, keras.ops.erf(picture))
    erf.save(folder / "erf.keras")
    steps = keras.Input(batch_shape=(1, 5, 4), name="x")
    keras.Model(steps, layers.SimpleRNN(3, stateful=True)(steps)).save(folder / "state.keras")
    keras.Model(steps, layers.SimpleRNN(3)(steps)).save(folder / "loop.keras")


def answer(model, folder, **choice):
    """What the importers' process writes for a model."""
    from edgeflow.errors import EdgeflowError
    from edgeflow.importers.formats import model_format
    from edgeflow.importers.worker import work

    folder.mkdir()
    job = {"model": str(model), "sha256": "", "shapes": {}, "signature": None}
    job |= {"task": "convert", "out_dir": str(folder)} | choice
    try:
        job["format"] = model_format(model)
        work(job, print)
        record = json.loads((folder / "import.json").read_text())
        inputs = in_order(record, expected(model.parent)[0])
        np.savez(folder / "inputs.npz", **{f"in{i}": array for i, array in enumerate(inputs)})
        paths = {key: str(folder / f"{key}.npz") for key in ("inputs", "outputs")}
        work(job | paths | {"task": "run"}, print)
    except EdgeflowError as error:
        facts = {"kind": type(error).__name__, "message": error.message, "hint": error.hint}
        (folder / "error.json").write_text(json.dumps(facts))


def expected(folder):
    """Inputs and outputs by Keras."""
    with np.load(folder / "expected.npz") as archive:
        inputs = [archive[name] for name in sorted(archive.files) if name.startswith("in")]
        return inputs, [archive[name] for name in sorted(archive.files) if name.startswith("out")]


def in_order(record, inputs):
    """Keras's inputs in the order of the float .tflite, by their shapes."""
    by_shape = {array.shape[1:]: array for array in inputs}
    return [by_shape[tuple(port["shape"])] for port in record["inputs"]]


FORMS = {"net.keras": "keras", "net.h5": "keras-h5", "saved_model": "saved-model", "net.tflite": "tflite"}
HOSTILE = (
    "lambda.keras",
    "lambda.h5",
    "nan.keras",
    "erf.keras",
    "half.keras",
    "half.h5",
    "half",
    "state.keras",
)
OPEN_NAMES = {"net.tflite": "serving_default_picture:0"}


def main(folder):
    from edgeflow.train.determinism import set_up_tensorflow

    set_up_tensorflow(0)
    for name in NETS:
        write(folder / name, name)
        for form in FORMS:
            answer(folder / name / form, folder / name / f"{form}.imported")
    for form in FORMS:
        shapes = {OPEN_NAMES.get(form, "picture"): OPEN_SHAPE}
        source = folder / "open_size"
        answer(source / form, source / f"{form}.given", shapes=shapes)
        answer(source / form, source / f"{form}.other", shapes={"photo": OPEN_SHAPE})
        answer(source / form, source / f"{form}.wrong", shapes={next(iter(shapes)): (1, 12, 12, 3)})
    write_hostile(folder / "hostile")
    write_halves(folder / "plain", folder / "hostile")
    for form in HOSTILE:
        answer(folder / "hostile" / form, folder / "hostile" / f"{form}.imported")
    _convert_only(folder / "hostile" / "loop.keras")
    answer(folder / "plain" / "saved_model", folder / "plain" / "signature", signature="encode")


def write_halves(source, folder):
    """Files that end too early."""
    for name, half in (("net.keras", "half.keras"), ("net.h5", "half.h5")):
        content = (source / name).read_bytes()
        (folder / half).write_bytes(content[: len(content) // 2])
    (folder / "half").mkdir()
    content = (source / "saved_model" / "saved_model.pb").read_bytes()
    (folder / "half" / "saved_model.pb").write_bytes(content[: len(content) // 2])


def _convert_only(model):
    from edgeflow.importers.worker import work

    out_dir = model.with_suffix(".keras.imported")
    out_dir.mkdir()
    job = {"model": str(model), "sha256": "", "shapes": {}, "signature": None, "format": "keras"}
    work(job | {"task": "convert", "out_dir": str(out_dir)}, print)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
