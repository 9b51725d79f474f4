"""Open the product that a user names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.cli.captured_warnings import Notes
from blender_core.products.product_file import ProductFile

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["open_product_file"]


def open_product_file(path: Path) -> tuple[ProductFile, Notes]:
    """Open a product, and take note of what is odd in it."""
    notes = Notes()
    with notes.about(""):
        product = ProductFile(path)
    return product, notes
