"""What the training loop feeds the network: parts, network input, batches, learning rates."""

import numpy as np
import pytest

from edgeflow.errors import DataError
from edgeflow.preprocess.options import PreprocessingOptions
from edgeflow.preprocess.spec import picture_spec
from edgeflow.train.loop import batches, learning_rate
from edgeflow.train.options import TrainOptions
from edgeflow.train.pictures import Part, read_class_names, read_part

SPEC = picture_spec(PreprocessingOptions(input_size=8))


def test_a_part_is_read_as_written(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 1), np.uint8)
    np.savez(tmp_path / "train.npz", images=images, labels=np.array([2, 0, 1]))
    part = read_part(tmp_path, "train")
    assert (part.images == images).all()
    assert part.labels.tolist() == [2, 0, 1]
    (tmp_path / "labels.txt").write_text("cat\nbig dog\nfrog\n")
    assert read_class_names(tmp_path) == ["cat", "big dog", "frog"]


BAD_PARTS = {
    "absent": (None, "is not a part of a data set"),
    "text": (b"hello", "is not a part of a data set"),
    "another array": ({"pictures": np.zeros(3)}, "is not a part of a data set"),
    "float pictures": ({"images": np.zeros((1, 8, 8, 1)), "labels": np.zeros(1, int)}, "uint8 pictures"),
    "no channel axis": (
        {"images": np.zeros((1, 8, 8), np.uint8), "labels": np.zeros(1, int)},
        "uint8 pictures",
    ),
    "label missing": (
        {"images": np.zeros((2, 8, 8, 1), np.uint8), "labels": np.zeros(1, int)},
        "one label each",
    ),
    "empty": ({"images": np.zeros((0, 8, 8, 1), np.uint8), "labels": np.zeros(0, int)}, "holds no picture"),
}


@pytest.mark.parametrize("case", BAD_PARTS)
def test_bad_parts_are_named(tmp_path, case):
    content, sentence = BAD_PARTS[case]
    if isinstance(content, bytes):
        (tmp_path / "val.npz").write_bytes(content)
    elif content is not None:
        np.savez(tmp_path / "val.npz", **content)
    with pytest.raises(DataError, match=sentence) as caught:
        read_part(tmp_path, "val")
    assert "val.npz" in caught.value.message


def numbered(count):
    """Pictures whose first pixel is their number."""
    images = np.zeros((count, 8, 8, 1), np.uint8)
    images[:, 0, 0, 0] = range(count)
    return Part(images, np.arange(count))


def test_an_epoch_shows_every_picture_once_with_its_label():
    options = TrainOptions(batch_size=10, augment="none")
    seen = list(batches(numbered(60), SPEC, options, 1, 0))
    assert [len(labels) for _, labels in seen] == [10] * 6
    labels = np.concatenate([labels for _, labels in seen])
    pixels = np.concatenate([images[:, 0, 0, 0] for images, _ in seen]) * 128 + 128
    assert sorted(labels) == list(range(60))
    assert (pixels == labels).all()
    assert labels.tolist() != sorted(labels)


def test_a_remainder_sits_out_and_not_always_the_same():
    options = TrainOptions(batch_size=32, augment="none")
    left_out = []
    for epoch in range(3):
        labels = np.concatenate([labels for _, labels in batches(numbered(40), SPEC, options, 1, epoch)])
        assert len(labels) == 32
        left_out.append(frozenset(range(40)) - set(labels.tolist()))
    assert len(set(left_out)) == 3


def test_fewer_pictures_than_a_batch_make_one_batch():
    ((images, labels),) = batches(numbered(5), SPEC, TrainOptions(batch_size=32), 1, 0)
    assert len(images) == len(labels) == 5


def test_batches_follow_from_seed_and_epoch():
    options = TrainOptions(batch_size=8)

    def epoch_bytes(seed, epoch):
        return b"".join(
            x.tobytes() + y.tobytes() for x, y in batches(numbered(40), SPEC, options, seed, epoch)
        )

    assert epoch_bytes(1, 3) == epoch_bytes(1, 3)
    assert len({epoch_bytes(1, 3), epoch_bytes(1, 4), epoch_bytes(2, 3)}) == 3


def test_learning_rate_rises_to_the_peak_and_falls_to_almost_nothing():
    options = TrainOptions(epochs=40, learning_rate=0.2)
    rates = [learning_rate(options, epoch) for epoch in range(40)]
    assert rates[:3] == pytest.approx([0.2 / 3, 0.4 / 3, 0.2])
    assert rates[2:] == sorted(rates[2:], reverse=True)
    assert rates[2 + 19] == pytest.approx(0.1)
    assert 0 < rates[-1] < 0.001


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_short_trainings_have_a_rate_in_every_epoch(epochs):
    options = TrainOptions(epochs=epochs, learning_rate=0.1)
    rates = [learning_rate(options, epoch) for epoch in range(epochs)]
    assert max(rates) == 0.1
    assert min(rates) > 0
