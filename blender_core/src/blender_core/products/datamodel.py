"""A product in memory, and how stdatamodels saves one: as a whole or not at all."""

# ruff: noqa: D102  # the base class says what its methods do

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from blender_core.common.caught_warnings import kept_apart, recorded
from blender_core.common.plain_values import plain
from blender_core.common.wording import preview
from blender_core.errors import NotADatamodelError, OutputError
from blender_core.formats.fits.header_edit import card
from blender_core.inputs.inputs import files_of
from blender_core.products.base import Product
from blender_core.products.hdu_edit import in_words
from blender_core.products.product import update_product
from blender_core.products.written import require_model
from blender_core.readers.product_table import table_of_datamodel
from blender_core.schema.attributes import read_attributes
from blender_core.schema.layout import Layout
from blender_core.schema.tree import collect
from blender_core.tables.hdrtab import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from blender_core.formats.files.target import Target
    from blender_core.plan.plan import BlendPlan
    from blender_core.tables.product_table import ProductTable


class DatamodelProduct(Product):
    """A datamodel that gets the blended metadata at once."""

    def __init__(self, model: Any) -> None:
        from stdatamodels import DataModel

        if not isinstance(model, DataModel):
            msg = f"the product is not a datamodel but {type(model).__name__}: {preview(model)}"
            raise NotADatamodelError(msg)
        self.validator = model
        self.what = "the product"

    def __repr__(self) -> str:
        return repr(self.model)

    @property
    def model_type(self) -> type:
        return type(self.model)

    @property
    def schema(self) -> Mapping[str, Any]:
        return self.model.schema  # type: ignore[no-any-return]

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
        self,
        changes: Mapping[str, Any],
        tables: Mapping[str, ProductTable],
        plan: BlendPlan,  # noqa: ARG002  # the datamodel's schema says the same
    ) -> None:
        update_product(self.model, changes, tables)

    def restored(self) -> contextlib.AbstractContextManager[None]:
        return restored(self.model)

    def save(self, target: Target) -> None:
        write_model(self.model, target)

    def check(self, draft: Path, target: Target) -> None:
        require_model(draft, self.model, target.ending)


@kept_apart()
def write_model(model: Any, target: Target) -> None:
    """Have stdatamodels write a datamodel."""
    from stdatamodels import DataModel

    if type(model).save is not DataModel.save:
        msg = (
            f"the product cannot be written to {target.output}: datamodels of the type "
            f"{type(model).__name__} have a way of their own to be saved. Use its method save."
        )
        raise OutputError(msg, path=target.output)
    # As its method save does, which takes the name from the path.
    model.meta.filename = target.output.name
    if target.ending == ".asdf":
        _look_at_logical_columns(model)
        model.to_asdf(target.file, **_storage(model))
    else:
        _to_fits(model, target)


def _to_fits(model: Any, target: Target) -> None:
    """Have stdatamodels write a datamodel; if it cannot, name the cards that there cannot be."""
    try:
        model.to_fits(target.file)
    except Exception as error:
        faults = list(_cards_refused(model))
        if not faults:
            raise
        msg = (
            f"{target.label} cannot be written to {target.output}: its header cannot have "
            + "; ".join(faults)
        )
        raise OutputError(msg, path=target.output) from error


def _cards_refused(model: Any) -> Iterator[str]:
    layout = Layout(item for item in read_attributes(model.schema).values() if item.keyword)
    values = collect(model.instance, layout)
    for attribute, value in zip(layout.attributes, map(plain, values), strict=True):
        if value is not None:
            yield from _refused(attribute.label, attribute.keyword or "", value)
    for name, parts in (model.instance.get("extra_fits") or {}).items():
        for keyword, value, comment in parts.get("header", ()):
            yield from _refused(f"extra_fits.{name} ({keyword})", keyword, value, comment)


def _refused(name: str, keyword: str, value: Any, comment: str = "") -> Iterator[str]:
    with recorded():
        try:
            card(keyword, value, comment)
        except Exception as error:  # noqa: BLE001  # whatever astropy raises
            yield in_words(name, value, error)


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
