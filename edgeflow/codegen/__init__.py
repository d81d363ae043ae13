"""Graph and plan to C."""
