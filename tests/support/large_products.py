"""Products whose HDRTAB has any number of rows: written in blocks, so that a million take no memory.

Their tables are as a blend leaves them: most columns have the same value in all rows.
"""

import io
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from stdatamodels.jwst.datamodels import ImageModel

from blender_core.formats.fits.table_hdu import table_hdu
from blender_core.inputs.column import Column, Repeated
from blender_core.plan.columns import numbered
from blender_core.schema.attributes import read_attributes
from blender_core.tables.hdrtab import fields_of, typed_column


def _moment(seconds):
    return str(np.datetime64("2022-07-17T00:00:00.000") + np.timedelta64(1000 * seconds, "ms"))


VARYING = {
    "meta.filename": lambda i: f"jw01234{i:07d}_02101_00001_nrca1_cal.fits",
    "meta.date": lambda i: _moment(i),
    "meta.observation.date_beg": lambda i: _moment(61 * i),
    "meta.observation.date_end": lambda i: _moment(61 * i + 53),
    "meta.observation.date": lambda i: _moment(61 * i)[:10],
    "meta.observation.time": lambda i: _moment(61 * i)[11:],
    "meta.observation.exposure_number": lambda i: f"{i % 100_000:05d}",
    "meta.instrument.detector": lambda i: f"NRCA{i % 4 + 1}",
    "meta.instrument.filter": lambda i: ("F115W", "F200W", "F444W")[i % 3],
    "meta.exposure.start_time": lambda i: 59777.0 + i / 1440,
    "meta.exposure.mid_time": lambda i: 59777.0 + (i + 0.4) / 1440,
    "meta.exposure.end_time": lambda i: 59777.0 + (i + 0.8) / 1440,
    "meta.exposure.exposure_time": lambda i: 50.0 + i % 7 / 4,
    "meta.exposure.duration": lambda i: None if i % 11 == 10 else 53.0 + i % 7,
    "meta.exposure.ngroups": lambda i: 4 + i % 5,
    "meta.exposure.nints": lambda i: None if i % 13 == 12 else 1 + i % 2,
    "meta.pointing.ra_v1": lambda i: i * 137.508 % 360,
    "meta.pointing.dec_v1": lambda i: i * 91.7 % 180 - 90,
    "meta.pointing.pa_v3": lambda i: i * 0.001 % 360,
    "meta.visit.tsovisit": lambda i: i % 1000 == 999,
    "meta.target.proposer_name": lambda i: f"FIELD {i % 500}",
    "meta.dither.position_number": lambda i: i % 9 + 1,
    "meta.wcsinfo.ra_ref": lambda i: i * 137.508 % 360,
}
"""What the rows have of the attributes that vary, by the row's number."""
USUAL = {"string": "USUAL", "number": 1.25, "integer": 3, "boolean": True}


def recorded_attributes(most=None):
    """Return the attributes of which there are columns, by their names: those that vary first."""
    attributes = read_attributes(ImageModel().schema)
    recorded = [each for each in attributes.values() if each.recorded or each.path in VARYING]
    recorded.sort(key=lambda each: each.path not in VARYING)  # a stable order
    names = numbered((each, None) for each in recorded[:most])
    return {name: attributes[path] for path, name in names.items()}


def cell(attribute, i):
    """Return what a row has of an attribute."""
    varying = VARYING.get(attribute.path)
    if varying is not None:
        return varying(i)
    if attribute.path == "meta.model_type":
        return "ImageModel"
    return attribute.enum[0] if attribute.enum else USUAL[attribute.type]


class Cells(Sequence):
    """What the rows have of an attribute, made when it is asked for."""

    def __init__(self, make, n_rows):
        self.make, self.rows = make, range(n_rows)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, place):
        rows = self.rows[place]
        return [self.make(i) for i in rows] if isinstance(rows, range) else self.make(rows)


def write_product(path, n_rows, n_columns=None, cell=cell):
    """Write a product with so many rows and columns of HDRTAB; return the attributes of these."""
    attributes = recorded_attributes(n_columns)
    model = ImageModel()
    for attribute in attributes.values():
        if attribute.path in VARYING or not attribute.subschema.keys() & {"enum", "anyOf"}:
            model[attribute.path] = cell(attribute, 0)
    model.meta.instrument.name = "NIRCAM"
    content = io.BytesIO()
    model.to_fits(content)
    columns = [_column(name, each, n_rows, cell) for name, each in attributes.items()]
    header, data = table_hdu("HDRTAB", fields_of(columns), n_rows)
    with path.open("wb") as file:
        file.write(content.getvalue() + header)
        file.writelines(data.blocks())
    return attributes


def _column(name, attribute, n_rows, cell):
    if attribute.path not in VARYING:
        return typed_column(name, attribute, Column([Repeated(n_rows, cell(attribute, 0))]))
    cells = Cells(partial(cell, attribute), n_rows)
    # As wide as some rows at the beginning and the last one ask for.
    sample = typed_column(name, attribute, [*cells[:200], cells[n_rows - 1]])
    return replace(sample, cells=cells)
