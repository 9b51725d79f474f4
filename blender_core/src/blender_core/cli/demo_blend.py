"""Blend files, one of which at a time is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.blending.blender import ModelBlender
from blender_core.cli.demo_inputs import opened
from blender_core.cli.errors import CommandError
from blender_core.demo.combine import PixelMean
from blender_core.evaluation.outcome import OF_A_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from blender_core.blending.result import BlendResult
    from blender_core.cli.captured_warnings import Notes

__all__ = ["blend_files"]


def blend_files(paths: Sequence[Path], notes: Notes) -> tuple[BlendResult, str]:
    """Blend exposures into a product of their own model type."""
    blender, pixels = ModelBlender(sorted(OF_A_FILE)), PixelMean()
    product: Any = None
    for path in paths:
        with notes.about(path.name), opened(path) as model:
            if product is None:
                product = type(model)()
                product.update(model)
            elif type(model) is not type(product):
                msg = (
                    f"{path} is of type {type(model).__name__}, but {paths[0]} is of type "
                    f"{type(product).__name__}: exposures of one blend are of one type"
                )
                raise CommandError(msg)
            blender.accumulate(model)
            _add(pixels, model, path)
    mean = pixels.mean()
    with notes.about("product"):
        if mean is not None:
            product.data = mean
        result = blender.finalize_model(product)
    if mean is None:
        return result, f"not combined: {pixels.obstacle}"
    return result, "the plain mean of all inputs; this is not a resampled mosaic"


def _add(pixels: PixelMean, model: Any, path: Path) -> None:
    try:
        pixels.add(model)
    except Exception as error:
        # A file that is cut short fails in its own way in each of the libraries.
        msg = f"the pixels of {path} cannot be read: {str(error).partition(chr(10))[0]}"
        raise CommandError(msg) from error
