"""The names of HDRTAB's columns: keywords, dotted paths, or what an override says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blender_core.errors import ColumnWarning, PlanError, raise_all, warn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blender_core.errors import BlenderError
    from blender_core.schema.attributes import Attribute


def are_of_one_keyword(attributes: Iterable[Attribute]) -> bool:
    """Tell whether attributes are one, or have one keyword in several HDUs."""
    attributes = list(attributes)
    keywords = {each.keyword for each in attributes}
    return len(attributes) < 2 or (len(keywords) == 1 and None not in keywords)


def name_columns(
    recorded: Iterable[tuple[Attribute, str | None]], told: set[str] | None = None
) -> dict[str, str]:
    """Name the columns of the recorded attributes, of which some have a name from an override.

    What was told before is not told again.
    """
    recorded = list(recorded)
    told = set() if told is None else told
    taken: dict[str, Attribute] = {}
    faults: list[BlenderError] = []
    for attribute, column in recorded:
        if column is None:
            continue
        # The FITS standard compares names without case.
        other = taken.get(column.casefold())
        if other is not None and not are_of_one_keyword((other, attribute)):
            msg = (
                f"overrides give the column {column!r} of HDRTAB to both {other.label} and "
                f"{attribute.label}: a table has a column once"
            )
            faults.append(PlanError(msg, attribute=attribute.path, keyword=attribute.keyword))
        taken[column.casefold()] = attribute
    raise_all("columns of HDRTAB cannot be named", faults)
    columns = numbered(recorded)
    owners = {name.casefold(): path for path, name in columns.items()}
    for attribute, column in recorded:
        name, wanted = columns[attribute.path], column or attribute.keyword or attribute.path
        if name != wanted:
            msg = (
                f"column {wanted!r} of HDRTAB is asked for by both {owners[wanted.casefold()]} and "
                f"{attribute.path}: the latter is kept in {name!r}"
            )
            if msg not in told:
                told.add(msg)
                warn(msg, ColumnWarning)
    return columns


def numbered(recorded: Iterable[tuple[Attribute, str | None]]) -> dict[str, str]:
    """Name columns, with numbers where names would be the same."""
    recorded = list(recorded)
    named = {column.casefold() for _, column in recorded if column is not None}
    taken: set[str] = set()
    reserved = {
        (each.keyword or each.path).casefold() for each, column in recorded if column is None
    }
    columns: dict[str, str] = {}
    for attribute, column in recorded:
        wanted = column or attribute.keyword or attribute.path
        name, number = wanted, 1
        # A name that somebody gives is his alone; one with a number nobody else may ask for.
        while (
            name.casefold() in taken
            or (name.casefold() in named and (column is None or number > 1))
            or (name.casefold() in reserved and number > 1)
        ):
            number += 1
            name = f"{wanted}_{number}"
        taken.add(name.casefold())
        columns[attribute.path] = name
    return columns
