"""Every kind of file Pillow meets, to 8-bit pixels of one shape; bad files to a reason."""

import contextlib
import struct
import warnings
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from edgeflow.data.picture import MAX_FILE_BYTES, decode, quiet_decoding
from edgeflow.errors import DataError


def encoded(image, form="PNG", **keys):
    stream = BytesIO()
    image.save(stream, form, **keys)
    return stream.getvalue()


def ramp(height=4, width=6, channels=3):
    return np.arange(height * width * channels, dtype=np.uint8).reshape(height, width, channels)


@pytest.mark.parametrize("form", ["PNG", "BMP", "TIFF", "PPM"])
def test_lossless_colour_is_exact(form):
    data = encoded(Image.fromarray(ramp()), form)
    assert np.array_equal(decode(data, "rgb"), ramp())


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_lossy_colour_is_near(form):
    smooth = np.full((16, 16, 3), (200, 100, 50), dtype=np.uint8)
    pixels = decode(encoded(Image.fromarray(smooth), form, quality=95), "rgb")
    assert np.abs(pixels.astype(int) - smooth).max() <= 4


def test_grey_is_the_luma_of_itu_r_601():
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [10, 200, 90]]], dtype=np.uint8)
    expected = np.rint(colours @ np.array([0.299, 0.587, 0.114]))
    pixels = decode(encoded(Image.fromarray(colours)), "grayscale")
    assert pixels.shape == (1, 4, 1)
    assert np.array_equal(pixels[0, :, 0], expected[0])


def test_grey_file_as_colour_repeats_the_channel():
    grey = ramp(4, 6, 1)
    assert np.array_equal(decode(encoded(Image.fromarray(grey[:, :, 0])), "rgb"), np.repeat(grey, 3, axis=2))


def test_one_bit():
    bits = Image.fromarray(np.array([[True, False]]))
    assert bits.mode == "1"
    assert decode(encoded(bits), "grayscale").ravel().tolist() == [255, 0]


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bits_are_rounded_to_nearest(form):
    values = np.array([[0, 128, 129, 257, 32767, 65406, 65407, 65535]], dtype=np.uint16)
    pixels = decode(encoded(Image.fromarray(values), form), "grayscale")
    assert pixels.ravel().tolist() == [round(int(v) / 257) for v in values[0]]
    assert pixels.ravel().tolist() == [0, 0, 1, 1, 127, 254, 255, 255]


def test_sixteen_bit_pgm():
    data = b"P5 2 1 65535\n" + struct.pack(">HH", 65535, 257)
    assert decode(data, "grayscale").ravel().tolist() == [255, 1]


def test_palette():
    image = Image.fromarray(ramp()).quantize(24)
    assert image.mode == "P"
    assert np.array_equal(decode(encoded(image), "rgb"), np.asarray(image.convert("RGB")))


def test_transparency_is_laid_on_white():
    rgba = np.array([[[0, 0, 0, 0], [0, 0, 0, 255], [100, 0, 200, 51]]], dtype=np.uint8)
    pixels = decode(encoded(Image.fromarray(rgba)), "rgb")
    assert pixels[0].tolist() == [[255] * 3, [0] * 3, [224, 204, 244]]


def test_transparent_palette_entry_and_grey_with_alpha():
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putpixel((1, 0), 1)
    assert decode(encoded(image, transparency=0), "rgb")[0].tolist() == [[255] * 3, [40, 50, 60]]
    assert decode(encoded(Image.new("LA", (1, 1), (7, 0))), "grayscale").tolist() == [[[255]]]


def test_cmyk():
    data = encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=100)
    assert np.abs(decode(data, "rgb").astype(int) - (255, 0, 0)).max() <= 2


def test_first_frame_of_an_animation():
    frames = [Image.new("L", (9, 9), shade) for shade in (10, 200)]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert set(decode(data, "grayscale").ravel().tolist()) == {10}


# The EXIF orientation, and numpy's way to turn the stored pixels upright.
ORIENTATIONS = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: np.rot90,
}


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_exif_orientation_is_honoured(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(Image.fromarray(ramp()), exif=exif)
    assert np.array_equal(decode(data, "rgb"), ORIENTATIONS[orientation](ramp()))


def huge_png(width, height):
    """A PNG that declares a size without holding the pixels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


GOOD_PNG = encoded(Image.fromarray(ramp(20, 20)))
BAD = {
    "text file": (b"hello, this is text\n" * 10, "not a picture in a known format"),
    "empty file": (b"", "not a picture in a known format"),
    "truncated PNG": (GOOD_PNG[: len(GOOD_PNG) // 2], "damaged: "),
    "truncated JPEG": (encoded(Image.fromarray(ramp(40, 40)), "JPEG")[:-60], "damaged: "),
    "flipped bits": (GOOD_PNG[:60] + bytes(b ^ 255 for b in GOOD_PNG[60:70]) + GOOD_PNG[70:], "damaged: "),
    "bomb": (huge_png(60_000, 60_000), "more than 89478485 pixels"),
    "just above the limit": (huge_png(10_000, 8_948), "more than 89478485 pixels"),
    "PostScript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not a picture in a known format"),
    "PDF": (b"%PDF-1.4\n", "not a picture in a known format"),
    "floating point": (encoded(Image.new("F", (9, 9)), "TIFF"), "floating-point samples"),
    "32 bits": (encoded(Image.new("I", (9, 9)), "TIFF"), "32-bit samples"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_file_has_a_reason(case):
    data, reason = BAD[case]
    with quiet_decoding(), pytest.raises(DataError) as caught:
        decode(data, "rgb")
    assert caught.value.message.startswith(reason)
    assert " at 0x" not in caught.value.message


def test_large_file_is_refused_before_it_is_looked_at():
    with pytest.raises(DataError, match="larger than 134217728 bytes"):
        decode(bytes(MAX_FILE_BYTES + 1), "rgb")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM"])
def test_damaged_bytes_give_pixels_or_a_reason_and_nothing_else(form):
    whole = np.frombuffer(encoded(Image.fromarray(ramp(12, 12)), form), dtype=np.uint8)
    random = np.random.default_rng(3)
    with quiet_decoding():
        for _ in range(150):
            data = whole.copy()
            places = random.integers(0, len(data), 3)
            data[places] = random.integers(0, 256, 3)
            cut = int(random.integers(1, len(data) + 1))
            with contextlib.suppress(DataError):
                pixels = decode(data[:cut].tobytes(), "rgb")
                assert pixels.dtype == np.uint8
                assert pixels.shape[2] == 3


def test_warnings_of_the_decoder_are_silenced():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with quiet_decoding():
            warnings.warn("noise", stacklevel=1)
