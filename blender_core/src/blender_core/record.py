"""Outcomes ↔ HDRRULES, the table in a product that tells which rules made its values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np

from blender_core.assignment import Tier
from blender_core.errors import InputError
from blender_core.outcome import Outcome, Status
from blender_core.provider import Provider
from blender_core.readers.hdrtab import Hdrtab
from blender_core.schema import Attribute
from blender_core.typed import TypedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["record_columns", "recorded_columns", "recorded_outcomes"]

T = TypeVar("T")

_TEXTS: Final[dict[str, tuple[str, Callable[[Outcome], str]]]] = {
    "ATTRIBUTE": ("Dotted path of the attribute", lambda one: one.attribute),
    "KEYWORD": ("FITS keyword", lambda one: one.keyword or ""),
    "STATUS": ("What became of it", lambda one: one.status.value),
    "RULE": ("Name of the rule", lambda one: one.rule or ""),
    "SETTINGS": ("How values were selected", lambda one: one.settings),
    "TIER": ("Kind of source that asked for it", lambda one: _known(one.tier).label),
    "ASKED_BY": ("Who asked for it", lambda one: one.asked_by),
    "PROVIDER": (
        "Distribution that the rule is from",
        lambda one: _known(one.provider).distribution,
    ),
    "VERSION": ("Version of that distribution", lambda one: _known(one.provider).version),
    "PLUGIN": ("Plugin that the rule is from", lambda one: _known(one.provider).plugin),
    "REASON": ("Why it has this rule", lambda one: one.reason),
}
_NUMBERS: Final[dict[str, tuple[str, Callable[[Outcome], int | None]]]] = {
    "N_INPUTS": ("Inputs that have the attribute", lambda one: one.n_inputs),
    "N_VALUES": ("Different values that they have", lambda one: one.n_distinct),
    "N_SEEN": ("Values that the rule saw", lambda one: one.n_seen),
    "INPUT": ("Row of HDRTAB that the value is from", lambda one: _row(one.from_input)),
}
_COLUMN: Final = "COLUMN"
"""The column that names another one, of HDRTAB."""
_ESCAPED: Final = re.compile(
    r"\\(?:\\|(?P<digits>x[0-9a-f]{2}|u[0-9a-f]{4}|U00(?:10|0[0-9a-f])[0-9a-f]{4}))"
)
"""What stands for a character that is not ASCII, and for a backslash."""


def record_columns(outcomes: Iterable[Outcome], columns_of: Mapping[str, str]) -> list[TypedColumn]:
    """Return the outcomes as the columns of HDRRULES.

    Parameters
    ----------
    outcomes : iterable of Outcome
        How each attribute came about, which is known. Those that neither the product nor an input
        has are left out.
    columns_of : mapping of str to str
        The columns of HDRTAB, by dotted path.

    Returns
    -------
    columns : list of TypedColumn
        A row for each outcome. Texts are in ASCII, where other characters are escaped as Python
        does; numbers that are not known are masked. Rows of HDRTAB are counted from 1, as FITS
        does.
    """
    told = [one for one in outcomes if one.n_inputs or one.status is not Status.KEPT]
    columns = [
        _text_column(name, title, map(text_of, told)) for name, (title, text_of) in _TEXTS.items()
    ]
    named = [columns_of.get(one.attribute, "") for one in told]
    columns.append(_text_column(_COLUMN, "Column of HDRTAB that tells what inputs had", named))
    for name, (title, number_of) in _NUMBERS.items():
        numbers = [number_of(one) for one in told]
        mask = np.array([number is None for number in numbers], bool)
        data = np.array([number or 0 for number in numbers], np.int64)
        columns.append(TypedColumn(name, Attribute(name, title=title), data, mask))
    return columns


def recorded_outcomes(table: Any, values: Mapping[str, Any], what: str) -> list[Outcome]:
    """Return the outcomes that a product's HDRRULES tells.

    Parameters
    ----------
    table : astropy.io.fits.FITS_rec or numpy.ndarray
        The table as it was read from a file.
    values : mapping of str to object
        The product's values by dotted path.
    what : str
        What the product is, for messages.

    Returns
    -------
    outcomes : list of Outcome
        In the order of the table.

    Raises
    ------
    InputError
        If the table is none of this kind.
    """
    table = _opened(table, what)
    tiers = {tier.label: tier for tier in Tier}
    texts = {name: _texts_of(table, name) for name in _TEXTS}
    numbers = {name: table.values(name, Attribute(name, type="integer")) for name in _NUMBERS}
    outcomes = []
    for i in range(len(table)):
        row = {name: column[i] for name, column in texts.items()}
        number = {name: column[i] for name, column in numbers.items()}
        try:
            status, tier = Status(row["STATUS"]), tiers[row["TIER"]]
        except (KeyError, ValueError) as error:
            msg = f"{what}: its HDRRULES has a status or a tier that there is not: {error}"
            raise InputError(msg) from error
        has_value = status is Status.SET
        outcomes.append(
            Outcome(
                attribute=row["ATTRIBUTE"],
                keyword=row["KEYWORD"] or None,
                status=status,
                value=values.get(row["ATTRIBUTE"]) if has_value else None,
                rule=row["RULE"],
                settings=row["SETTINGS"],
                tier=tier,
                asked_by=row["ASKED_BY"],
                provider=Provider(row["PROVIDER"], row["VERSION"], row["PLUGIN"]),
                reason=row["REASON"],
                n_inputs=number["N_INPUTS"],
                n_distinct=number["N_VALUES"],
                n_seen=number["N_SEEN"],
                from_input=None if number["INPUT"] is None else number["INPUT"] - 1,
            )
        )
    return outcomes


def recorded_columns(table: Any, what: str) -> dict[str, str]:
    """Return the columns of HDRTAB that a product's HDRRULES names.

    Parameters
    ----------
    table : astropy.io.fits.FITS_rec or numpy.ndarray
        The table as it was read from a file.
    what : str
        What the product is, for messages.

    Returns
    -------
    columns : dict of str to str
        By dotted path.

    Raises
    ------
    InputError
        If the table is none of this kind.
    """
    table = _opened(table, what)
    paths, columns = (_texts_of(table, name) for name in ("ATTRIBUTE", _COLUMN))
    return {path: column for path, column in zip(paths, columns, strict=True) if column}


def _opened(table: Any, what: str) -> Hdrtab:
    opened = Hdrtab(table, what, "HDRRULES")
    lacking = sorted(name for name in (*_TEXTS, _COLUMN, *_NUMBERS) if name not in opened)
    if lacking:
        msg = f"{what}: its HDRRULES has no column {' and no column '.join(lacking)}"
        raise InputError(msg)
    return opened


def _known(one: T | None) -> T:
    if one is None:
        msg = "what is not known of a blend cannot be recorded"
        raise ValueError(msg)
    return one


def _row(index: int | None) -> int | None:
    return None if index is None else index + 1


def _text_column(name: str, title: str, texts: Iterable[str]) -> TypedColumn:
    cells = list(map(_ascii, texts))
    data = np.array(cells, dtype=f"S{max(map(len, cells), default=1) or 1}")
    return TypedColumn(name, Attribute(name, title=title), data, np.zeros(len(cells), bool))


def _ascii(text: str) -> bytes:
    printable = "".join(c if c.isprintable() else " " for c in text)
    return printable.replace("\\", "\\\\").encode("ascii", "backslashreplace")


def _texts_of(table: Hdrtab, name: str) -> list[str]:
    """Return the texts of a column, as they were before they were made ASCII."""
    texts = table.values(name, Attribute(name, type="string"))
    return [_ESCAPED.sub(_unescaped, text) if text else "" for text in texts]


def _unescaped(escaped: re.Match[str]) -> str:
    digits = escaped["digits"]
    return chr(int(digits[1:], 16)) if digits else "\\"
