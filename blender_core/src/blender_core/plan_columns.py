"""The names of HDRTAB's columns: keywords, dotted paths, or what an override says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from blender_core.errors import PlanError, raise_all, warn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blender_core.assignment import Assignment
    from blender_core.errors import BlenderError
    from blender_core.schema import Attribute

__all__ = ["name_columns", "problem_with_name"]

_LONGEST_NAME: Final = 68
"""In the FITS standard, a card has room for so many characters of a text."""


def name_columns(assignments: Iterable[Assignment]) -> dict[str, str]:
    """Name the columns of HDRTAB; the FITS standard compares their names without case.

    Parameters
    ----------
    assignments : iterable of Assignment
        All of a plan. Those that are not recorded have no column.

    Returns
    -------
    columns : dict of str to str
        By dotted path: what was asked for, the keyword, or the path. Where two attributes have
        the same keyword, the second's gets a number.

    Raises
    ------
    PlanError
        If overrides give two attributes the same column.

    Warns
    -----
    BlendWarning
        If two attributes have the same column; they get different ones.
    """
    recorded = [(one.attribute, one.column) for one in assignments if one.recorded]
    taken: dict[str, Attribute] = {}
    faults: list[BlenderError] = []
    for attribute, column in recorded:
        if column is None:
            continue
        if other := taken.get(column.casefold()):
            msg = (
                f"overrides give the column {column!r} of HDRTAB to both {other.label} and "
                f"{attribute.label}: a table has a column once"
            )
            faults.append(PlanError(msg, attribute=attribute.path))
        taken[column.casefold()] = attribute
    raise_all("columns of HDRTAB cannot be named", faults)
    reserved = {(one.keyword or one.path).casefold() for one, column in recorded if column is None}
    columns: dict[str, str] = {}
    for attribute, column in recorded:
        if column is not None:
            columns[attribute.path] = column
            continue
        wanted = attribute.keyword or attribute.path
        name, number = wanted, 1
        # A name that nobody has yet may still be what another attribute asks for.
        while name.casefold() in taken or (number > 1 and name.casefold() in reserved):
            number += 1
            name = f"{wanted}_{number}"
        if name != wanted:
            msg = (
                f"column {wanted!r} of HDRTAB is asked for by both "
                f"{taken[wanted.casefold()].path} and {attribute.path}: "
                f"the latter is kept in {name!r}"
            )
            warn(msg)
        taken[name.casefold()] = attribute
        columns[attribute.path] = name
    return columns


def problem_with_name(name: str) -> str | None:
    """Return what FITS has against the name of a column.

    Parameters
    ----------
    name : str
        The name.

    Returns
    -------
    problem : str or None
        In words; None if there can be a column of the name.

    Examples
    --------
    >>> from blender_core.plan_columns import problem_with_name
    >>> problem_with_name("meta.observation.programme")
    >>> problem_with_name("Größe")
    'FITS allows printable ASCII characters only in its name'
    """
    if len(name) > _LONGEST_NAME:
        return f"its name has {len(name)} characters, and FITS allows {_LONGEST_NAME}"
    if not (name.isascii() and name.isprintable()):
        return "FITS allows printable ASCII characters only in its name"
    return None
