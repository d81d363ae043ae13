#include "ef_multiply_dsp.h"

void ef_multiply_dsp(ef_tile_job job, int32_t channels)
{
    int8_t last[2];
    int8_t last_of_second[2];
    int8_t *const first = job.first + channels - 1;
    int8_t *const second = job.second + channels - 1;

    job.channel_pairs = channels / 2;
    if (job.channel_pairs > 0) {
        ef_tile_dsp(&job);
    }
    if (channels % 2 != 0) {
        job.first = last;
        job.second = last_of_second;
        job.channel_pairs = 1;
        ef_tile_dsp(&job);
        *second = last_of_second[0];
        *first = last[0];
    }
}
