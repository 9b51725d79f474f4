"""Files as they are: regular ones, unchanged ones, and those that are replaced as a whole."""

__all__ = [
    "atomic",
    "byte_ranges",
    "compression",
    "draft",
    "handed_out",
    "json_text",
    "source_file",
    "stored_file",
    "target",
]
