"""The auto-tuner: tries kernel calls on the emulated core and keeps the best."""
