"""``picture_worker.py LIBRARY MODE``: all pictures on a sanitized library, or a planted fault.

Started with the sanitizer's runtime preloaded. Prints the number of pictures.
"""

import ctypes
import itertools
import sys

from picture_cases import ASPECT_RATIOS, INTERPOLATIONS, frames, spec_of, specs
from picture_library import Preparer

from edgeflow.preprocess.picture import prepare_frame


def main():
    library = ctypes.CDLL(sys.argv[1])
    if sys.argv[2] == "short_row":
        preparer = Preparer(spec_of(8, 8, 1, "bilinear"), library=library)
        preparer.begin(16, 16, "gray8")
        preparer.row(bytes(15))
        return
    count = 0
    for interpolation, aspect_ratio in itertools.product(INTERPOLATIONS, ASPECT_RATIOS):
        for spec in list(specs(interpolation, aspect_ratio))[::3]:
            for width, height, frame_format, data in frames():
                prepared = Preparer(spec, library=library).by_rows(data, width, height, frame_format)
                assert (prepared == prepare_frame(data, width, height, frame_format, spec)).all()
                count += 1
    sys.stdout.write(str(count))


if __name__ == "__main__":
    main()
