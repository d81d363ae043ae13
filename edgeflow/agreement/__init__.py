"""How far the outputs of the original model, the float and the int8 ``.tflite`` are from each other."""
