"""Blending products again gives what blending all their exposures at once gives."""

import datetime
import warnings

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdatamodels.jwst.datamodels import ImageModel

from blender_core import Override, Status, blendmodels

TIME = "meta.exposure.exposure_time"
MID = "meta.exposure.mid_time"
EXPOSURE = ("OBSERVTN", "EXPOSURE")

OVERRIDES = {
    "the schema's own rules": [],
    "a sum once per exposure": [Override(attribute=TIME, rule="sum", once_per=EXPOSURE)],
    "the earliest exposure's date and time": [
        Override(attribute="meta.observation.date", rule="first", order_by="EXPSTART"),
        Override(attribute="meta.observation.time", rule="first", order_by="EXPSTART"),
    ],
    "the latest exposure's detector": [
        Override(attribute="DETECTOR", rule="last", order_by="EXPSTART")
    ],
    "what all have in common": [Override(attribute="DETECTOR", rule="common")],
    "all detectors": [Override(attribute="DETECTOR", rule="join", column="DETECTORS")],
    "other means": [
        Override(attribute=MID, rule="median", missing="propagate"),
        Override(attribute=TIME, rule="mean", default=0.5),
        Override(attribute="NINTS", rule="count_distinct"),
    ],
    "another record": [
        Override(attribute="meta.time_unit", rule="multi", record=True),
        Override(attribute="meta.target.proposer_name", column="who"),
        Override(attribute="meta.exposure.end_time", rule="drop", record=False),
    ],
}

# What a table gives back to the letter: no NaN, no text that is empty or ends with a blank, no
# whole number in an attribute of floats.
TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40)
FLOAT = st.floats(-1e12, 1e12)
DAY = st.dates(datetime.date(2022, 1, 1)).map(str)
NUMBER_OF_THREE = st.sampled_from(["001", "002", "003"])
ALWAYS = {
    "meta.filename": st.uuids().map("{}_cal.fits".format),
    "meta.exposure.start_time": FLOAT,
}
SOMETIMES = {
    "meta.bunit_err": st.sampled_from(["MJy/sr", "DN/s"]),  # has another's keyword, no column
    "meta.note": TEXT,  # is not in the schema
    "meta.exposure.effective_exposure_time": FLOAT,
    "meta.exposure.end_time": FLOAT,
    "meta.exposure.exposure_time": FLOAT,
    "meta.exposure.mid_time": FLOAT,
    "meta.exposure.nints": st.integers(-(2**63) + 2, 2**63 - 1),
    "meta.exposure.zero_frame": st.booleans(),
    "meta.instrument.detector": st.sampled_from(["NRCA1", "NRCB4", "MIRIMAGE"]),
    "meta.observation.date": DAY,
    "meta.observation.exposure_number": NUMBER_OF_THREE,
    "meta.observation.observation_number": NUMBER_OF_THREE,
    "meta.observation.time": st.times().map(str),
    "meta.target.proposer_name": TEXT.filter(lambda text: not text.endswith(" ")),
    "meta.time_unit": st.sampled_from(["s", "ms"]),  # has a keyword, no column
    "meta.visit.tsovisit": st.booleans(),
}


EXPOSURES = st.fixed_dictionaries(ALWAYS, optional=SOMETIMES)


def differences_of_blends(result, expected):
    """Compare two blends of the same exposures: all that differs of what is recorded."""
    recorded = expected.plan.columns
    hdrtab, other = result.product.hdrtab, expected.product.hdrtab
    pairs = {
        "plan": (str(result.plan), str(expected.plan)),
        "values": (typed(result.values), typed(expected.values)),
        "dropped": (
            [path for path, one in result.outcomes.items() if one.status is Status.DROPPED],
            [path for path, one in expected.outcomes.items() if one.status is Status.DROPPED],
        ),
        "inputs": tuple(
            {path: typed(one.inputs[path]) for path in recorded} for one in (result, expected)
        ),
        "outcomes": tuple(
            {path: one.outcomes[path] for path in recorded} for one in (result, expected)
        ),
        "table": (described(result.table), described(expected.table)),
        "bytes of HDRTAB": (np.asarray(hdrtab).tobytes(), np.asarray(other).tobytes()),
        "columns of HDRTAB": (str(hdrtab.columns), str(other.columns)),
        "product": (typed(flat(result.product)), typed(flat(expected.product))),
    }
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def flat(model):
    return model.to_flat_dict(include_arrays=False)


def typed(values):
    """Return values with their types: 1 is not 1.0 here."""
    items = values.items() if isinstance(values, dict) else enumerate(values)
    return [(key, type(value), value) for key, value in items]


def described(table):
    return [
        (one.name, one.dtype, one.unit, one.description, one.mask.tolist(), one.tolist())
        for one in table.itercols()
    ]


def trees():
    """Which exposures make which products, and these other products: lists in lists."""
    products = st.lists(st.just("exposure"), min_size=1, max_size=3)
    return st.lists(
        st.recursive(products, lambda below: st.lists(below, min_size=1, max_size=3), max_leaves=3),
        min_size=1,
        max_size=2,
    )


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tree=trees(), overrides=st.sampled_from(list(OVERRIDES)), data=st.data())
def test_products_of_products_are_those_of_all_exposures(tree, overrides, data, make_model):
    models = []

    def made(tree):
        if isinstance(tree, list):
            return blend([made(below) for below in tree]).product
        models.append(make_model(data.draw(EXPOSURES)))
        return models[-1]

    def blend(inputs, expand=True):
        return blendmodels(ImageModel(), inputs, overrides=OVERRIDES[overrides], expand=expand)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result, expected = blend(list(map(made, tree))), blend(models, expand=False)
    assert not differences_of_blends(result, expected)
