"""From what a caller gives to single inputs."""

__all__ = ["association", "column", "columns", "inputs", "opener", "row_labels"]
