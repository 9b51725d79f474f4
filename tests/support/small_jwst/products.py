"""Products that stock steps of jwst make of the small exposures: one of each step that blends.

As a script it writes them all into a folder, each with its inputs, and tells where they are::

    PYTHONPATH=tests/support python -m small_jwst.products FOLDER
"""

import sys
from pathlib import Path

from jwst.pipeline import Coron3Pipeline, Image3Pipeline, Spec3Pipeline, Tso3Pipeline

from small_jwst import coronagraphy, cubes, imaging, spectra, time_series
from small_jwst.reference_files import offline_crds, run_pipeline


def make_i2d(folder):
    """Resample images, to pixels of half the width."""
    association, inputs = imaging.write_imaging(folder)
    steps = {"resample": {"pixel_scale_ratio": 0.5}}
    run_pipeline(Image3Pipeline, association, folder / "products", steps)
    return folder / "products" / f"{imaging.PRODUCT}_i2d.fits", inputs


def make_s2d(folder):
    """Resample spectral images, and extract a spectrum, which is in the same folder."""
    association, inputs = spectra.write_spectra(folder)
    steps = {"resample_spec": {}, "extract_1d": {}}
    run_pipeline(Spec3Pipeline, association, folder / "products", steps)
    return folder / "products" / f"{spectra.PRODUCT}_s2d.fits", inputs


def make_s3d(folder, moving=False):
    """Build a cube of one of the two channels that the exposures have."""
    association, inputs = cubes.write_cube_images(folder, moving=moving)
    file = cubes.write_cube_parameters(folder)
    steps = {"cube_build": {"channel": "1", "override_cubepar": str(file)}}
    run_pipeline(Spec3Pipeline, association, folder / "products", steps)
    return folder / "products" / f"{cubes.PRODUCT}_ch1-short_s3d.fits", inputs


def make_coronagraphic_i2d(folder):
    """Subtract the star from the target and resample what is left."""
    association, inputs = coronagraphy.write_coronagraphy(folder)
    file = coronagraphy.write_mask(folder)
    steps = {
        "stack_refs": {},
        "align_refs": {"override_psfmask": str(file)},
        "klip": {},
        "resample": {},
    }
    run_pipeline(Coron3Pipeline, association, folder / "products", steps)
    return folder / "products" / f"{coronagraphy.PRODUCT}_i2d.fits", inputs


def make_x1dints(folder):
    """Extract the spectra of a time series."""
    association, inputs = time_series.write_time_series(folder)
    steps = {"extract_1d": {}, "white_light": {}}
    run_pipeline(Tso3Pipeline, association, folder / "products", steps)
    return folder / "products" / f"{time_series.PRODUCT}_x1dints.fits", inputs


MAKERS = {
    "i2d": make_i2d,
    "s2d": make_s2d,
    "s3d": make_s3d,
    "coronagraphic i2d": make_coronagraphic_i2d,
    "x1dints": make_x1dints,
}


def make_products(folder):
    """Return what was made: name → the product's path, and its inputs' paths."""
    made = {}
    with offline_crds(folder / "crds"):
        for name, make in MAKERS.items():
            subfolder = folder / name.replace(" ", "_")
            subfolder.mkdir(parents=True)
            made[name] = make(subfolder)
    return made


if __name__ == "__main__":
    for name, (product, inputs) in make_products(Path(sys.argv[1])).items():
        sys.stdout.write("\n    ".join([name, str(product), *map(str, inputs)]) + "\n")
