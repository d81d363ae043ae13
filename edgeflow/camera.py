"""Frames of a camera or a video file; OpenCV does the work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeflow.errors import DataError, ToolError, UsageError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def read_frames(source: str, count: int) -> list[npt.NDArray[np.uint8]]:
    """``count`` frames, each uint8 RGB ``[H, W, 3]``, of a camera (its number) or from a video file's begin.

    Raises ToolError without OpenCV, UsageError for a source that does not open, and DataError when it ends
    before the last frame.
    """
    try:
        import cv2
    except ImportError as error:
        raise ToolError(
            "a camera needs OpenCV, which is not installed", "pip install 'edgeflow[camera]'"
        ) from error
    capture = cv2.VideoCapture(int(source) if source.isdecimal() else source)
    try:
        if not capture.isOpened():
            raise UsageError(
                f"the camera or video `{source}` does not open",
                "give a camera's number, such as 0, or a file",
            )
        frames: list[npt.NDArray[np.uint8]] = []
        while len(frames) < count:
            is_read, frame = capture.read()
            if not is_read:
                raise DataError(f"`{source}` gave {len(frames)} of {count} frames")
            frames.append(frame[:, :, ::-1].copy())  # OpenCV has blue first
        return frames
    finally:
        capture.release()
