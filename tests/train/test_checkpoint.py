"""A checkpoint comes back whole or not at all."""

import numpy as np
import pytest

from edgeflow.train.checkpoint import TrainState, load_state, save_state


def a_state():
    random = np.random.default_rng(0)
    return TrainState(
        epochs=[{"epoch": 1, "val_loss": 0.1 + 0.2}, {"epoch": 2, "val_loss": 1 / 3}],
        best_epoch=2,
        best_loss=1 / 3,
        model=[random.random((3, 4), np.float32), np.array([7, 2**32 - 1], np.uint32)],
        optimizer=[np.array(12, np.int64), random.random((3, 4), np.float32), np.float32(0.1)],
        best_model=[random.random((3, 4), np.float32), np.array([1, 2], np.uint32)],
    )


def test_round_trip_keeps_every_bit(tmp_path):
    path = tmp_path / "checkpoint.npz"
    before = a_state()
    save_state(path, before, "mine")
    after = load_state(path, "mine")
    assert (after.epochs, after.best_epoch, after.best_loss) == (before.epochs, 2, 1 / 3)
    for group in ("model", "optimizer", "best_model"):
        for a, b in zip(getattr(before, group), getattr(after, group), strict=True):
            assert np.asarray(a).dtype == b.dtype
            assert np.asarray(a).tobytes() == b.tobytes()
    assert [p.name for p in tmp_path.iterdir()] == ["checkpoint.npz"]


def test_another_training_is_not_resumed(tmp_path):
    save_state(tmp_path / "c.npz", a_state(), "mine")
    assert load_state(tmp_path / "c.npz", "another") is None


def test_a_file_cut_anywhere_is_refused(tmp_path):
    path = tmp_path / "c.npz"
    save_state(path, a_state(), "mine")
    whole = path.read_bytes()
    for length in [0, 1, 30, len(whole) // 2, len(whole) - 30, len(whole) - 1]:
        path.write_bytes(whole[:length])
        assert load_state(path, "mine") is None, length


def test_a_flipped_bit_in_a_weight_is_noticed(tmp_path):
    path = tmp_path / "c.npz"
    state = a_state()
    save_state(path, state, "mine")
    content = bytearray(path.read_bytes())
    content[content.index(state.best_model[0].tobytes()) + 5] ^= 1
    path.write_bytes(content)
    assert load_state(path, "mine") is None


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04" + bytes(200)])
def test_foreign_content_is_refused(tmp_path, content):
    (tmp_path / "c.npz").write_bytes(content)
    assert load_state(tmp_path / "c.npz", "mine") is None


def test_an_archive_of_other_arrays_is_refused(tmp_path):
    np.savez(tmp_path / "c.npz", images=np.zeros(3))
    assert load_state(tmp_path / "c.npz", "mine") is None
