#include "ef_audio.h"
#include "ef_audio_arithmetic.h"

/* log2(1 + i / 32), Q15. */
static const uint16_t logarithm[33] = {
    0, 1455, 2866, 4236, 5568, 6863, 8124, 9352, 10549, 11716, 12855,
    13968, 15055, 16117, 17156, 18173, 19168, 20143, 21098, 22034, 22952, 23852,
    24736, 25604, 26455, 27292, 28114, 28922, 29717, 30498, 31267, 32024, 32768,
};

int16_t ef_audio_level(const ef_audio_params *params, uint64_t energy, int32_t shift)
{
    const uint32_t high = (uint32_t)(energy >> 32);
    const uint32_t low = (uint32_t)energy;
    const int32_t high_bits = ef_audio_bits(high);
    const int32_t low_bits = ef_audio_bits(low);
    uint32_t mantissa = 0; /* the upper 32 bits of the number, whose first is 1 */
    int32_t exponent = 0;
    int32_t level = 0;

    if (energy == 0) {
        return 0;
    }
    if (high_bits > 0) {
        mantissa = (uint32_t)(energy >> high_bits);
        exponent = high_bits + 31;
    } else {
        mantissa = low << (32 - low_bits);
        exponent = low_bits - 1;
    }
    const uint32_t place = (mantissa >> 26) & 31u;
    const uint32_t rest = (mantissa >> 10) & 0xFFFFu;
    const uint32_t slope = (uint32_t)logarithm[place + 1] - logarithm[place];
    const int32_t fraction = (int32_t)(logarithm[place] + ((slope * rest) >> 16)); /* Q15 */
    level = (exponent - 2 * shift) * 1024 + ((fraction + 16) >> 5) + params->level_offset;
    if (level < 0) {
        return 0;
    }
    return (int16_t)(level < params->level_limit ? level : params->level_limit);
}
