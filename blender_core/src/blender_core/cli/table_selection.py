"""Which columns of a table a user wants, and in which order the rows."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from blender_core.cli.errors import CommandError
from blender_core.cli.options import names_in
from blender_core.common.values import distinct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blender_core.products.product_file import ProductFile
    from blender_core.tables.recorded_inputs import RecordedColumn

__all__ = ["chosen_columns", "sorted_rows"]


def chosen_columns(
    product: ProductFile, names: Iterable[str], *, show_all: bool
) -> list[RecordedColumn]:
    """Return the columns that a user wants."""
    if wanted := names_in(names):
        found = {one.name: one for name in wanted for one in _named(product, name)}
        return list(found.values())
    if show_all or product.n_inputs == 1:
        return product.columns
    return [one for one in product.columns if len(distinct(one.values)) > 1]


def sorted_rows(product: ProductFile, names: Iterable[str], *, reverse: bool) -> list[int]:
    """Return the rows in the order that a user wants."""
    rows = list(range(product.n_inputs))
    for name in reversed(names_in(names)):
        columns = _named(product, name)
        if len(columns) > 1:
            meant = ", ".join(one.name for one in columns)
            msg = f"--sort takes names of one column each, and {name} means {meant}"
            raise CommandError(msg)
        values = columns[0].values
        present = [i for i in rows if values[i] is not None]
        present.sort(key=lambda i: _key(values[i]), reverse=reverse)
        rows = present + [i for i in rows if values[i] is None]
    return rows


def _named(product: ProductFile, name: str) -> list[RecordedColumn]:
    found = [one for one in product.columns if one.is_meant(name)]
    if not found:
        names = [one.name for one in product.columns]
        close = difflib.get_close_matches(name.upper(), names, n=3)
        hint = f": did you mean {' or '.join(close)}?" if close else ""
        msg = f"{product.path} has no column {name!r} in its HDRTAB{hint}"
        raise CommandError(msg)
    return found


def _key(value: Any) -> tuple[bool, Any]:
    return isinstance(value, str), value
