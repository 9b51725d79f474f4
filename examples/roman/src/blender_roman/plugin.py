"""What this distribution offers to ``blender_core``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from blender_core import InputError, hookimpl
from blender_roman.image import Image
from blender_roman.models import MosaicInMemory, image_of, is_model, rows_of
from blender_roman.mosaic import Mosaic
from blender_roman.mosaic_rows import mosaic_rows, rows_of_file
from blender_roman.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blender_core import Opened, Product, Rule, Source

__all__ = ["blender_open", "blender_product", "blender_rules"]


_MOSAIC: Final = "MosaicModel"


@hookimpl
def blender_rules() -> Iterable[Rule]:
    """Offer the rules for what mosaics alone tell of their exposures."""
    return RULES


@hookimpl
def blender_open(given: Any, what: str, opened: Opened | None) -> Source | Iterable[Source] | None:
    """Open an image of level 2 or a mosaic, by the plain tree of its file.

    Both can be datamodels in memory, too.
    """
    if is_model(given, "ImageModel"):
        return image_of(given, what)
    if is_model(given, _MOSAIC):
        return rows_of(given, what)
    roman = roman_tree(opened, what)
    if opened is None or roman is None:
        return None
    if roman["meta"].get("model_type") != _MOSAIC:
        return Image(roman["meta"], what)
    rows = []
    if roman["meta"].get("individual_image_meta"):
        rows = rows_of_file(given, what, has_masks="hdrtab" in (opened.tree or {}))
    return mosaic_rows(roman, rows, what)


@hookimpl
def blender_product(given: Any, what: str, opened: Opened | None) -> Product | None:
    """Take a mosaic: its file, or a ``MosaicModel`` in memory."""
    if is_model(given, _MOSAIC):
        return MosaicInMemory(given, what)
    roman = roman_tree(opened, what)
    if roman is None:
        return None
    return Mosaic(given, what, opened) if roman["meta"].get("model_type") == _MOSAIC else None


def roman_tree(opened: Opened | None, what: str) -> Any:
    """Return what is below ``roman`` in a file of Roman; None of all else."""
    tree = None if opened is None else opened.tree
    if tree is None or "roman" not in tree:
        return None
    roman = tree["roman"]
    if not isinstance(roman, dict) or not isinstance(roman.get("meta"), dict):
        lack = "no meta, or one" if isinstance(roman, dict) else "a roman"
        msg = f"{what} cannot be read: its tree has {lack} that is no mapping"
        raise InputError(msg)
    return roman if roman["meta"].get("telescope", "ROMAN") == "ROMAN" else None
