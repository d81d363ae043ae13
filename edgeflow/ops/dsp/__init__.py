"""Lowering to the kernels for cores with the DSP extension."""
