"""The build report: JSON and HTML."""
