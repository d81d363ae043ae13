"""Exports: what a build made, as the project of another tool."""
