"""Named cases of every operator as data: a one-operator model and the inputs to run it on.

Scales, zero points, weights and biases are chosen by hand where a rounding tie, a limit or a saturation
is the point; random accumulators almost never land on one.
"""

from cases_blocks import ADDS, MEANS, PADS, POOLS
from cases_blocks_moved import BLOCKS_MOVED
from cases_cast import CASTS
from cases_compared import CHOSEN
from cases_curves import CURVES
from cases_elements import CLAMPS, DEQUANTIZES, LOG_SOFTMAXES, QUANTIZES, RESHAPES, SOFTMAXES
from cases_int16 import INT16
from cases_int16_weights import INT16_WEIGHTS
from cases_lstm import LSTMS
from cases_movement import MOVEMENTS
from cases_pairs import PAIRS
from cases_reduced import REDUCED
from cases_state import STATES
from cases_svdf import SVDFS
from cases_weights import CONVOLUTIONS, FULLY_CONNECTED, float_width_cases, requantize_cases

CASES = [
    *CONVOLUTIONS,
    *FULLY_CONNECTED,
    *requantize_cases(),
    *float_width_cases(),
    *ADDS,
    *PADS,
    *POOLS,
    *MEANS,
    *SOFTMAXES,
    *LOG_SOFTMAXES,
    *QUANTIZES,
    *DEQUANTIZES,
    *CLAMPS,
    *RESHAPES,
    *MOVEMENTS,
    *BLOCKS_MOVED,
    *REDUCED,
    *PAIRS,
    *CURVES,
    *INT16_WEIGHTS,
    *INT16,
    *CHOSEN,
    *CASTS,
    *LSTMS,
    *STATES,
    *SVDFS,
]
