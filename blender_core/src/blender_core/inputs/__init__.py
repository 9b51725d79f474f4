"""From what a caller gives to single inputs."""

__all__ = [
    "ahead",
    "association",
    "column",
    "columns",
    "inputs",
    "named_files",
    "opener",
    "row_labels",
]
