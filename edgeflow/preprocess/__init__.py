"""A raw picture becomes network input by one declaration; docs/preprocessing.md states the arithmetic."""
