"""A product in memory, and how stdatamodels saves one: as a whole or not at all."""

# ruff: noqa: D102  # the base class says what its methods do

from __future__ import annotations

import contextlib
import gzip
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from blender_core.common.caught_warnings import kept_apart, recorded
from blender_core.errors import OutputError
from blender_core.formats.files.atomic import replacing
from blender_core.inputs.inputs import files_of
from blender_core.products.base import Product
from blender_core.products.header_faults import to_fits
from blender_core.products.product import require_datamodel, update_product
from blender_core.products.written import require_model, require_packed
from blender_core.readers.product_table import table_of_datamodel
from blender_core.tables.hdrtab import TABLES

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from blender_core.formats.files.draft import Draft
    from blender_core.formats.files.target import Target
    from blender_core.tables.hdrtab import TypedColumn

__all__ = ["DatamodelProduct", "packed", "restored", "save"]


class DatamodelProduct(Product):
    """A datamodel that gets the blended metadata at once."""

    def __init__(self, model: Any) -> None:
        require_datamodel(model)
        self.validator = model

    def __repr__(self) -> str:
        return repr(self.model)

    @property
    def origin(self) -> Path | None:
        return next(iter(files_of(self.model)), None)

    @property
    def tree(self) -> Mapping[str, Any]:
        return self.model.instance  # type: ignore[no-any-return]

    @property
    def model(self) -> Any:
        return self.validator

    def table(self, name: str) -> Any:
        return table_of_datamodel(self.model, name)

    def update(
        self, changes: Mapping[str, Any], tables: Mapping[str, Sequence[TypedColumn]]
    ) -> None:
        update_product(self.model, changes, tables)

    def restored(self) -> contextlib.AbstractContextManager[None]:
        return restored(self.model)

    def save(self, target: Target) -> None:
        save(self.model, target)


@kept_apart()
def save(
    model: Any, target: Target, check: Callable[[], None] = lambda: None
) -> os.stat_result | None:
    """Have stdatamodels save a datamodel, as a whole or not at all; return what the file is like.

    ``check`` refuses the datamodel if the file has been changed that its arrays are read from.
    """
    from stdatamodels import DataModel

    if type(model).save is not DataModel.save:
        msg = (
            f"the product cannot be written to {target.output}: datamodels of the type "
            f"{type(model).__name__} have a way of their own to be saved. Use its method save."
        )
        raise OutputError(msg, path=target.output)
    length = 0

    def require(draft: Path) -> None:
        if target.ending == ".fits.gz":
            require_packed(draft, length)
        else:
            require_model(draft, model, target.ending)

    with restored(model), replacing(target, require) as file:
        # As its method save does, which takes the name from the path.
        model.meta.filename = target.output.name
        try:
            if target.ending == ".asdf":
                _look_at_logical_columns(model)
                model.to_asdf(file, **_storage(model))
            else:
                with packed(file, target) as unpacked:
                    to_fits(model, unpacked, target)
                    length = unpacked.tell()
        finally:  # a file that has been changed may not even be readable
            check()
    return file.status


def _storage(model: Any) -> dict[str, str]:
    """Return how asdf is to store arrays: in the file itself, which is whole only then."""
    external: list[Any] = []

    def look(node: Any) -> None:
        # Of an array that was read from a file beside it, asdf has the name of that.
        if isinstance(node, NDArrayType) and isinstance(node._source, str):  # noqa: SLF001
            external.append(node)

    from asdf import get_config
    from asdf.tags.core import NDArrayType
    from asdf.treeutil import walk

    walk(model.instance, look)
    is_external = external or get_config().all_array_storage == "external"
    return {"all_array_storage": "internal"} if is_external else {}


def _look_at_logical_columns(model: Any) -> None:
    """Have the tables' logical columns looked at, as stdatamodels does before it writes ASDF.

    It looks for unsigned integers, and at a first look astropy warns that it takes nulls for False.
    What is written are the bytes of the table, which have the nulls.
    """
    for name in TABLES:
        table = model.instance.get(name)
        for column in getattr(table, "columns", ()):
            if column.format == "L":
                with recorded():
                    table.field(column.name)


@contextlib.contextmanager
def packed(file: Draft, target: Target) -> Iterator[BinaryIO]:
    """Compress what is written to a file, if its name says so."""
    if target.ending != ".fits.gz":
        yield cast("BinaryIO", file)
        return
    # The name would be that of the draft, and the time makes files differ that are the same.
    with gzip.GzipFile("", "wb", 6, cast("BinaryIO", file), mtime=0) as unpacked:
        yield cast("BinaryIO", unpacked)


@contextlib.contextmanager
def restored(model: Any) -> Iterator[None]:
    """Leave a datamodel's metadata as they were before if what is done within fails."""
    tree = model._instance  # noqa: SLF001  # saving replaces it
    groups = [(group, group.copy()) for group in _groups(tree)]
    properties = model.schema.get("properties")
    entries = None if properties is None else dict(properties)
    try:
        yield
    except BaseException:
        model._instance = tree  # noqa: SLF001
        for group, before in groups:
            group.clear()
            (group.update if isinstance(group, dict) else group.extend)(before)
        if entries is None:
            model.schema.pop("properties", None)
        else:
            properties.clear()
            properties.update(entries)
        raise


def _groups(node: Any) -> Iterator[Any]:
    """Give the mappings and lists of a tree."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _groups(value)
    elif isinstance(node, list):
        yield node
        for item in node:
            yield from _groups(item)
