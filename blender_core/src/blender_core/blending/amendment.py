"""What an amendment came to: which values of a product were decided anew, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blender_core.blending.product_result import ProductResult
from blender_core.common.attribute_paths import label_of
from blender_core.common.values import identity
from blender_core.common.wording import pluralize, preview
from blender_core.display.view import View, ViewTable
from blender_core.display.viewed import Viewed
from blender_core.plugins.source import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from blender_core.common.provider import Provider
    from blender_core.products.base import Product


@dataclass(frozen=True, slots=True)
class Amendment:
    """An attribute of a product whose value was computed again.

    Parameters
    ----------
    attribute : str
        Dotted path.
    keyword : str or None
        FITS keyword.
    before, after : object
        The values of the product before and after; None if there is none.
    rule : str
        Name of the rule, or ``drop``.
    settings : str
        The settings of the rule, in words; empty if there are none.
    asked_by : str
        Who chose the rule: a plugin with its distribution and version, a rules file, the caller.
    provider : Provider
        The plugin that provides the rule.
    reason : str
        Why the attribute has this rule.
    """

    attribute: str
    keyword: str | None
    before: Any
    after: Any
    rule: str
    settings: str
    asked_by: str
    provider: Provider
    reason: str

    def __repr__(self) -> str:
        values = f"{preview(self.before)} → {preview(self.after)}"
        return f"<Amendment {self.label}: {values}, by {self.rule}>"

    @property
    def label(self) -> str:
        """The path, with the keyword if there is one."""
        return label_of(self.attribute, self.keyword)

    @property
    def is_change(self) -> bool:
        """Whether the value of the product changed."""
        return identity(self.before) != identity(self.after)


class AmendResult(ProductResult, Viewed):
    """The result of an amendment. It is printed as a table.

    Attributes
    ----------
    amendments : tuple of Amendment
        The amended attributes, in the order of the schema.
    """

    def __init__(self, product: Product, amendments: Iterable[Amendment]) -> None:
        super().__init__(product)
        self.amendments = tuple(amendments)

    def __repr__(self) -> str:
        changes = pluralize(len(self.changes), "change")
        return f"<AmendResult of {self._product!r}: {changes}>"

    def __str__(self) -> str:
        return str(self._table()) or "no override holds for the product"

    def _table(self) -> ViewTable:
        head = ("keyword", "attribute", "before", "after", "rule", "provider")
        return ViewTable(head, [*map(_row, self.amendments)])

    def _view(self) -> View:
        changes = pluralize(len(self.changes), "change")
        path, model_type = self._product.path, name_of(self._product.model_type)
        product = f"{model_type} {'' if path is None else path.name}".strip()
        return View(changes, [("product", product)], [self._table()])

    @property
    def changes(self) -> Sequence[Amendment]:
        """The amendments by which the value of the product changed."""
        return [amendment for amendment in self.amendments if amendment.is_change]


def _row(amendment: Amendment) -> tuple[str, ...]:
    settings = f" ({amendment.settings})" if amendment.settings else ""
    return (
        amendment.keyword or "",
        amendment.attribute,
        "none" if amendment.before is None else preview(amendment.before),
        "none" if amendment.after is None else preview(amendment.after),
        f"{amendment.rule}{settings}",
        str(amendment.provider),
    )
