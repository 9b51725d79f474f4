"""Read a datamodel in memory, without changing it and without asking for its arrays.

A datamodel creates the groups of its schema when they are looked at, so values are taken from
the tree that it holds, its ``instance``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.common.plain_values import is_plain, plain
from blender_core.common.wording import shown
from blender_core.errors import NotADatamodelError
from blender_core.readers.product_table import table_of_datamodel
from blender_core.schema.tree import collect, scalars_beyond

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from blender_core.schema.layout import Layout

__all__ = ["DatamodelReader"]


class DatamodelReader:
    """The metadata of one datamodel.

    Parameters
    ----------
    model : stdatamodels.DataModel
        The datamodel. It stays as it is.
    what : str
        What the datamodel is to the blend, for messages: ``input 3``.

    Raises
    ------
    NotADatamodelError
        If the object is something else.

    Examples
    --------
    >>> from stdatamodels.jwst.datamodels import ImageModel
    >>> from blender_core.schema.layout import Layout
    >>> from blender_core.readers.datamodel import DatamodelReader
    >>> from blender_core.schema.attributes import Attribute
    >>> model = ImageModel()
    >>> model.meta.exposure.start_time = 59000.5
    >>> reader = DatamodelReader(model, "input 1")
    >>> reader.read(Layout(map(Attribute, ["meta.exposure.start_time", "meta.target.ra"])))
    [59000.5, None]
    """

    def __init__(self, model: Any, what: str) -> None:
        from stdatamodels import DataModel

        if not isinstance(model, DataModel):
            kind = type(model).__name__
            msg = f"{what} is neither a datamodel nor a file, but {kind}: {shown(model)}"
            raise NotADatamodelError(msg)
        self._model = model
        self.what = what

    @property
    def model_type(self) -> type:
        """The class of the datamodel."""
        return type(self._model)

    @property
    def schema(self) -> Mapping[str, Any]:
        """The schema of the datamodel."""
        return self._model.schema  # type: ignore[no-any-return]

    def read(self, layout: Layout) -> list[Any]:
        """Return the wanted values.

        Parameters
        ----------
        layout : Layout
            Which attributes are wanted, and in which order.

        Returns
        -------
        values : list, shape (n_attributes,)
            Plain values; None where the datamodel has none, or has an array.
        """
        values = collect(self._model.instance, layout)
        return values if is_plain(values) else [plain(value) for value in values]

    def paths_beyond(self, known: Collection[str]) -> list[str]:
        """Return the paths of scalars below ``meta`` that are none of the known attributes.

        Parameters
        ----------
        known : collection of str
            Dotted paths of the attributes that the schema has.

        Returns
        -------
        paths : list of str
            In the order of the tree. What lies within lists is left out.
        """
        return list(scalars_beyond(known, self._model.instance.get("meta"), "meta"))

    def hdrtab(self) -> Any:
        """Return the table of what the datamodel was made of.

        Returns
        -------
        table : object
            The datamodel's own; None if it has none.
        """
        return table_of_datamodel(self._model)
