"""Products that are damaged, blended into: as their datamodels are, or a clear error.

Whatever becomes of it, the file that was blended is as it was, and pixels are those of before.
`DAMAGED_PRODUCTS` says how many are tried, if not the few of each run.
"""

import os
import warnings
from collections import Counter
from pathlib import Path
from random import Random

import jwst
import numpy as np
import pytest
from astropy.io import fits
from card_edits import add_cards
from damaged_headers import mutant
from damaged_products import check, metadata, require_same_data, require_same_metadata
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel
from thoroughness import examples

from blender_core import blendmodels
from blender_core.demo.exposures import write_exposures

ENDINGS = [".fits", ".fits", ".fits.gz"]
NUMBER = int(os.environ.get("DAMAGED_PRODUCTS", "0")) or examples(24)
REAL = Path(jwst.__file__).parent / "stpipe/tests/data/science.fits"
VALUES = {
    "meta.exposure.exposure_time": 100.0,
    "meta.exposure.start_time": 59000.5,
    "meta.instrument.detector": "NRCA1",
    "meta.target.catalog_name": "many words " * 12 + "end",
    "meta.photometry.pixelarea_steradians": 2.5,
    "meta.wcsinfo.crpix1": 12.5,
}


@pytest.fixture(scope="module")
def inputs():
    models = [ImageModel(), ImageModel()]
    for number, model in enumerate(models):
        model.meta.filename = f"{number}_cal.fits"
        for path, value in VALUES.items():
            model[path] = value
    return models


@pytest.fixture(scope="module")
def products(tmp_path_factory):
    """Files of several kinds: saved, touched, without a tree, with checksums, compressed, real."""
    folder = tmp_path_factory.mktemp("products")
    model = ImageModel(np.arange(12.0, dtype=np.float32).reshape(3, 4))
    with datamodels.open(next(iter(write_exposures(folder / "demo")))) as demo:
        model.update(demo)
    model.dq = np.full((3, 4), 5, np.uint32)
    model._instance["extra_fits"] = {"SCI": {"header": [["PIXAR_SR", 7.0, ""], ["OWN", 1, ""]]}}
    model.meta.target.catalog_name = "other words " * 12
    model.save(str(folder / "saved.fits"))
    found = {"saved": folder / "saved.fits", "real": REAL}

    def changed(name, change):
        with warnings.catch_warnings(), fits.open(folder / "saved.fits") as hdulist:
            warnings.simplefilter("ignore")
            new = change(hdulist)
            new.writeto(folder / f"{name}.fits")
        found[name] = folder / f"{name}.fits"

    def touched(hdulist):
        hdulist[0].header["EFFEXPTM"] = 1.5
        return hdulist

    def with_checksums(hdulist):
        for hdu in hdulist:
            hdu.add_checksum()
        return hdulist

    def compressed(hdulist):
        image = fits.CompImageHDU(np.zeros((30, 40), np.float32), hdulist[1].header, name="SCI")
        return fits.HDUList([hdulist[0], image, *hdulist[2:]])

    changed("touched", touched)
    changed("bare", lambda hdulist: fits.HDUList([hdu for hdu in hdulist if hdu.name != "ASDF"]))
    changed("checksums", with_checksums)
    changed("compressed", compressed)
    return {name: path.read_bytes() for name, path in found.items()}


@pytest.mark.filterwarnings("ignore")
def test_damaged_products(tmp_path, products, inputs):
    outcomes = Counter()
    for seed in range(NUMBER):
        random = Random(seed)  # noqa: S311
        name = random.choice(sorted(products))
        raw, kind = mutant(products[name], random)
        folder = tmp_path / str(seed)
        folder.mkdir()
        try:
            outcomes[check(raw, inputs, folder, random.choice(ENDINGS))] += 1
        except BaseException as error:
            error.add_note(f"mutant {seed}: {kind} of {name}")
            raise
    print(dict(outcomes))  # noqa: T201  # with -s
    assert outcomes["blended"] > NUMBER // 4
    assert outcomes["refused"] > NUMBER // 20


def test_the_comparison_can_fail(tmp_path, products, inputs):
    raw, path = products["touched"], tmp_path / "p.fits"
    path.write_bytes(raw)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        blendmodels(path, inputs, output=tmp_path / "ours.fits")
    new, right = (tmp_path / "ours.fits").read_bytes(), metadata(tmp_path / "ours.fits")
    require_same_data(raw, new)
    pixels = np.arange(12.0, dtype=">f4").tobytes()
    assert new.count(pixels) == 1
    with pytest.raises(AssertionError):
        require_same_data(raw, new.replace(pixels, pixels[::-1]))
    stale = str(fits.Card("EFFEXPTM", 7.0)).encode()
    add_cards(tmp_path / "ours.fits", [stale], before="EFFEXPTM")
    with pytest.raises(AssertionError):
        require_same_metadata(metadata(tmp_path / "ours.fits"), right)
