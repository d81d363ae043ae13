"""Run a model: desktop interpreter, host C, emulated core."""
