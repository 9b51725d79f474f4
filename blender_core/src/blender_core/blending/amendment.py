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

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from blender_core.common.provider import Provider
    from blender_core.products.base import Product

__all__ = ["AmendResult", "Amendment"]


@dataclass(frozen=True, slots=True)
class Amendment:
    """A value of a product that was decided anew.

    Parameters
    ----------
    attribute : str
        Dotted path.
    keyword : str or None
        FITS keyword.
    before, after : object
        What the product had, and what it has; None if it had or has none.
    rule : str
        Name of the rule, or ``drop``.
    settings : str
        How its values were selected, in words; empty if as they are.
    asked_by : str
        Who asked for it: a plugin with its distribution and version, a file, the caller.
    provider : Provider
        Whose rule it is.
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
        """The path, and the keyword where there is one."""
        return label_of(self.attribute, self.keyword)

    @property
    def is_change(self) -> bool:
        """Whether the product has another value than before."""
        return identity(self.before) != identity(self.after)


class AmendResult(ProductResult, Viewed):
    """What an amendment came to; printed, a table.

    Attributes
    ----------
    amendments : tuple of Amendment
        What was decided anew, in the order of the schema.
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
        return View(f"{changes} of {self._product!r}", tables=[self._table()])

    @property
    def changes(self) -> Sequence[Amendment]:
        """The amendments that gave the product another value than it had."""
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
