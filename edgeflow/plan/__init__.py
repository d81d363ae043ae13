"""Before any training: which networks fit a target, and which of them are worth their cost."""
