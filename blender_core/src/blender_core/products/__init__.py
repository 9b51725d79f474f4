"""Products, in memory or in files: changed, written as a whole or not at all, read again."""
