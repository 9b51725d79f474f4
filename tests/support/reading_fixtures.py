"""What the tests of files need: datamodels' own reading of a file, and a strict comparison."""

import math
import sys
import warnings
import weakref
from types import SimpleNamespace
from unittest import mock

import pytest
from stdatamodels.exceptions import ValidationWarning
from stdatamodels.jwst import datamodels

from blender_core.readers.datamodel import DatamodelReader
from blender_core.readers.fits import FitsReader
from blender_core.readers.similar.cache import ReaderCache
from blender_core.schema.attributes import Attribute, read_attributes
from blender_core.schema.layout import Layout


@pytest.fixture(autouse=True)
def _close_files_of_libraries():
    """Close what libraries have opened, which one in memory keeps until it is collected."""
    if (datamodels_of_jwst := sys.modules.get("jwst.datamodels")) is None:
        yield
        return
    library_type, opened = datamodels_of_jwst.ModelLibrary, []
    open_model = library_type._datamodels_open

    def remember(library, *args, **settings):
        model = open_model(library, *args, **settings)
        opened.append(weakref.ref(model))
        return model

    with mock.patch.object(library_type, "_datamodels_open", remember):
        yield
    for reference in opened:
        if (model := reference()) is not None:
            model.close()


def same(one, other):
    """Tell whether two values are the same, to the type; NaN is NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float):
        return one == other or (math.isnan(one) and math.isnan(other))
    # Objects that asdf makes of a tag, a WCS say, are made anew each time.
    return one == other or type(one).__module__.partition(".")[0] not in ("builtins", "astropy")


def differences(path, cache=None):
    """Compare a file as it is read by its headers with the datamodel in it: all that differs."""
    cache = ReaderCache() if cache is None else cache
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with datamodels.open(path) as model:
            theirs = DatamodelReader(model, "theirs")
            attributes = read_attributes(model.schema)
            beyond = theirs.paths_beyond(attributes)
            every = Layout([*attributes.values(), *(Attribute(one, known=False) for one in beyond)])
            keywords = Layout(one for one in attributes.values() if one.keyword)
            expected = [(layout, theirs.read(layout)) for layout in (every, keywords)]
        found = []
        for layout, values in expected:
            # The first file of a structure is read in another way than the next.
            for _ in range(2):
                ours = FitsReader(path, "ours", cache).read(layout)
                found += [
                    (name, one, other)
                    for name, one, other in zip(layout.paths, values, ours, strict=True)
                    # A datamodel without a date gets that of its making; a file has none.
                    if not same(one, other) and not (name == "meta.date" and other is None)
                ]
        reader = FitsReader(path, "ours", cache)
        assert reader.model_type is type(model)
        if reader.paths_beyond(attributes) != beyond:
            found.append(("paths beyond the schema", beyond, reader.paths_beyond(attributes)))
    return found


@pytest.fixture
def compare():
    """Reading a file in both ways, and what it takes."""
    return SimpleNamespace(
        differences=differences,
        same=same,
        ReaderCache=ReaderCache,
        ValidationWarning=ValidationWarning,
    )


@pytest.fixture
def read():
    """Return a function that reads some attributes of a file: dotted path → value."""

    def read(path, paths, cache=None):
        reader = FitsReader(path, "input 1", cache or ReaderCache())
        attributes = read_attributes(reader.schema)
        layout = Layout(attributes[one] for one in paths)
        return dict(zip(layout.paths, reader.read(layout), strict=True))

    return read
