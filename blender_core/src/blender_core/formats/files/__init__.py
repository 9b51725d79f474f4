"""Files as they are: regular ones, unchanged ones, and those that are replaced as a whole."""

__all__ = [
    "atomic",
    "byte_ranges",
    "compression",
    "draft",
    "source_file",
    "stored_file",
    "target",
]
