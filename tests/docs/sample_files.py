"""The files that pages presume: photos, models, frames. All are real, and small."""

import shlex
import shutil
from pathlib import Path

import numpy as np
from PIL import Image

ONNX = Path(__file__).resolve().parents[1] / "importers" / "onnx_nets"
# What commands that train are given besides, so that a page takes seconds.
SMALL = (
    "train.epochs=25",
    "data.max_pictures_per_class=40",
    "model.blocks=2",
    "build.parity_pictures=4",
    "build.core_pictures=1",
    "parity.tflm=false",
)
TRAINING = {"build", "train", "quantize", "evaluate", "export"}
CLASSES, PICTURES_PER_CLASS = 5, 40


def small(command):
    """The text for the shell, with the small settings where it trains."""
    words = command.words
    if words[0] != "edgeflow" or words[1] not in TRAINING or "--help" in words or "--list" in words:
        return command.text
    return shlex.join([*words, *(word for setting in SMALL for word in ("--set", setting))])


def photos(path):
    """Handwritten digits of scikit-learn as PNG files of 32 x 32, one folder a class."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    for number in range(CLASSES):
        folder = path / str(number)
        folder.mkdir(parents=True)
        for index, image in enumerate(digits.images[digits.target == number][:PICTURES_PER_CLASS]):
            picture = Image.fromarray((image * 15).astype(np.uint8)).resize(
                (32, 32), Image.Resampling.BILINEAR
            )
            picture.save(folder / f"{index:03}.png")


def photo(path):
    """One picture of them, as JPEG."""
    from sklearn.datasets import load_digits

    image = Image.fromarray((load_digits().images[3] * 15).astype(np.uint8))
    image.resize((64, 64), Image.Resampling.BILINEAR).save(path)


def frame(path):
    """320 x 240 pixels of rgb565: a gradient with every value of its bytes."""
    path.write_bytes((np.arange(320 * 240 * 2) % 256).astype(np.uint8).tobytes())


def clip(path):
    """Five frames of noise as Motion JPEG."""
    import cv2

    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 5, (64, 48))
    for seed in range(5):
        writer.write(np.random.default_rng(seed).integers(0, 256, (48, 64, 3), np.uint8))
    writer.release()


def cases(path):
    """Three raw int8 cases for the net of the pages."""
    np.savez(path, in0=np.random.default_rng(5).integers(-128, 128, (3, 1, 16, 16, 1), np.int8))


def sensor_cases(path):
    """Real-valued cases of three signals, in the axes of the ONNX file."""
    random = np.random.default_rng(6)
    np.savez(
        path,
        in0=random.normal(size=(60, 3, 50)).astype(np.float32),
    )


def onnx_net(name):
    """A net of the import's tests, exported from PyTorch with random weights."""
    return lambda path: shutil.copy(ONNX / f"{name}.onnx", path)


def of_build(name):
    """A result of the build that all pages share."""
    return lambda path, build: shutil.copy(build / name, path)


# How a file is made; those of the shared build take its folder, too.
PLAIN = {
    "photo.jpg": photo,
    "picture.png": photo,
    "frame.raw": frame,
    "clip.avi": clip,
    "in.npz": cases,
    "cases.npz": sensor_cases,
    "model.onnx": onnx_net("plain"),
    "pets.onnx": onnx_net("plain"),
    "sensors.onnx": onnx_net("waves"),
}
BUILT = {
    "model.tflite": of_build("model_int8.tflite"),
    "net.keras": of_build("model.keras"),
    "preprocessing.json": of_build("preprocessing.json"),
    "release.json": of_build("report.json"),
}
SAMPLES = {"photos/", *PLAIN, *BUILT}
