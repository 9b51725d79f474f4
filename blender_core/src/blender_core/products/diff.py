"""What is different between two products, and the rules that made them differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blender_core.common.attribute_paths import label_of, specificity
from blender_core.common.values import identity
from blender_core.common.wording import join_words, pluralize, preview, strings
from blender_core.display.view import View, ViewTable
from blender_core.display.viewed import Viewed
from blender_core.evaluation.outcome import Status
from blender_core.products.cell_changes import cell_changes, common_rows

if TYPE_CHECKING:
    from collections.abc import Collection

    from blender_core.evaluation.outcome import Outcome
    from blender_core.products.product_file import ProductFile


@dataclass(frozen=True, slots=True)
class ValueChange:
    """An attribute that differs between two products, in its value or in its rule.

    Parameters
    ----------
    attribute : str
        Dotted path.
    keyword : str or None
        FITS keyword.
    here, there : object
        The values of the products; None if a product has none.
    rule_here, rule_there : str
        The rules that made them, each with its settings and with who asked for it. Of a value that
        was set after the blend, that, and what the blend gave by its rule. Empty if a product does
        not tell.
    later_here, later_there : bool
        Whether they were set or removed after the blend.
    blended_here, blended_there : object
        The values of the blend in this case; None if it gave none.
    """

    attribute: str
    keyword: str | None
    here: Any
    there: Any
    rule_here: str
    rule_there: str
    later_here: bool = False
    later_there: bool = False
    blended_here: Any = None
    blended_there: Any = None

    def __repr__(self) -> str:
        label = label_of(self.attribute, self.keyword)
        return f"<ValueChange {label}: {preview(self.here)} → {preview(self.there)}>"

    @property
    def has_other_value(self) -> bool:
        """Whether the values differ, and not only the rules."""
        return bool(identity(self.here) != identity(self.there))


class ProductDiff(Viewed):
    """The differences between two products. They are printed as tables.

    Parameters
    ----------
    here, there : ProductFile
        The products.
    ignore : collection of str, optional
        What not to compare, in the products and in their tables: dotted paths, groups, FITS
        keywords, columns of HDRTAB, and patterns for any of these. They need not exist. Inputs are
        always identified by their file names.

    Attributes
    ----------
    values : list of ValueChange
        The attributes that differ: in the value, in whether it was set after the blend, or, if both
        products record their rules, in the rule.
    compares_rules : bool
        Whether both products record their rules.
    only_here, only_there : list of str
        Names of inputs that only one of them has.
    cells : list of CellChange
        The columns of their tables that differ for inputs of both products.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from blender_core import ProductFile, blendmodels
    >>> from blender_core.products.diff import ProductDiff
    >>> from stdatamodels.jwst.datamodels import ImageModel
    >>> model = ImageModel()
    >>> model.meta.exposure.start_time = 59000.5
    >>> with TemporaryDirectory() as folder:
    ...     files = [Path(folder, name) for name in ("one.fits", "two.fits")]
    ...     for file, overrides in zip(files, ({}, {"EXPSTART": "zero"})):
    ...         _ = blendmodels(ImageModel(), [model], overrides=overrides, output=file)
    ...     diff = ProductDiff(*map(ProductFile, files))
    >>> [(v.keyword, v.here, v.there) for v in diff.values if v.keyword == "EXPSTART"]
    [('EXPSTART', 59000.5, 0)]
    """

    def __init__(
        self, here: ProductFile, there: ProductFile, *, ignore: Collection[str] = ()
    ) -> None:
        ignore = strings(ignore, "ignore", "attributes")
        self.compares_rules = here.has_rules and there.has_rules
        self.values = _value_changes(here, there, ignore)
        rows, self.only_here, self.only_there = common_rows(here, there)
        self.cells = cell_changes(here, there, rows, ignore)

    def __repr__(self) -> str:
        return f"<ProductDiff: {self._count}>"

    @property
    def _count(self) -> str:
        numbers = {
            pluralize(len(self.values), "value"): self.values,
            f"{pluralize(len(self.only_here), 'input')} only here": self.only_here,
            f"{pluralize(len(self.only_there), 'input')} only there": self.only_there,
            pluralize(len(self.cells), "column"): self.cells,
        }
        words = [number for number, changes in numbers.items() if changes]
        return join_words(words) or "no difference"

    def _view(self) -> View:
        values = [
            (
                change.keyword or "",
                change.attribute,
                preview(change.here),
                preview(change.there),
                change.rule_here,
                change.rule_there if change.rule_there != change.rule_here else "",
            )
            for change in self.values
        ]
        inputs = [
            *((name, "only here") for name in self.only_here),
            *((name, "only there") for name in self.only_there),
        ]
        cells = [
            (cell.attribute, preview(cell.here), preview(cell.there), join_words(cell.inputs))
            for cell in self.cells
        ]
        value_head = ("keyword", "attribute", "here", "there", "rule here", "other rule there")
        tables = [
            ViewTable(value_head, values),
            ViewTable(("input", "where it is"), inputs),
            ViewTable(("column", "here", "there", "inputs"), cells, "HDRTAB"),
        ]
        return View(f"Two products: {self._count}", tables=tables)

    def __bool__(self) -> bool:
        return bool(self.values or self.only_here or self.only_there or self.cells)


def _value_changes(
    here: ProductFile, there: ProductFile, ignore: Collection[str]
) -> list[ValueChange]:
    changes = []
    for path in dict.fromkeys([*here.attributes, *there.attributes]):
        attribute = here.attributes.get(path) or there.attributes[path]
        if any(specificity(text, path, attribute.keyword) for text in ignore):
            continue
        outcomes = here.outcomes.get(path), there.outcomes.get(path)
        later = [_has_status(outcome, Status.LATER) for outcome in outcomes]
        change = ValueChange(
            path,
            attribute.keyword,
            *(product.values.get(path) for product in (here, there)),
            *map(_origin, outcomes),
            *later,
            *(outcome and outcome.blended for outcome in outcomes),
        )
        # Where one does not tell its rule, that is not what is different.
        both_tell = here.has_rules and there.has_rules
        is_unknown = any(_has_status(outcome, Status.UNKNOWN) for outcome in outcomes)
        has_other_rule = both_tell and not is_unknown and len(set(map(_rule, outcomes))) > 1
        if change.has_other_value or has_other_rule or len(set(later)) > 1:
            changes.append(change)
    return changes


def _has_status(outcome: Outcome | None, status: Status) -> bool:
    return outcome is not None and outcome.status is status


def _origin(outcome: Outcome | None) -> str:
    """Return what made the value that a product has."""
    rule = _rule(outcome)
    if outcome is None or outcome.status is not Status.LATER:
        return rule
    blended = "none" if outcome.blended is None else preview(outcome.blended)
    way = "taken out" if outcome.value is None else "set"
    maker = "amendment" if outcome.after_amendment else "blend"
    return f"{way} after the {maker}, which gave {blended} by {rule}"


def _rule(outcome: Outcome | None) -> str:
    if outcome is None or outcome.rule is None:
        return ""
    settings = f" ({outcome.settings})" if outcome.settings else ""
    rule = f"{outcome.rule}{settings} of {outcome.provider}, by {outcome.asked_by}"
    if outcome.status is Status.KEPT and outcome.rule != "keep":
        return f"the product's own, as there was none by {rule}"
    return rule
