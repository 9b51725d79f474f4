"""From what a caller gives to single inputs."""

__all__ = ["association", "columns", "inputs", "opener", "row_labels"]
