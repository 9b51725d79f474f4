"""New datamodels in a third of the time.

Each new datamodel loads the schema of its class, of which asdf makes a deep copy, and merges it: eight
milliseconds of eleven, and the tests make many thousands. asdf keeps 128 schemas in mind, fewer than
JWST's classes need, and parses the others again. Here a schema is loaded and merged once, and each
datamodel gets, as before, a copy of its own (asdf 5.4, stdatamodels 6.0).
"""

import functools
import pickle
from types import SimpleNamespace

from stdatamodels import model_base

load, merge = model_base.asdf_schema.load_schema, model_base.mschema.merge_property_trees


class Merged(dict):
    """A schema as ``DataModel.__init__`` loads it, which has been merged already."""


@functools.cache
def pickled(url):
    return pickle.dumps(merge(load(url, resolve_references=True)), pickle.HIGHEST_PROTOCOL)


def load_merged(url, resolve_references):
    assert resolve_references
    return Merged(pickle.loads(pickled(url)))  # noqa: S301


def merge_others(schema):
    return dict(schema) if isinstance(schema, Merged) else merge(schema)


def replaced(module, **names):
    """Return what stands for a module in which some names mean something else."""
    return SimpleNamespace(**{**vars(module), **names})


model_base.asdf_schema = replaced(model_base.asdf_schema, load_schema=load_merged)
model_base.mschema = replaced(model_base.mschema, merge_property_trees=merge_others)
