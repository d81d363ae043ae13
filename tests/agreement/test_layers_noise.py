"""Which layer is to blame."""

import pytest

from edgeflow.agreement.layers import LayerNoise, Noise


def noise(*layers):
    return Noise(4, tuple(LayerNoise(number, "ADD", f"t{number}", *each) for number, each in layers), 0)


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        (
            [(7, (9.0, 1.0)), (3, (10.0, 22.0)), (1, (32.0, None))],
            "#3 adds most noise (SQNR 10.0 dB, 22.0 dB",
        ),
        ([(1, (12.0, None)), (2, (14.0, None))], "ADD #1 adds most noise (SQNR 12.0 dB)"),
        ([(1, (12.0, None)), (2, (14.0, -2.0))], "ADD #2"),
        ([(1, (None, None))], None),
        ([], None),
    ],
)
def test_the_layer_that_loses_most_is_named(layers, words):
    sentence = noise(*layers).noisiest()
    assert sentence is None if words is None else words in sentence
