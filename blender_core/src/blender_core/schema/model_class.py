"""What classes of datamodels are like, of which there are files."""

from __future__ import annotations

import functools
import importlib
from dataclasses import dataclass
from typing import Any, Final

from blender_core.common.caught_warnings import kept_apart
from blender_core.common.forks import unforked
from blender_core.schema.attributes import ClassSchema


@functools.cache
def import_formats() -> None:
    """Import what reads and writes files: stdatamodels, and with it asdf, astropy, YAML.

    Whoever reads or writes something asks for it first. It takes long, and a fork has to wait: it
    is done in one place so that nobody else has to think of that.
    """
    with unforked():
        importlib.import_module("stdatamodels")


_TELLING: Final = frozenset({"meta", "schema", "instance", "_instance"})
"""Names in code that puts something into a datamodel."""


@functools.cache
def import_datamodels() -> None:
    """Import the classes of datamodels of JWST, once something is one: they take twice as long."""
    with unforked():
        importlib.import_module("stdatamodels.jwst.datamodels")


def model_classes() -> dict[str, Any]:
    """Return all classes of datamodels of JWST."""
    import_datamodels()
    from stdatamodels.jwst import datamodels

    members = {name: getattr(datamodels, name) for name in sorted(dir(datamodels), key=str.lower)}
    return {
        name: member
        for name, member in members.items()
        if isinstance(member, type) and issubclass(member, datamodels.JwstDataModel)
    }


@dataclass(frozen=True, slots=True)
class ModelClass:
    """What a class of datamodels is like."""

    schema: ClassSchema
    has_own_metadata: bool
    """Whether it puts metadata of its own over a file's, as the classes of reference files do."""
    migrates: bool
    """Whether it brings old files up to date when it opens them."""


@functools.lru_cache(maxsize=256)  # JWST has 143
@kept_apart()  # asdf looks for the packages that have schemas
def described(model_type: type[Any]) -> ModelClass:
    """Return what a class of datamodels is like.

    A class is asked once, and not in each blend: that takes longer than to read ten files, and a
    pipeline may make hundreds of products. The schema of a class of files is in a file of an
    installed package, which stdatamodels keeps in mind as well.
    """
    import_datamodels()
    from stdatamodels import DataModel

    if _fills_itself(model_type):
        blank = model_type()
        schema = blank.schema
        own = not {"date", "model_type"}.issuperset(blank.instance.get("meta", ()))
    else:
        schema, own = _schema_of(model_type), False
    migrates = model_type._migrate_hdulist is not DataModel._migrate_hdulist  # noqa: SLF001
    return ModelClass(ClassSchema(schema), own, migrates)


def _fills_itself(model_type: type[Any]) -> bool:
    """Tell whether a class may put something into its new datamodels, so that one has to be made.

    The first datamodel of a process has asdf import all its extensions, which takes a second.
    """
    from stdatamodels.jwst.datamodels import JwstDataModel

    if not issubclass(model_type, JwstDataModel) or (
        model_type.on_init is not JwstDataModel.on_init
    ):
        return True
    own = (each for each in model_type.__mro__ if each not in JwstDataModel.__mro__)
    return any("__init__" in vars(each) and _may_fill(each) for each in own)


def _may_fill(model_type: type[Any]) -> bool:
    """Tell whether a class's own way to begin may concern metadata or schema."""
    # Those of stdatamodels (6.0.0) do it themselves: most only see to arrays.
    if not model_type.__module__.startswith("stdatamodels."):
        return True
    code = getattr(vars(model_type)["__init__"], "__code__", None)
    return code is None or not _TELLING.isdisjoint({*code.co_names, *code.co_varnames})


def _schema_of(model_type: type[Any]) -> dict[str, Any]:
    """Return the schema that a class's datamodels get when they are made (stdatamodels 6.0.0)."""
    from asdf.schema import load_schema
    from stdatamodels.schema import merge_property_trees

    schema = load_schema(model_type.schema_url, resolve_references=True)
    return merge_property_trees(schema)  # type: ignore[no-any-return]
