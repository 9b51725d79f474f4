"""Exposures with all the arrays of a calibrated one, which lie between their headers."""

import numpy as np
from stdatamodels.jwst.datamodels import open as open_model

ARRAYS = ("data", "err", "dq", "area", "var_poisson", "var_rnoise", "var_flat")


def write_with_arrays(paths, folder, size=160, ending=".fits"):
    """Write exposures again, with arrays, and return the new files."""
    folder.mkdir(exist_ok=True)
    written = []
    for path in paths:
        with open_model(path) as model:
            for number, name in enumerate(ARRAYS):
                kind = np.uint32 if name == "dq" else np.float32
                model[name] = np.full((size, size), number, kind)
            model.meta.bunit_data = model.meta.bunit_err = "MJy/sr"
            written.append(folder / path.name.replace(".fits", ending))
            model.save(str(written[-1]))
    return written
