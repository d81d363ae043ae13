#include "ef_pairs_f32.h"

static float element(const ef_pair_f32_scaling *s, float left, float right)
{
    return ef_clamp_f32(left * right, s->activation_min, s->activation_max);
}

void ef_mul_f32(const ef_pair_f32_params *params, const float *input1, const float *input2, float *output)
{
    ef_pairs_f32(params, element, input1, input2, output);
}
