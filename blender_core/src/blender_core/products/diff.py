"""What is different between two products, and the rules that made them differ."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from blender_core.common.arguments import strings
from blender_core.common.attribute_paths import specificity
from blender_core.common.values import identity
from blender_core.common.wording import preview
from blender_core.evaluation.outcome import Status

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from blender_core.evaluation.outcome import Outcome
    from blender_core.products.product_file import ProductFile

__all__ = ["CellChange", "ProductDiff", "ValueChange"]

_NAME: Final = "meta.filename"


@dataclass(frozen=True, slots=True)
class ValueChange:
    """An attribute of which two products differ, in its value or in what made it.

    Parameters
    ----------
    attribute : str
        Dotted path.
    keyword : str or None
        FITS keyword.
    here, there : object
        The products' values; None if a product has none.
    rule_here, rule_there : str
        The rules that made them, each with its settings and with who asked for it. Of a value that
        was set after the blend, that, and what the blend gave by its rule. Empty if a product does
        not tell.
    later_here, later_there : bool
        Whether they were set after the blend, or taken out.
    blended_here, blended_there : object
        What the blend gave if they were; None if it gave nothing.
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

    @property
    def has_other_value(self) -> bool:
        """Whether the values differ, and not only the rules."""
        return bool(identity(self.here) != identity(self.there))


@dataclass(frozen=True, slots=True)
class CellChange:
    """A column of which the rows of inputs differ that both products have.

    Parameters
    ----------
    attribute : str
        Dotted path.
    inputs : tuple of str
        Names of the inputs.
    here, there : object
        What the products have of the first of them.
    """

    attribute: str
    inputs: tuple[str, ...]
    here: Any
    there: Any


class ProductDiff:
    """What is different between two products.

    Parameters
    ----------
    here, there : ProductFile
        The products.
    ignore : collection of str, optional
        What is not compared, in the products and in their tables: dotted paths, groups, FITS
        keywords, columns of HDRTAB, and patterns for any of these. None of it need be there. The
        rows of inputs are told apart by their names in any case.

    Attributes
    ----------
    values : list of ValueChange
        The attributes of which they differ: in the value, in whether it was set after the blend,
        or, if both products tell, in the rule that made it.
    compares_rules : bool
        Whether both products tell which rules made their values.
    only_here, only_there : list of str
        Names of inputs that only one of them has.
    cells : list of CellChange
        What their tables say otherwise of inputs that both have.

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
    >>> [(one.keyword, one.here, one.there) for one in diff.values if one.keyword == "EXPSTART"]
    [('EXPSTART', 59000.5, 0)]
    """

    def __init__(
        self, here: ProductFile, there: ProductFile, *, ignore: Collection[str] = ()
    ) -> None:
        ignore = strings(ignore, "ignore", "attributes")
        self.compares_rules = here.has_rules and there.has_rules
        self.values = _values(here, there, ignore)
        rows_here, rows_there = _rows(here), _rows(there)
        self.only_here = [one for one in rows_here if one not in rows_there]
        self.only_there = [one for one in rows_there if one not in rows_here]
        both = [one for one in rows_here if one in rows_there]
        rows = [(one, rows_here[one], rows_there[one]) for one in both]
        self.cells = _cells(here, there, rows, ignore)

    def __bool__(self) -> bool:
        return bool(self.values or self.only_here or self.only_there or self.cells)


def _values(here: ProductFile, there: ProductFile, ignore: Collection[str]) -> list[ValueChange]:
    changes = []
    for path in dict.fromkeys([*here.attributes, *there.attributes]):
        attribute = here.attributes.get(path) or there.attributes[path]
        if any(specificity(one, path, attribute.keyword) for one in ignore):
            continue
        mine, other = here.outcomes.get(path), there.outcomes.get(path)
        change = ValueChange(
            path,
            attribute.keyword,
            here.values.get(path),
            there.values.get(path),
            _origin(mine),
            _origin(other),
            _is_later(mine),
            _is_later(other),
            None if mine is None else mine.blended,
            None if other is None else other.blended,
        )
        # Where one does not tell its rule, that is not what is different.
        told = here.has_rules and there.has_rules and not _is_unknown(mine, other)
        has_other_rule = told and _rule(mine) != _rule(other)
        has_other_origin = has_other_rule or change.later_here != change.later_there
        if change.has_other_value or has_other_origin:
            changes.append(change)
    return changes


def _is_later(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.status is Status.LATER


def _is_unknown(*outcomes: Outcome | None) -> bool:
    return any(one is not None and one.status is Status.UNKNOWN for one in outcomes)


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


def _rows(product: ProductFile) -> dict[str, int]:
    """Return the rows of the table by the names of their inputs; nameless ones by their number."""
    names = product.inputs.get(_NAME) or [None] * product.n_inputs
    rows: dict[str, int] = {}
    for row, name in enumerate(names):
        label = own = name or f"row {row + 1}"
        # The segments of an exposure may have one name.
        for number in itertools.count(2):
            if label not in rows:
                break
            label = f"{own} ({number})"
        rows[label] = row
    return rows


def _cells(
    here: ProductFile,
    there: ProductFile,
    rows: Sequence[tuple[str, int, int]],
    ignore: Collection[str],
) -> list[CellChange]:
    changes = []
    ignored = {
        column.attribute.path
        for column in (*here.columns, *there.columns)
        if any(map(column.is_meant, ignore))
    }
    for path in dict.fromkeys([*here.inputs, *there.inputs]):
        if path in ignored:
            continue
        mine, others = _column(here.inputs, path), _column(there.inputs, path)
        differing = [
            (name, mine(i), others(j))
            for name, i, j in rows
            if identity(mine(i)) != identity(others(j))
        ]
        if differing:
            names = tuple(name for name, _, _ in differing)
            changes.append(CellChange(path, names, *differing[0][1:]))
    return changes


def _column(inputs: Mapping[str, Sequence[Any]], path: str) -> Any:
    values = inputs.get(path)
    return (lambda _row: None) if values is None else values.__getitem__
