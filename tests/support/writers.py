"""Everything that is written in the making of a product, for tests of writes that fail or are torn."""

import gzip
import re
from pathlib import Path

import asdf
import numpy as np
from astropy.io import fits
from plain_products import AsdfPlugin, plugins_with
from stdatamodels.jwst import datamodels
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import ProductFile, blendmodels
from blender_core.cli.table_files import write_table
from blender_core.report import write_report

SECONDS = [2.0**i for i in range(8)]  # each sum of some of them is of these and no others
OUTPUTS = {
    "file.fits": "out.fits",
    "file.fits.gz": "out.fits.gz",
    "new.fits": "new.fits",
    "file.asdf": "out.asdf",
    "datamodel.fits": "out_of_datamodel.fits",
    "datamodel.fits.gz": "out_of_datamodel.fits.gz",
    "datamodel.asdf": "out_of_datamodel.asdf",
    "plain.fits": "out_of_plain.fits",
    "plain.fits.gz": "out_of_plain.fits.gz",
    "plain.asdf": "out_of_plain.asdf",
    "hdulist.fits": "out_of_hdulist.fits",
    "table.csv": "table.csv",
    "table.ecsv": "table.ecsv",
    "table.fits": "table.fits",
    "table.parquet": "table.parquet",
    "table.html": "table.html",
    "report.html": "report.html",
}
"""What is written → the name of its file, which is there already, unless it is a new one."""
OLD = b"old" * 100


def prepare(folder):
    """Make exposures, and products of them that are to be blended again; return the exposures."""
    exposures = []
    pixels = np.arange(2000.0, dtype=np.float32).reshape(40, 50)
    for i, seconds in enumerate(SECONDS):
        with ImageModel(pixels) as model:
            model.meta.instrument.detector = f"NRCA{1 + i % 4}"
            model.meta.exposure.exposure_time = seconds
            exposures.append(folder / f"exposure_{i}_cal.fits")
            model.save(str(exposures[-1]))
    with ImageModel(pixels) as model:
        blendmodels(model, exposures, record_rules=True)
        for ending in ("fits", "asdf"):
            model.save(str(folder / f"product.{ending}"))
    science = fits.ImageHDU(pixels, name="SCI")
    packed = fits.CompImageHDU(pixels.astype(np.int16), name="CTX")
    fits.HDUList([fits.PrimaryHDU(), science, packed]).writeto(folder / "plain.fits")
    tree = {"survey": {"exptime": 1.0, "image": pixels}}
    asdf.AsdfFile(tree).write_to(folder / "plain.asdf")
    return exposures


class Writer:
    """Writes one of these kinds of files, again and again; a new one after it was reset."""

    def __init__(self, kind, folder, exposures):
        self.output = folder / OUTPUTS[kind]
        self._source = Path(folder, "product").with_suffix(
            ".asdf" if kind == "file.asdf" else ".fits"
        )
        self._given = self._source
        self._result = None
        what = kind.partition(".")[0]
        self._opened = what != "plain"
        self._is_new = what == "new"
        if what == "datamodel":
            self._given = datamodels.open(self._source)
        if what in ("plain", "hdulist"):
            is_asdf = kind.endswith(".asdf")
            self._given = self._source = folder / ("plain.asdf" if is_asdf else "plain.fits")
            if what == "hdulist":
                self._given = fits.open(self._source)
            headers = [{"EXPTIME": seconds, "FILTER": "F606W"} for seconds in SECONDS]
            self._result = blendmodels(
                self._given,
                headers,
                record_rules=True,
                plugins=plugins_with(*([AsdfPlugin()] if is_asdf else [])),
            )
            self._write = lambda: self._result.save(self.output, overwrite=True)
        elif what in ("file", "new", "datamodel"):
            self._result = blendmodels(self._given, exposures, record_rules=True)
            self._write = lambda: self._result.save(self.output, overwrite=what != "new")
        elif what == "table":
            product = ProductFile(self._source)
            self._write = lambda: write_table(
                product.columns, self.output, product=self._source, overwrite=True
            )
        else:
            product = ProductFile(self._source)
            self._write = lambda: write_report(product, self.output, overwrite=True)

    def __call__(self):
        self._write()

    def reset(self):
        """Have the folder as it was before."""
        if self._is_new:
            self.output.unlink(missing_ok=True)
        else:
            self.output.write_bytes(OLD)

    def has_written(self):
        """Tell whether the folder is another than before."""
        if self._is_new:
            return self.output.exists()
        return self.output.read_bytes() != OLD

    def close(self):
        if self._opened and self._result is not None and self.output.suffix == ".asdf":
            self._result.product.close()  # of a file, too, it was opened
        if self._given is not self._source:
            self._given.close()


def content_of(path):
    """Return what a file has, but for the times at which it was written, and their checksum."""
    if not path.exists():
        return None
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    content = re.sub(rb"20\d\d-\d\d-\d\d.\d\d:\d\d(:\d\d(\.\d{3})?)?", b"a time", content)
    return re.sub(rb"_fits_hash: \w{64}", b"a checksum", content)


def drafts(folder):
    """Return the drafts that somebody left."""
    return [path.name for path in folder.iterdir() if path.suffix == ".tmp"]
