"""Find the inputs of a product by the association that it names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.wording import preview
from blender_core.errors import NoInputsError
from blender_core.inputs.asn_product import ProductChoice
from blender_core.inputs.association import Association
from blender_core.inputs.exptypes import warn_of_left_out
from blender_core.schema.attributes import Attribute
from blender_core.schema.layout import Layout
from blender_core.schema.tree import collect

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["own_members"]

_TABLE: Final = "meta.asn.table_name"
_LABEL: Final = f"{_TABLE}, ASNTABLE"
_LAYOUT: Final = Layout([Attribute(_TABLE)])
_ANY: Final = ProductChoice()


def own_members(
    tree: Mapping[str, Any], folder: Path | None = None, choice: ProductChoice = _ANY
) -> list[Path]:
    """Return the science members of the association that a product names."""
    (table,) = collect(tree, _LAYOUT)
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
            f"no inputs are given, and the product's own association {preview(table)} ({_LABEL}) "
            f"is {'neither' if len(places) > 1 else 'not'} in {where}"
        )
        raise NoInputsError(msg)
    members = Association(path, choice).members("the product's own association")
    warn_of_left_out(members.what, members.exptypes)
    return [*members.paths]
