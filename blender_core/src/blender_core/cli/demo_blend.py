"""The blend of the demonstration: files into a product of their own model type."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from blender_core.blending.blender import ModelBlender
from blender_core.cli.errors import CommandError, refuse
from blender_core.evaluation.outcome import OF_A_FILE
from blender_core.formats.fits.scan import BadFitsError, NotFitsError, RawFits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from blender_core.blending.result import BlendResult
    from blender_core.cli.captured_warnings import Notes


def require_exposures(paths: Sequence[Path]) -> None:
    """Refuse what cannot be an exposure, before any work is done."""
    for path in paths:
        if path.is_dir():
            refuse(
                f"{path} is a folder: name the exposures in it, such as {path / '*.fits'}",
                input=path,
            )
        if not path.exists():
            refuse(f"there is no file {path}", input=path)
        try:
            RawFits.read(path)
        except BadFitsError as error:
            is_other = type(error) is NotFitsError and error.__cause__ is None
            is_other |= not path.stat().st_size
            problem = "is not a FITS file" if is_other else f"cannot be read: {error}"
            msg = f"{path} {problem}"
            raise CommandError(msg, input=path) from error


def blend_files(paths: Sequence[Path], notes: Notes) -> tuple[BlendResult, str]:
    """Blend exposures, one of which at a time is open; say also what became of their pixels."""
    with notes.about(""):
        blender, pixels = ModelBlender(sorted(OF_A_FILE), record_rules=True), _PixelMean()
    product: Any = None
    for path in paths:
        with notes.about(path.name), _open_model(path) as model:
            if product is None:
                product = type(model)()
                product.update(model)
            elif type(model) is not type(product):
                refuse(
                    f"{path} is of type {type(model).__name__}, but {paths[0]} is of type "
                    f"{type(product).__name__}: exposures of one blend are of one type",
                    input=path,
                )
            blender.accumulate(model)
            try:
                pixels.add(model)
            except Exception as error:
                # A file that is cut short fails in its own way in each of the libraries.
                msg = f"the pixels of {path} cannot be read: {str(error).partition(chr(10))[0]}"
                raise CommandError(msg, input=path) from error
    mean = pixels.mean()
    with notes.about("product"):
        if mean is not None:
            product.data = mean
        result = blender.finalize_model(product)
    if mean is None:
        return result, f"not combined: {pixels.obstacle}"
    return result, "the plain mean of all inputs; this is not a resampled mosaic"


@contextmanager
def _open_model(path: Path) -> Iterator[Any]:
    """Open an exposure as a datamodel for as long as it is needed."""
    from stdatamodels.jwst import datamodels

    try:
        model = datamodels.open(str(path))
    except Exception as error:
        # Whatever is wrong with a file can come as any exception of three libraries.
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        msg = f"{path} cannot be opened as a datamodel: {reason}"
        raise CommandError(msg, input=path) from error
    with model:
        if type(model) is datamodels.JwstDataModel:
            refuse(
                f"{path} is not a datamodel that can be recognized: its header has no DATAMODL "
                "that names a model type, and its arrays suggest none",
                input=path,
            )
        yield model


class _PixelMean:
    """The mean of images, pixel by pixel, of which one at a time is in memory.

    It is no resampled mosaic: pixels are added wherever they lie on the sky. Where there is no
    mean, ``obstacle`` says why.
    """

    def __init__(self) -> None:
        self.obstacle = ""
        self._sum: NDArray[np.float64] | None = None
        self._count = 0

    def add(self, model: Any) -> None:
        self._count += 1
        if self.obstacle:
            return
        # To ask for an array that is not there would create it.
        data = np.asarray(model.data) if model.hasattr("data") else None
        if data is None:
            self.obstacle = "the inputs have no pixels"
        elif data.ndim != 2:
            self.obstacle = f"the inputs' data are no images but {data.ndim}-dimensional"
        elif self._sum is None:
            self._sum = data.astype(np.float64)
        elif self._sum.shape != data.shape:
            self.obstacle = "the inputs' images differ in shape"
        else:
            self._sum += data

    def mean(self) -> NDArray[np.float32] | None:
        if self.obstacle or self._sum is None:
            return None
        return (self._sum / self._count).astype(np.float32)
