"""The values that a datamodel takes from FITS headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blender_core.errors import InputError, warn
from blender_core.schema.validation import plainly_valid, problem_with, validates_assignments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blender_core.formats.fits.metadata import RawFits
    from blender_core.schema.attributes import Attribute
    from blender_core.schema.layout import Layout

__all__ = ["put_headers_over", "select"]


def select(fits: RawFits, name: str, fields: Sequence[bytes], what: str) -> list[Any]:
    """Return the values of keywords in the header of an HDU."""
    hdu = fits.hdu(name)
    if hdu is None:
        return [None] * len(fields)
    try:
        return hdu.header.select(fields)
    except Exception as error:
        msg = f"{what} cannot be read: HDU {name} has a bad card: {error}"
        raise InputError(msg) from error


def put_headers_over(
    values: list[Any], layout: Layout, fits: RawFits, blank: Any, what: str
) -> list[Any]:
    """Put the headers' values over others, as far as the schema allows them."""
    validates = validates_assignments(blank)
    for name, (places, fields) in layout.keywords.items():
        for place, value in zip(places, select(fits, name, fields, what), strict=True):
            # Without validation, what is missing is put over others as well.
            if not validates or (
                value is not None and _allows(value, layout.attributes[place], blank, what)
            ):
                values[place] = value
    return values


def _allows(value: Any, attribute: Attribute, blank: Any, what: str) -> bool:
    if plainly_valid(value, attribute.subschema):
        return True
    from asdf.exceptions import ValidationError

    where = f"{attribute.label} = {value!r} in HDU {attribute.hdu}, which the schema forbids"
    try:
        taken, problem = problem_with(value, attribute.subschema, blank)
    except ValidationError as error:
        msg = f"{what} has {where}: {error}"
        raise InputError(msg) from error
    if problem:
        consequence = "taken all the same" if taken else "left out"
        problem = f"{where}: {problem}. It is {consequence}."
        warn(f"{what} has {problem}", label=what, problem=problem)
    return taken
