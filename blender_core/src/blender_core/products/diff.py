"""What is different between two products, and the rules that made them differ."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from blender_core.common.attribute_paths import label_of, specificity
from blender_core.common.values import identity
from blender_core.common.wording import join_words, pluralize, preview, strings
from blender_core.display.view import View, ViewTable
from blender_core.display.viewed import Viewed
from blender_core.evaluation.outcome import Status
from blender_core.inputs.column import Column, Repeated

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from numpy.typing import NDArray

    from blender_core.evaluation.outcome import Outcome
    from blender_core.products.product_file import ProductFile

__all__ = ["CellChange", "ProductDiff", "ValueChange"]

_NAME: Final = "meta.filename"
_FEW: Final = 10
_MANY: Final = 1 << 14
"""How many rows are compared at a time."""


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

    def __repr__(self) -> str:
        label = label_of(self.attribute, self.keyword)
        return f"<ValueChange {label}: {preview(self.here)} → {preview(self.there)}>"

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
    inputs : sequence of str
        Names of the inputs.
    here, there : object
        What the products have of the first of them.
    """

    attribute: str
    inputs: Sequence[str]
    here: Any
    there: Any

    def __repr__(self) -> str:
        values = f"{preview(self.here)} → {preview(self.there)}"
        return f"<CellChange {self.attribute} of {pluralize(len(self.inputs), 'input')}: {values}>"


class ProductDiff(Viewed):
    """What is different between two products; printed, tables.

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
    >>> [(v.keyword, v.here, v.there) for v in diff.values if v.keyword == "EXPSTART"]
    [('EXPSTART', 59000.5, 0)]
    """

    def __init__(
        self, here: ProductFile, there: ProductFile, *, ignore: Collection[str] = ()
    ) -> None:
        ignore = strings(ignore, "ignore", "attributes")
        self.compares_rules = here.has_rules and there.has_rules
        self.values = _value_changes(here, there, ignore)
        self.only_here: list[str] = []
        self.only_there: list[str] = []
        if _column(here, _NAME) == _column(there, _NAME):  # so are the names that are told apart
            rows = _CommonRows.of_alike(here)
        else:
            rows_here, rows_there = _rows_by_name(here), _rows_by_name(there)
            self.only_here = [name for name in rows_here if name not in rows_there]
            self.only_there = [name for name in rows_there if name not in rows_here]
            common = [name for name in rows_here if name in rows_there]
            rows = _CommonRows(
                common,
                array("q", map(rows_here.__getitem__, common)),
                array("q", map(rows_there.__getitem__, common)),
            )
        self.cells = _cell_changes(here, there, rows, ignore)

    def __repr__(self) -> str:
        return f"<ProductDiff: {self._count}>"

    def __str__(self) -> str:
        return str(self._view())

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
        later_here, later_there = (_has_status(outcome, Status.LATER) for outcome in outcomes)
        blended_here, blended_there = (outcome and outcome.blended for outcome in outcomes)
        origin_here, origin_there = map(_origin, outcomes)
        change = ValueChange(
            path,
            attribute.keyword,
            here.values.get(path),
            there.values.get(path),
            origin_here,
            origin_there,
            later_here,
            later_there,
            blended_here,
            blended_there,
        )
        # Where one does not tell its rule, that is not what is different.
        both_tell = here.has_rules and there.has_rules
        is_unknown = any(_has_status(outcome, Status.UNKNOWN) for outcome in outcomes)
        has_other_rule = both_tell and not is_unknown and len(set(map(_rule, outcomes))) > 1
        if change.has_other_value or has_other_rule or later_here != later_there:
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


def _column(product: ProductFile, path: str) -> Column:
    """Return what the inputs had of an attribute, of which there may be no column."""
    column = product.inputs.get(path)
    return Column([Repeated(product.n_inputs, None)]) if column is None else column


def _rows_by_name(product: ProductFile) -> dict[str, int]:
    """Return the rows of the table by the names of their inputs; nameless ones by their number."""
    rows: dict[str, int] = {}
    for row, name in enumerate(_column(product, _NAME)):
        label = own = name or f"row {row + 1}"
        # The segments of an exposure may have one name.
        for number in itertools.count(2):
            if label not in rows:
                break
            label = f"{own} ({number})"
        rows[label] = row
    return rows


class _CommonRows:
    """The rows of inputs that both products have: names, and where they are in each of the two."""

    def __init__(
        self, names: Sequence[str] | ProductFile, here: Sequence[int], there: Sequence[int]
    ) -> None:
        self._names, self._here, self._there = names, here, there

    @classmethod
    def of_alike(cls, product: ProductFile) -> _CommonRows:
        """Return those of products that have the same inputs in the same order."""
        rows = range(product.n_inputs)
        return cls(product, rows, rows)

    def __len__(self) -> int:
        return len(self._here)

    @property
    def names(self) -> Sequence[str]:
        """The names of the inputs, which are told apart when somebody asks for one."""
        if not isinstance(self._names, Sequence):
            self._names = [*_rows_by_name(self._names)]
        return self._names

    def blocks(self, here: Column, there: Column) -> Iterator[tuple[Sequence[Any], Sequence[Any]]]:
        """Give what both products have of an attribute, some inputs at a time."""
        if isinstance(self._here, range):
            if here == there:
                return
            for start in range(0, len(self), _MANY):
                some = slice(start, start + _MANY)
                yield tuple(here[some]), tuple(there[some])
            return
        values_here, values_there = list(here), list(there)
        for start in range(0, len(self), _MANY):
            rows_here, rows_there = (
                rows[start : start + _MANY] for rows in (self._here, self._there)
            )
            yield (
                tuple(map(values_here.__getitem__, rows_here)),
                tuple(map(values_there.__getitem__, rows_there)),
            )


class _SomeNames(Sequence[str]):
    """The names of some of the common inputs: a bit for each, as there may be many."""

    def __init__(self, rows: _CommonRows, differ: NDArray[np.bool_]) -> None:
        self._rows, self._bits = rows, np.packbits(differ)
        self._number = int(differ.sum())

    def __len__(self) -> int:
        return self._number

    def __getitem__(self, place: Any) -> Any:
        places = np.flatnonzero(np.unpackbits(self._bits))[place]
        names = self._rows.names
        if isinstance(place, slice):
            return tuple(names[each] for each in places)
        return names[places]

    def __iter__(self) -> Iterator[str]:
        return iter(self[:])

    def __eq__(self, other: object) -> bool:
        return tuple(self) == other

    __hash__ = None  # type: ignore[assignment]  # as of what changes

    def __repr__(self) -> str:
        return repr(self[:]) if len(self) <= _FEW else f"<{len(self):,} names of inputs>"


def _cell_changes(
    here: ProductFile, there: ProductFile, rows: _CommonRows, ignore: Collection[str]
) -> list[CellChange]:
    ignored = {
        column.attribute.path
        for column in (*here.columns, *there.columns)
        if any(map(column.is_meant, ignore))
    }
    changes: list[CellChange] = []
    if not rows:
        return changes
    for path in dict.fromkeys([*here.inputs, *there.inputs]):
        if path in ignored:
            continue
        cells_here, cells_there = _column(here, path), _column(there, path)
        are_uniform = _have_one_value(cells_here) and _have_one_value(cells_there)
        if are_uniform and _is_same(cells_here[0], cells_there[0]):
            continue
        first: tuple[Any, Any] | None = None
        differ = bytearray()
        for some_here, some_there in rows.blocks(cells_here, cells_there):
            if some_here == some_there:
                differ += bytes(len(some_here))
                continue
            for pair in zip(some_here, some_there, strict=True):
                is_other = not _is_same(*pair)
                differ.append(is_other)
                if is_other and first is None:
                    first = pair
        if first is not None:
            names = _SomeNames(rows, np.frombuffer(differ, np.bool_))
            changes.append(CellChange(path, names, *first))
    return changes


def _have_one_value(cells: Column) -> bool:
    return len(cells.parts) == 1 and isinstance(cells.parts[0], Repeated)


def _is_same(value: Any, other: Any) -> bool:
    return bool(value == other) or identity(value) == identity(other)
