"""Liveness, arena planner and its separate checker."""
