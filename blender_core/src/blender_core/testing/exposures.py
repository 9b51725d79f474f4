"""Small exposures of each instrument of JWST, for tests: invented, and their titles say so."""

from __future__ import annotations

import datetime
import tomllib
from importlib.resources import files
from typing import Any, Final

from blender_core.schema.attribute_index import AttributeIndex
from blender_core.schema.attributes import read_attributes
from blender_core.schema.model_class import described
from blender_core.schema.tree import scalars_within

INSTRUMENTS: Final = ("NIRCAM", "MIRI", "NIRSPEC", "NIRISS", "FGS")
"""Those that there are exposures of."""

_START: Final = datetime.datetime(2022, 7, 17, 18, 29)
_MJD_OF_START: Final = 59777.0 + (18 * 60 + 29) / (24 * 60)
_SPACING: Final = 1800.0
"""Seconds from one exposure to the next."""
_SECONDS_OF_DAY: Final = 86400.0
_SIZE: Final = 4
"""Pixels on a side."""


def small_exposure(
    instrument: str, number: int = 1, model_class: type[Any] | None = None, **values: Any
) -> Any:
    """Make a small exposure of an instrument of JWST.

    Parameters
    ----------
    instrument : str
        ``NIRCAM``, ``MIRI``, ``NIRSPEC``, ``NIRISS`` or ``FGS``, in any case.
    number : int, optional
        Which one of the visit's: each begins half an hour after the one before.
    model_class : type, optional
        Its class of datamodel; without, that of the instrument's calibrated exposures.
    **values
        What it says otherwise, by FITS keyword or dotted path; None for what it does not say.

    Returns
    -------
    exposure : stdatamodels.DataModel
        About a hundred attributes as the pipeline writes them, and a few pixels.

    Raises
    ------
    ValueError
        If the instrument is none of these.
    UnknownAttributeError
        If the class has no such keyword or path.

    Examples
    --------
    >>> from blender_core.testing.exposures import small_exposure
    >>> exposure = small_exposure("MIRI", 2, FILTER="F1000W")
    >>> exposure.meta.exposure.type, exposure.meta.instrument.filter
    ('MIR_IMAGE', 'F1000W')
    >>> exposure.meta.observation.date_beg
    '2022-07-17T18:59:00.000'
    """
    known = instrument.upper()
    if known not in INSTRUMENTS:
        names = ", ".join(INSTRUMENTS)
        msg = f"there are no exposures of {instrument!r}: the instruments are {names}"
        raise ValueError(msg)
    import numpy as np
    from stdatamodels.jwst import datamodels

    text = (files("blender_core.testing") / "exposures.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    own = content[known]
    kind: Any = model_class or getattr(datamodels, own["class"])
    attributes = read_attributes(described(kind).schema)
    index = AttributeIndex(attributes.values())
    said = {
        **dict(scalars_within(content["all"]["meta"], "meta")),
        **dict(scalars_within(own["meta"], "meta")),
        **_moments(known, number, own["seconds"]),
    }
    exposure = kind()
    for path, value in said.items():
        if path in attributes:
            exposure[path] = value
    for name, value in values.items():
        exposure[index.path(name, "the value of", f"an exposure of {kind.__name__}")] = value
    if "data" in exposure.schema.get("properties", {}):
        exposure.data = np.full((_SIZE, _SIZE), number, np.float32)
    return exposure


def _moments(instrument: str, number: int, seconds: float) -> dict[str, Any]:
    """Return when an exposure was taken, and how long, as well as its names."""
    begin = _START + datetime.timedelta(seconds=_SPACING * (number - 1))
    end = begin + datetime.timedelta(seconds=seconds)
    first = _MJD_OF_START + _SPACING * (number - 1) / _SECONDS_OF_DAY
    last = first + seconds / _SECONDS_OF_DAY
    lengths = (
        *("integration_time", "exposure_time", "effective_exposure_time", "duration"),
        *("elapsed_exposure_time", "measurement_time"),
    )
    return {
        "meta.instrument.name": instrument,
        "meta.filename": f"jw01234001001_02101_{number:05}_{instrument.lower()}_cal.fits",
        "meta.observation.obs_id": "V01234001001P0000000002101",
        "meta.observation.exposure_number": f"{number}",
        "meta.observation.date": f"{begin:%Y-%m-%d}",
        "meta.observation.time": _text(begin.time()),
        "meta.observation.date_beg": _text(begin),
        "meta.observation.date_end": _text(end),
        "meta.dither.position_number": number,
        "meta.exposure.start_time": first,
        "meta.exposure.mid_time": (first + last) / 2,
        "meta.exposure.end_time": last,
        "meta.exposure.group_time": seconds / 10,
        **{f"meta.exposure.{name}": seconds for name in lengths},
    }


def _text(moment: datetime.datetime | datetime.time) -> str:
    return moment.isoformat(timespec="milliseconds")
