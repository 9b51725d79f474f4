"""What this distribution offers to ``blender_core``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core import hookimpl
from blender_roman.image import Image
from blender_roman.mosaic import Mosaic
from blender_roman.mosaic_rows import mosaic_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blender_core import Opened, Product, Source

__all__ = ["blender_open", "blender_product"]


@hookimpl
def blender_open(given: Any, what: str, opened: Opened | None) -> Source | Iterable[Source] | None:
    """Open an image of level 2 or a mosaic, by the plain tree of its file."""
    if opened is None or (roman := roman_tree(opened)) is None:
        return None
    if roman["meta"].get("model_type") == "MosaicModel":
        return mosaic_rows(given, roman, opened, what)
    return Image(roman["meta"], what)


@hookimpl
def blender_product(given: Any, what: str, opened: Opened | None) -> Product | None:
    """Take the file of a mosaic."""
    roman = None if opened is None else roman_tree(opened)
    is_mosaic = roman is not None and roman["meta"].get("model_type") == "MosaicModel"
    return Mosaic(given, what) if is_mosaic else None


def roman_tree(opened: Opened) -> Any:
    """Return what is below ``roman`` in a file of Roman; None of all else."""
    roman = (opened.tree or {}).get("roman")
    meta = roman.get("meta") if isinstance(roman, dict) else None
    return roman if isinstance(meta, dict) and meta.get("telescope") == "ROMAN" else None
