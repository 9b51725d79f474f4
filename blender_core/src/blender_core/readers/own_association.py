"""Find the inputs of a product by the association that it names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blender_core.columns import Layout
from blender_core.errors import NoInputsError
from blender_core.readers.association import association_members, load_association
from blender_core.readers.tree import collect
from blender_core.schema import Attribute
from blender_core.values import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["own_members"]

_TABLE: Final = "meta.asn.table_name"
_LABEL: Final = f"{_TABLE}, ASNTABLE"
_LAYOUT: Final = Layout(map(Attribute, (_TABLE, "meta.filename")))


def own_members(tree: Mapping[str, Any], folder: Path | None = None) -> list[Path]:
    """Return the science members of the association that a product names.

    Parameters
    ----------
    tree : mapping
        The product's tree, such as a datamodel's ``instance``.
    folder : Path, optional
        The folder of the product's file. The association is looked for there, and then in the
        current directory.

    Returns
    -------
    paths : list of Path
        In the association's order. Of an association with several products, those of the one that
        the product's file is named after.

    Raises
    ------
    NoInputsError
        If the product names no association, or none that can be found, or it is not clear which of
        the association's products it is.
    InputError
        If the association cannot be read, or has no science members.

    Examples
    --------
    >>> from blender_core.readers.own_association import own_members
    >>> own_members({"meta": {}})
    Traceback (most recent call last):
    blender_core.errors.NoInputsError: no inputs are given, and the product names no association \
(meta.asn.table_name, ASNTABLE) to take them from
    """
    named = dict(zip(_LAYOUT.paths, collect(tree, _LAYOUT), strict=True))
    table = named[_TABLE]
    if not isinstance(table, str) or not table.strip():
        msg = (
            "no inputs are given, and the product names no association "
            f"({_LABEL}) to take them from"
        )
        raise NoInputsError(msg)
    places = list(dict.fromkeys([*([folder.absolute()] if folder else []), Path.cwd()]))
    paths = (place / table for place in places)
    # A Path raises errors of names that no file can have.
    path = next((one for one in paths if os.path.isfile(one)), None)  # noqa: PTH113
    if path is None:
        where = " nor in ".join(map(str, places))
        msg = (
            f"no inputs are given, and the product's own association {shown(table)} ({_LABEL}) is "
            f"{'neither' if len(places) > 1 else 'not'} in {where}"
        )
        raise NoInputsError(msg)
    what = f"the product's own association ({path})"
    association = load_association(path, what)
    return association_members(
        _only(association, named["meta.filename"], what), what, folder=path.parent
    )


def _only(association: Any, filename: Any, what: str) -> Any:
    """Return an association with that of its products that a file is named after."""
    products = association.get("products") if isinstance(association, dict) else None
    if not isinstance(products, list) or len(products) < 2:
        return association
    names = [str(one.get("name")) for one in products if isinstance(one, dict)]
    fitting = [name for name in names if str(filename).startswith((f"{name}_", f"{name}."))]
    if not fitting:
        msg = (
            f"no inputs are given, and {what} has the products {', '.join(sorted(names))}: after "
            f"which of them the product is named, its meta.filename {shown(filename)} does not tell"
        )
        raise NoInputsError(msg)
    name = max(fitting, key=len)
    return {
        "products": [one for one in products if isinstance(one, dict) and one.get("name") == name]
    }
