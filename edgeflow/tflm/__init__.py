"""The arena that TFLite Micro needs for a model, computed from the file and confirmed by the runtime."""
