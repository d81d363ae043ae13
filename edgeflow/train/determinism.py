"""Set up TensorFlow so that equal inputs give equal bits."""

from __future__ import annotations

import os

# More workers than this only wait for each other: a small network's layers are a chain.
MOST_WORKERS = 4


def set_up_tensorflow(seed: int) -> None:
    """Fix seeds and the order of every sum; to be called before TensorFlow does anything.

    One thread per kernel: a sum that is split among threads rounds differently for every number of
    threads (measured). Independent kernels still run side by side, which changes no bit (measured
    with 1 to 16 workers), so that the result does not depend on the number of cores. It may depend
    on the processor's vector instructions.
    """
    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(min(os.cpu_count() or 1, MOST_WORKERS))
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)
