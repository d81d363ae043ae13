"""The arithmetic of docs/preprocessing.md a second time: one pixel at a time, in plain Python integers.

Written from the document, not from the package; pictures are nested lists ``[y][x][channel]``.
"""

from fractions import Fraction
from math import floor


def grey(red, green, blue):
    return (red * 19595 + green * 38470 + blue * 7471 + 32768) >> 16


def clamp255(value):
    return max(0, min(255, value))


def from_565(low, high):
    word = low + 256 * high
    red, green, blue = word // 2048, word // 32 % 64, word % 32
    return [red * 8 + red // 4, green * 4 + green // 16, blue * 8 + blue // 4]


def from_yuv(luma, u, v):
    u, v = u - 128, v - 128
    return [
        clamp255(luma + (91881 * v + 32768) // 65536),
        clamp255(luma - (22554 * u + 46802 * v + 32768) // 65536),
        clamp255(luma + (116130 * u + 32768) // 65536),
    ]


def nearest(n, m):
    return [((2 * i + 1) * n) // (2 * m) for i in range(m)]


def bilinear(n, m):
    """Of each output the pair of inputs and the second's weight in 1/256."""
    step = (n << 16) // m
    taps = []
    for i in range(m):
        position = min(max((step >> 1) - 32768 + i * step, 0), (n - 1) << 16)
        low = position >> 16
        taps.append((low, min(low + 1, n - 1), (position >> 8) & 255))
    return taps


def area(n, m):
    """Of each output the inputs and the lengths of their overlaps, exact, in input samples."""
    found = []
    for i in range(m):
        start, end = Fraction(i * n, m), Fraction((i + 1) * n, m)
        found.append([(j, min(end, j + 1) - max(start, j)) for j in range(n) if start < j + 1 and j < end])
    return found


def resized(picture, height, width, interpolation):
    """A picture at another size."""
    rows, columns, channels = len(picture), len(picture[0]), range(len(picture[0][0]))
    if interpolation == "nearest":
        ys, xs = nearest(rows, height), nearest(columns, width)
        return [[list(picture[y][x]) for x in xs] for y in ys]
    if interpolation == "bilinear":
        ys, xs = bilinear(rows, height), bilinear(columns, width)
        return [[[_blend(picture, y, x, c) for c in channels] for x in xs] for y in ys]
    ys, xs = area(rows, height), area(columns, width)
    return [[[_average(picture, y, x, c) for c in channels] for x in xs] for y in ys]


def _blend(picture, y, x, c):
    (top, bottom, g), (left, right, f) = y, x
    upper = picture[top][left][c] * (256 - f) + picture[top][right][c] * f
    lower = picture[bottom][left][c] * (256 - f) + picture[bottom][right][c] * f
    return (upper * (256 - g) + lower * g + 32768) >> 16


def _average(picture, y, x, c):
    total = sum(wy * wx * picture[j][i][c] for j, wy in y for i, wx in x)
    size = sum(wy for _, wy in y) * sum(wx for _, wx in x)
    return floor(total / size + Fraction(1, 2))
