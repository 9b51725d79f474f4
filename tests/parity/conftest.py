"""What all parity tests need: both blenders on the same inputs, and a strict comparison."""

import copy
import math
import warnings
from types import SimpleNamespace

import jwst.model_blender
import numpy as np
import pytest
from astropy.io import fits
from astropy.utils.exceptions import AstropyUserWarning
from jwst.model_blender._schemautil import parse_schema
from stdatamodels import DataModel

import blender_core

# What a datamodel writes anew whenever it is saved.
WRITTEN_ON_SAVE = {"DATE", "FILENAME"}


def flat(model):
    """Return the metadata below ``meta`` by dotted path, as the peer reads it."""
    found = model.to_flat_dict(include_arrays=False)
    return {path: value for path, value in found.items() if path.startswith("meta.")}


def columns_of(schema):
    """Return the column of each attribute: as the peer has it, but one for each attribute.

    The peer refuses the schemas in which two attributes share a column.
    """
    columns, taken = {}, []
    for path, name in parse_schema(schema)[0].items():
        taken.append(name)
        count = taken.count(name)
        columns[path] = name if count == 1 else f"{name}_{count}"
    return columns


def assert_same_value(theirs, ours, where):
    if isinstance(theirs, (float, np.floating)) and isinstance(ours, (float, np.floating)):
        close = theirs == ours or abs(theirs - ours) <= math.ulp(float(theirs))
        assert close or (math.isnan(theirs) and math.isnan(ours)), (where, theirs, ours)
    else:
        assert theirs == ours, (where, theirs, ours)
        # 1 == 1.0 == True, but they are not written alike.
        assert isinstance(theirs, (bool, np.bool_)) == isinstance(ours, (bool, np.bool_)), where
        assert isinstance(theirs, (float, np.floating)) == isinstance(ours, (float, np.floating)), (
            where
        )


def assert_same_values(theirs, ours):
    """Compare the metadata of two products; return how many values there are."""
    expected, found = flat(theirs), flat(ours)
    assert expected.keys() == found.keys()
    for path, value in expected.items():
        assert_same_value(value, found[path], path)
        assert type(found[path]) in (bool, int, float, str), (path, type(found[path]))
    return len(expected)


def assert_same_table(theirs, ours, inputs):
    """Compare two HDRTABs where no value is missing; return how many cells were compared.

    What stands for a missing value differs on purpose (see docs/explanation/differences.rst), and
    so do the types of the columns that have one, and of those of numbers given as integers.
    """
    assert list(ours.dtype.names) == list(theirs.dtype.names)
    assert len(ours) == len(theirs) == len(inputs)
    headers = [model.to_flat_dict(include_arrays=False) for model in inputs]
    columns = columns_of(inputs[0].schema)
    compared = 0
    for path, name in columns.items():
        given = [header.get(path) for header in headers]
        assert (name in theirs.dtype.names) == any(value is not None for value in given), path
        if name not in theirs.dtype.names:
            continue
        expected = theirs[name]
        with warnings.catch_warnings():
            # What a missing logical value becomes is no part of this comparison.
            warnings.filterwarnings("ignore", "Column .* contains NULL", AstropyUserWarning)
            found = ours[name]
        for row, value in enumerate(given):
            if value is None:
                continue
            # Equal, whatever the types: a column with a missing value is another type there.
            assert expected[row] == found[row], (path, row)
            compared += 1
        integers_for_number = {type(value) for value in given} == {int} and (
            ours.dtype[name].kind == "f"
        )
        if None not in given and not integers_for_number:
            assert ours.dtype[name] == theirs.dtype[name], path
            # An ASCII column gives texts, a logical one truth values, here as there.
            assert found.dtype.kind == expected.dtype.kind, path
    return compared


def assert_same_files(theirs, ours):
    """Compare two saved products: the same HDUs, with the same keywords and values."""
    with fits.open(theirs) as expected, fits.open(ours) as found:
        assert [hdu.name for hdu in found] == [hdu.name for hdu in expected]
        assert {"PRIMARY", "HDRTAB", "ASDF"} <= {hdu.name for hdu in found}
        for one, other in zip(expected, found, strict=True):
            if one.name in ("HDRTAB", "ASDF"):
                # The table is compared cell by cell; the tree's size depends on its numbers' text.
                continue
            keywords = [keyword for keyword in one.header if keyword not in WRITTEN_ON_SAVE]
            assert [k for k in other.header if k not in WRITTEN_ON_SAVE] == keywords
            for keyword in filter(None, set(keywords) - {"COMMENT", "HISTORY"}):
                assert_same_value(one.header[keyword], other.header[keyword], keyword)
            if one.data is not None:
                np.testing.assert_array_equal(other.data, one.data)


@pytest.fixture
def same():
    """The comparisons, by what they compare."""
    return SimpleNamespace(
        value=assert_same_value,
        values=assert_same_values,
        table=assert_same_table,
        files=assert_same_files,
        flat=flat,
        columns_of=columns_of,
    )


@pytest.fixture
def blend_both():
    """Return a function that blends inputs with both blenders, each into a product of its own."""

    def blend(inputs, product, ignore=None):
        theirs, ours = product(), product()
        jwst.model_blender.blendmodels(theirs, inputs, ignore=ignore)
        blender_core.blendmodels(ours, inputs, ignore=ignore)
        return theirs, ours

    return blend


@pytest.fixture
def small_model():
    """Return a function that makes a datamodel of a schema for a few attributes below ``meta``.

    ``leaves`` is dotted path below ``meta`` → subschema; ``values`` by dotted path. Values go into
    the tree as they are, because a test may want what a schema forbids.
    """

    def make(leaves, values=None, beside_meta=None, **settings):
        properties = {}
        for path, subschema in leaves.items():
            *parents, name = path.split(".")
            group = properties
            for parent in parents:
                group = group.setdefault(parent, {"type": "object", "properties": {}})["properties"]
            group[name] = subschema
        meta = {"type": "object", "properties": properties}
        schema = {"type": "object", "properties": {"meta": meta, **(beside_meta or {})}}
        model = DataModel(schema=copy.deepcopy(schema), **settings)
        for path, value in (values or {}).items():
            *parents, name = path.split(".")
            group = model.instance
            for parent in parents:
                group = group.setdefault(parent, {})
            group[name] = copy.deepcopy(value)
        return model

    return make


@pytest.fixture
def one_attribute(small_model):
    """Return a function that makes a product and inputs that differ in one attribute, ``meta.x``.

    A second attribute and column, ``meta.other``, is in all inputs: the peer cannot make a table
    without any column.
    """

    def make(subschema, values, product=None, **settings):
        leaves = {
            "x": {"blend_table": True, "fits_keyword": "X", **subschema},
            "other": {"type": "string", "blend_table": True, "fits_keyword": "OTHER"},
        }
        inputs = [
            small_model(
                leaves, {"meta.other": "same"} | ({} if value is None else {"meta.x": value})
            )
            for value in values
        ]

        def make_product():
            return small_model(leaves, {} if product is None else {"meta.x": product}, **settings)

        return SimpleNamespace(inputs=inputs, product=make_product)

    return make
