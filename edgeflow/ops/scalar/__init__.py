"""Lowering to the kernels for cores without SIMD."""
