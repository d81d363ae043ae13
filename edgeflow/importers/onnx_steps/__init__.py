"""What the processes do that convert and run an ONNX model; only they import onnx and onnxruntime."""
