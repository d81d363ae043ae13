/* Lines of a depthwise convolution with filters of 3 x 3 and stride 2. */
#ifndef EF_LINES_3X3_STRIDE_2_DSP_H
#define EF_LINES_3X3_STRIDE_2_DSP_H

#include "ef_lines_3x3.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One output from a pair and the next one. pairs, output and lines of the job advance. */
void ef_lines_3x3_stride_2_dsp(ef_lines_job *job);

#ifdef __cplusplus
}
#endif

#endif
