#include "ef_pairs_f32.h"

static float element(const ef_pair_f32_scaling *s, float left, float right)
{
    (void)s;
    return left > right ? left : right;
}

void ef_maximum_f32(
    const ef_pair_f32_params *params, const float *input1, const float *input2, float *output)
{
    ef_pairs_f32(params, element, input1, input2, output);
}
