"""A board on the desk: the device protocol over a serial port, and what was measured with it."""
