"""Write the demo's exposures: invented data, and their titles say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from blender_core.demo.exposure_metadata import metadata
from blender_core.demo.observation import exposures
from blender_core.demo.pointing import SIZE

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["write_exposures"]

_SEED: Final = 1234


def write_exposures(folder: Path) -> list[Path]:
    """Write a small set of exposures such as NIRCam's imaging mode takes."""
    import numpy as np
    from stdatamodels.jwst.datamodels import ImageModel

    folder.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(_SEED)
    paths = []
    for exposure in exposures():
        sky = noise.normal(0.25, 0.02, (SIZE, SIZE)).astype(np.float32)
        path = folder / exposure.filename
        with ImageModel({"meta": metadata(exposure), "data": sky}) as model:
            model.save(str(path))
        paths.append(path)
    return paths
