"""edgeflow: from a data set to a verified int8 model on a microcontroller."""

__version__ = "0.1.0"
