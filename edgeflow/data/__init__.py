"""Pictures to arrays: recipes, checks, duplicates, split."""
