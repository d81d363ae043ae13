"""Phones and Linux boards, where LiteRT runs the model: delegates, bounds of latency, benchmarks, Ethos-U."""
