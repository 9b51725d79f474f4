"""Files that are named by URLs, of which only what is needed is fetched, by fsspec."""

__all__ = ["remote_files", "settings"]
