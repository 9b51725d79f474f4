"""Arrays that an ASDF tree says to be in other files, which asdf opens whatever they are."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from blender_core.common.wording import preview
from blender_core.formats.asdf.blocks import files_in

__all__ = ["ExternalArrayError", "require_files", "require_no_files_beside"]


class ExternalArrayError(Exception):
    """An array is said to be in what cannot be read as a file. The message says where."""


def require_files(root: Any, path: Path) -> None:
    """Refuse a tree with arrays in pipes and devices, of which asdf would never see the end."""
    for source in files_in(root):
        place = urlsplit(urljoin(path.absolute().as_uri(), source))
        if place.scheme != "file":
            continue
        try:
            mode = Path(unquote(place.path)).stat().st_mode
        except (OSError, ValueError):  # asdf says so where it is needed
            continue
        if not stat.S_ISREG(mode):
            msg = f"an array of its tree is in {preview(source)}, which is no regular file"
            raise ExternalArrayError(msg)


def require_no_files_beside(root: Any) -> None:
    """Refuse a tree that is to go to another folder, and has arrays in files beside it."""
    beside = [
        source for source in files_in(root) if not (urlsplit(source).scheme or source[:1] == "/")
    ]
    if beside:
        msg = (
            f"an array of its tree is in {preview(beside[0])}, beside it, and would not be found "
            "from another folder: write it to the same folder, or put its arrays into it first"
        )
        raise ExternalArrayError(msg)
