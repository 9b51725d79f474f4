"""What is different between two products, and the rules that made them differ."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from blender_core.arguments import texts
from blender_core.paths import specificity
from blender_core.values import identity

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from blender_core.outcome import Outcome
    from blender_core.product_file import ProductFile

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
        The rules that made them, each with its settings and with who asked for it; empty if a
        product does not tell.
    """

    attribute: str
    keyword: str | None
    here: Any
    there: Any
    rule_here: str
    rule_there: str

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
        The attributes of which they differ.
    only_here, only_there : list of str
        Names of inputs that only one of them has.
    cells : list of CellChange
        What their tables say otherwise of inputs that both have.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from blender_core import ProductFile, blendmodels
    >>> from blender_core.product_diff import ProductDiff
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
        ignore = texts(ignore, "ignore", "attributes")
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
        # Where one does not tell its rules, they are not what is different.
        told = here.has_rules and there.has_rules
        change = ValueChange(
            path,
            attribute.keyword,
            here.values.get(path),
            there.values.get(path),
            _rule(here.outcomes.get(path)),
            _rule(there.outcomes.get(path)),
        )
        if change.has_other_value or (told and change.rule_here != change.rule_there):
            changes.append(change)
    return changes


def _rule(outcome: Outcome | None) -> str:
    if outcome is None or outcome.rule is None:
        return ""
    settings = f" ({outcome.settings})" if outcome.settings else ""
    return f"{outcome.rule}{settings} of {outcome.provider}, by {outcome.asked_by}"


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
