"""One picture: bytes of a file to 8-bit pixels. Pillow decodes; what follows is `edgeflow.preprocess`."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

from edgeflow.errors import DataError, ToolError
from edgeflow.preprocess.options import CHANNELS, ColorMode

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
# A file or declared picture above these is refused before its memory is taken.
MAX_FILE_BYTES = 128 << 20
MAX_PIXELS = 89_478_485  # Pillow's own limit: a quarter gibibyte of RGB
# What Pillow's decoders raise on damaged files besides OSError (also its bomb error, see `decode`).
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    zlib.error,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    MemoryError,
)


@contextmanager
def quiet_decoding() -> Iterator[None]:
    """Silence Pillow's warnings: what matters becomes a reason of `decode`. Enter it outside any thread."""
    require_pillow()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def require_pillow() -> None:
    """Raise ToolError when Pillow is not installed."""
    try:
        import PIL.Image  # noqa: F401 - only whether it is there
    except ImportError as error:
        raise ToolError(
            "reading pictures needs Pillow, which is not installed", "pip install 'edgeflow[train]'"
        ) from error


def decode(data: bytes, color_mode: ColorMode) -> NDArray[np.uint8]:
    """The pixels of an encoded picture, uint8 ``[H, W, C]`` with C 1 or 3.

    The first frame, turned as its EXIF orientation says; 16-bit samples rounded to 8; transparency laid on
    white; grey from colour by ITU-R 601-2 luma. Raises DataError whose message is the reason.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(data) > MAX_FILE_BYTES:
        raise DataError(f"larger than {MAX_FILE_BYTES} bytes")
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise DataError(f"more than {MAX_PIXELS} pixels")
            ImageOps.exif_transpose(image, in_place=True)
            return pixels(_eight_bit(image), color_mode)
    except UnidentifiedImageError as error:
        raise DataError("not a picture in a known format") from error
    except Image.DecompressionBombError as error:
        raise DataError(f"more than {MAX_PIXELS} pixels") from error
    except _DAMAGE as error:
        raise DataError(f"damaged: {error}") from error


def pixels(image: Image.Image, color_mode: ColorMode) -> NDArray[np.uint8]:
    """An 8-bit picture as uint8 ``[H, W, C]``."""
    import numpy as np

    array = np.asarray(image.convert("L" if color_mode == "grayscale" else "RGB"), dtype=np.uint8)
    return array.reshape(*array.shape[:2], CHANNELS[color_mode])


def _eight_bit(image: Image.Image) -> Image.Image:
    """Any mode as an opaque 8-bit picture that converts to L and RGB."""
    from PIL import Image

    if image.mode.startswith("I"):
        return _from_sixteen_bit(image)
    if image.mode == "F":
        raise DataError("floating-point samples, whose range is not known")
    if not image.has_transparency_data:
        return image if image.mode in {"1", "L", "RGB"} else image.convert("RGB")
    opaque = image.convert("RGBA")
    white = Image.new("RGBA", opaque.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, opaque).convert("RGB")


def _from_sixteen_bit(image: Image.Image) -> Image.Image:
    """Samples 0..65535 to 0..255, rounded to nearest. Pillow reads 16-bit PGM as mode I."""
    import numpy as np
    from PIL import Image

    if image.mode == "I" and image.format != "PPM":
        raise DataError("32-bit samples, whose range is not known")
    samples: NDArray[Any] = np.asarray(image).astype(np.uint32)
    return Image.fromarray(((samples * 255 + 32767) // 65535).astype(np.uint8))
