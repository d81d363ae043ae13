"""Flash, RAM, stack, instructions and estimated cycles of a linked image."""
