"""Which files stand behind an input, as far as it tells."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from blender_core.errors import InputError
from blender_core.inputs.association import Association, is_association
from blender_core.inputs.model_library import is_library, library_files

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["files_behind"]


def files_behind(given: Any) -> Iterator[Path]:
    """Give the files that an input is read from, or was."""
    if isinstance(given, (str, os.PathLike)):
        yield Path(given)
    if is_association(given):
        association = Association.of(given)
        if association is given and association.path is not None:
            yield association.path
        try:
            yield from association.members("association").paths
        except InputError:  # the blend will say so, and with more words
            return
    elif is_library(given):
        yield from library_files(given)
    else:
        # A list of HDUs, or what a datamodel keeps open: one of these, or an ASDF file.
        references = getattr(given, "_file_references", None)
        # Objects of plugins may have anything of any name.
        known = references if isinstance(references, list) else []
        kept = [getattr(one, "_file", None) for one in known]
        for one in (given, *kept):
            if _is_hdulist(one) and (name := one.filename()):
                yield Path(name)
        for one in kept:
            if uri := getattr(one, "uri", None):
                yield Path(unquote(urlsplit(uri).path))


def _is_hdulist(given: Any) -> bool:
    return isinstance(given, list) and callable(getattr(given, "filename", None))
