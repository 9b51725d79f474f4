"""What the tests of this folder share: each stock step that blends, run once for all of them."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from small_jwst.products import MAKERS, make_s3d
from small_jwst.reference_files import offline_crds
from small_jwst.witness import Blend, watching
from stdatamodels.jwst import datamodels


@dataclass
class Run:
    """A product that was made, what it was made of, and the blend that was done for it."""

    product: Path
    inputs: list
    blend: Blend
    final: dict
    schema: dict

    def changed(self):
        """Return what is another value in the file than it was right after the blend."""
        then, now = self.blend.values, self.final
        paths = {path for path in {**then, **now} if path.startswith("meta.")} - {"meta.wcs"}
        return {path for path in paths if then.get(path) != now.get(path)}


@pytest.fixture(scope="session")
def runs(tmp_path_factory):
    """Return name → what was made, of each step that blends, and of a cube of a moving target."""
    folder = tmp_path_factory.mktemp("steps")
    made = {}
    makers = {**MAKERS, "moving s3d": partial(make_s3d, moving=True)}
    with offline_crds(folder / "crds"):
        for name, make in makers.items():
            subfolder = folder / name.replace(" ", "_")
            subfolder.mkdir()
            with watching() as blends:
                product, inputs = make(subfolder)
            (blend,) = blends
            with datamodels.open(product) as model:
                final = model.to_flat_dict(include_arrays=False)
                made[name] = Run(product, inputs, blend, final, model.schema)
    return made
