"""What a `ModelBlender` gave its products, for as long as they are in memory."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

from blender_core.common.plain_values import plain
from blender_core.evaluation.later_values import is_same
from blender_core.schema.attributes import Attribute
from blender_core.schema.layout import Layout
from blender_core.schema.tree import collect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blender_core.blending.result import BlendResult
    from blender_core.products.base import Product

__all__ = ["RememberedBlend", "RememberedBlends"]


class RememberedBlend:
    """A blend whose values are known, because the same `ModelBlender` has made them.

    Parameters
    ----------
    gave : mapping of str to object
        What it gave, by dotted path.
    later : mapping of str to object
        What it would have given where the product kept a value that had been set after an earlier
        blend, and so after this one.
    tree : mapping
        The product's tree as it was right after the blend.
    """

    def __init__(
        self, gave: Mapping[str, Any], later: Mapping[str, Any], tree: Mapping[str, Any]
    ) -> None:
        self._gave = gave
        self._later = later
        self._tree = tree

    def gave(self, path: str) -> Any:
        """Return what it gave the product for an attribute."""
        return self._later.get(path, self._gave.get(path))

    def is_older_than(self, path: str, value: Any) -> bool:
        """Tell whether a product has a value that was set after the blend."""
        if path in self._later:
            return not is_same(value, self._later[path])
        (left,) = collect(self._tree, Layout([Attribute(path)]))
        return not is_same(value, plain(left))

    def may_be_older_than(self, _path: str) -> bool:
        """Tell that of each value it is known where it is from."""
        return False


class RememberedBlends:
    """The blends of products that have been finalized, known by the tables that they got."""

    def __init__(self) -> None:
        self._blends: list[tuple[weakref.ref[Any], RememberedBlend]] = []

    def of(self, product: Product) -> RememberedBlend | None:
        """Return the blend that a product has its HDRTAB from; None if it is not known."""
        if not self._blends:
            return None
        table = product.table("hdrtab")
        known = (blend for reference, blend in self._blends if reference() is table is not None)
        return next(known, None)

    def add(self, product: Product, result: BlendResult) -> None:
        """Remember what a product has got."""
        if product.path is not None or (table := product.table("hdrtab")) is None:
            return
        later = {path: own.blended for path, own in result.later_values.items() if own.stays}
        meta = _copied(product.tree.get("meta"))
        blend = RememberedBlend(result.values, later, {"meta": meta})
        self._blends = [one for one in self._blends if one[0]() is not None]
        self._blends.append((weakref.ref(table), blend))


def _copied(node: Any) -> Any:
    """Return a tree whose groups and lists nobody else changes."""
    if isinstance(node, dict):
        return {name: _copied(value) for name, value in node.items()}
    return list(node) if isinstance(node, list) else node
