"""A time series in two segments, with MIRI's spectrograph without a slit, for ``calwebb_tso3``."""

import numpy as np
from stdatamodels.jwst.datamodels import CubeModel

from small_jwst.association import write_association
from small_jwst.exposure import Exposure
from small_jwst.spectra import spectrum

INTEGRATIONS = 2  # of each exposure
EXPOSURES = tuple(
    Exposure(number, "MIRIMAGE", "calints", nints=2 * INTEGRATIONS) for number in (1, 2)
)
PRODUCT = "jw01234-o001_t001_miri_p750l-slitlessprism"


def integrations(exposure):
    """Return the calibrated integrations of one segment, as a datamodel in memory."""
    model = spectrum(exposure, CubeModel, "MIR_LRS-SLITLESS", planes=(INTEGRATIONS,))
    first = INTEGRATIONS * (exposure.number - 1) + 1
    model.meta.exposure.integration_start = first
    model.meta.exposure.integration_end = first + INTEGRATIONS - 1
    model.meta.exposure.segment_number = exposure.number
    model.meta.visit.tsovisit = True
    model.meta.subarray.name = "SLITLESSPRISM"
    columns = model.get_dtype("int_times")
    times = np.zeros(INTEGRATIONS, dtype=columns)
    times["integration_number"] = np.arange(first, first + INTEGRATIONS)
    for name in columns.names[1:]:
        times[name] = exposure.start + np.arange(INTEGRATIONS) * exposure.seconds / 86400
    model.int_times = times
    return model


def write_time_series(folder):
    """Write the two segments and their association; return its path and theirs."""
    paths = []
    for exposure in EXPOSURES:
        with integrations(exposure) as model:
            path = folder / exposure.filename
            model.save(path)
            paths.append(path)
    members = dict.fromkeys(paths, "science")
    return write_association(folder, PRODUCT, members, rule="Asn_Lv3TSO"), paths
