"""Make a product of exposures in the simplest way there is, for a blend to have something to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PixelMean"]


class PixelMean:
    """The mean of images, pixel by pixel, of which one at a time is in memory.

    It is no resampled mosaic: pixels are added wherever they lie on the sky.

    Attributes
    ----------
    obstacle : str
        Why there is no mean; empty if there is one.
    """

    def __init__(self) -> None:
        self.obstacle = "no inputs"
        self._sum: NDArray[np.float64] | None = None
        self._count = 0

    def add(self, model: Any) -> None:
        """Add the pixels of an input."""
        self._count += 1
        if self._count == 1:
            self.obstacle = ""
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
        """Return the mean."""
        if self.obstacle or self._sum is None:
            return None
        return (self._sum / self._count).astype(np.float32)
