"""Datamodels that are made and saved in a fraction of the time.

Each new datamodel loads the schema of its class, of which asdf makes a deep copy, and merges it: eight
milliseconds of eleven, and the tests make many thousands. asdf keeps 128 schemas in mind, fewer than
JWST's classes need, and parses the others again; those that it validates trees by it parses in each
save. Here a schema is loaded and merged once, and whoever asks for it gets, as before, a copy of their
own (asdf 5.4, stdatamodels 6.0).
"""

import functools
import pickle
from types import SimpleNamespace

import asdf.schema
import yaml
from stdatamodels import model_base

load, merge = model_base.asdf_schema.load_schema, model_base.mschema.merge_property_trees


class Merged(dict):
    """A schema as ``DataModel.__init__`` loads it, which has been merged already."""


def pickled(value):
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


@functools.cache
def pickled_schema(url):
    return pickled(merge(load(url, resolve_references=True)))


def load_merged(url, resolve_references):
    assert resolve_references
    return Merged(pickle.loads(pickled_schema(url)))  # noqa: S301


def merge_others(schema):
    return dict(schema) if isinstance(schema, Merged) else merge(schema)


@functools.cache
def pickled_text(text, loader):
    return pickled(yaml.load(text, loader))  # noqa: S506


def load_text(given, Loader):  # noqa: N803
    if isinstance(given, bytes | str):
        return pickle.loads(pickled_text(given, Loader))  # noqa: S301
    return yaml.load(given, Loader)  # noqa: S506


def replaced(module, **names):
    """Return what stands for a module in which some names mean something else."""
    return SimpleNamespace(**{**vars(module), **names})


model_base.asdf_schema = replaced(model_base.asdf_schema, load_schema=load_merged)
model_base.mschema = replaced(model_base.mschema, merge_property_trees=merge_others)
asdf.schema.yaml = replaced(yaml, load=load_text)
