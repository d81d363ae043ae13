"""Small parts of real handwritten digits, written as the data stage writes them."""

import json

import numpy as np
import pytest

from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.spec import picture_spec


def write_digits(folder, counts, *, low=0, high=255):
    """Digits of scikit-learn, doubled to 16 pixels; grey levels from ``low`` to ``high``."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    grey = np.round(low + digits.images * (high - low) / 16).astype(np.uint8)
    images = np.kron(grey, np.ones((1, 2, 2), np.uint8))[..., np.newaxis]
    start = 0
    folder.mkdir(parents=True, exist_ok=True)
    for name, count in counts.items():
        chosen = slice(start, start + count)
        np.savez(folder / f"{name}.npz", images=images[chosen], labels=digits.target[chosen].astype(np.int64))
        start += count
    spec = picture_spec(PreprocessingOptions())
    (folder / "preprocessing.json").write_text(json.dumps(spec.as_json()))
    (folder / "labels.txt").write_text("".join(f"{digit}\n" for digit in range(10)))
    return folder


@pytest.fixture(scope="session")
def digits_dir(tmp_path_factory):
    return write_digits(tmp_path_factory.mktemp("digits"), {"train": 300, "val": 100, "test": 100})
