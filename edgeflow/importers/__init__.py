"""Models of other tools: what they are, and how each becomes a float ``.tflite``."""
