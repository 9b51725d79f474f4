"""Files that are like one before, and are read in less time."""

__all__ = ["cache", "row", "saved_headers"]
