"""Read a datamodel in memory, without changing it and without asking for its arrays.

A datamodel creates the groups of its schema when they are looked at, so values are taken from
the tree that it holds, its ``instance``.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from blender_core.errors import NotADatamodelError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from blender_core.columns import Group, Layout

__all__ = ["DatamodelReader", "plain"]

_PLAIN = frozenset({bool, int, float, str, type(None)})


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
    >>> from blender_core.columns import Layout
    >>> from blender_core.readers.datamodel import DatamodelReader
    >>> from blender_core.schema import Attribute
    >>> model = ImageModel()
    >>> model.meta.exposure.start_time = 59000.5
    >>> reader = DatamodelReader(model, "input 1")
    >>> reader.read(Layout(map(Attribute, ["meta.exposure.start_time", "meta.target.ra"])))
    [59000.5, None]
    """

    def __init__(self, model: Any, what: str) -> None:
        from stdatamodels import DataModel

        if not isinstance(model, DataModel):
            hint = (
                " Open the file as a datamodel first."
                if isinstance(model, (str, bytes)) or hasattr(model, "__fspath__")
                else ""
            )
            msg = f"{what} is not a datamodel but {type(model).__name__}: {model!r:.200}.{hint}"
            raise NotADatamodelError(msg)
        self._model = model

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
        values: list[Any] = []
        _collect(self._model.instance, layout.root, values)
        if not _PLAIN.issuperset(map(type, values)):
            values = [plain(value) for value in values]
        return values

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
        return list(_scalars_beyond(known, self._model.instance.get("meta"), "meta"))


def _collect(tree: dict[str, Any], group: Group, values: list[Any]) -> None:
    values.extend(map(tree.get, group.names))
    for name, below in group.groups:
        found = tree.get(name)
        if isinstance(found, dict):
            _collect(found, below, values)
        else:
            values.extend([None] * below.size)


def _scalars_beyond(known: Collection[str], value: Any, path: str) -> Iterator[str]:
    if path in known:
        return
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _scalars_beyond(known, below, f"{path}.{name}")
    elif not isinstance(value, list) and plain(value) is not None:
        yield path


def plain(value: Any) -> Any:
    """Return a value as a plain Python object that shares nothing with its model.

    Parameters
    ----------
    value : object
        What a datamodel's tree holds.

    Returns
    -------
    value : object
        Text for times, Python scalars for those of numpy, copies of lists and mappings, None for
        arrays. Objects of other kinds are returned as they are.

    Examples
    --------
    >>> import numpy as np
    >>> from blender_core.readers.datamodel import plain
    >>> plain(np.float64(2.5)), plain((np.int16(1), "a")), plain(np.zeros(3))
    (2.5, [1, 'a'], None)
    """
    if type(value) in _PLAIN:
        return value
    if isinstance(value, np.generic):
        item = value.item()
        return float(item) if isinstance(item, np.floating) else item  # a long double stays one
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    # Arrays come as numpy's or as asdf's lazy ones.
    if hasattr(value, "__array__") and hasattr(value, "dtype"):
        return None
    return _plain_subclass(value)


def _plain_subclass(value: Any) -> Any:
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    from astropy.time import Time

    return str(value) if isinstance(value, Time) else value
