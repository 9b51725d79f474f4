"""Files as the Roman telescope's pipeline has them, written with asdf alone: images and mosaics."""

import contextlib
import copy
import warnings

import asdf
import numpy as np
from asdf.exceptions import AsdfWarning
from asdf.tagged import TaggedDict
from astropy.table import Table
from astropy.time import Time, TimeDelta

IMAGE_TAG = "asdf://stsci.edu/datamodels/roman/tags/wfi_image-2.1.0"
MOSAIC_TAG = "asdf://stsci.edu/datamodels/roman/tags/wfi_mosaic-2.1.0"
LACKS = object()
"""What stands for a key that is not there."""

META = {
    "calibration_software_name": "RomanCAL",
    "calibration_software_version": "1.1.0",
    "file_date": Time("2027-03-01T12:00:00.000"),
    "model_type": "ImageModel",
    "origin": "STSCI/SOC",
    "prd_version": "1.0",
    "product_type": "l2",
    "sdf_software_version": "7.7.7",
    "telescope": "ROMAN",
    "cal_step": {
        "assign_wcs": "COMPLETE",
        "flux": "COMPLETE",
        "outlier_detection": "COMPLETE",
        "skymatch": "COMPLETE",
    },
    "coordinates": {"reference_frame": "ICRS"},
    "exposure": {
        "type": "WFI_IMAGE",
        "exposure_time": 50.25,
        "effective_exposure_time": 49.0,
        "nresultants": 6,
        "ma_table_number": 110,
        "hga_move": False,
        "truncated": False,
        "read_pattern": [[1], [2, 3], [4]],
    },
    "guide_star": {"guide_star_id": "123", "window_xstart": 1000},
    "instrument": {"name": "WFI", "detector": "WFI01", "optical_element": "F158"},
    "observation": {
        "execution_plan": 1,
        "exposure": 1,
        "observation": 4,
        "observation_id": "00001010030040010001",
        "pass": 2,
        "program": 1,
        "segment": 3,
        "visit": 5,
        "visit_id": "0000101002003004005",
        "wfi_parallel": False,
    },
    "photometry": {"conversion_megajanskys": 0.3, "pixel_area": None},
    "pointing": {"ra_v1": 270.5, "dec_v1": 66.0, "pa_v3": 1.25},
    "program": {
        "category": "GO",
        "investigator_name": "Nancy",
        "science_category": "Stars",
        "subcategory": "None",
        "title": "A survey",
    },
    "ref_file": {
        "dark": "crds://dark.asdf",
        "crds": {"context": "roman_0001.pmap", "version": "1"},
    },
    "visit": {
        "dither": {"primary_name": "BOXGAP4", "executed_pattern": [1]},
        "internal_target": False,
        "nexposures": 3,
        "start_time": Time("2027-01-01T00:00:00.000"),
    },
    "wcs": {"name": "no part of any table"},
    "wcsinfo": {"ra_ref": 270.0, "s_region": "POLYGON ICRS 1 2 3 4"},
}
"""What an image says, but for its name and its times."""
ORIGIN = Time("2027-02-01T00:00:00.000")


def put(tree, changes):
    """Change values of a tree by dotted path."""
    for path, value in changes.items():
        *parents, name = path.split(".")
        below = tree
        for parent in parents:
            below = below.setdefault(parent, {})
        if value is LACKS:
            del below[name]
        else:
            below[name] = value


@contextlib.contextmanager
def unknown_tags():
    """Have asdf write and read tags that it does not know, and say nothing of them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AsdfWarning)
        yield


def write(path, tag, roman, **settings):
    with unknown_tags():
        asdf.AsdfFile({"roman": TaggedDict(roman, tag)}).write_to(path, **settings)
    return path


def image(path, start=0.0, seconds=50.25, changes=None, **settings):
    """Write an image that begins some seconds after others; ``changes`` are below ``meta``."""
    meta = copy.deepcopy(META)
    begin = ORIGIN + TimeDelta(start, format="sec")
    meta["filename"] = path.name
    meta["exposure"]["start_time"] = Time(begin, format="isot", precision=3)
    meta["exposure"]["end_time"] = Time(
        begin + TimeDelta(seconds, format="sec"), format="isot", precision=3
    )
    put(meta, changes or {})
    return write(path, IMAGE_TAG, {"meta": meta, "data": np.zeros((4, 4), np.float32)}, **settings)


def mosaic(path, changes=None, arrays=None, tables=None, **settings):
    """Write a mosaic; ``changes`` are below ``meta``, and so are ``tables``, by their group."""
    unknown = dict.fromkeys(
        ("execution_plan", "exposure", "observation", "pass", "program", "segment", "visit")
    )
    meta = {
        "filename": path.name,
        "file_date": Time("2027-04-01T12:00:00.000"),
        "model_type": "MosaicModel",
        "telescope": "ROMAN",
        "product_type": "p_visit_coadd",
        "cal_step": dict.fromkeys(
            ("flux", "outlier_detection", "resample", "skymatch"), "INCOMPLETE"
        ),
        "coadd_info": {
            "exposure_time": 100.5,
            **{f"time_{which}": Time("2020-01-01T00:00:00") for which in ("first", "last", "mean")},
        },
        "instrument": {"name": "WFI", "optical_element": "F062"},
        "observation": {**unknown, "exposure_grouping": None},
        "program": dict.fromkeys(
            ("title", "investigator_name", "category", "subcategory", "science_category")
        ),
        "resample": {"members": [], "pointings": 1, "weight_type": "ivm"},
        "individual_image_meta": {name: Table(table) for name, table in (tables or {}).items()},
    }
    put(meta, changes or {})
    roman = {"meta": meta, "data": np.arange(300, dtype=np.float32).reshape(15, 20)}
    roman |= {"individual_image_cal_logs": []} | (arrays or {})
    return write(path, MOSAIC_TAG, roman, **settings)


def opened(path):
    """Return the tree of a file as asdf reads it, all of it."""
    with unknown_tags(), asdf.open(path, memmap=False, lazy_load=False) as file:
        return file.tree


def cells(table, name):
    """Return a column as plain values; None stands for what is masked."""
    column = table[name]
    if isinstance(column, Time):
        return column.isot.tolist()
    return [None if cell is np.ma.masked else cell for cell in map(_plain, column)]


def _plain(cell):
    return cell.item() if hasattr(cell, "item") and cell is not np.ma.masked else cell
