"""The frozen graph, its rules and its text form."""
