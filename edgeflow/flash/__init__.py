"""Writing a program to a board with the user's own tools: probe-rs, OpenOCD, west, arduino-cli, idf.py."""
