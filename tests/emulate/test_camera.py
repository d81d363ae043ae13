"""A video file stands where a camera would: the same call of OpenCV reads both."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from packages import need
from tflite_file import fully_connected

from edgeflow.camera import read_frames
from edgeflow.errors import DataError, UsageError
from edgeflow.preprocess.picture import prepare_frame
from edgeflow.preprocess.spec import PictureSpec

FRAMES, WIDTH, HEIGHT = 3, 48, 32


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    """Motion JPEG of three flat frames with a brighter half: red, green, blue."""
    need("cv2")
    import cv2

    path = tmp_path_factory.mktemp("video") / "three.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 5, (WIDTH, HEIGHT))
    for channel in range(FRAMES):
        frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        frame[:, :, 2 - channel] = 120
        frame[:, WIDTH // 2 :, 2 - channel] = 250
        writer.write(frame)
    writer.release()
    return path


def test_frames_come_in_order_with_red_first(video):
    frames = read_frames(str(video), FRAMES)
    assert [frame.shape for frame in frames] == [(HEIGHT, WIDTH, 3)] * FRAMES
    assert [int(frame.mean((0, 1)).argmax()) for frame in frames] == [0, 1, 2]


def test_what_gives_no_frames_is_said(video, tmp_path):
    with pytest.raises(DataError, match="gave 3 of 4 frames"):
        read_frames(str(video), 4)
    with pytest.raises(UsageError, match="does not open"):
        read_frames(str(tmp_path / "absent.avi"), 1)


def test_the_command_prepares_them_as_a_board_does(video, tmp_path):
    weights = np.random.default_rng(2).integers(-127, 128, (3, 64))
    model = tmp_path / "net.tflite"
    model.write_bytes(fully_connected((1, 8, 8, 1), weights, np.zeros(3, np.int64), (1 / 128, 1 / 64, 1.0)))
    command = [
        sys.executable,
        "-m",
        "edgeflow",
        "emulate",
        model,
        "--camera",
        video,
        "--shots",
        "3",
        "--json",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["pictures"]
    spec = PictureSpec(8, 8, 1, "grayscale", "bilinear", "fit", 128, (1 / 128,), (-1.0,))
    for number, (entry, frame) in enumerate(zip(found, read_frames(str(video), 3), strict=True), start=1):
        pixels = prepare_frame(frame.tobytes(), WIDTH, HEIGHT, "rgb888", spec).astype(np.int64) - 128
        scores = weights @ pixels.ravel() / 8192
        assert entry["picture"].endswith(f"three.avi#{number}")
        assert entry["class"] == str(scores.argmax())
