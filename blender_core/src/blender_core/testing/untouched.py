"""What an input is like, to see whether reading has changed it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from blender_core.common.wording import full_repr


def file_named(given: Any) -> Path | None:
    """Return the file that an input is the name of; None if it is none."""
    if not isinstance(given, (str, os.PathLike)):
        return None
    path = Path(given)
    try:
        return path if path.is_file() else None
    except (OSError, ValueError):
        return None


def state_of_input(given: Any) -> dict[str, Any]:
    """Return what an input is like: what is in its file, and beside it; or its own words."""
    path = file_named(given)
    if path is None:
        headers = [full_repr(getattr(each, "header", each)) for each in _parts(given)]
        return {"it": full_repr(given), "its parts": headers}
    status = path.stat()
    return {
        "the file": hashlib.sha256(path.read_bytes()).hexdigest(),
        "the file's time": (status.st_mtime_ns, status.st_ino, status.st_mode),
        "the folder": sorted(each.name for each in path.parent.iterdir()),
    }


def changes_since(before: dict[str, Any], given: Any) -> list[str]:
    """Return what is other than before about an input."""
    after = state_of_input(given)
    return [what for what in before if before[what] != after[what]]


def _parts(given: Any) -> list[Any]:
    return list(given) if isinstance(given, (list, tuple)) else []
